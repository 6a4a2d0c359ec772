"""Secrets Manager and the Parameter Store in memory; see ``fakes.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from tagship.aws.parameters import ParameterFacts
from tagship.aws.secrets_manager import SecretFacts
from tagship.base.errors import AwsDenied, AwsError, AwsNotFound
from tagship.base.fakes import Hooked

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeSecrets(Hooked):
    """Secrets by name; each new value is a new version. ``shown`` has those whose value was asked for."""

    facts: dict[str, SecretFacts] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    refuses: AwsError | None = None
    """Raised by every call."""
    refuses_changes: AwsError | None = None
    """Raised by ``change``."""
    hides: bool = False
    """Whether no value may be read."""
    _versions: "count[int]" = field(default_factory=lambda: count(1))

    def describe(self, secret: str) -> SecretFacts | None:
        """See ``SecretReader.describe``."""
        self._refuse()
        self.described.append(secret)
        return next((each for each in self.facts.values() if secret in (each.name, each.arn)), None)

    def listed(self, prefix: str) -> Sequence[SecretFacts]:
        """See ``SecretStore.listed``."""
        self._refuse()
        return [self.facts[name] for name in sorted(self.facts) if name.startswith(prefix)]

    def value(self, secret: str) -> str:
        """See ``SecretStore.value``."""
        if self.hides:
            raise AwsDenied("not authorized to perform: secretsmanager:GetSecretValue", code="AccessDeniedException")
        found = self._known(secret)
        self.shown.append(found.name)
        if not found.version:
            raise AwsNotFound(f"`{secret}` has no value.", code="ResourceNotFoundException")
        return self.values[found.name]

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> None:
        """See ``SecretStore.create``."""
        self._refuse()
        if name in self.facts:
            raise AwsError("AWS refused `CreateSecret`: ResourceExistsException", code="ResourceExistsException")
        arn = f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{name}-AbCdEf"
        self.facts[name] = SecretFacts(arn, name, self._version(), _NOW, tags=dict(tags))
        self.values[name] = value

    def change(self, name: str, value: str) -> None:
        """See ``SecretStore.change``."""
        if self.refuses_changes:
            raise self.refuses_changes
        known = self._known(name)
        self.facts[known.name] = replace(known, version=self._version())
        self.values[known.name] = value

    def set_tags(self, name: str, tags: Mapping[str, str]) -> None:
        """See ``SecretStore.set_tags``."""
        known = self._known(name)
        self.facts[name] = replace(known, tags={**known.tags, **tags})

    def remove_tags(self, name: str, keys: Sequence[str]) -> None:
        """See ``SecretStore.remove_tags``."""
        known = self._known(name)
        self.facts[name] = replace(known, tags={key: value for key, value in known.tags.items() if key not in keys})

    def delete(self, name: str, days: int) -> datetime:
        """See ``SecretStore.delete``."""
        self.facts[name] = replace(self._known(name), deleted=_NOW)
        return _NOW + timedelta(days=days)

    def restore(self, name: str) -> None:
        """See ``SecretStore.restore``."""
        self._refuse()
        if name not in self.facts:
            raise AwsNotFound(f"There is no secret `{name}`.", code="ResourceNotFoundException")
        self.facts[name] = replace(self.facts[name], deleted=None)

    def _known(self, secret: str) -> SecretFacts:
        found = self.describe(secret)
        if found is None:
            raise AwsNotFound(f"There is no secret `{secret}`.", code="ResourceNotFoundException")
        if found.deleted:
            raise AwsError("AWS refused: the secret was marked for deletion", code="InvalidRequestException")
        return found

    def _version(self) -> str:
        return f"{next(self._versions):032}"

    def _refuse(self) -> None:
        if self.refuses:
            raise self.refuses


@dataclass
class FakeParameters:
    """Parameters by name."""

    facts: dict[str, ParameterFacts] = field(default_factory=dict)

    def describe(self, names: Sequence[str]) -> Mapping[str, ParameterFacts]:
        """See ``Parameters.describe``."""
        return {name: self.facts[name] for name in names if name in self.facts}
