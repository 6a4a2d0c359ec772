"""Samples of one period, and the statistics that CloudWatch makes of them. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import floor, log10

_MOST_VALUES = 500
_DIGITS = 3
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


@dataclass(frozen=True)
class Samples:
    """What was measured in one period.

    Args:
        count: how many samples.
        total: their sum.
        low: the smallest.
        high: the largest.
        values: each value with how often it occurred; empty where only a statistic set was published, of which
            CloudWatch cannot tell percentiles.
    """

    count: float
    total: float
    low: float
    high: float
    values: Mapping[float, float]

    @classmethod
    def of(cls, values: Mapping[float, float]) -> "Samples":
        """Samples by value; there must be at least one."""
        total = sum(value * count for value, count in values.items())
        return cls(sum(values.values()), total, min(values), max(values), _coarse(values))

    @classmethod
    def merged(cls, parts: Iterable["Samples"]) -> "Samples | None":
        """All samples together; None of nothing."""
        found = list(parts)
        if len(found) <= 1:
            return found[0] if found else None
        values: dict[float, float] = {}
        for part in found:
            for value, count in part.values.items():
                values[value] = values.get(value, 0.0) + count
        known = all(part.values for part in found)
        return cls(
            count=sum(part.count for part in found),
            total=sum(part.total for part in found),
            low=min(part.low for part in found),
            high=max(part.high for part in found),
            values=_coarse(values) if known else {},
        )

    def statistic(self, name: str) -> float | None:
        """One statistic by its name, such as ``Average`` or ``p99``; None where it cannot be told."""
        plain = _PLAIN.get(name)
        return plain(self) if plain else self._percentile(float(name[1:]))

    def _percentile(self, percent: float) -> float | None:
        if not self.values:
            # CloudWatch tells percentiles of a statistic set if all its samples are equal.
            return self.low if self.low == self.high else None
        rank = self.count * percent / 100
        seen = 0.0
        for value in sorted(self.values):
            seen += self.values[value]
            if seen >= rank:
                return value
        return self.high


_PLAIN: dict[str, Callable[[Samples], float]] = {
    "SampleCount": lambda samples: samples.count,
    "Average": lambda samples: samples.total / samples.count,
    "Sum": lambda samples: samples.total,
    "Minimum": lambda samples: samples.low,
    "Maximum": lambda samples: samples.high,
}


def is_statistic(name: str) -> bool:
    """Whether ``Samples.statistic`` knows it: the five plain ones, and percentiles ``p0`` to ``p100``."""
    return name in STATISTICS or _PERCENTILE.fullmatch(name) is not None


def _coarse(values: Mapping[float, float]) -> Mapping[float, float]:
    """The same distribution with a bounded number of values: beyond 500, three digits of each are kept.

    CloudWatch itself keeps percentiles as histograms of bounded size.
    """
    if len(values) <= _MOST_VALUES:
        return values
    coarse: dict[float, float] = {}
    for value, count in values.items():
        digits = _DIGITS - 1 - floor(log10(abs(value))) if value else 0
        near = round(value, digits)
        coarse[near] = coarse.get(near, 0.0) + count
    return coarse
