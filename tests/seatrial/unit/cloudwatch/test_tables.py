"""AWS's own tables and examples, case by case: the JSON files beside this one name their sources."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from seatrial.services.cloudwatch.composite import RuleError, read_rule
from seatrial.services.cloudwatch.evaluation import Condition, judge
from seatrial.services.cloudwatch.math import MathError, Query, QuerySet, Series, evaluate
from seatrial.services.cloudwatch.reasons import Datapoint, java_number, reason
from tests.seatrial.unit.cloudwatch.harness import START

HERE = Path(__file__).parent
OCTOBER = 1569937560.0  # 1 October 2019, 13:46 UTC
VALUES = {"0": 0.0, "X": 1.0, "-": None}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((HERE / name).read_text())["cases"]
    return found


TREATED = [
    (case, treatment)
    for case in cases("missing_data.json")
    for treatment in ("missing", "ignore", "breaching", "notBreaching")
    if treatment in case
]


@pytest.mark.parametrize(
    ("case", "treatment"), TREATED, ids=[f"{case['data']}-{case['to_alarm']}-{how}" for case, how in TREATED]
)
def test_missing_data_are_treated_as_aws_says(case: dict[str, Any], treatment: str) -> None:
    condition = Condition("GreaterThanThreshold", 0.5, case["periods"], case["to_alarm"], treatment)
    verdict = judge(condition, [VALUES[one] for one in case["data"].split()])
    assert (verdict.state or "retain", verdict.filled) == (case[treatment], case["filled"])


@pytest.mark.parametrize("case", cases("reasons.json"), ids=lambda case: case["reason"][:60])
def test_a_reason_is_worded_as_aws_words_it(case: dict[str, Any]) -> None:
    periods = case["periods"]
    condition = Condition(case["operator"], case["threshold"], periods, case.get("to_alarm", periods), case["missing"])
    points = [Datapoint(OCTOBER + 60 * place, value) for place, value in enumerate(case["points"])]
    verdict = judge(condition, case["points"])
    assert reason(condition, verdict, points, m_of_n="to_alarm" in case) == case["reason"]


@pytest.mark.parametrize("case", cases("math.json"), ids=lambda case: case["expression"][:50])
def test_metric_math_gives_what_aws_gives(case: dict[str, Any]) -> None:
    metrics = [Query(name, series(values)) for name, values in case["metrics"].items()]
    asked = Query("e1", expression=case["expression"])
    length = max(len(values) for values in case["metrics"].values())
    query_set = QuerySet([*metrics, asked], START.timestamp(), [60 * place for place in range(length)], 60)
    if "error" in case:
        with pytest.raises(MathError, match=case["error"]):
            evaluate(query_set, asked)
        return
    found = [[one.points.get(60 * place) for place in range(length)] for one in evaluate(query_set, asked)]
    wanted = case["result"] if isinstance(case["result"][0], list) else [case["result"]]
    assert found == [[pytest.approx(value) if value is not None else None for value in row] for row in wanted]


@pytest.mark.parametrize("case", cases("rules.json"), ids=lambda case: case["rule"][:50])
def test_a_rule_of_a_composite_alarm_is_read_as_aws_reads_it(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(RuleError, match=case["error"]):
            read_rule(case["rule"])
        return
    rule = read_rule(case["rule"])
    assert set(rule.children) >= set(case["states"])
    assert rule.holds(case["states"]) is case["holds"]


def test_expressions_of_expressions_are_worked_out_and_circles_refused() -> None:
    queries = [
        Query("m1", series([1, 2])),
        Query("e1", expression="m1 * 10"),
        Query("e2", expression="e1 + SUM(METRICS())"),
        Query("e3", expression="e4"),
        Query("e4", expression="e3"),
    ]
    query_set = QuerySet(queries, 0.0, [0, 60], 60)
    assert evaluate(query_set, queries[2])[0].points == {0: 11.0, 60: 22.0}
    with pytest.raises(MathError, match="refers to itself"):
        evaluate(query_set, queries[3])


@pytest.mark.parametrize("depth", [100, 500, 950, 2000])
@pytest.mark.parametrize("shape", ["{minus}m1", "{open}m1{close}", "m1{plus}"])
def test_no_expression_is_so_deep_that_it_breaks_anything(shape: str, depth: int) -> None:
    parts = {"minus": "-" * depth, "open": "(" * depth, "close": ")" * depth, "plus": "+1" * depth}
    queries = [Query("m1", series([1])), Query("e1", expression=shape.format(**parts))]
    try:
        assert evaluate(QuerySet(queries, 0.0, [0], 60), queries[1])
    except MathError:
        assert depth > 100 or "open" in shape


@pytest.mark.parametrize(
    ("value", "text"),
    [(92.1, "92.1"), (1, "1.0"), (0.0, "0.0"), (1e7, "1.0E7"), (12345678.9, "1.23456789E7"), (0.0005, "5.0E-4"),
     (-0.00012, "-1.2E-4"), (9999999.0, "9999999.0"), (0.001, "0.001")],
)  # fmt: skip
def test_numbers_are_written_as_java_writes_them(value: float, text: str) -> None:
    assert java_number(value) == text


def series(values: Sequence[float | None]) -> Series:
    return Series({60 * place: float(value) for place, value in enumerate(values) if value is not None}, 60)
