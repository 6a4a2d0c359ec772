"""Which path pattern a listener asks first. Pure.

A listener asks its rules by ascending priority and takes the first that fits, so ``/api/*`` must come before ``/*``.
The priority of a pattern follows from the pattern alone: a service that comes or goes renumbers no other,
which AWS would refuse halfway (``PriorityInUse``).
"""

import hashlib
from collections.abc import Iterable

LONGEST = 128
"""Characters of a path pattern. Source: Elastic Load Balancing, "Condition types for listener rules"."""

LAST = 50_000
"""The last priority that AWS allows."""

_RANKS = 2 * LONGEST + 2
_BAND = LAST // _RANKS
"""Priorities per rank: patterns of one rank share a band, each at a place that its hash chooses."""


def priorities(patterns: Iterable[str]) -> dict[str, int]:
    """A distinct priority for each pattern, the more exact pattern first.

    More exact is: more characters that are not wildcards; of equally many, the one without a wildcard.
    """
    taken: dict[int, str] = {}
    for pattern in sorted(set(patterns)):
        place = _first_free(pattern, taken)
        taken[place] = pattern
    return {pattern: place for place, pattern in sorted(taken.items())}


def _first_free(pattern: str, taken: dict[int, str]) -> int:
    """The place that the hash chooses, or the next free one of the same band."""
    start = 1 + _rank(pattern) * _BAND
    offset = int(hashlib.sha256(pattern.encode()).hexdigest(), 16) % _BAND
    places = (start + (offset + step) % _BAND for step in range(_BAND))
    return next(place for place in places if place not in taken)


def _rank(pattern: str) -> int:
    """0 is the most exact."""
    wildcards = pattern.count("*") + pattern.count("?")
    literal = len(pattern) - wildcards
    return _RANKS - 1 - 2 * literal - (0 if wildcards else 1)
