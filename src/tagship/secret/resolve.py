"""Where each secret of the manifest is, and which version of it is the current one; what is not there is named.

AWS is asked for names, tags and versions. No value is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tagship.aws.secrets_manager import SecretFacts
from tagship.base.errors import AwsDenied, AwsExpired
from tagship.base.parallel import run_parallel
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.secret_source import SecretSource
from tagship.secret.doors import SecretDoors
from tagship.secret.keys import keys_of

_AT_ONCE: Final = 8
"""Secrets looked at together."""


@dataclass(frozen=True)
class Resolved:
    """A secret as a task definition names it.

    Args:
        value_from: the whole ARN, with ``:key::`` for one key of it (ECS developer guide, "Pass Secrets Manager secrets
            through environment variables"); no version, so that a rollback gets the value that is current then.
        version: the id of the current version, of a parameter its number.
    """

    value_from: str
    version: str

    @property
    def arn(self) -> str:
        """The ARN without a key, as permissions know it."""
        return ":".join(self.value_from.split(":")[:7])


@dataclass(frozen=True)
class Lacking:
    """A variable that ECS could not give a service: what is wrong, and what to type about it."""

    service: str
    variable: str
    words: str
    hint: str


@dataclass(frozen=True)
class Resolution:
    """Every secret of the manifest: where it is, by service and variable, and those that are not there."""

    found: Mapping[str, Mapping[str, Resolved]] = field(default_factory=dict)
    lacking: tuple[Lacking, ...] = ()


def resolve(manifest: EnvironmentManifest, prefix: str, doors: SecretDoors) -> Resolution:
    """Look at each secret once; a manifest without any asks nobody.

    Args:
        manifest: the manifest of the environment.
        prefix: what the names of the environment's own begin with: ``APP-ENVIRONMENT``.
        doors: where it is looked.

    Raises:
        AwsError: AWS does not answer, or the credentials have expired.
    """
    wanted = [
        (service, variable, source)
        for service, written in manifest.services.items()
        for variable, source in written.secrets.items()
    ]
    seen = _look({source for _, _, source in wanted}, prefix, doors)
    found: dict[str, dict[str, Resolved]] = {}
    lacking: list[Lacking] = []
    for service, variable, source in wanted:
        standing = seen[source]
        if isinstance(standing, Resolved):
            found.setdefault(service, {})[variable] = standing
        else:
            words, hint = standing
            lacking.append(Lacking(service, variable, words, f"{hint} --env {manifest.environment}" if hint else ""))
    return Resolution(found, tuple(lacking))


_Wrong = tuple[str, str]
"""What is wrong, and the command without its environment."""


def _look(sources: set[SecretSource], prefix: str, doors: SecretDoors) -> Mapping[SecretSource, Resolved | _Wrong]:
    ids = sorted({source.id(prefix) for source in sources if source.store == "secretsmanager"})
    facts: dict[str, SecretFacts | AwsDenied | None] = {}

    def look(name: str) -> None:
        try:
            facts[name] = doors.secrets.describe(name)
        except AwsExpired:
            raise
        except AwsDenied as error:
            facts[name] = error

    run_parallel([partial(look, name) for name in ids], _AT_ONCE)
    seen = {each: _secret(each, facts[each.id(prefix)], prefix) for each in sources if each.store == "secretsmanager"}
    return {**seen, **dict(_parameters([each for each in sources if each.store == "ssm"], prefix, doors))}


def _secret(source: SecretSource, found: SecretFacts | AwsDenied | None, prefix: str) -> Resolved | _Wrong:
    name = source.id(prefix)
    key = f" --key {source.key}" if source.key else ""
    to_set = f"tagship secret set {source.name}{key}" if source.name else ""
    if isinstance(found, AwsDenied):
        return f"these credentials may not describe the secret `{name}`", "tagship infra apply"
    if found is None:
        return f"there is no secret `{name}`", to_set
    if found.deleted:
        restore = f"tagship secret restore {source.name}" if source.name else ""
        return f"the secret `{name}` is about to be deleted", restore
    if not found.version:
        return f"the secret `{name}` has no value", to_set
    keys = keys_of(found.tags)
    if source.key and keys is not None and source.key not in keys:
        return f"the secret `{name}` has no key `{source.key}`", to_set
    return Resolved(f"{found.arn}:{source.key}::" if source.key else found.arn, found.version)


def _parameters(
    sources: list[SecretSource], prefix: str, doors: SecretDoors
) -> Iterator[tuple[SecretSource, Resolved | _Wrong]]:
    names = {source: source.id(prefix).partition(":parameter")[2] or source.id(prefix) for source in sources}
    try:
        found = doors.parameters.describe(sorted(set(names.values()))) if names else {}
    except AwsExpired:
        raise
    except AwsDenied:
        denied = "these credentials may not describe parameters"
        yield from ((source, (denied, "tagship infra apply")) for source in sources)
        return
    for source, name in names.items():
        facts = found.get(name)
        if facts is None:
            yield source, (f"there is no parameter `{name}`: make it with `{parameter_set(name)}`", "")
        else:
            yield source, Resolved(source.arn or facts.arn, str(facts.version))


def parameter_set(name: str) -> str:
    """The command of the AWS CLI that makes a parameter, and reads its value from standard input."""
    return f"aws ssm put-parameter --type SecureString --name {name} --value file:///dev/stdin"
