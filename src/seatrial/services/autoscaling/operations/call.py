"""What every operation is given, and how it answers in pages."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from seatrial.services.autoscaling.errors import bad_token, invalid
from seatrial.services.autoscaling.records import Json, Key

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One request: for whom it speaks, and its parameters, held against AWS's model."""

    region: str
    account: str
    params: Json

    @property
    def key(self) -> Key:
        """The scalable target that it names."""
        params = self.params
        return Key(
            self.account, self.region, params["ServiceNamespace"], params["ResourceId"], params["ScalableDimension"]
        )

    def names(self, key: Key) -> bool:
        """Whether a listing is to have what belongs to this scalable target."""
        params = self.params
        resources = params.get("ResourceIds") or ([params["ResourceId"]] if "ResourceId" in params else [])
        return (
            (key.account, key.region, key.namespace) == (self.account, self.region, params["ServiceNamespace"])
            and (not resources or key.resource in resources)
            and key.dimension == params.get("ScalableDimension", key.dimension)
        )

    def page(self, name: str, items: Sequence[T], most: int, view: Callable[[T], Json]) -> Json:
        """One page of a listing.

        Args:
            name: the name of the member of the answer.
            items: all of them.
            most: the largest number of items on a page, where ``MaxResults`` says no less.
            view: one of them as AWS describes it.
        """
        size = int(self.params.get("MaxResults", most))
        if not 1 <= size <= most:
            raise invalid(f"MaxResults must be between 1 and {most}.")
        token = self.params.get("NextToken") or "0"
        if not (token.isascii() and token.isdigit()) or int(token) > len(items):
            raise bad_token()
        end = int(token) + size
        more = {"NextToken": str(end)} if end < len(items) else {}
        return {name: [view(item) for item in items[int(token) : end]], **more}


Handler = Callable[[Call], Any | Awaitable[Any]]
"""Answers a call with what AWS answers, at once or awaited."""
