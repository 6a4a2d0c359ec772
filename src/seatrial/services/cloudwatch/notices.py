"""What CloudWatch tells others about an alarm: messages of SNS, events of EventBridge and Lambda. Pure.

Sources: "Alarm events and EventBridge" (cloudwatch-and-eventbridge), "Acting on alarm changes" (Acting_Alarm_Changes)
and "Invoke a Lambda function from an alarm" (alarms-and-actions-Lambda) of the CloudWatch user guide.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from botocore.session import get_session

from seatrial.services.cloudwatch.alarm import COMPOSITE, Alarm
from seatrial.services.cloudwatch.alarm_source import statistic_of
from seatrial.services.cloudwatch.reasons import stamp

_LONGEST_SUBJECT = 100


@dataclass(frozen=True)
class State:
    """A state in which an alarm is or was."""

    value: str
    reason: str
    reason_data: str
    at: float

    @classmethod
    def of(cls, alarm: Alarm) -> "State":
        """The state of an alarm now."""
        return cls(alarm.state, alarm.reason, alarm.reason_data, alarm.updated_at)

    def in_event(self) -> dict[str, Any]:
        """The state as events show it."""
        data = {"reasonData": self.reason_data} if self.reason_data else {}
        return {"value": self.value, "reason": self.reason, **data, "timestamp": stamp(self.at)}

    def in_history(self) -> dict[str, Any]:
        """The state as the alarm's history shows it."""
        data = {"stateReasonData": json.loads(self.reason_data)} if _is_object(self.reason_data) else {}
        return {"stateValue": self.value, "stateReason": self.reason, **data}


def subject(alarm: Alarm) -> str:
    """The subject of an alarm's message: ``ALARM: "name" in EU (Frankfurt)``, at most 100 letters long."""
    place = region_name(alarm.region)
    full = f'{alarm.state}: "{alarm.name}" in {place}'
    over = len(full) - _LONGEST_SUBJECT
    name = f"{alarm.name[: -(over + 3)]}..." if over > 0 else alarm.name
    # SNS takes subjects of printable ASCII only.
    return f'{alarm.state}: "{name}" in {place}'.encode("ascii", "replace").decode()


def message(alarm: Alarm, old_state: str) -> str:
    """The JSON message that an alarm publishes to SNS."""
    document: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.params.get("AlarmDescription"),
        "AWSAccountId": alarm.account_id,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured_at),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.updated_at),
        "Region": region_name(alarm.region),
        "AlarmArn": alarm.arn,
        "OldStateValue": old_state,
        "OKActions": alarm.params.get("OKActions", []),
        "AlarmActions": alarm.params.get("AlarmActions", []),
        "InsufficientDataActions": alarm.params.get("InsufficientDataActions", []),
    }
    if alarm.kind == COMPOSITE:
        children = json.loads(alarm.reason_data or "{}").get("triggeringAlarms", [])
        document["AlarmRule"] = alarm.params["AlarmRule"]
        document["TriggeringChildren"] = [
            {"Arn": child["arn"], "State": {"Value": child["state"]["value"], "Timestamp": child["state"]["timestamp"]}}
            for child in children
        ]
    else:
        document["Trigger"] = _trigger(alarm)
    return json.dumps(document, ensure_ascii=False)


def change_detail(alarm: Alarm, before: State) -> dict[str, Any]:
    """The detail of ``CloudWatch Alarm State Change``."""
    return {
        "alarmName": alarm.name,
        "state": State.of(alarm).in_event(),
        "previousState": before.in_event(),
        "configuration": _short_configuration(alarm),
    }


def configuration_detail(alarm: Alarm, operation: str, previous: Alarm | None = None) -> dict[str, Any]:
    """The detail of ``CloudWatch Alarm Configuration Change``; operations are create, update and delete."""
    detail: dict[str, Any] = {
        "alarmName": alarm.name,
        "operation": operation,
        "state": {"value": alarm.state, "timestamp": stamp(alarm.updated_at)},
        "configuration": _long_configuration(alarm),
    }
    return {**detail, "previousConfiguration": _long_configuration(previous)} if previous else detail


def lambda_event(alarm: Alarm, before: State) -> dict[str, Any]:
    """What a Lambda function gets that is an alarm's action."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": alarm.account_id,
        "time": stamp(alarm.updated_at),
        "region": alarm.region,
        "alarmData": change_detail(alarm, before),
    }


def region_name(region: str) -> str:
    """A region as alarms write it: ``EU (Frankfurt)``, ``US East (N. Virginia)``; its code where it has no name."""
    partitions = get_session().get_data("endpoints")["partitions"]
    named = (part["regions"][region]["description"] for part in partitions if region in part["regions"])
    return str(next(named, region)).replace("Europe (", "EU (")


def weekday_time(at: float) -> str:
    """A time in the reasons of composite alarms: ``Friday 22 July, 2022 15:57:45 UTC``."""
    return f"{datetime.fromtimestamp(at, UTC):%A %d %B, %Y %H:%M:%S} UTC"


def _trigger(alarm: Alarm) -> dict[str, Any]:
    params = alarm.params
    what = {"Metrics": _metrics_in_message(params["Metrics"])} if "Metrics" in params else _metric_in_message(params)
    to_alarm = {"DatapointsToAlarm": params["DatapointsToAlarm"]} if "DatapointsToAlarm" in params else {}
    how = {
        "Period": alarm.period,
        "EvaluationPeriods": params["EvaluationPeriods"],
        **to_alarm,
        "ComparisonOperator": params["ComparisonOperator"],
        "Threshold": float(params["Threshold"]),
        "TreatMissingData": params.get("TreatMissingData", ""),
        "EvaluateLowSampleCountPercentile": params.get("EvaluateLowSampleCountPercentile", ""),
    }
    return {**how, **what} if "Metrics" in params else {**what, **how}


def _metric_in_message(params: Mapping[str, Any]) -> dict[str, Any]:
    extended = params.get("ExtendedStatistic")
    statistic = {"ExtendedStatistic": extended} if extended else {"Statistic": params.get("Statistic", "").upper()}
    return {
        "MetricName": params["MetricName"],
        "Namespace": params["Namespace"],
        "StatisticType": next(iter(statistic)),
        **statistic,
        "Unit": params.get("Unit"),
        "Dimensions": _pairs(params),
    }


def _metrics_in_message(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    for query in queries:
        one: dict[str, Any] = {key: query[key] for key in ("Expression", "Id", "Label") if key in query}
        if stat := query.get("MetricStat"):
            metric = {**stat["Metric"], "Dimensions": _pairs(stat["Metric"])}
            one["MetricStat"] = {**stat, "Metric": metric}
        shown.append({**one, "ReturnData": query.get("ReturnData", True)})
    return shown


def _pairs(about: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"value": one["Value"], "name": one["Name"]} for one in about.get("Dimensions", ())]


def _short_configuration(alarm: Alarm) -> dict[str, Any]:
    about = {"description": alarm.params["AlarmDescription"]} if alarm.params.get("AlarmDescription") else {}
    if alarm.kind != COMPOSITE:
        return {**about, "metrics": _metrics_in_event(alarm)}
    names = ("AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    return {**about, **{_small(name): alarm.params[name] for name in names if name in alarm.params}}


def _long_configuration(alarm: Alarm) -> dict[str, Any]:
    names = ("EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData")
    return {
        **{_small(name): alarm.params[name] for name in names if name in alarm.params},
        **_short_configuration(alarm),
        "alarmName": alarm.name,
        "actionsEnabled": alarm.params.get("ActionsEnabled", True),
        "timestamp": stamp(alarm.configured_at),
        "okActions": alarm.params.get("OKActions", []),
        "alarmActions": alarm.params.get("AlarmActions", []),
        "insufficientDataActions": alarm.params.get("InsufficientDataActions", []),
    }


def _metrics_in_event(alarm: Alarm) -> list[dict[str, Any]]:
    if "Metrics" in alarm.params:
        return [_query_in_event(query) for query in alarm.params["Metrics"]]
    stat = {
        "Metric": alarm.params,
        "Period": alarm.params["Period"],
        "Stat": statistic_of(alarm.params),
        **({"Unit": alarm.params["Unit"]} if "Unit" in alarm.params else {}),
    }
    return [_query_in_event({"Id": str(uuid5(NAMESPACE_URL, alarm.arn)), "MetricStat": stat})]


def _query_in_event(query: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {_small(key): query[key] for key in ("Expression", "Id", "Label") if key in query}
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        shown["metricStat"] = {
            "metric": {
                "dimensions": {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())},
                "name": metric.get("MetricName"),
                "namespace": metric.get("Namespace"),
            },
            "period": stat["Period"],
            "stat": stat["Stat"],
            **({"unit": stat["Unit"]} if "Unit" in stat else {}),
        }
    return {**shown, "returnData": query.get("ReturnData", True)}


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
