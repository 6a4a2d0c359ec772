"""Metrics: taken, and asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.cloudwatch.metric_store import Metric, MetricStore, Point
from seatrial.services.cloudwatch.periods import STANDARD_RESOLUTION, Minutes, Window
from seatrial.services.cloudwatch.samples import Samples


@dataclass(frozen=True)
class Metrics:
    """All metrics of one embedded AWS.

    Args:
        store: where they are kept.
        minutes: CloudWatch's time.
    """

    store: MetricStore
    minutes: Minutes

    def record(self, region: str, namespace: str, data: Sequence[Datum]) -> None:
        """Take samples, kept by the minute (``Datum.resolution``)."""
        self.store.add(
            (Metric.of(region, namespace, datum.name, datum.dimensions), self._point(datum))
            for datum in data
            if datum.samples
        )

    def add(self, metric: Metric, at: float, unit: str, samples: Samples) -> None:
        """Take samples of which no more is known than their statistics."""
        self.store.add([(metric, Point(self.minutes.floor(at), unit, samples))])

    def samples(self, metric: Metric, window: Window, unit: str | None = None) -> list[Samples | None]:
        """The samples of each period of a window; of one unit, or of all together."""
        points = self.store.read(metric, window.start, window.end)
        return window.gathered([point for point in points if unit in {None, point.unit}])

    def by_unit(self, metric: Metric, window: Window) -> Mapping[str, list[Samples | None]]:
        """The samples of each period of a window by their unit."""
        points = self.store.read(metric, window.start, window.end)
        units = {point.unit for point in points}
        return {unit: window.gathered([point for point in points if point.unit == unit]) for unit in sorted(units)}

    def _point(self, datum: Datum) -> Point:
        resolution = min(datum.resolution, STANDARD_RESOLUTION)
        return Point(self.minutes.floor(datum.at, resolution), datum.unit, Samples.of(datum.samples))
