"""What a person does with the app's own secrets in one environment: set, unset, restore, copy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic_core import PydanticCustomError

from tagship.aws.secrets_manager import SecretFacts, SecretStore
from tagship.base.errors import NotReady, Refused
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.secret_source import json_key, secret_name
from tagship.manifest.spelling import did_you_mean
from tagship.secret.keys import TAG, object_of, tag_of
from tagship.secret.resolve import parameter_set

_LARGEST: Final = 65536
"""Bytes (Secrets Manager API reference, ``PutSecretValue``: SecretString)."""


@dataclass(frozen=True)
class Changed:
    """What came of a change.

    Args:
        name: the secret's whole name.
        created: whether it is new.
        keys_known: whether a release sees which JSON keys it has; None where the value is no JSON object.
        services: those that use it.
    """

    name: str
    created: bool
    keys_known: bool | None
    services: tuple[str, ...]


@dataclass(frozen=True)
class SecretKeeper:
    """The secrets of one environment that are the app's own.

    Args:
        store: the door to Secrets Manager.
        manifest: the manifest of the environment.
        prefix: what their names begin with: ``APP-ENVIRONMENT``.
    """

    store: SecretStore
    manifest: EnvironmentManifest
    prefix: str

    def full(self, name: str) -> str:
        """The whole name.

        Raises:
            Refused: AWS would refuse it, or it is a parameter's or tagship's own.
        """
        if name.startswith(("ssm:", "arn:")):
            hint = parameter_set(f"/{self.prefix}{name.removeprefix('ssm:')}") if name.startswith("ssm:") else None
            raise Refused("Only secrets of this environment are changed here, by their names.", hint=hint)
        try:
            return f"{self.prefix}/{secret_name(name)}"
        except PydanticCustomError as error:
            raise Refused(f"`{name}` {error.message()}.", hint="tagship secret list") from error

    def set(self, name: str, value: str) -> Changed:
        """Give a secret a value; it is made where there is none."""
        full = self.full(name)
        return self._put(full, name, self._usable(full, name), value)

    def set_keys(self, name: str, values: Mapping[str, str]) -> Changed:
        """Give keys of a JSON secret their values; its other keys stay.

        Raises:
            Refused: the secret's value is no JSON object.
        """
        full = self.full(name)
        for key in values:
            try:
                json_key(key)
            except PydanticCustomError as error:
                raise Refused(f"`{name}` {error.message()}.", hint="tagship secret list") from error
        known = self._usable(full, name)
        before = object_of(self.store.value(full)) if known and known.version else {}
        if before is None:
            raise Refused(
                f"The value of `{full}` is no JSON object, so it has no keys.",
                hint=f"tagship secret set {name}, with a whole JSON object as the value",
            )
        return self._put(full, name, known, json.dumps({**before, **values}, ensure_ascii=False))

    def unset(self, name: str, days: int) -> datetime:
        """Have a secret deleted in so many days; returns when it is gone for good.

        Raises:
            NotReady: there is no such secret.
            Refused: its deletion was asked for already.
        """
        full = self.full(name)
        if self._usable(full, name) is None:
            raise self._unknown(name)
        return self.store.delete(full, days)

    def restore(self, name: str) -> None:
        """Take a deletion back.

        Raises:
            NotReady: there is no such secret, or it is gone for good.
        """
        full = self.full(name)
        if self.store.describe(full) is None:
            raise self._unknown(name)
        self.store.restore(full)

    def copy(self, source: "SecretKeeper") -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Take from another environment what the manifest names here and is not here; what is here stays.

        Returns:
            The names that were copied, and those that the other environment has not either.
        """
        copied, absent = [], []
        for name in self.wanted:
            full = self.full(name)
            if self.store.describe(full) is not None:
                continue
            there = source.store.describe(source.full(name))
            if there is None or there.deleted or not there.version:
                absent.append(name)
                continue
            self._put(full, name, None, source.store.value(source.full(name)))
            copied.append(name)
        return tuple(copied), tuple(absent)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of this environment's own secrets that the manifest names."""
        sources = (each for service in self.manifest.services.values() for each in service.secrets.values())
        return tuple(sorted({each.name for each in sources if each.name and each.store == "secretsmanager"}))

    def users(self, name: str) -> tuple[str, ...]:
        """The services that get something of a secret."""
        return tuple(
            service
            for service, written in self.manifest.services.items()
            if any(each.name == name and each.store == "secretsmanager" for each in written.secrets.values())
        )

    def _usable(self, full: str, name: str) -> SecretFacts | None:
        known = self.store.describe(full)
        if known and known.deleted:
            raise Refused(f"The secret `{full}` is about to be deleted.", hint=f"tagship secret restore {name}")
        return known

    def _put(self, full: str, name: str, known: SecretFacts | None, value: str) -> Changed:
        if not value or len(value.encode()) > _LARGEST:
            words = f"has more than {_LARGEST} bytes" if value else "is empty"
            raise Refused(f"The value {words}; nothing was changed.", hint=f"tagship secret set {name}")
        tag = tag_of(value)
        tags = {TAG: tag} if tag else {}
        if known is None:
            self.store.create(full, value, tags)
        else:
            # In this order, a run that is cut off leaves no tag that names a key too many.
            if TAG in known.tags and known.tags[TAG] != tag:
                self.store.remove_tags(full, [TAG])
            self.store.change(full, value)
            if tags and known.tags.get(TAG) != tag:
                self.store.set_tags(full, tags)
        is_object = object_of(value) is not None
        return Changed(full, known is None, bool(tag) if is_object else None, self.users(name))

    def _unknown(self, name: str) -> NotReady:
        known = [each.name.removeprefix(f"{self.prefix}/") for each in self.store.listed(f"{self.prefix}/")]
        return NotReady(
            f"There is no secret `{self.prefix}/{name}`; {did_you_mean(name, known)}", hint="tagship secret list"
        )
