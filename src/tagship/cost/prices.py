"""The price list, ``prices.json``: each number with where it comes from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

FALLBACK: Final = "us-east-1"
"""The region whose prices stand in for those of a region that is not in the list."""

NOT_CONFIRMED: Final = "not confirmed"


@dataclass(frozen=True)
class Price:
    """US dollars for one unit, and whether a source names the number's origin."""

    usd: float
    confirmed: bool


@dataclass(frozen=True)
class Prices:
    """The prices of one region.

    Args:
        date: when they were read, such as ``2026-10``.
        region: the region that they belong to; it may stand in for another.
        found: prices by name; of ``ec2`` and ``aurora`` by name and type, such as ``aurora/db.r7g.large``.
    """

    date: str
    region: str
    found: Mapping[str, Price]

    def of(self, name: str) -> Price | None:
        """A price; None where the list has none."""
        return self.found.get(name)


@cache
def document() -> Mapping[str, Any]:
    """The whole list."""
    found: dict[str, Any] = json.loads((files("tagship.cost") / "prices.json").read_text(encoding="utf-8"))
    return found


def prices_in(region: str) -> Prices:
    """The prices of a region; of ``FALLBACK`` where the list has none of it."""
    known = document()["regions"]
    where = region if region in known else FALLBACK
    found: dict[str, Price] = {}
    for name, value in {**document()["everywhere"], **known[where]}.items():
        if isinstance(value, str):
            continue  # the region's name in words
        if "usd" in value:
            found[name] = _price(value)
        else:
            found.update({f"{name}/{each}": _price(price) for each, price in value.items()})
    return Prices(document()["date"], where, found)


def _price(value: Mapping[str, Any]) -> Price:
    return Price(float(value["usd"]), value["source"] != NOT_CONFIRMED)
