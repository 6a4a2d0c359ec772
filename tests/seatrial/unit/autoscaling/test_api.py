"""The API: what AWS documents, asked and answered."""

import re
from typing import Any

import pytest

from tests.seatrial.unit.autoscaling.harness import WEB, Harness

GONE = "for service namespace: ecs, resource ID: service/shop/web, scalable dimension: ecs:service:DesiredCount"


async def test_a_target_is_described_as_it_was_registered(scaling: Harness) -> None:
    arn = await scaling.register(1, 10)
    assert re.fullmatch(r"arn:aws:application-autoscaling:eu-west-1:000000000000:scalable-target/[a-z0-9]{36}", arn)
    described = (await scaling.call("DescribeScalableTargets", ServiceNamespace="ecs"))["ScalableTargets"][0]
    role = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com"
    assert described == {
        **WEB,
        "MinCapacity": 1,
        "MaxCapacity": 10,
        "RoleARN": f"arn:aws:iam::000000000000:{role}/AWSServiceRoleForApplicationAutoScaling_ECSService",
        "CreationTime": scaling.clock.now().timestamp(),
        "SuspendedState": {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
        "ScalableTargetARN": arn,
    }


async def test_registering_again_changes_what_is_named_and_nothing_else(scaling: Harness) -> None:
    arn = await scaling.register(1, 10, SuspendedState={"DynamicScalingInSuspended": True})
    again = await scaling.call("RegisterScalableTarget", **WEB, MaxCapacity=5)
    described = (await scaling.call("DescribeScalableTargets", ServiceNamespace="ecs"))["ScalableTargets"][0]
    assert again["ScalableTargetARN"] == arn
    assert (described["MinCapacity"], described["MaxCapacity"]) == (1, 5)
    assert described["SuspendedState"]["DynamicScalingInSuspended"]


async def test_a_custom_role_is_ignored_where_there_is_a_service_linked_role(scaling: Harness) -> None:
    await scaling.register(RoleARN="arn:aws:iam::000000000000:role/mine")
    described = (await scaling.call("DescribeScalableTargets", ServiceNamespace="ecs"))["ScalableTargets"][0]
    assert "AWSServiceRoleForApplicationAutoScaling_ECSService" in described["RoleARN"]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("RegisterScalableTarget", {"ServiceNamespace": "nothing"}, "ValidationException", "enum value set: [ecs,"),
    ("RegisterScalableTarget", {"ResourceId": None}, "ValidationException", "Value null at 'resourceId' failed"),
    ("RegisterScalableTarget", {"MinCapacity": None}, "ValidationException", "must be specified for a new"),
    ("RegisterScalableTarget", {"MinCapacity": 11}, "ValidationException", "cannot be less than minimum"),
    ("RegisterScalableTarget", {"MinCapacity": -1}, "ValidationException", "greater than or equal to 0"),
    ("RegisterScalableTarget", {"MinCapacity": "one"}, "SerializationException", "MinCapacity"),
    ("RegisterScalableTarget", {"ServiceNamespace": "rds"}, "ValidationException", "Unsupported service namespace"),
    ("RegisterScalableTarget", {"ResourceId": "web"}, "ValidationException", "Unsupported service namespace"),
    ("RegisterScalableTarget", {"ResourceId": "service/a/b"}, "ValidationException", "ECS service doesn't exist: "),
    ("DeregisterScalableTarget", {}, "ObjectNotFoundException", f"No scalable target found {GONE}"),
    ("PutScalingPolicy", {"PolicyName": "p"}, "ObjectNotFoundException", f"No scalable target registered {GONE}"),
    ("DeleteScalingPolicy", {"PolicyName": "p"}, "ObjectNotFoundException", f"No scaling policy found {GONE}"),
    (
        "PutScheduledAction",
        {"ScheduledActionName": "a", "Schedule": "rate(1 day)"},
        "ObjectNotFoundException",
        f"No scalable target registered {GONE}",
    ),
    (
        "DeleteScheduledAction",
        {"ScheduledActionName": "a"},
        "ObjectNotFoundException",
        f"No scheduled action found {GONE}",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=[f"{case[0]}-{case[1]}" for case in REFUSED])
async def test_a_wrong_request_is_refused_in_awss_words(
    case: tuple[str, dict[str, Any], str, str], scaling: Harness
) -> None:
    operation, changes, code, words = case
    bounds = {"MinCapacity": 1, "MaxCapacity": 10} if operation == "RegisterScalableTarget" else {}
    refused = await scaling.refused(operation, **{**WEB, **bounds, **changes})
    assert refused[0] == code
    assert words in refused[1]


async def test_two_violations_are_counted(scaling: Harness) -> None:
    _, message = await scaling.refused("RegisterScalableTarget", ServiceNamespace="ecs")
    assert message.startswith("2 validation errors detected: Value null at 'resourceId' failed to satisfy constraint")


async def test_tags_are_set_changed_and_removed(scaling: Harness) -> None:
    arn = await scaling.register(Tags={"team": "web", "stage": "test"})
    await scaling.call("TagResource", ResourceARN=arn, Tags={"stage": "live"})
    await scaling.call("UntagResource", ResourceARN=arn, TagKeys=["team"])
    assert await scaling.call("ListTagsForResource", ResourceARN=arn) == {"Tags": {"stage": "live"}}
    assert (await scaling.refused("ListTagsForResource", ResourceARN=arn[:-1] + "_"))[0] == "ValidationException"
    other = arn[:-36] + "0" * 36
    assert (await scaling.refused("ListTagsForResource", ResourceARN=other))[0] == "ResourceNotFoundException"


async def test_a_target_has_fifty_tags_at_most(scaling: Harness) -> None:
    arn = await scaling.register(Tags={f"tag-{number}": "" for number in range(50)})
    assert (await scaling.refused("TagResource", ResourceARN=arn, Tags={"one": "more"}))[0] == "TooManyTagsException"


async def test_a_policy_keeps_arn_and_alarms_when_it_is_put_again(scaling: Harness) -> None:
    await scaling.register()
    first = await scaling.track(target=50)
    second = await scaling.track(target=60)
    assert first == second
    assert sorted(alarm["Threshold"] for alarm in scaling.aws.alarms.values()) == [54, 60]
    assert re.fullmatch(
        r"arn:aws:autoscaling:eu-west-1:000000000000:scalingPolicy:[0-9a-f-]{36}"
        r":resource/ecs/service/shop/web:policyName/cpu",
        first["PolicyARN"],
    )


async def test_a_policy_that_no_longer_scales_in_has_no_alarm_low(scaling: Harness) -> None:
    await scaling.register()
    await scaling.track()
    put = await scaling.track(DisableScaleIn=True)
    assert list(scaling.aws.alarms) == [alarm["AlarmName"] for alarm in put["Alarms"]]
    assert "AlarmHigh" in put["Alarms"][0]["AlarmName"]


async def test_deleting_a_policy_deletes_its_alarms(scaling: Harness) -> None:
    await scaling.register()
    await scaling.track()
    assert len(scaling.aws.alarms) == 2
    await scaling.call("DeleteScalingPolicy", **WEB, PolicyName="cpu")
    assert scaling.aws.alarms == {}
    assert (await scaling.call("DescribeScalingPolicies", ServiceNamespace="ecs"))["ScalingPolicies"] == []


async def test_deregistering_deletes_policies_alarms_and_scheduled_actions(scaling: Harness) -> None:
    await scaling.register()
    await scaling.track()
    await scaling.call(
        "PutScheduledAction",
        **WEB,
        ScheduledActionName="night",
        Schedule="cron(0 22 * * ? *)",
        ScalableTargetAction={"MinCapacity": 0},
    )
    await scaling.call("DeregisterScalableTarget", **WEB)
    assert scaling.aws.alarms == {}
    assert (await scaling.call("DescribeScheduledActions", ServiceNamespace="ecs"))["ScheduledActions"] == []
    assert (await scaling.call("DescribeScalableTargets", ServiceNamespace="ecs"))["ScalableTargets"] == []


async def test_a_step_policy_lists_the_alarms_that_name_it(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.step()
    scaling.aws.alarms["mine"] = {"AlarmName": "mine", "AlarmActions": [policy["PolicyARN"]]}
    described = (await scaling.call("DescribeScalingPolicies", ServiceNamespace="ecs"))["ScalingPolicies"][0]
    assert described["Alarms"] == [{"AlarmName": "mine", "AlarmARN": "arn:mine"}]
    assert described["StepScalingPolicyConfiguration"]["AdjustmentType"] == "ChangeInCapacity"


async def test_a_new_policy_whose_alarms_are_refused_is_not_kept(scaling: Harness) -> None:
    await scaling.register()
    scaling.aws.refuses["PutMetricAlarm"] = "Too many alarms."
    refused = await scaling.refused(
        "PutScalingPolicy",
        **WEB,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    )
    assert refused == ("FailedResourceAccessException", "Too many alarms.")
    assert (await scaling.call("DescribeScalingPolicies", ServiceNamespace="ecs"))["ScalingPolicies"] == []


async def test_a_listing_comes_in_pages(scaling: Harness) -> None:
    await scaling.register()
    for number in range(3):
        await scaling.step(f"steps-{number}")
    first = await scaling.call("DescribeScalingPolicies", ServiceNamespace="ecs", MaxResults=2)
    rest = await scaling.call(
        "DescribeScalingPolicies", ServiceNamespace="ecs", MaxResults=2, NextToken=first["NextToken"]
    )
    names = [policy["PolicyName"] for page in (first, rest) for policy in page["ScalingPolicies"]]
    assert names == ["steps-0", "steps-1", "steps-2"]
    assert "NextToken" not in rest
    bad = await scaling.refused("DescribeScalingPolicies", ServiceNamespace="ecs", NextToken="x")
    assert bad[0] == "InvalidNextTokenException"


async def test_everything_outlives_the_process(scaling: Harness) -> None:
    arn = await scaling.register(Tags={"team": "web"})
    policy = await scaling.track()
    await scaling.stop()
    await scaling.start()
    assert await scaling.call("ListTagsForResource", ResourceARN=arn) == {"Tags": {"team": "web"}}
    described = (await scaling.call("DescribeScalingPolicies", ServiceNamespace="ecs"))["ScalingPolicies"][0]
    assert (described["PolicyARN"], described["Alarms"]) == (policy["PolicyARN"], policy["Alarms"])


async def test_other_services_targets_are_kept_and_left_alone(scaling: Harness) -> None:
    table = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    await scaling.call("RegisterScalableTarget", **table, MinCapacity=5, MaxCapacity=50)
    described = (await scaling.call("DescribeScalableTargets", ServiceNamespace="dynamodb"))["ScalableTargets"][0]
    assert described["RoleARN"].endswith("_DynamoDBTable")
    assert (await scaling.call("DescribeScalingActivities", ServiceNamespace="dynamodb"))["ScalingActivities"] == []
