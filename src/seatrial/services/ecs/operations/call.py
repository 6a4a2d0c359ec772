"""What every operation is given, and what several of them need."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.errors import invalid
from seatrial.services.ecs.records import Json

T = TypeVar("T")
LARGEST_PAGE = 100
"""API reference, ``maxResults`` of each list: between 1 and 100."""


@dataclass(frozen=True)
class Call:
    """One checked request: whose, and its parameters."""

    scope: Scope
    params: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - JSON
        """A parameter."""
        return self.params.get(name, default)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.params[name]

    def picked(self, names: Iterable[str]) -> Json:
        """The given ones of these parameters."""
        return {name: self.params[name] for name in names if name in self.params}

    def tags(self) -> dict[str, str]:
        """The parameter ``tags``."""
        return {tag["key"]: tag.get("value", "") for tag in self.params.get("tags", ())}

    def includes(self, what: str) -> bool:
        """Whether ``include`` names it."""
        return what in self.params.get("include", ())


Handler = Callable[[Call], Json | Awaitable[Json]]


def page(items: Sequence[T], call: Call, *, default: int, name: str) -> Json:
    """One page of a list, under ``name``, with the token of the next.

    Raises:
        AwsCallError: ``InvalidParameterException`` where the token is not one of ours, or the page too large.
    """
    size = call.get("maxResults", default)
    if not 1 <= size <= LARGEST_PAGE:
        raise invalid("maxResults must be between 1 and 100.")
    token = str(call.get("nextToken") or "0")
    if not token.isdecimal():
        raise invalid("Invalid token.")
    first = int(token)
    following = {"nextToken": str(first + size)} if first + size < len(items) else {}
    return {name: list(items[first : first + size]), **following}


def missing(arn: str) -> Json:
    """A ``Failure``: nothing of this name."""
    return {"arn": arn, "reason": "MISSING"}
