"""Expressions worked out over the metrics of a query. Pure."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from seatrial.services.cloudwatch.math.functions import FUNCTIONS, REDUCERS, array, only
from seatrial.services.cloudwatch.math.syntax import MathError, identifier, parsed
from seatrial.services.cloudwatch.math.values import Both, Series, Value, combined, each, each_series, flat

_DATES: dict[str, Callable[[datetime], float]] = {
    "MINUTE": lambda at: float(at.minute),
    "HOUR": lambda at: float(at.hour),
    "DAY": lambda at: float(at.isoweekday()),
    "DATE": lambda at: float(at.day),
    "MONTH": lambda at: float(at.month),
    "YEAR": lambda at: float(at.year),
    "EPOCH": lambda at: float(int(at.timestamp())),
}


def _truth(compare: Callable[[float, float], bool]) -> Both:
    return lambda left, right: float(compare(left, right))


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return float(result) if isinstance(result, float | int) else None


_BINARY: dict[type[ast.AST], Both] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right if right else None,
    ast.Pow: _power,
    ast.Eq: _truth(operator.eq),
    ast.NotEq: _truth(operator.ne),
    ast.Lt: _truth(operator.lt),
    ast.LtE: _truth(operator.le),
    ast.Gt: _truth(operator.gt),
    ast.GtE: _truth(operator.ge),
    ast.And: _truth(lambda left, right: bool(left and right)),
    ast.Or: _truth(lambda left, right: bool(left or right)),
}


@dataclass(frozen=True)
class Query:
    """One member of a query: a metric that was read, or an expression.

    Args:
        id: the id by which expressions name it.
        series: the series of a metric; None of an expression.
        expression: metric math; empty of a metric.
        label: the label of the result.
    """

    id: str
    series: Series | None = None
    expression: str = ""
    label: str = ""


@dataclass
class QuerySet:
    """The queries that are worked out together.

    Args:
        queries: metrics and expressions.
        start: the begin of the query, in seconds since 1970.
        times: times of the points, in AWS's seconds since the begin: the grid that ``FILL`` and ``TIME_SERIES`` fill.
        period: AWS's seconds between them.
        scale: how long one of AWS's seconds takes.
    """

    queries: Sequence[Query]
    start: float
    times: Sequence[int]
    period: int
    scale: float = 1.0
    _known: dict[str, Value] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def value(self, name: str) -> Value:
        """What a query's id stands for.

        Raises:
            MathError: nothing has that id, or an expression needs itself.
        """
        if name not in self._known:
            query = next((query for query in self.queries if query.id == name), None)
            if query is None:
                raise MathError(f"Error in expression: unknown metric or expression id '{name}'")
            if name in self._open:
                raise MathError(f"Error in expression '{name}': it refers to itself")
            self._open.add(name)
            self._known[name] = query.series or _value(self, parsed(query.expression))
            self._open.discard(name)
        return self._known[name]

    def metrics(self, part: str = "") -> tuple[Series, ...]:
        """All metrics (not expressions) whose id contains a text."""
        return tuple(query.series for query in self.queries if query.series and part in query.id)


def evaluate(query_set: QuerySet, query: Query) -> tuple[Series, ...]:
    """The time series that are one query's result, with their labels.

    Raises:
        MathError: it cannot be worked out, or is a number alone, which CloudWatch refuses as a result.
    """
    try:
        value = query_set.value(query.id)
    except (RecursionError, OverflowError) as error:
        raise MathError(f"Error in expression '{query.id}': it cannot be worked out") from error
    if isinstance(value, float | int):
        raise MathError(f"The expression for '{query.id}' returns a scalar, must return a time series")
    found = flat([value])
    if query.series:
        return found
    label = query.label or query.id
    named = [f"{label} {one.label}".strip() for one in found] if isinstance(value, tuple) else [label]
    return tuple(Series(one.points, one.period, name) for one, name in zip(found, named, strict=True))


def _value(query_set: QuerySet, node: ast.expr) -> Value:  # noqa: PLR0911 - one line for each kind of node
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if name := identifier(node):
        return query_set.value(name)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return combined(_value(query_set, node.left), _value(query_set, node.right), _BINARY[type(node.op)])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return each(_value(query_set, node.operand), operator.neg)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _BINARY:
        return combined(
            _value(query_set, node.left), _value(query_set, node.comparators[0]), _BINARY[type(node.ops[0])]
        )
    if isinstance(node, ast.BoolOp):
        value = _value(query_set, node.values[0])
        for other in node.values[1:]:
            value = combined(value, _value(query_set, other), _BINARY[type(node.op)])
        return value
    if isinstance(node, ast.List):
        return flat(_value(query_set, one) for one in node.elts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _called(query_set, node.func.id, node.args)
    raise MathError("Error in expression: it is not metric math")


def _called(query_set: QuerySet, name: str, arguments: Sequence[ast.expr]) -> Value:
    if special := _SPECIAL.get(name):
        return special(query_set, arguments)
    if name not in FUNCTIONS and name not in _DATES:
        raise MathError(f"Error in expression: the function {name} is unknown or is not supported here")
    values = [_value(query_set, argument) for argument in arguments]
    if name in FUNCTIONS:
        return FUNCTIONS[name](values)
    array(name, only(name, values))
    return Series({at: _DATES[name](_moment(query_set, at)) for at in query_set.times}, query_set.period)


def _moment(query_set: QuerySet, at: int) -> datetime:
    return datetime.fromtimestamp(query_set.start + at * query_set.scale, UTC)


def _metrics(query_set: QuerySet, arguments: Sequence[ast.expr]) -> Value:
    if not arguments:
        return query_set.metrics()
    if len(arguments) == 1 and isinstance(arguments[0], ast.Constant) and isinstance(arguments[0].value, str):
        return query_set.metrics(arguments[0].value)
    raise MathError("Error in expression: METRICS takes one text or nothing")


def _period(query_set: QuerySet, arguments: Sequence[ast.expr]) -> Value:
    name = identifier(arguments[0]) if len(arguments) == 1 else None
    query = next((query for query in query_set.queries if query.id == name and query.series), None)
    if query is None or query.series is None:
        raise MathError("Error in expression: PERIOD takes a metric")
    return float(query.series.period)


def _time_series(query_set: QuerySet, arguments: Sequence[ast.expr]) -> Value:
    value = only("TIME_SERIES", [_value(query_set, argument) for argument in arguments])
    if not isinstance(value, float | int):
        raise MathError("Error in expression: TIME_SERIES takes a number")
    return Series(dict.fromkeys(query_set.times, float(value)), query_set.period)


def _sort(query_set: QuerySet, arguments: Sequence[ast.expr]) -> Value:
    words = [argument.id for argument in arguments[1:3] if isinstance(argument, ast.Name)]
    if len(words) != 2 or words[0] not in REDUCERS or words[1] not in {"ASC", "DESC"}:  # noqa: PLR2004 - how, order
        raise MathError("Error in expression: SORT takes an array, AVG, MIN, MAX or SUM, ASC or DESC, and a limit")
    limits = [_value(query_set, argument) for argument in arguments[3:4]]
    over_time = REDUCERS[words[0]][0]
    found = sorted(
        array("SORT", _value(query_set, arguments[0])),
        key=lambda one: over_time(list(one.points.values())) if one.points else 0.0,
        reverse=words[1] == "DESC",
    )
    limit = limits[0] if limits else len(found)
    return tuple(found[: int(limit)] if isinstance(limit, float | int) else found)


def _fill(query_set: QuerySet, arguments: Sequence[ast.expr]) -> Value:
    if len(arguments) != 2:  # noqa: PLR2004 - what, with what
        raise MathError("Error in expression: FILL takes two arguments")
    what, by = _value(query_set, arguments[0]), arguments[1]
    if isinstance(by, ast.Name) and by.id in {"REPEAT", "LINEAR"}:
        fill = _repeated if by.id == "REPEAT" else _linear
        return each_series(what, lambda series: fill(series, query_set.times))
    filler = _value(query_set, by)
    if isinstance(filler, tuple):
        raise MathError("Error in expression: FILL takes one filler")
    points: Mapping[int, float] = (
        filler.points if isinstance(filler, Series) else dict.fromkeys(query_set.times, filler)
    )
    return each_series(what, lambda series: series.with_points({**points, **series.points}))


def _repeated(series: Series, times: Sequence[int]) -> Series:
    """The most recent actual value before each gap; a gap at the begin takes the first value."""
    last = next(iter(series.points.values()), None)
    points: dict[int, float] = {}
    for at in times:
        last = series.points.get(at, last)
        if last is not None:
            points[at] = last
    return series.with_points(points)


def _linear(series: Series, times: Sequence[int]) -> Series:
    """The line between the values at the two ends of each gap; gaps at begin and end take the nearest value."""
    points = dict(_repeated(series, times).points)
    for (then, before), (after, value) in pairwise(series.points.items()):
        for at in times:
            if then < at < after:
                points[at] = before + (value - before) * (at - then) / (after - then)
    return series.with_points(points)


_SPECIAL: dict[str, Callable[[QuerySet, Sequence[ast.expr]], Value]] = {
    "METRICS": _metrics,
    "PERIOD": _period,
    "TIME_SERIES": _time_series,
    "SORT": _sort,
    "FILL": _fill,
}
