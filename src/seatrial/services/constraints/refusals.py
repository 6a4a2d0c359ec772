"""How each of AWS's services says that a value is not what it may be. Pure.

Sources: section "Errors" of each service's API reference, and its "Common errors"; the sentences are those that
public reports quote, such as "1 validation error detected: Value '…' at 'description' failed to satisfy constraint:
Member must satisfy regular expression pattern: …" (https://github.com/hashicorp/terraform-provider-aws/issues).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from seatrial.core.wire.traits import Violation, spelt
from seatrial.services.constraints.rows import Row

_PLACE: Final = re.compile(r"\{(value|name|constraint)\}")
_LONGEST: Final = 200
"""Characters of a value that an answer repeats."""


@dataclass(frozen=True)
class Refusal:
    """AWS's answer: its error code, its words, the HTTP status."""

    code: str
    message: str
    status: int = 400


def _counted(violations: Sequence[Violation]) -> str:
    plural = "s" if len(violations) > 1 else ""
    sentences = "; ".join(_short(violation).sentence() for violation in violations)
    return f"{len(violations)} validation error{plural} detected: {sentences}"


def _of_parameter(violations: Sequence[Violation]) -> str:
    """EC2's: ``Value (x) for parameter name is invalid.``."""
    first = _short(violations[0])
    if first.value is None:
        return f"The request must contain the parameter {_name(first)}"
    return f"Value ({first.value}) for parameter {spelt(first.path)} is invalid. It must {first.constraint}."


def _in_words(violations: Sequence[Violation]) -> str:
    """Of services that have a sentence for each parameter."""
    first = _short(violations[0])
    if first.value is None:
        return f"The parameter {_name(first)} must be provided."
    return f"The parameter {_name(first)} is not valid: {first.value} must {first.constraint}."


def _quoted(violations: Sequence[Violation]) -> str:
    """ECR's."""
    first = _short(violations[0])
    return f"Invalid parameter at '{spelt(first.path)}' failed to satisfy constraint: 'must {first.constraint}'"


@dataclass(frozen=True)
class Dialect:
    """How one service answers.

    Args:
        code: AWS's, for values that are invalid.
        missing: its code where a required member is absent; empty where absent members are not looked for, because
            the protocol cannot tell an empty list or structure from none.
        wording: the message, from what was found.
    """

    code: str
    missing: str = ""
    wording: Callable[[Sequence[Violation]], str] = _counted

    def minds(self, violation: Violation) -> bool:
        """Whether this service is known to look for it."""
        return violation.value is not None or bool(self.missing)

    def by_model(self, violations: Sequence[Violation]) -> Refusal:
        """The answer to what AWS's model does not allow."""
        code = self.missing if violations[0].value is None else self.code
        return Refusal(code, self.wording(violations))

    def by_row(self, row: Row, violation: Violation) -> Refusal:
        """The answer to a broken row of the table."""
        message = self.wording([violation])
        if row.words:
            short = _short(violation)
            said = {"value": str(short.value), "name": _name(short), "constraint": short.constraint}
            message = _PLACE.sub(lambda place: said[place[1]], row.words)
        return Refusal(row.code or self.code, message)


_VALIDATION: Final = Dialect("ValidationException", "ValidationException")

_DIALECTS: Final[Mapping[str, Dialect]] = {
    "cloudfront": Dialect("InvalidArgument", wording=_in_words),
    "cloudwatch": Dialect("ValidationError"),
    "cognito-idp": Dialect("InvalidParameterException", "InvalidParameterException"),
    "ec2": Dialect("InvalidParameterValue", wording=_of_parameter),
    "ecr": Dialect("InvalidParameterException", "InvalidParameterException", _quoted),
    "ecs": Dialect("InvalidParameterException", wording=_in_words),
    "elbv2": Dialect("ValidationError"),
    "iam": Dialect("ValidationError"),
    "logs": Dialect("InvalidParameterException", "InvalidParameterException"),
    "rds": Dialect("InvalidParameterValue", wording=_in_words),
    "route53": Dialect("InvalidInput"),
    "s3": Dialect("InvalidArgument", wording=_in_words),
    "sns": Dialect("InvalidParameter", wording=_in_words),
    "sqs": Dialect("InvalidParameterValue", wording=_in_words),
    "sts": Dialect("ValidationError"),
}
"""By botocore's name; all others answer as services by JSON do."""


def dialect_of(service: str) -> Dialect:
    """How a service answers, by botocore's name."""
    return _DIALECTS.get(service, _VALIDATION)


def _name(violation: Violation) -> str:
    return next((str(part) for part in reversed(violation.path) if isinstance(part, str)), "")


def _short(violation: Violation) -> Violation:
    if violation.value is None or len(text := str(violation.value)) <= _LONGEST:
        return violation
    return Violation(violation.path, f"{text[:_LONGEST]}…", violation.constraint)
