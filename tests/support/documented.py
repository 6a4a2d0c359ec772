"""What AWS documents of one value of a call, as the embedded AWS's table has it."""

from typing import Any, Final

from seatrial.core.wire import traits
from seatrial.services.constraints import members, rules
from seatrial.services.constraints.rows import rows_of

READING: Final = ("BatchGet", "Describe", "Filter", "Get", "Head", "List", "Simulate")
ENDING: Final = ("Delete", "Deregister", "Detach", "Disassociate", "Release", "Remove", "Revoke", "Stop", "Terminate")
"""What begins so names what is there."""


def gives_values(operation: str) -> bool:
    """Whether an operation gives AWS new values, so that what AWS documents of them matters."""
    return not operation.startswith(READING + ENDING)


def put(path: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A request that has nothing but a value under a path of the table."""
    for name, part in reversed(members.steps(path)):
        if part.startswith("["):
            which, _, is_ = part[1:-1].partition("=")
            value = [{**value, which: is_} if which else value]
        elif part == "{key}":
            value = {value: ""}
        elif part:
            value = {part[2:-1] or "name": value}
        value = {name: value}
    assert isinstance(value, dict)
    return value


def refused(service: str, operation: str, member: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What AWS says against a value, whatever else the call may lack; None where it says nothing.

    Args:
        service: botocore's name.
        operation: one of its operations.
        member: the path of the value, as rows have it.
        value: what is asked for.
    """
    for row in rows_of(service, operation):
        asked = [value] if row.together else value
        if member in row.members and (problem := rules.broken(row.rule, asked)):
            return f"it must {problem}: {row.page}"
    found = traits.violations(service, operation, put(member, value))
    return next((each.sentence() for each in found if each.value is not None), None)
