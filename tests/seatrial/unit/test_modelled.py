"""Requests held against AWS's models."""

from typing import Any

from seatrial.core.wire import modelled

SERVICE = "application-autoscaling"
NAMED = {"ServiceNamespace": "ecs", "ResourceId": "r", "ScalableDimension": "ecs:service:DesiredCount"}


def steps(*adjustments: dict[str, Any]) -> dict[str, Any]:
    return {**NAMED, "PolicyName": "p", "StepScalingPolicyConfiguration": {"StepAdjustments": list(adjustments)}}


def test_unknown_members_and_nulls_are_left_out_at_every_depth() -> None:
    asked = steps({"ScalingAdjustment": 1, "Colour": "red", "MetricIntervalLowerBound": None}) | {"Shape": "round"}
    assert modelled.known_input(SERVICE, "PutScalingPolicy", asked) == steps({"ScalingAdjustment": 1})


def test_another_type_is_botocores_to_find() -> None:
    asked = steps({"ScalingAdjustment": "one"})
    assert "ScalingAdjustment" in modelled.problems_in_input(SERVICE, "PutScalingPolicy", asked)
    assert modelled.problems_in_output("ecs", "ListClusters", {"clusterArns": "none"})
