"""A policy document as frozen statements. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

VARIABLES_SINCE = "2012-10-17"
"""The version of the language that knows variables; in the older one ``${aws:username}`` is a text like any other."""

Principals = tuple[tuple[str, str], ...]
"""Kind (``AWS``, ``Service``, ``Federated``, ``CanonicalUser``) and name; of ``"*"`` alone, the kind is ``*``."""


# inside: whoever holds a document against something, and takes it for one that says nothing
class Malformed(Exception):
    """A text is no policy document."""


@dataclass(frozen=True)
class Condition:
    """One line of a condition block.

    Args:
        operator: without what stands around it: ``StringEquals``.
        key: the key in lower case.
        values: any of which is enough; of a negated operator, none of which may be.
        quantifier: ``ForAllValues``, ``ForAnyValue`` or empty.
        if_exists: whether a request without the key is let through.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True)
class Statement:
    """One statement; an element that is not there is None."""

    effect: str
    sid: str = ""
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A document."""

    statements: tuple[Statement, ...]
    has_variables: bool = field(default=True)


@lru_cache(maxsize=1024)
def parse(text: str) -> Policy:
    """Read a document.

    Raises:
        Malformed: it is none; ``grammar.problem`` says what IAM answers.
    """
    try:
        return of_json(json.loads(text))
    except ValueError as error:
        raise Malformed(str(error)) from error


def of_json(document: Any) -> Policy:  # noqa: ANN401 - JSON
    """Read a document that is in hand as JSON.

    Raises:
        Malformed: see ``parse``.
    """
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise Malformed("no statement")
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    return Policy(tuple(map(_statement, statements)), document.get("Version") == VARIABLES_SINCE)


def _statement(item: Any) -> Statement:  # noqa: ANN401 - JSON
    if not isinstance(item, Mapping) or item.get("Effect") not in {"Allow", "Deny"}:
        raise Malformed("no effect")
    return Statement(
        effect=item["Effect"],
        sid=str(item.get("Sid", "")),
        actions=_strings(item, "Action"),
        not_actions=_strings(item, "NotAction"),
        resources=_strings(item, "Resource"),
        not_resources=_strings(item, "NotResource"),
        principals=_principals(item, "Principal"),
        not_principals=_principals(item, "NotPrincipal"),
        conditions=tuple(_conditions(item.get("Condition"))),
    )


def _strings(item: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    if name not in item:
        return None
    values = item[name] if isinstance(item[name], list) else [item[name]]
    if not all(isinstance(value, str) for value in values):
        raise Malformed(name)
    return tuple(values)


def _principals(item: Mapping[str, Any], name: str) -> Principals | None:
    if name not in item:
        return None
    said = item[name]
    if said == "*":
        return (("*", "*"),)
    if not isinstance(said, Mapping):
        raise Malformed(name)
    return tuple((str(kind), value) for kind in said for value in _strings(said, kind) or ())


def _conditions(block: Any) -> list[Condition]:  # noqa: ANN401 - JSON
    if block is None:
        return []
    if not isinstance(block, Mapping) or not all(isinstance(inner, Mapping) for inner in block.values()):
        raise Malformed("Condition")
    return [_condition(test, key, inner[key]) for test, inner in block.items() for key in inner]


def _condition(test: str, key: str, said: Any) -> Condition:  # noqa: ANN401 - JSON
    quantifier, colon, operator = test.rpartition(":")
    if colon and quantifier not in {"ForAllValues", "ForAnyValue"}:
        raise Malformed(test)
    values = said if isinstance(said, list) else [said]
    plain = operator.removesuffix("IfExists")
    return Condition(plain, key.lower(), tuple(map(_text, values)), quantifier, if_exists=plain != operator)


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Malformed("Condition")
