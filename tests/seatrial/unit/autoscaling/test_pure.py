"""The pure parts, case by case as AWS documents them: the cases are in the JSON files beside this one."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.core.internal import AwsCallError
from seatrial.services.autoscaling import texts
from seatrial.services.autoscaling.alarms import named, put
from seatrial.services.autoscaling.arithmetic import Steps, stepped, tracked, wrong_steps
from seatrial.services.autoscaling.cron import BadCron, Cron
from seatrial.services.autoscaling.decision import NotScaled, Scale, Situation, decide
from seatrial.services.autoscaling.records import Json, Key, LastScaling, Policy
from seatrial.services.autoscaling.schedules import Schedule

HERE = Path(__file__).parent
SERVICE = Key("000000000000", "eu-west-1", "ecs", "service/shop/web", "ecs:service:DesiredCount")
CLUSTER = Key("000000000000", "eu-west-1", "rds", "cluster:db", "rds:cluster:ReadReplicaCount")


def cases(name: str) -> list[Any]:
    read: list[Json] = json.loads((HERE / f"{name}.json").read_text())
    return [pytest.param(case, id=case.get("case") or case["expression"]) for case in read]


@pytest.mark.parametrize("case", cases("tracking"))
def test_target_tracking_asks_for(case: Json) -> None:
    assert tracked(case["current"], case["metric"], case["target"]) == case["wanted"]


@given(current=st.integers(1, 500), metric=st.floats(0, 1000), target=st.floats(1, 1000))
def test_what_target_tracking_asks_for_would_bring_the_metric_to_its_target(
    current: int, metric: float, target: float
) -> None:
    wanted = tracked(current, metric, target)
    assert wanted * target >= current * metric * (1 - 1e-6) - 1e-6
    assert (wanted - 1) * target <= current * metric


@pytest.mark.parametrize("case", cases("steps"))
def test_step_scaling_asks_for(case: Json) -> None:
    policy = Steps(case["kind"], case["steps"], case.get("magnitude", 0))
    assert stepped(case["current"], case["breach"], policy) == case["wanted"]


@pytest.mark.parametrize("case", cases("step_rules"))
def test_steps_keep_awss_rules(case: Json) -> None:
    said = wrong_steps(case["steps"])
    assert case["says"] in said if case["says"] else not said


@pytest.mark.parametrize("case", cases("decisions"))
def test_an_alarm_comes_to(case: Json) -> None:
    given_last = case["situation"].pop("last", None)
    situation = Situation(**case["situation"], last=LastScaling(**given_last) if given_last else None)
    decision = decide(situation, case["proposal"], outwards=case["outwards"], tracking=case.get("tracking", True))
    if "code" in case:
        assert decision == NotScaled(case["code"], case["figures"])
    elif case["to"] is None:
        assert decision is None
    else:
        assert decision == Scale(case["to"], case.get("before", situation.desired))


@given(
    desired=st.integers(0, 50),
    proposal=st.integers(0, 100),
    bounds=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    outwards=st.booleans(),
)
def test_no_decision_leaves_the_bounds_or_goes_the_wrong_way(
    desired: int, proposal: int, bounds: tuple[int, int], *, outwards: bool
) -> None:
    situation = Situation(desired, desired, minimum=min(bounds), maximum=max(bounds))
    decision = decide(situation, proposal, outwards=outwards, tracking=True)
    if isinstance(decision, Scale):
        assert min(bounds) <= decision.to <= max(bounds)
        assert (decision.to > desired) == outwards


@pytest.mark.parametrize("case", cases("cron"))
def test_a_cron_expression_means(case: Json) -> None:
    moment: datetime | None = datetime.fromisoformat(case["after"])
    for expected in case["times"]:
        assert moment is not None
        moment = Cron.parse(case["expression"]).after(moment)
        assert (moment and moment.strftime("%Y-%m-%dT%H:%M")) == expected


@pytest.mark.parametrize("case", cases("cron_refused"))
def test_this_is_no_cron_expression(case: Json) -> None:
    with pytest.raises(BadCron):
        Cron.parse(case["expression"])


@pytest.mark.parametrize("case", cases("schedules"))
def test_a_schedule_means(case: Json) -> None:
    times = {name: _seconds(case[name]) for name in ("start", "end", "created") if name in case}
    schedule = Schedule(case["expression"], case.get("zone", "UTC"), **times)
    found = schedule.after(_seconds(case["after"]))
    assert found == (_seconds(case["time"]) if case["time"] else None)


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("every day", "UTC"), ("rate(0 days)", "UTC"), ("at(2026-13-01T00:00:00)", "UTC"), ("cron(x)", "UTC")],
)
def test_this_is_no_schedule(expression: str, zone: str) -> None:
    with pytest.raises(AwsCallError, match="ValidationException"):
        Schedule(expression, zone).after(0)


def test_this_is_no_time_zone() -> None:
    with pytest.raises(AwsCallError, match="Invalid timezone: Europe/Atlantis"):
        Schedule("rate(1 day)", "Europe/Atlantis").after(0)


def test_the_alarms_of_a_policy_on_cpu_are_those_that_aws_makes() -> None:
    high, low = alarms_of(SERVICE, predefined("ECSServiceAverageCPUUtilization", target=70))
    arn = "arn:aws:autoscaling:policy"
    assert high["AlarmName"].startswith("TargetTracking-service/shop/web-AlarmHigh-")
    assert {name: value for name, value in high.items() if name != "AlarmName"} == {
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.",
        "ActionsEnabled": True,
        "AlarmActions": [arn],
        "OKActions": [],
        "InsufficientDataActions": [],
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "ClusterName", "Value": "shop"}, {"Name": "ServiceName", "Value": "web"}],
        "Statistic": "Average",
        "Unit": "Percent",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 70,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "missing",
    }
    assert low["AlarmName"].startswith("TargetTracking-service/shop/web-AlarmLow-")
    assert (low["Threshold"], low["EvaluationPeriods"], low["ComparisonOperator"]) == (63, 15, "LessThanThreshold")


def test_requests_per_target_are_summed_for_a_target_group() -> None:
    label = "app/shop/778d41231b141a0f/targetgroup/web/943f017f100becff"
    high, _ = alarms_of(SERVICE, predefined("ALBRequestCountPerTarget", ResourceLabel=label))
    assert (high["Namespace"], high["MetricName"], high["Statistic"]) == (
        "AWS/ApplicationELB",
        "RequestCountPerTarget",
        "Sum",
    )
    assert high["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": "app/shop/778d41231b141a0f"},
        {"Name": "TargetGroup", "Value": "targetgroup/web/943f017f100becff"},
    ]


def test_the_readers_of_a_cluster_are_measured_together() -> None:
    high, _ = alarms_of(CLUSTER, predefined("RDSReaderAverageDatabaseConnections"))
    assert (high["Namespace"], high["MetricName"]) == ("AWS/RDS", "DatabaseConnections")
    assert high["Dimensions"] == [
        {"Name": "DBClusterIdentifier", "Value": "db"},
        {"Name": "Role", "Value": "READER"},
    ]


def test_metric_math_is_handed_on_with_awss_period() -> None:
    stat = {"Metric": {"Namespace": "AWS/SQS", "MetricName": "Visible"}, "Stat": "Sum"}
    queries = [{"Id": "m", "MetricStat": stat, "ReturnData": False}, {"Id": "e", "Expression": "m / 2"}]
    high, _ = alarms_of(SERVICE, {"TargetValue": 10, "CustomizedMetricSpecification": {"Metrics": queries}})
    assert high["Metrics"] == [
        {"Id": "m", "MetricStat": {**stat, "Period": 60}, "ReturnData": False},
        {"Id": "e", "Expression": "m / 2", "Period": 60, "ReturnData": True},
    ]
    assert "MetricName" not in high


REFUSED: list[tuple[str, Json]] = [
    ("neither", {"TargetValue": 50}),
    (
        "both",
        {
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "CustomizedMetricSpecification": {"MetricName": "a", "Namespace": "b", "Statistic": "Sum"},
        },
    ),
    ("no statistic", {"TargetValue": 50, "CustomizedMetricSpecification": {"MetricName": "a", "Namespace": "b"}}),
    (
        "a query of nothing",
        {"TargetValue": 50, "CustomizedMetricSpecification": {"Metrics": [{"Id": "m"}]}},
    ),
    (
        "no label",
        {
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"},
        },
    ),
    (
        "another service's metric",
        {
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"},
        },
    ),
]


@pytest.mark.parametrize(("name", "configuration"), REFUSED, ids=[name for name, _ in REFUSED])
def test_this_is_no_metric_to_track(name: str, configuration: Json) -> None:
    with pytest.raises(AwsCallError, match="ValidationException"):
        named(SERVICE, configuration, [])
    assert name


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        ("ecs:service:DesiredCount", "desired count"),
        ("dynamodb:table:WriteCapacityUnits", "write capacity units"),
        ("rds:cluster:ReadReplicaCount", "read replica count"),
    ],
)
def test_a_dimension_is_called(dimension: str, words: str) -> None:
    assert texts.capacity(dimension) == words


def predefined(kind: str, target: float = 50, **more: str) -> Json:
    return {"TargetValue": target, "PredefinedMetricSpecification": {"PredefinedMetricType": kind, **more}}


def alarms_of(key: Key, configuration: Json) -> list[Json]:
    policy = Policy(
        arn="arn:aws:autoscaling:policy",
        target="target",
        key=key,
        name="policy",
        type="TargetTrackingScaling",
        configuration=configuration,
        created=0,
        alarms=named(key, configuration, []),
    )
    return put(policy)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
