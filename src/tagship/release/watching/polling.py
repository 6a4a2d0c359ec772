"""How often to look: soon enough to tell at once, seldom enough for quotas that the whole account shares. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

SHORTEST = 1.0
"""Seconds between two looks at one service."""

LONGEST = 30.0
"""Seconds between two looks while AWS throttles."""

CALLS_A_SECOND = 8.0
"""ECS allows 20 a second for each group of operations, to everybody in the account and region together
(API reference, "Request throttling"); this leaves room for the others."""

_SPREAD = 0.2


@dataclass
class Pace:
    """The wait between two looks.

    Args:
        chance: a number from 0 to 1; two watchers that begin together must not ask together for ever.
    """

    chance: Callable[[], float]
    _slower: float = field(default=1.0, init=False)

    def throttled(self) -> None:
        """AWS asked for fewer calls."""
        self._slower = min(self._slower * 2, LONGEST / SHORTEST)

    def answered(self) -> None:
        """AWS answered: slowly back to the usual pace."""
        self._slower = max(1.0, self._slower * 0.8)

    def wait(self, calls: int) -> float:
        """Seconds until the next look.

        Args:
            calls: how many calls a look takes.
        """
        usual = max(SHORTEST, calls / CALLS_A_SECOND)
        return min(usual * self._slower, max(LONGEST, usual)) * (1 - _SPREAD / 2 + _SPREAD * self.chance())
