"""Whether an event matches an event pattern. Pure.

Source: EventBridge user guide, "Event patterns" and "Comparison operators for use in event patterns". Fields beside
each other must all match; of the values in an array one is enough; an array in the event matches where one of its
elements does; a pattern below an array of objects must be met by one and the same object.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

Json = Any
"""Whatever JSON can say."""

Test = Callable[[Json, Json], bool]
"""Whether a value of the event is what an operator's argument says."""


# inside: EventBridge's rules, which take a rule with such a pattern for one that matches nothing
class PatternError(ValueError):
    """An event pattern says something that EventBridge does not know."""


def matches(pattern: Mapping[str, Json], event: Mapping[str, Json]) -> bool:
    """Whether an event matches.

    Args:
        pattern: the pattern as in ``PutRule``'s ``EventPattern``, parsed.
        event: the whole event, with ``source``, ``detail-type`` and ``detail``.

    Raises:
        PatternError: the pattern is not one.
    """
    return all(_field(name, wanted, event) for name, wanted in pattern.items())


def _field(name: str, wanted: Json, event: Mapping[str, Json]) -> bool:
    if name == "$or" and isinstance(wanted, list) and len(wanted) > 1:
        return any(matches(alternative, event) for alternative in wanted)
    if isinstance(wanted, Mapping):
        return any(matches(wanted, each) for each in _objects(event.get(name)))
    if isinstance(wanted, list):
        values = list(_leaves(event[name])) if name in event else []
        return any(_value(each, values) for each in wanted)
    raise PatternError(f"Pattern field {name} is neither an object nor an array.")


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    """The objects in which the fields of a nested pattern are looked for; without any, an empty one."""
    found = list(_all_objects(value))
    yield from found or [{}]


def _all_objects(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _all_objects(each)


def _leaves(value: Json) -> Iterator[Json]:
    """The values of a field: operators work on leaves only, so an object is none."""
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif not isinstance(value, Mapping):
        yield value


def _value(wanted: Json, values: list[Json]) -> bool:
    if not isinstance(wanted, Mapping):
        return any(_equal(value, wanted) for value in values)
    if len(wanted) != 1:
        raise PatternError("An operator is an object with one member.")
    ((name, argument),) = wanted.items()
    if name == "exists":
        return bool(values) == bool(argument)
    if name not in _TESTS:
        raise PatternError(f"Unknown operator {name}.")
    return any(_TESTS[name](value, argument) for value in values)


def _equal(value: Json, wanted: Json) -> bool:
    """The same value of the same type: EventBridge compares numbers as they are written, so 300 is not 300.0."""
    return type(value) is type(wanted) and bool(value == wanted)


def _prefix(value: Json, argument: Json) -> bool:
    return _affix(value, argument, str.startswith)


def _suffix(value: Json, argument: Json) -> bool:
    return _affix(value, argument, str.endswith)


def _affix(value: Json, argument: Json, has: Callable[[str, str], bool]) -> bool:
    if isinstance(argument, Mapping):
        folded = argument.get("equals-ignore-case")
        if not isinstance(folded, str):
            raise PatternError("Only equals-ignore-case may stand in prefix and suffix.")
        return isinstance(value, str) and has(value.lower(), folded.lower())
    return isinstance(value, str) and has(value, str(argument))


def _ignoring_case(value: Json, argument: Json) -> bool:
    return isinstance(value, str) and value.lower() == str(argument).lower()


def _wildcard(value: Json, argument: Json) -> bool:
    return isinstance(value, str) and _expression(str(argument)).fullmatch(value) is not None


@cache
def _expression(wildcard: str) -> re.Pattern[str]:
    r"""``*`` stands for any characters; ``\*`` and ``\\`` for themselves."""
    parts = re.findall(r"\\[*\\]|\*+|[^*\\]+|\\", wildcard)
    return re.compile("".join(_part(each) for each in parts), re.DOTALL)


def _part(text: str) -> str:
    if text.startswith("*"):
        return ".*"
    return re.escape(text[1:] if text in {"\\*", "\\\\"} else text)


def _numeric(value: Json, argument: Json) -> bool:
    if not isinstance(argument, list) or len(argument) % 2 or not argument:
        raise PatternError("numeric is an array of comparisons and numbers.")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return all(_compare(value, sign, bound) for sign, bound in zip(argument[::2], argument[1::2], strict=True))


def _compare(value: float, sign: str, bound: float) -> bool:
    comparisons = {
        "=": value == bound,
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
    }
    if sign not in comparisons:
        raise PatternError(f"Unknown comparison {sign}.")
    return comparisons[sign]


def _cidr(value: Json, argument: Json) -> bool:
    try:
        return ip_address(str(value)) in ip_network(str(argument), strict=False)
    except (ValueError, TypeError):
        return False


def _anything_but(value: Json, argument: Json) -> bool:
    if isinstance(argument, Mapping):
        ((name, inner),) = argument.items()
        if name not in {"prefix", "suffix", "equals-ignore-case", "wildcard"}:
            raise PatternError(f"{name} may not stand in anything-but.")
        return not any(_TESTS[name](value, each) for each in _listed(inner))
    return not any(_equal(value, each) for each in _listed(argument))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


_TESTS: dict[str, Test] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
