"""Requests held against the lengths, characters and choices of AWS's models."""

from typing import Any

import pytest

from seatrial.core.wire import traits

SERVICE = "application-autoscaling"
NAMED = {"ServiceNamespace": "ecs", "ResourceId": "r", "ScalableDimension": "ecs:service:DesiredCount"}


def steps(*adjustments: dict[str, Any]) -> dict[str, Any]:
    return {**NAMED, "PolicyName": "p", "StepScalingPolicyConfiguration": {"StepAdjustments": list(adjustments)}}


def sentences(service: str, operation: str, asked: dict[str, Any]) -> list[str]:
    return [violation.sentence() for violation in traits.violations(service, operation, asked)]


STEP = steps({"ScalingAdjustment": 1})
KINDS = "[StepScaling, TargetTrackingScaling, PredictiveScaling]"
SECOND = "stepScalingPolicyConfiguration.stepAdjustments.2.member.scalingAdjustment"
CASES: list[tuple[dict[str, Any], str, str]] = [
    (steps({"ScalingAdjustment": 1}, {}), f"null at '{SECOND}'", "not be null"),
    (STEP | {"PolicyType": "Guessing"}, "'Guessing' at 'policyType'", f"satisfy enum value set: {KINDS}"),
    (STEP | {"PolicyName": ""}, "'' at 'policyName'", "have length greater than or equal to 1"),
    (STEP | {"PolicyName": "p" * 257}, f"'{'p' * 257}' at 'policyName'", "have length less than or equal to 256"),
    (STEP | {"PolicyName": "\x07"}, "'\x07' at 'policyName'", r"satisfy regular expression pattern: \p{Print}+"),
]


@pytest.mark.parametrize(("asked", "place", "constraint"), CASES, ids=[case[2] for case in CASES])
def test_a_violation_is_a_sentence_of_awss(asked: dict[str, Any], place: str, constraint: str) -> None:
    sentence = f"Value {place} failed to satisfy constraint: Member must {constraint}"
    assert sentences(SERVICE, "PutScalingPolicy", asked) == [sentence]


def test_a_good_request_violates_nothing() -> None:
    assert sentences(SERVICE, "PutScalingPolicy", STEP) == []


def test_a_number_is_held_to_its_bounds() -> None:
    (sentence,) = sentences("logs", "FilterLogEvents", {"logGroupName": "/a", "limit": 10_001})
    says = "Member must have value less than or equal to 10000"
    assert sentence == f"Value '10001' at 'limit' failed to satisfy constraint: {says}"


def test_the_keys_of_a_map_are_held_too() -> None:
    (sentence,) = sentences("logs", "TagLogGroup", {"logGroupName": "/a", "tags": {"a;b": "c"}})
    assert "at 'tags' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy" in sentence


def test_a_shape_that_contains_itself_is_followed_as_deep_as_the_request_goes() -> None:
    inner = {"GeoMatchStatement": {"CountryCodes": ["Atlantis"]}}
    rule = {"Name": "r", "Priority": 0, "VisibilityConfig": {"SampledRequestsEnabled": True}}
    rule["Statement"] = {"NotStatement": {"Statement": {"AndStatement": {"Statements": [inner, inner]}}}}
    found = list(traits.violations("wafv2", "CreateWebACL", {"Rules": [rule]}))
    assert [each.path[-5:] for each in found if each.value == "Atlantis"] == [
        ("Statements", position, "GeoMatchStatement", "CountryCodes", 0) for position in (0, 1)
    ]


def test_choices_to_which_aws_adds_every_few_weeks_are_open() -> None:
    assert sentences("ec2", "RunInstances", {"MinCount": 1, "MaxCount": 1, "InstanceType": "z9.nano"}) == []


def test_a_value_of_another_type_is_not_this_checks() -> None:
    assert sentences(SERVICE, "PutScalingPolicy", STEP | {"PolicyName": 7, "PolicyType": []}) == []


def test_an_operation_whose_model_demands_nothing_has_nothing_to_check() -> None:
    assert not traits.has_any("sts", "GetCallerIdentity")
    assert traits.has_any("iam", "CreateRole")
