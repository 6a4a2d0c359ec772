"""What one distribution has kept: for how long, and what it forgets.

The rules are those of the developer guide, "Managing how long content stays in the cache (expiration)".
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from seatrial.services.cloudfront.policies import CachePolicy

MOST_BYTES: Final = 64 << 20
"""What one distribution keeps at most; what has not been asked for longest goes first."""

ERROR_SECONDS: Final = 10
"""Seconds for which an error is kept, unless the origin asks for more ("error caching minimum TTL")."""

_KEPT_ERRORS: Final = frozenset({400, 403, 404, 405, 414, 500, 501, 502, 503, 504})
_OK: Final = 200
_KEPT: Final = frozenset({200, 203, 204, 300, 301, 302, 307, 308, 410})
_SECONDS: Final = re.compile(r"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?(\d+)")
_NEVER: Final = re.compile(r"(?:^|[\s,])(no-cache|no-store|private)(?=$|[\s,=])")


@dataclass(frozen=True)
class CachedResponse:
    """An answer: when it came and until when it may be used, by the loop's clock."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    since: float
    until: float


def lifetime(status: int, headers: Mapping[str, str], policy: CachePolicy) -> float:
    """Seconds for which an answer is kept; 0 is not at all.

    Args:
        status: the status of the answer.
        headers: the headers of the answer, names in lower case.
        policy: the policy of the behavior.
    """
    if policy.disabled:
        return 0
    control = headers.get("cache-control", "").lower()
    asked = {name: int(seconds) for name, seconds in _SECONDS.findall(control)}
    seconds = asked.get("s-maxage", asked.get("max-age"))
    if status in _KEPT_ERRORS:
        return max(ERROR_SECONDS, min(seconds or 0, policy.maximum))
    if status not in _KEPT or "set-cookie" in headers:
        return 0
    if _NEVER.search(control):
        return policy.minimum
    wanted = policy.default if seconds is None else seconds
    return min(max(wanted, policy.minimum), policy.maximum)


class Cache:
    """Answers by path and query."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[str, CachedResponse] = OrderedDict()
        self.generation = 0
        """Grows with each invalidation: what was asked for before one is not kept after it."""

    def get(self, key: str, now: float) -> CachedResponse | None:
        """The answer, if it may still be used."""
        found = self._kept.get(key)
        if found is None:
            return None
        if now >= found.until:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def put(self, key: str, answer: CachedResponse, generation: int) -> None:
        """Keep an answer; ``generation`` is the one at which its origin was asked."""
        if generation != self.generation or len(answer.body) > self._most or answer.until <= answer.since:
            return
        self._drop(key)
        self._kept[key] = answer
        self._size += len(answer.body)
        while self._size > self._most:
            self._drop(next(iter(self._kept)))

    def invalidate(self, paths: Iterable[str]) -> int:
        """Forget paths; one that ends with ``*`` is all that begin so. Returns how many answers were forgotten."""
        self.generation += 1
        patterns = [unquote(path if path.startswith("/") else f"/{path}") for path in paths]
        gone = [key for key in self._kept if any(_fits(pattern, key) for pattern in patterns)]
        for key in gone:
            self._drop(key)
        return len(gone)

    def _drop(self, key: str) -> None:
        if found := self._kept.pop(key, None):
            self._size -= len(found.body)


def _fits(pattern: str, key: str) -> bool:
    """A path without a query stands for the path with any query only where it ends with ``*``."""
    return key.startswith(pattern[:-1]) if pattern.endswith("*") else key == pattern
