"""Which secrets an environment has, who uses them, and what is wrong with them. No value is in what comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tagship.aws.parameters import Parameters
from tagship.aws.secrets_manager import SecretFacts
from tagship.base.errors import AwsDenied, AwsExpired, AwsNotFound
from tagship.manifest.secret_source import RESERVED, SecretSource
from tagship.secret.doors import SecretDoors
from tagship.secret.keeper import SecretKeeper
from tagship.secret.keys import keys_of, object_of
from tagship.secret.resolve import resolve


@dataclass(frozen=True)
class Entry:
    """One secret or parameter.

    Args:
        name: as the manifest names it, without a key.
        state: ``there``, ``missing``, ``no value`` or ``being deleted``.
        changed: when it was last changed; None where that is not known.
        used_by: the variables that it is for, as ``service.VARIABLE``.
    """

    name: str
    state: str
    changed: datetime | None
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class Complaint:
    """Something to do: about which secret or variable, what it is, and what to type."""

    about: str
    words: str
    hint: str = ""
    harmless: bool = False
    """Whether a release goes ahead all the same."""


def entries(keeper: SecretKeeper, parameters: Parameters) -> list[Entry]:
    """Every secret of the environment, and what the manifest names beside them."""
    known = _own(keeper)
    used = _used(keeper)
    names = {source.id(keeper.prefix): source for source in used if source.store == "ssm" and source.name}
    stored = parameters.describe(sorted(names)) if names else {}
    found = [Entry(name, _state(facts), facts.changed, _by(used, name)) for name, facts in known.items()]
    for source in used:
        name = source.name or source.arn
        if source.arn:
            facts = keeper.store.describe(source.arn) if source.store == "secretsmanager" else None
            state = _state(facts) if source.store == "secretsmanager" else "elsewhere"
            found.append(Entry(source.arn, state, facts.changed if facts else None, _by(used, name)))
        elif source.store == "ssm":
            there = stored.get(source.id(keeper.prefix))
            state = "there" if there else "missing"
            found.append(Entry(f"ssm:{name}", state, there.changed if there else None, _by(used, name)))
        elif name not in known:
            found.append(Entry(name, "missing", None, _by(used, name)))
    return sorted(found, key=lambda each: each.name)


def complaints(keeper: SecretKeeper, doors: SecretDoors) -> Iterator[Complaint]:
    """What is missing, empty, without its key, or not used by any service.

    Where the names of a secret's keys are not known, its value is read to look for the key, if these credentials may.
    """
    found = resolve(keeper.manifest, keeper.prefix, doors)
    for each in found.lacking:
        yield Complaint(f"services.{each.service}.secrets.{each.variable}", each.words, each.hint)
    named = {(each.service, each.variable) for each in found.lacking}
    for service, written in keeper.manifest.services.items():
        for variable, source in written.secrets.items():
            if source.store == "secretsmanager" and (service, variable) not in named:
                yield from _looked_into(keeper, source, f"services.{service}.secrets.{variable}")
    for name in _own(keeper):
        if not keeper.users(name):
            yield Complaint(name, "no service uses it", f"tagship secret unset {name}", harmless=True)


def _looked_into(keeper: SecretKeeper, source: SecretSource, where: str) -> Iterator[Complaint]:
    name = source.id(keeper.prefix)
    facts = keeper.store.describe(name)
    if facts and source.key and keys_of(facts.tags) is not None:
        return
    key = f" --key {source.key}" if source.key else ""
    hint = f"tagship secret set {source.name}{key}" if source.name else ""
    try:
        value = keeper.store.value(name)
    except AwsExpired:
        raise
    except AwsDenied:
        if source.key:
            yield Complaint(where, f"whether `{name}` has the key `{source.key}` is not known", harmless=True)
        return
    except AwsNotFound:
        yield Complaint(where, f"the secret `{name}` has no value", hint)
        return
    if not source.key and not value.strip():
        yield Complaint(where, f"the value of `{name}` is empty", hint)
    if source.key and source.key not in (object_of(value) or {}):
        yield Complaint(where, f"the secret `{name}` has no key `{source.key}`", hint)


def _own(keeper: SecretKeeper) -> dict[str, SecretFacts]:
    """The environment's secrets by their names; those that tagship makes itself are not the app's own."""
    prefix = f"{keeper.prefix}/"
    found = {facts.name.removeprefix(prefix): facts for facts in keeper.store.listed(prefix)}
    return {name: facts for name, facts in found.items() if name not in RESERVED}


def _used(keeper: SecretKeeper) -> dict[SecretSource, list[str]]:
    """What the manifest names, without keys, and the variables that it is for."""
    used: dict[SecretSource, list[str]] = {}
    for service, written in keeper.manifest.services.items():
        for variable, source in written.secrets.items():
            whole = SecretSource(source.store, source.name, source.arn)
            used.setdefault(whole, []).append(f"{service}.{variable}")
    return used


def _by(used: dict[SecretSource, list[str]], name: str) -> tuple[str, ...]:
    found: Sequence[list[str]] = [variables for source, variables in used.items() if name in (source.name, source.arn)]
    return tuple(sorted(each for variables in found for each in variables))


def _state(facts: SecretFacts | None) -> str:
    if facts is None:
        return "missing"
    if facts.deleted:
        return "being deleted"
    return "there" if facts.version else "no value"
