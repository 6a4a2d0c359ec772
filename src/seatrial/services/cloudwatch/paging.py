"""Pages of a list. Pure."""

from collections.abc import Sequence
from typing import TypeVar

from seatrial.core.internal import AwsCallError

Item = TypeVar("Item")


def page(items: Sequence[Item], token: str | None, size: int) -> tuple[Sequence[Item], str | None]:
    """One page, and the token of the next one or None; a token says at which place its page begins.

    Raises:
        AwsCallError: the token is not one of ours.
    """
    if token is not None and not token.isdigit():
        raise AwsCallError("InvalidNextToken", "Request Token is invalid")
    start = int(token or 0)
    end = start + size
    return items[start:end], str(end) if end < len(items) else None
