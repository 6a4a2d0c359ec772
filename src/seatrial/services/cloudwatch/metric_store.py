"""Where datapoints are kept: one SQLite file, written through."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from seatrial.core.damage import open_database
from seatrial.services.cloudwatch.samples import Samples

Dimensions = tuple[tuple[str, str], ...]

KEPT_DAYS = 15
_MOST_POINTS = 1_000_000
_AT_ONCE = 5000
_TABLES = """
CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY, region TEXT, namespace TEXT, name TEXT, dimensions TEXT, newest REAL,
    UNIQUE (region, namespace, name, dimensions));
CREATE TABLE IF NOT EXISTS points (
    number INTEGER PRIMARY KEY, metric INTEGER, at REAL, unit TEXT,
    count REAL, total REAL, low REAL, high REAL, samples TEXT,
    UNIQUE (metric, at, unit));
"""


@dataclass(frozen=True)
class Metric:
    """One metric. A metric with other dimensions is another metric, and CloudWatch never adds them up.

    Args:
        region: where it is kept.
        namespace: ``AWS/ECS``.
        name: ``CPUUtilization``.
        dimensions: name and value, sorted.
    """

    region: str
    namespace: str
    name: str
    dimensions: Dimensions = ()

    @classmethod
    def of(cls, region: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> "Metric":
        """A metric by its dimensions in any order."""
        return cls(region, namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True)
class Point:
    """The samples of one metric and unit in one stretch of time.

    Args:
        at: its begin, in seconds since 1970.
        unit: ``Percent``, ``None``.
        samples: what was measured.
    """

    at: float
    unit: str
    samples: Samples


@dataclass
class MetricStore:
    """Datapoints by metric.

    Every write is on disk when the call returns (WAL, ``synchronous=NORMAL``): ``kill -9`` loses nothing. Kept are 15
    days, as CloudWatch keeps one-minute datapoints, and at most a million points. May be used from any thread.

    Args:
        path: the path of the file.
    """

    path: Path
    _lock: RLock = field(default_factory=RLock, init=False)
    _ids: dict[Metric, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Open the file."""
        self._database = open_database(self.path, needed=False)
        self._database.executescript(_TABLES)

    def add(self, points: Iterable[tuple[Metric, Point]]) -> None:
        """Take points, all or none; samples of a metric, time and unit that are there already are added to."""
        with self._lock, self._transaction():
            for metric, point in points:
                self._add(self._id(metric), point)

    def read(self, metric: Metric, start: float, end: float) -> list[Point]:
        """The points of a metric from ``start`` until before ``end``, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT at, unit, count, total, low, high, samples FROM points"
                " WHERE metric = (SELECT id FROM metrics WHERE region = ? AND namespace = ? AND name = ?"
                " AND dimensions = ?) AND at >= ? AND at < ? ORDER BY at",
                (*_columns(metric), start, end),
            ).fetchall()
        return [Point(row[0], row[1], _samples(row[2:])) for row in rows]

    def metrics(self, region: str, since: float) -> list[tuple[Metric, float]]:
        """The metrics of a region with points since then, each with the time of its newest; in a stable order."""
        with self._lock:
            rows = self._database.execute(
                "SELECT namespace, name, dimensions, newest FROM metrics WHERE region = ? AND newest >= ?"
                " ORDER BY namespace, name, dimensions",
                (region, since),
            ).fetchall()
        return [
            (Metric(region, row[0], row[1], tuple((name, value) for name, value in json.loads(row[2]))), row[3])
            for row in rows
        ]

    def prune(self, now: float) -> bool:
        """Forget some of what is too old or too much; whether there is more to forget. One call takes milliseconds."""
        with self._lock, self._transaction():
            oldest, newest = self._database.execute("SELECT min(number), max(number) FROM points").fetchone()
            if oldest is None:
                return False
            limit = now - KEPT_DAYS * 86400
            until = min(oldest + _AT_ONCE, newest + 1)
            removed: int = self._database.execute(
                "DELETE FROM points WHERE number >= ? AND number < ? AND (at < ? OR number <= ?)",
                (oldest, until, limit, newest - _MOST_POINTS),
            ).rowcount
            self._database.execute("DELETE FROM metrics WHERE newest < ?", (limit,))
            self._ids.clear()
        return removed >= int(until - oldest)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            self._ids.clear()  # Some of them may have been given in this transaction.
            raise
        self._database.execute("COMMIT")

    def _id(self, metric: Metric) -> int:
        if metric not in self._ids:
            self._database.execute(
                "INSERT OR IGNORE INTO metrics (region, namespace, name, dimensions, newest) VALUES (?, ?, ?, ?, 0)",
                _columns(metric),
            )
            (self._ids[metric],) = self._database.execute(
                "SELECT id FROM metrics WHERE region = ? AND namespace = ? AND name = ? AND dimensions = ?",
                _columns(metric),
            ).fetchone()
        return self._ids[metric]

    def _add(self, metric: int, point: Point) -> None:
        row = self._database.execute(
            "SELECT count, total, low, high, samples FROM points WHERE metric = ? AND at = ? AND unit = ?",
            (metric, point.at, point.unit),
        ).fetchone()
        samples = Samples.merged([_samples(row), point.samples]) if row else point.samples
        assert samples is not None  # noqa: S101 - of one or two there is a sum
        values = json.dumps(list(samples.values.items()))
        self._database.execute(
            "INSERT INTO points (metric, at, unit, count, total, low, high, samples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (metric, at, unit) DO UPDATE SET count = excluded.count, total = excluded.total,"
            " low = excluded.low, high = excluded.high, samples = excluded.samples",
            (metric, point.at, point.unit, samples.count, samples.total, samples.low, samples.high, values),
        )
        self._database.execute("UPDATE metrics SET newest = max(newest, ?) WHERE id = ?", (point.at, metric))


def _columns(metric: Metric) -> tuple[str, str, str, str]:
    return metric.region, metric.namespace, metric.name, json.dumps(metric.dimensions)


def _samples(row: Sequence[float | str]) -> Samples:
    count, total, low, high, values = row
    pairs: Iterator[tuple[float, float]] = ((float(value), float(times)) for value, times in json.loads(str(values)))
    return Samples(float(count), float(total), float(low), float(high), dict(pairs))
