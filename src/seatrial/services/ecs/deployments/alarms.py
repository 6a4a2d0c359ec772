"""The CloudWatch alarms of a deployment: read while it is under way, and never else.

Source: developer guide, "How CloudWatch alarms detect Amazon ECS deployment failures". An alarm that is in ALARM when
the deployment begins has ECS ignore all of them for this deployment. After the old tasks are gone ECS watches on for
the bake time, which it computes from the alarms; AWS does not say how. Here it is the longest time that one of them
looks back on: its period times its evaluation periods.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.deployments.rollouts import Rollouts
from seatrial.services.ecs.records import Json, Service


@dataclass(frozen=True)
class AlarmReading:
    """What CloudWatch says of a deployment's alarms.

    Args:
        triggered: the names of those in ALARM.
        bake: how long to watch on, in AWS's seconds.
    """

    triggered: tuple[str, ...]
    bake: float


def alarm_rule(service: Service) -> Json:
    """``deploymentConfiguration.alarms`` where it is turned on, else nothing."""
    rule: Json = service.configuration["deploymentConfiguration"].get("alarms") or {}
    return rule if rule.get("enable") and rule.get("alarmNames") else {}


def reading(alarms: Iterable[Mapping[str, Any]]) -> AlarmReading:
    """The states of ``MetricAlarm`` and ``CompositeAlarm`` items."""
    known = list(alarms)
    triggered = tuple(item["AlarmName"] for item in known if item.get("StateValue") == "ALARM")
    return AlarmReading(triggered, max((_looks_back(item) for item in known), default=0.0))


def _looks_back(alarm: Mapping[str, Any]) -> float:
    metrics = alarm.get("Metrics") or ()
    periods = [alarm.get("Period") or 0, *(item.get("Period") or _stat_period(item) for item in metrics)]
    return float(max(periods) * (alarm.get("EvaluationPeriods") or 1))


def _stat_period(metric: Mapping[str, Any]) -> int:
    return int((metric.get("MetricStat") or {}).get("Period") or 0)


class AlarmWatch:
    """Reads alarms and draws AWS's conclusions.

    Args:
        aws: the embedded AWS, for its CloudWatch.
        rollouts: knows the deployment under way, and fails it.
        scaled: how long here what takes so many seconds on AWS.
        interval: seconds between two readings.
        now: seconds since 1970.
    """

    def __init__(
        self,
        aws: Aws,
        rollouts: Rollouts,
        *,
        scaled: Callable[[float], float],
        interval: float,
        now: Callable[[], float],
    ) -> None:
        self._aws = aws
        self._rollouts = rollouts
        self._scaled = scaled
        self._interval = interval
        self._now = now
        self._read_at: dict[str, float] = {}

    async def read(self, service: Service) -> AlarmReading | None:
        """The alarms, where a deployment watches them and it is time; what CloudWatch refuses is missed, as on AWS."""
        deployment = self._rollouts.watched_by_alarms(service)
        rule = alarm_rule(service)
        if deployment is None or not rule or self._now() < self._read_at.get(service.arn, 0.0) + self._interval:
            return None
        self._read_at[service.arn] = self._now()
        try:
            answer = await self._aws.call(
                "cloudwatch",
                "DescribeAlarms",
                region=Scope.of(service.arn).region,
                AlarmNames=rule["alarmNames"],
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            )
        except AwsCallError:
            return None
        return reading([*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())])

    def conclude(self, service: Service, seen: AlarmReading | None) -> None:
        """Begin to watch, fail the deployment, or nothing."""
        if seen is not None:
            self._rollouts.note_alarms(service, seen.triggered, self._scaled(seen.bake))

    def baked(self, service: Service) -> bool:
        """Whether the deployment may be called complete: at once where no alarm is watched."""
        return self._rollouts.bake(service)
