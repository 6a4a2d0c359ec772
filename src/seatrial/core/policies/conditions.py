"""What a condition asks of a request: every operator of the language. Pure.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network

from seatrial.core.policies.document import Condition
from seatrial.core.policies.patterns import Context, NoValue, arn_matches, filled, matches

Compare = Callable[[str, str], bool]
"""Whether a value of the request is what a value of the policy says."""

_ARN_COLONS = 5


def is_met(condition: Condition, context: Context, *, variables: bool = True) -> bool:
    """Whether a request meets a condition.

    A key that the request lacks meets a negated operator, ``…IfExists``, ``Null: true``, ``ForAllValues``. A variable
    without a value meets nothing, nor does what is no number, date or address where one is compared.

    Args:
        condition: the condition of a policy.
        context: the context of the request.
        variables: whether ``${…}`` in a value of the policy stands for something.
    """
    found = context.get(condition.key, ())
    if condition.operator == "Null":
        return any((not found) == (value.lower() == "true") for value in condition.values)
    compare, negated = OPERATORS[condition.operator]
    if not found:
        missing_is_enough = negated and condition.quantifier != "ForAnyValue"
        return condition.if_exists or missing_is_enough or condition.quantifier == "ForAllValues"
    try:
        values = [filled(value, context) if variables else value for value in condition.values]
    except NoValue:
        return False
    fits = [_fits(compare, given, values, every=negated) for given in found]
    if None in fits:
        return False
    met = [fit != negated for fit in fits]
    return all(met) if condition.quantifier == "ForAllValues" or (negated and not condition.quantifier) else any(met)


def _fits(compare: Compare, given: str, values: list[str], *, every: bool) -> bool | None:
    """Whether a value is one of those that a policy names; None where none, or not ``every`` one, can be compared."""
    compared = []
    for value in values:
        with suppress(ValueError, InvalidOperation):
            compared.append(compare(given, value))
    return any(compared) if len(compared) >= (len(values) if every else 1) else None


def _equal(given: str, value: str) -> bool:
    return given == literal(value)


def literal(value: str) -> str:
    """A value in which a star is a star."""
    return value.replace("\ue000", "*").replace("\ue001", "?")


def _equal_in_any_case(given: str, value: str) -> bool:
    return given.casefold() == literal(value).casefold()


def _like(given: str, value: str) -> bool:
    return matches(value, given)


def _arn(given: str, value: str) -> bool:
    if value.count(":") < _ARN_COLONS:
        raise ValueError("no ARN")
    return given.count(":") >= _ARN_COLONS and arn_matches(value, given)


def _address(given: str, value: str) -> bool:
    return ip_address(given) in ip_network(value, strict=False)


def _bool(given: str, value: str) -> bool:
    return given.lower() == value.lower()


def _binary(given: str, value: str) -> bool:
    try:
        return b64decode(given, validate=True) == b64decode(value, validate=True)
    except binascii.Error:
        return False


def _moment(text: str) -> float:
    """Seconds since 1970 of a date in ISO 8601, or of such a number.

    Raises:
        ValueError: it is neither.
    """
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _ordered(read: Callable[[str], float | Decimal], holds: Callable[[int], bool]) -> Compare:
    """A comparison of two quantities; ``holds`` is told -1, 0 or 1."""

    def compare(given: str, value: str) -> bool:
        left, right = read(given), read(value)
        return holds((left > right) - (left < right))

    return compare


_ORDERS: dict[str, Callable[[int], bool]] = {
    "Equals": lambda sign: sign == 0,
    "LessThan": lambda sign: sign < 0,
    "LessThanEquals": lambda sign: sign <= 0,
    "GreaterThan": lambda sign: sign > 0,
    "GreaterThanEquals": lambda sign: sign >= 0,
}

OPERATORS: dict[str, tuple[Compare, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_in_any_case, False),
    "StringNotEqualsIgnoreCase": (_equal_in_any_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    "Bool": (_bool, False),
    "BinaryEquals": (_binary, False),
    **{f"Numeric{name}": (_ordered(Decimal, holds), False) for name, holds in _ORDERS.items()},
    **{f"Date{name}": (_ordered(_moment, holds), False) for name, holds in _ORDERS.items()},
    "NumericNotEquals": (_ordered(Decimal, _ORDERS["Equals"]), True),
    "DateNotEquals": (_ordered(_moment, _ORDERS["Equals"]), True),
}
"""By its name: how a value is compared, and whether no value may fit. ``Null`` asks for no value at all."""
