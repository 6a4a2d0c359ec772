"""What can be wrong with a manifest, in our own words.

Pydantic says what kind of error it found and where; ``_IN_WORDS`` has a sentence for each kind that
the model's types can give, made with the limits that the model's JSON Schema states.
"""

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tagship.manifest.spelling import did_you_mean, nearest
from tagship.manifest.types import IN_WORDS

Place = tuple[str | int, ...]
"""Where something stands: ``("services", "api", "paths", 0)``."""

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the line (from 1), the path with dots, and what is the matter."""

    line: int
    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.path}: {self.says}" if self.path else self.says


@dataclass(frozen=True)
class Finding:
    """One error of pydantic's, with what is known about the place.

    Attributes:
        path: where.
        type: pydantic's name for the kind of error.
        ctx: what pydantic adds: limits, our own text.
        value: what was written.
        raw: a scalar as it was written.
        schema: the root of the model's JSON Schema.
    """

    path: Place
    type: str
    ctx: Mapping[str, Any]
    value: Any
    raw: str | None
    schema: Schema

    @property
    def wanted(self) -> Schema:
        """The JSON Schema of the place itself."""
        return schema_at(self.schema, self.path)

    @property
    def shown(self) -> str:
        """What was written, for a message."""
        return shown(self.value, self.raw)


def dotted(path: Place) -> str:
    """``services.api.paths[0]``."""
    words = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
    return words.removeprefix(".")


def shown(value: object, raw: str | None) -> str:
    """A value in words, short."""
    if value is None:
        return "an empty value"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value) if raw is None else raw
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"the text `{text}`" if isinstance(value, str) else f"`{text}`"


_SHOWN: Final = 60


def schema_at(root: Schema, path: Place) -> Schema:
    """The part of a JSON Schema that describes a path; empty where the path leads nowhere."""
    here = _resolved(root, root)
    for step in path:
        below: Schema = here.get("properties", {})
        if isinstance(step, int):
            here = here.get("items", {})
        elif step in below:
            here = below[step]
        else:
            here = _entries(here)
        here = _resolved(root, here)
    return here


def _entries(schema: Schema) -> Schema:
    """What the values of a mapping look like."""
    by_pattern = list(schema.get("patternProperties", {}).values())
    found = by_pattern[0] if by_pattern else schema.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def _resolved(root: Schema, schema: Schema) -> Schema:
    """The schema with its reference followed, and without the choice of null."""
    if real := [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]:
        return _resolved(root, real[0])
    if "$ref" in schema:
        return _resolved(root, root["$defs"][schema["$ref"].rpartition("/")[2]])
    return schema


def findings(errors: Iterable[Mapping[str, Any]], raw: Mapping[Place, str], schema: Schema) -> Iterator[Finding]:
    """Pydantic's errors, one by one, each at the very place that it is about."""
    for error in errors:
        ctx = error.get("ctx", {})
        if error["type"] == "several":
            yield from findings([{**each, "loc": (*error["loc"], *each["loc"])} for each in ctx["errors"]], raw, schema)
            continue
        path = (*(step for step in error["loc"] if step != "[key]"), *ctx.get("at", ()))
        kind = f"{error['type']} of a key" if "[key]" in error["loc"] else error["type"]
        yield Finding(path, kind, ctx, error["input"], raw.get(path), schema)


def telling(found: Iterable[Finding]) -> list[Finding]:
    """Without what only follows from another finding.

    A key that is missing because it is misspelt, and a list that is too short because its entries are wrong.
    """
    found = list(found)
    meant = {
        (*each.path[:-1], nearest(str(each.path[-1]), schema_at(each.schema, each.path[:-1]).get("properties", {})))
        for each in found
        if each.type == "extra_forbidden"
    }
    return [
        each
        for each in found
        if not (each.type == "missing" and each.path in meant) and not (each.type == "too_short" and each.value)
    ]


def in_words(finding: Finding) -> str:
    """What is wrong, what is allowed, and what may have been meant."""
    kind = finding.type.removesuffix(" of a key")
    if kind != finding.type:
        return f"this name {_IN_WORDS[kind](finding)}"
    return _IN_WORDS[kind](finding) if kind in _IN_WORDS else f"is not valid ({kind})"


def _missing(finding: Finding) -> str:
    meaning = finding.wanted.get("description", "")
    return f"is missing. {meaning}".rstrip()


def _unknown_key(finding: Finding) -> str:
    known = schema_at(finding.schema, finding.path[:-1]).get("properties", {})
    return f"unknown key; {did_you_mean(str(finding.path[-1]), known)}"


def _whole_number(finding: Finding) -> str:
    unquote = "; remove the quotes" if isinstance(finding.value, str) and finding.value.isdigit() else ""
    return f"must be a whole number, not {finding.shown}{unquote}"


def _number(finding: Finding) -> str:
    return f"must be a number, not {finding.shown}"


def _text(finding: Finding) -> str:
    if finding.value is None:
        return 'is empty; write a value, or `""` for an empty text'
    if isinstance(finding.value, dict | list):
        return f"must be text, not {finding.shown}"
    written = finding.raw if finding.raw is not None else finding.value
    return f'must be text; `{written}` is read as a {_kind(finding.value)}: write `"{written}"` with the quotes'


def _kind(value: object) -> str:
    return "boolean" if isinstance(value, bool) else "number"


def _between(finding: Finding) -> str:
    low, high = finding.wanted.get("minimum"), finding.wanted.get("maximum")
    return f"must be between {low} and {high}, not {finding.value}"


def _length(finding: Finding) -> str:
    low, high = finding.ctx.get("min_length"), finding.ctx.get("max_length")
    limit = f"at least {low}" if low is not None else f"at most {high}"
    return f"must have {limit} characters, not {len(str(finding.value))}"


def _pattern(finding: Finding) -> str:
    return f"must be {IN_WORDS[finding.ctx['pattern']]}, not `{finding.value}`"


def _one_of(finding: Finding) -> str:
    known = [str(each) for each in finding.wanted.get("enum", ())]
    guess = nearest(finding.value, known) if isinstance(finding.value, str) else None
    question = f"; did you mean `{guess}`?" if guess else ""
    if guess == finding.value:
        question = "; remove the quotes"
    return f"must be one of {', '.join(known)}, not {finding.shown}{question}"


def _mapping(finding: Finding) -> str:
    if finding.value is None:
        none = "" if finding.wanted.get("minProperties") else ", or `{}` for none"
        return f"is empty; write its keys below it, indented{none}"
    return f"must be a mapping (`key: value` lines, indented), not {finding.shown}"


def _list(finding: Finding) -> str:
    fix = f"; write `{json.dumps(_words(finding.value))}`" if isinstance(finding.value, str) else ""
    return f"must be a list, not {finding.shown}{fix}"


def _words(text: str) -> list[str]:
    """A text as the list that was meant: a command's words."""
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark without its other half
        return [text]


def _too_few(finding: Finding) -> str:
    return f"must have at least {finding.ctx['min_length']} entry, and has none"


def _too_many(finding: Finding) -> str:
    return f"may have {finding.ctx['max_length']} entries, not {finding.ctx['actual_length']}"


def _truth(finding: Finding) -> str:
    return f"must be `true` or `false`, without quotes, not {finding.shown}"


def _ours(finding: Finding) -> str:
    return str(finding.ctx["text"])


_IN_WORDS: Final[Mapping[str, Callable[[Finding], str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "bool_type": _truth,
    "int_type": _whole_number,
    "int_from_float": _whole_number,
    "int_parsing_size": _one_of,
    "float_type": _number,
    "string_type": _text,
    "greater_than_equal": _between,
    "less_than_equal": _between,
    "string_too_short": _length,
    "string_too_long": _length,
    "string_pattern_mismatch": _pattern,
    "literal_error": _one_of,
    "model_type": _mapping,
    "mapping_type": _mapping,
    "dict_type": _mapping,
    "tuple_type": _list,
    "too_short": _too_few,
    "too_long": _too_many,
    "impossible": _ours,
}
