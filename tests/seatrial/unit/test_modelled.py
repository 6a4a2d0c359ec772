"""Requests held against AWS's models."""

from typing import Any

import pytest

from seatrial.core.wire import modelled

SERVICE = "application-autoscaling"
NAMED = {"ServiceNamespace": "ecs", "ResourceId": "r", "ScalableDimension": "ecs:service:DesiredCount"}


def steps(*adjustments: dict[str, Any]) -> dict[str, Any]:
    return {**NAMED, "PolicyName": "p", "StepScalingPolicyConfiguration": {"StepAdjustments": list(adjustments)}}


def test_unknown_members_and_nulls_are_left_out_at_every_depth() -> None:
    asked = steps({"ScalingAdjustment": 1, "Colour": "red", "MetricIntervalLowerBound": None}) | {"Shape": "round"}
    assert modelled.known_input(SERVICE, "PutScalingPolicy", asked) == steps({"ScalingAdjustment": 1})


STEP = steps({"ScalingAdjustment": 1})
KINDS = "[StepScaling, TargetTrackingScaling, PredictiveScaling]"
SECOND = "stepScalingPolicyConfiguration.stepAdjustments.2.member.scalingAdjustment"
CASES: list[tuple[dict[str, Any], str, str]] = [
    (steps({"ScalingAdjustment": 1}, {}), f"null at '{SECOND}'", "not be null"),
    (STEP | {"PolicyType": "Guessing"}, "'Guessing' at 'policyType'", f"satisfy enum value set: {KINDS}"),
    (STEP | {"PolicyName": ""}, "'' at 'policyName'", "have length greater than or equal to 1"),
    (STEP | {"PolicyName": "p" * 257}, f"'{'p' * 257}' at 'policyName'", "have length less than or equal to 256"),
]


@pytest.mark.parametrize(("asked", "place", "constraint"), CASES, ids=[case[2] for case in CASES])
def test_a_violation_is_a_sentence_of_awss(asked: dict[str, Any], place: str, constraint: str) -> None:
    sentence = f"Value {place} failed to satisfy constraint: Member must {constraint}"
    assert modelled.violations(SERVICE, "PutScalingPolicy", asked) == [sentence]


def test_a_good_request_violates_nothing() -> None:
    assert modelled.violations(SERVICE, "PutScalingPolicy", STEP) == []


def test_a_pattern_is_held_where_python_understands_it() -> None:
    (sentence,) = modelled.violations(SERVICE, "ListTagsForResource", {"ResourceARN": "arn"})
    assert sentence.startswith("Value 'arn' at 'resourceARN' failed to satisfy constraint: Member must satisfy regular")


def test_another_type_is_botocores_to_find() -> None:
    asked = steps({"ScalingAdjustment": "one"})
    assert "ScalingAdjustment" in modelled.problems_in_input(SERVICE, "PutScalingPolicy", asked)
    assert modelled.problems_in_output("ecs", "ListClusters", {"clusterArns": "none"})
