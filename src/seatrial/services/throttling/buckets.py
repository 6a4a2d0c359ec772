"""Token buckets. Pure: the time is passed in.

AWS adds tokens once a second; here they trickle in, which comes to the same over any whole second.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """A bucket's size, and how many tokens come back in a second."""

    burst: float
    refill: float


@dataclass(frozen=True)
class Level:
    """How many tokens a bucket held, and when (seconds of a monotonic clock)."""

    tokens: float
    at: float


def refilled(level: Level | None, rate: Rate, now: float) -> Level:
    """The bucket as it is now; None is one that was never touched: full."""
    if level is None:
        return Level(rate.burst, now)
    return Level(min(rate.burst, level.tokens + (now - level.at) * rate.refill), now)


def taken(level: Level) -> Level | None:
    """The bucket without one token; None where it has none."""
    return Level(level.tokens - 1, level.at) if level.tokens >= 1 else None


def falls_to_others(count: int, share: float) -> bool:
    """Whether the call of this number (from 0) finds that other callers have used its token.

    Args:
        count: number of calls before it.
        share: the share of the quota that others use, 0 to 1; spread evenly: of ten calls, 0.5 takes every second.
    """
    return int((count + 1) * share + 1e-9) > int(count * share + 1e-9)
