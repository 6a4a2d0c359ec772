"""What an expression is worked out to: numbers, time series, arrays of them. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from seatrial.services.cloudwatch.math.syntax import MathError

Number = float


@dataclass(frozen=True)
class Series:
    """A time series.

    Args:
        points: value by time, in AWS's seconds since the begin of the query; where there is none, none was measured.
        period: AWS's seconds between its points.
        label: the label of the metric or the expression.
    """

    points: Mapping[int, float]
    period: int
    label: str = ""

    def with_points(self, points: Mapping[int, float]) -> "Series":
        """The same metric with other values; those that are no finite numbers go."""
        return replace(self, points={at: value for at, value in sorted(points.items()) if isfinite(value)})

    def each(self, change: Callable[[float], float | None]) -> "Series":
        """Every value changed; those that become None go."""
        changed = ((at, change(value)) for at, value in self.points.items())
        return self.with_points({at: value for at, value in changed if value is not None})


Array = tuple[Series, ...]
Value = Number | Series | Array
Both = Callable[[float, float], float | None]


def combined(left: Value, right: Value, operate: Both) -> Value:
    """Two values under an operator: numbers, series point by point, arrays series by series.

    At a time at which only one of two series has a value, the other counts as 0; where the operator has no result
    (division by zero), the point is dropped (using-metric-math, "Basic arithmetic functions").

    Raises:
        MathError: both are arrays.
    """
    if isinstance(left, tuple) and isinstance(right, tuple):
        raise MathError("Error in expression: an operator takes one array of time series, not two")
    if isinstance(left, tuple):
        return tuple(_series(combined(one, right, operate)) for one in left)
    if isinstance(right, tuple):
        return tuple(_series(combined(left, one, operate)) for one in right)
    if isinstance(left, Series) or isinstance(right, Series):
        return _by_time(left, right, operate)
    result = operate(left, right)
    if result is None:
        raise MathError("Error in expression: division by zero")
    return result


def each(value: Value, change: Callable[[float], float | None]) -> Value:
    """A function of one number applied to every number in a value.

    Raises:
        MathError: a number alone has no result.
    """
    if isinstance(value, tuple):
        return tuple(one.each(change) for one in value)
    if isinstance(value, Series):
        return value.each(change)
    result = change(value)
    if result is None:
        raise MathError("Error in expression: a number has no result")
    return result


def each_series(value: Value, change: Callable[[Series], Series]) -> Value:
    """A function of one series applied to each series in a value.

    Raises:
        MathError: it is a number.
    """
    if isinstance(value, tuple):
        return tuple(change(one) for one in value)
    return change(_series(value))


def flat(values: Iterable[Value]) -> Array:
    """The series in a list of series and arrays, in order.

    Raises:
        MathError: there is a number among them.
    """
    found: list[Series] = []
    for value in values:
        found.extend(value if isinstance(value, tuple) else (_series(value),))
    return tuple(found)


def reduced(series: Sequence[Series], reduce: Callable[[list[float], int], float]) -> Series:
    """One series of several: at each time ``reduce`` of the values there are, and how many series there are."""
    if not series:
        return Series({}, 60)
    times = sorted({at for one in series for at in one.points})
    gathered = {at: [one.points[at] for one in series if at in one.points] for at in times}
    return Series({}, series[0].period).with_points(
        {at: reduce(values, len(series)) for at, values in gathered.items()}
    )


def _by_time(left: Value, right: Value, operate: Both) -> Series:
    first = left if isinstance(left, Series) else right
    assert isinstance(first, Series)  # noqa: S101 - the caller has seen that one of them is
    times = {at for side in (left, right) if isinstance(side, Series) for at in side.points}
    results = ((at, operate(_at(left, at), _at(right, at))) for at in sorted(times))
    return first.with_points({at: result for at, result in results if result is not None})


def _at(value: Value, at: int) -> float:
    if isinstance(value, Series):
        return value.points.get(at, 0.0)
    assert isinstance(value, float | int)  # noqa: S101 - arrays were taken apart
    return value


def _series(value: Value) -> Series:
    if not isinstance(value, Series):
        raise MathError("Error in expression: a time series is expected where there is a number or an array")
    return value
