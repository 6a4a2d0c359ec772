"""The functions of metric math that are the same everywhere: of values alone. Pure."""

import math
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise

from seatrial.services.cloudwatch.math.syntax import MathError
from seatrial.services.cloudwatch.math.values import Array, Series, Value, each, each_series, flat, reduced

Function = Callable[[Sequence[Value]], Value]
Reduce = Callable[[list[float], int], float]

# Over an array, AVG and SUM take missing values to be 0; MIN, MAX and STDDEV leave them out.
REDUCERS: dict[str, tuple[Callable[[list[float]], float], Reduce]] = {
    "SUM": (sum, lambda values, _: sum(values)),
    "AVG": (statistics.fmean, lambda values, series: sum(values) / series),
    "MIN": (min, lambda values, _: min(values)),
    "MAX": (max, lambda values, _: max(values)),
    "STDDEV": (statistics.pstdev, lambda values, _: statistics.pstdev(values)),
    "DATAPOINT_COUNT": (lambda values: float(len(values)), lambda values, _: float(len(values))),
}


def _reducer(name: str) -> Function:
    over_time, over_series = REDUCERS[name]

    def reduce(arguments: Sequence[Value]) -> Value:
        value = only(name, arguments)
        if isinstance(value, tuple):
            return reduced(value, over_series)
        if not isinstance(value, Series):
            raise MathError(f"Error in expression: {name} takes time series")
        values = list(value.points.values())
        return over_time(values) if values else 0.0

    return reduce


def _by_number(name: str, change: Callable[[float], float | None]) -> Function:
    return lambda arguments: each(only(name, arguments), change)


def _by_series(name: str, change: Callable[[Series], Series]) -> Function:
    return lambda arguments: each_series(only(name, arguments), change)


def _logarithm(base: float) -> Callable[[float], float | None]:
    return lambda value: math.log(value, base) if value > 0 else None


def _steps(series: Series, step: Callable[[float, int], float]) -> Series:
    """``step`` of the difference and the seconds between each value and the one before it."""
    points = list(series.points.items())
    return series.with_points({at: step(value - before, at - then) for (then, before), (at, value) in pairwise(points)})


def _running(series: Series) -> Series:
    total = 0.0
    points: dict[int, float] = {}
    for at, value in series.points.items():
        total += value
        points[at] = total
    return series.with_points(points)


def only(name: str, arguments: Sequence[Value]) -> Value:
    """The one argument of a function.

    Raises:
        MathError: it has none, or more.
    """
    if len(arguments) != 1:
        raise MathError(f"Error in expression: {name} takes one argument")
    return arguments[0]


def array(name: str, value: Value) -> Array:
    """An argument that is an array of time series; one series is an array of one.

    Raises:
        MathError: it is a number.
    """
    if isinstance(value, float | int):
        raise MathError(f"Error in expression: {name} takes an array of time series")
    return flat([value])


def _end(place: int, name: str) -> Function:
    def end(arguments: Sequence[Value]) -> Value:
        found = array(name, only(name, arguments))
        if not found:
            raise MathError(f"Error in expression: {name} of no time series")
        return found[place]

    return end


def _slice(arguments: Sequence[Value]) -> Value:
    limits = [int(limit) for limit in arguments[1:] if isinstance(limit, float | int)]
    if len(arguments) not in {2, 3} or len(limits) != len(arguments) - 1:
        raise MathError("Error in expression: SLICE takes an array and one or two numbers")
    return array("SLICE", arguments[0])[slice(limits[0], limits[1] if len(limits) > 1 else None)]


def _remove_empty(arguments: Sequence[Value]) -> Value:
    return tuple(one for one in array("REMOVE_EMPTY", only("REMOVE_EMPTY", arguments)) if one.points)


def _if(arguments: Sequence[Value]) -> Value:
    """IF, as the tables of using-metric-math ("Using IF expressions") have it."""
    if len(arguments) not in {2, 3}:
        raise MathError("Error in expression: IF takes two or three arguments")
    condition, yes, *rest = arguments
    if any(isinstance(argument, tuple) for argument in arguments):
        raise MathError("Error in expression: IF takes no array of time series")
    no: Value | None = rest[0] if rest else None
    if isinstance(condition, float | int):
        if condition:
            return yes
        return no if no is not None else Series({}, yes.period if isinstance(yes, Series) else 60)
    assert isinstance(condition, Series)  # noqa: S101 - arrays are refused above
    points: dict[int, float] = {}
    for at, truth in condition.points.items():
        value = _chosen(yes, at, 0.0) if truth else _chosen(no, at, None)
        if value is not None:
            points[at] = value
    return condition.with_points(points)


def _chosen(value: Value | None, at: int, missing: float | None) -> float | None:
    if isinstance(value, Series):
        return value.points.get(at, missing)
    return float(value) if isinstance(value, float | int) else None


FUNCTIONS: dict[str, Function] = {
    **{name: _reducer(name) for name in REDUCERS},
    "ABS": _by_number("ABS", abs),
    "CEIL": _by_number("CEIL", lambda value: float(math.ceil(value))),
    "FLOOR": _by_number("FLOOR", lambda value: float(math.floor(value))),
    "LOG": _by_number("LOG", _logarithm(math.e)),
    "LOG10": _by_number("LOG10", _logarithm(10)),
    "DIFF": _by_series("DIFF", lambda series: _steps(series, lambda change, _: change)),
    "DIFF_TIME": _by_series("DIFF_TIME", lambda series: _steps(series, lambda _, seconds: float(seconds))),
    "RATE": _by_series("RATE", lambda series: _steps(series, lambda change, seconds: change / seconds)),
    "RUNNING_SUM": _by_series("RUNNING_SUM", _running),
    "FIRST": _end(0, "FIRST"),
    "LAST": _end(-1, "LAST"),
    "SLICE": _slice,
    "REMOVE_EMPTY": _remove_empty,
    "METRIC_COUNT": lambda arguments: float(len(array("METRIC_COUNT", only("METRIC_COUNT", arguments)))),
    "IF": _if,
}
