"""What alarms do to a service, and what the activities say."""

from tests.seatrial.unit.autoscaling.harness import WEB, Harness, eventually_async


async def test_an_alarm_high_scales_out_by_the_policys_arithmetic(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "High", 90)
    assert scaling.desired == 4  # ceil(2 * 90 / 50)
    activity = await scaling.ended()
    alarm = policy["Alarms"][0]["AlarmName"]
    assert activity["Description"] == "Setting desired count to 4."
    assert activity["Cause"] == f"monitor alarm {alarm} in state ALARM triggered policy cpu"
    assert activity["StatusCode"] == "Successful"
    assert activity["StatusMessage"] == "Successfully set desired count to 4. Change successfully fulfilled by ecs."


async def test_from_nothing_a_service_scales_out_by_one(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=0, runningCount=0)
    await scaling.register(0, 10)
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "High", 900)
    assert scaling.desired == 1


async def test_an_activity_is_in_progress_until_the_tasks_run(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    scaling.aws.obedient = False
    await scaling.alarm(policy, "High", 90)
    activity = (await scaling.activities())[0]
    assert activity["StatusCode"] == "InProgress"
    assert activity["StatusMessage"] == (
        "Successfully set desired count to 4. Waiting for change to be fulfilled by ecs."
    )
    assert "EndTime" not in activity
    scaling.aws.service["runningCount"] = 4
    assert (await scaling.ended())["StatusCode"] == "Successful"


async def test_a_change_under_way_is_followed_after_a_restart(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    scaling.aws.obedient = False
    await scaling.alarm(policy, "High", 90)
    await scaling.stop()
    await scaling.start()
    scaling.aws.service["runningCount"] = 4
    assert (await scaling.ended())["StatusCode"] == "Successful"


async def test_a_change_that_another_overrides_says_so(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    scaling.aws.obedient = False
    await scaling.alarm(policy, "High", 90)
    scaling.aws.service["desiredCount"] = 7
    activity = await scaling.ended()
    assert activity["StatusCode"] == "Overridden"
    assert activity["StatusMessage"] == "Successfully set desired count to 4. Found it was later changed to 7."


async def test_a_change_that_takes_too_long_is_unfulfilled(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    scaling.aws.obedient = False
    await scaling.alarm(policy, "High", 90)
    scaling.later(3600)
    assert (await scaling.ended())["StatusCode"] == "Unfulfilled"


async def test_a_change_that_ecs_refuses_has_failed(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    scaling.aws.refuses["UpdateService"] = "The service is draining."
    await scaling.alarm(policy, "High", 90)
    activity = await scaling.ended()
    assert activity["StatusCode"] == "Failed"
    assert "The service is draining." in activity["StatusMessage"]


async def test_reaching_the_maximum_is_announced_and_nothing_else(scaling: Harness) -> None:
    await scaling.register(1, 4)
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "High", 70)
    await scaling.ended()
    assert scaling.bus.heard == []
    scaling.later(600)
    await scaling.alarm(policy, "High", 90)
    await scaling.ended()
    (kind, detail), *others = scaling.bus.heard
    assert kind == "Application Auto Scaling Scaling Activity State Change"
    assert (detail["oldDesiredCapacity"], detail["newDesiredCapacity"], detail["scaledToMax"]) == (3, 4, True)
    assert detail["direction"] == "scale-out"
    assert others == []


async def test_why_nothing_was_scaled_is_told_who_asks_and_told_once(scaling: Harness) -> None:
    await scaling.register(1, 2)
    policy = await scaling.track(target=50)
    for _ in range(3):
        await scaling.alarm(policy, "High", 90)
        scaling.later(60)
    assert await scaling.activities() == []
    (activity,) = await scaling.activities(IncludeNotScaledActivities=True)
    assert activity["Description"] == "Attempting to scale due to alarm triggered"
    assert activity["StatusCode"] == "Failed"
    assert activity["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2}]


async def test_a_cooldown_holds_what_is_not_larger_and_lets_a_larger_one_through(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "High", 90)
    await scaling.ended()
    await scaling.alarm(policy, "High", 80)
    assert scaling.desired == 4
    await scaling.alarm(policy, "High", 130)
    assert scaling.desired == 6  # ceil(2 * 130 / 50): from where the first scale-out began
    await scaling.ended()
    scaling.later(301)
    await scaling.alarm(policy, "High", 60)
    assert scaling.desired == 8  # ceil(6 * 60 / 50)


async def test_a_scale_in_waits_for_its_cooldown_and_a_scale_out_does_not(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=8, runningCount=8)
    await scaling.register()
    policy = await scaling.track(target=50, ScaleInCooldown=120)
    await scaling.alarm(policy, "Low", 25)
    assert scaling.desired == 4
    await scaling.ended()
    scaling.later(60)
    await scaling.alarm(policy, "Low", 25)
    assert scaling.desired == 4
    await scaling.alarm(policy, "High", 75)
    assert scaling.desired == 6
    await scaling.ended()
    await scaling.alarm(policy, "Low", 25)
    assert scaling.desired == 3


async def test_a_scale_in_waits_for_the_end_of_a_deployment(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=8, runningCount=8, deployments=[{"rolloutState": "IN_PROGRESS"}])
    await scaling.register()
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "Low", 25)
    assert scaling.desired == 8
    (activity,) = await scaling.activities(IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"][0]["Code"] == "TargetServicePutResourceAsUnscalable"
    await scaling.alarm(policy, "High", 60)
    assert scaling.desired == 10
    scaling.aws.service["deployments"] = [{"rolloutState": "COMPLETED"}]
    await scaling.ended()
    await scaling.alarm(policy, "Low", 25)
    assert scaling.desired == 5


async def test_a_scale_in_that_would_bring_the_alarm_high_is_not_made(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "Low", 40)
    assert scaling.desired == 2
    (activity,) = await scaling.activities(IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [{"Code": "AutoScalingAnticipatedFlapping", "CurrentCapacity": 2}]


async def test_several_policies_scale_in_together_or_not_at_all(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=8, runningCount=8)
    await scaling.register()
    cpu = await scaling.track("cpu", 50)
    memory = await scaling.track("memory", 50)
    await scaling.alarm(cpu, "Low", 10)
    assert scaling.desired == 8
    await scaling.alarm(memory, "Low", 25)
    assert scaling.desired == 4  # the larger of ceil(8 * 10 / 50) and ceil(8 * 25 / 50)


async def test_of_several_policies_the_largest_scale_out_wins(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=10, runningCount=10)
    await scaling.register(1, 40)
    three = await scaling.step("three", StepAdjustments=[{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 3}])
    double = await scaling.step(
        "triple",
        AdjustmentType="PercentChangeInCapacity",
        StepAdjustments=[{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 200}],
    )
    await scaling.alarm(three, "", 60)
    assert scaling.desired == 13
    await scaling.alarm(double, "", 60)
    assert scaling.desired == 30  # API reference, PutScalingPolicy: 10 and 200 % of 10


async def test_a_larger_breach_in_a_step_policys_cooldown_adds_the_difference(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.step()
    await scaling.alarm(policy, "", 60)
    assert scaling.desired == 4
    await scaling.alarm(policy, "", 65)
    assert scaling.desired == 4
    await scaling.alarm(policy, "", 75)
    assert scaling.desired == 5
    cause = (await scaling.activities())[0]["Cause"]
    assert cause == "monitor alarm web-cpu in state ALARM triggered policy steps"


async def test_a_step_policy_scales_in_by_its_step(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.step()
    await scaling.alarm(policy, "", 20)
    assert scaling.desired == 1
    await scaling.ended()
    scaling.later(301)
    await scaling.alarm(policy, "", 20)
    (activity, *_) = await scaling.activities(IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [{"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}]


async def test_what_is_suspended_does_not_happen(scaling: Harness) -> None:
    suspended = {"DynamicScalingOutSuspended": True, "DynamicScalingInSuspended": True}
    await scaling.register(SuspendedState=suspended)
    policy = await scaling.track(target=50)
    await scaling.alarm(policy, "High", 90)
    await scaling.alarm(policy, "Low", 1)
    assert scaling.desired == 2
    assert await scaling.activities(IncludeNotScaledActivities=True) == []


async def test_an_alarm_for_a_policy_that_is_gone_does_nothing(scaling: Harness) -> None:
    await scaling.register()
    policy = await scaling.track()
    await scaling.call("DeleteScalingPolicy", **WEB, PolicyName="cpu")
    await scaling.alarm(policy, "High", 90)
    assert scaling.desired == 2


async def test_registering_above_the_desired_count_scales_out_at_once(scaling: Harness) -> None:
    await scaling.register(3, 10)
    assert scaling.desired == 3
    activity = await scaling.ended()
    assert (activity["Cause"], activity["StatusCode"]) == ("minimum capacity was set to 3", "Successful")


async def test_registering_below_the_desired_count_waits_for_a_deployment(scaling: Harness) -> None:
    scaling.aws.service.update(desiredCount=8, runningCount=8, deployments=[{"rolloutState": "IN_PROGRESS"}])
    await scaling.register(1, 5)
    assert scaling.desired == 8
    scaling.aws.service["deployments"] = []
    await eventually_async(lambda: _is(scaling, 5))
    assert (await scaling.ended())["Cause"] == "maximum capacity was set to 5"


async def test_a_scheduled_action_sets_the_bounds_and_thereby_the_capacity(scaling: Harness) -> None:
    await scaling.register(1, 10)
    await scaling.call(
        "PutScheduledAction",
        **WEB,
        ScheduledActionName="morning",
        Schedule="at(2026-08-03T09:30:00)",
        ScalableTargetAction={"MinCapacity": 5, "MaxCapacity": 8},
    )
    await scaling.scaling._timetable.run_due()
    assert scaling.desired == 2
    scaling.later(1801)
    await scaling.scaling._timetable.run_due()
    assert scaling.desired == 5
    await scaling.ended()
    capacity, bounds = await scaling.activities()
    assert capacity["Cause"] == "minimum capacity was set to 5"
    assert bounds["Description"] == "Setting min capacity to 5 and max capacity to 8"
    assert bounds["Cause"] == "scheduled action name morning was triggered"
    assert bounds["StatusMessage"] == "Successfully set min capacity to 5 and max capacity to 8"
    described = (await scaling.call("DescribeScalableTargets", ServiceNamespace="ecs"))["ScalableTargets"][0]
    assert (described["MinCapacity"], described["MaxCapacity"]) == (5, 8)


async def test_a_scheduled_action_runs_by_itself(scaling: Harness) -> None:
    await scaling.register(1, 10)
    scaling.later(1800)
    await scaling.call(
        "PutScheduledAction",
        **WEB,
        ScheduledActionName="soon",
        Schedule="rate(1 minute)",
        ScalableTargetAction={"MinCapacity": 4},
    )
    scaling.later(61)
    await scaling.stop()
    await scaling.start()
    await eventually_async(lambda: _is(scaling, 4))


async def test_a_schedule_that_would_cross_the_bounds_fails_and_says_so(scaling: Harness) -> None:
    await scaling.register(1, 10)
    night = {"ScheduledActionName": "night", "Schedule": "rate(1 hour)", "ScalableTargetAction": {"MinCapacity": 8}}
    await scaling.call("PutScheduledAction", **WEB, **night)
    await scaling.call("RegisterScalableTarget", **WEB, MaxCapacity=5)
    scaling.later(3601)
    await scaling.scaling._timetable.run_due()
    (activity,) = await scaling.activities()
    assert activity["StatusCode"] == "Failed"
    assert activity["StatusMessage"].startswith("Failed to set min capacity to 8. Reason: ")
    assert scaling.desired == 2


async def test_a_suspended_schedule_does_not_run(scaling: Harness) -> None:
    await scaling.register(1, 10, SuspendedState={"ScheduledScalingSuspended": True})
    await scaling.call(
        "PutScheduledAction",
        **WEB,
        ScheduledActionName="morning",
        Schedule="rate(1 minute)",
        ScalableTargetAction={"MinCapacity": 5},
    )
    scaling.later(120)
    await scaling.scaling._timetable.run_due()
    assert scaling.desired == 2


async def test_old_activities_are_forgotten_after_six_weeks(scaling: Harness) -> None:
    await scaling.register(3, 10)
    await scaling.ended()
    scaling.later(43 * 86400)
    assert await scaling.activities() == []
    await scaling.call("RegisterScalableTarget", **WEB, MinCapacity=4)
    await scaling.ended()
    assert len(scaling.store.all("autoscaling.activity")) == 1


async def test_an_aurora_cluster_gains_and_loses_replicas_of_its_own(scaling: Harness) -> None:
    cluster = {
        "ServiceNamespace": "rds",
        "ResourceId": "cluster:db",
        "ScalableDimension": "rds:cluster:ReadReplicaCount",
    }
    await scaling.call("RegisterScalableTarget", **cluster, MinCapacity=2, MaxCapacity=4)
    replicas = [name for name in scaling.aws.replicas if name.startswith("application-autoscaling-")]
    assert len(replicas) == 2
    await scaling.call("RegisterScalableTarget", **cluster, MinCapacity=0, MaxCapacity=1)
    await eventually_async(lambda: _has_replicas(scaling, 1))
    causes = await scaling.call("DescribeScalingActivities", ServiceNamespace="rds")
    assert causes["ScalingActivities"][0]["Description"] == "Setting read replica count to 1."


async def test_a_replica_that_cannot_be_made_leaves_the_change_unfulfilled(scaling: Harness) -> None:
    cluster = {
        "ServiceNamespace": "rds",
        "ResourceId": "cluster:db",
        "ScalableDimension": "rds:cluster:ReadReplicaCount",
    }
    scaling.aws.new_replicas = "failed"
    await scaling.call("RegisterScalableTarget", **cluster, MinCapacity=1, MaxCapacity=4)
    await eventually_async(lambda: _unfulfilled(scaling))


async def test_two_alarms_that_take_turns_are_noted_once_each(scaling: Harness) -> None:
    await scaling.register(2, 2)
    policy = await scaling.track(target=50)
    for _ in range(3):
        await scaling.alarm(policy, "High", 90)
        await scaling.alarm(policy, "Low", 10)
    found = await scaling.activities(IncludeNotScaledActivities=True)
    codes = [activity["NotScaledReasons"][0]["Code"] for activity in found]
    assert codes == ["AlreadyAtMinCapacity", "AlreadyAtMaxCapacity"]


async def _unfulfilled(scaling: Harness) -> bool:
    answer = await scaling.call("DescribeScalingActivities", ServiceNamespace="rds")
    return [activity["StatusCode"] for activity in answer["ScalingActivities"]] == ["Unfulfilled"]


async def _is(scaling: Harness, desired: int) -> bool:
    return scaling.desired == desired


async def _has_replicas(scaling: Harness, count: int) -> bool:
    return len(scaling.aws.replicas) == count + 1
