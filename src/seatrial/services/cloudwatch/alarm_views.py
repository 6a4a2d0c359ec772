"""The calls that show alarms."""

from collections.abc import Mapping
from math import inf
from typing import Any

from seatrial.services.cloudwatch.alarm import ACTIONS, COMPOSITE, METRIC, Alarm
from seatrial.services.cloudwatch.alarm_book import AlarmBook, alarm_arn
from seatrial.services.cloudwatch.engine import AlarmEngine
from seatrial.services.cloudwatch.history import History, HistoryItem
from seatrial.services.cloudwatch.metric_calls import moment
from seatrial.services.cloudwatch.paging import page
from seatrial.services.cloudwatch.queries import metric_of

_MOST = 100
Params = Mapping[str, Any]


class AlarmViews:
    """DescribeAlarms, DescribeAlarmsForMetric, DescribeAlarmHistory.

    Args:
        book: all alarms.
        engine: knows parents and children.
        history: what happened to them.
        account_id: whose alarms these are.
    """

    def __init__(self, book: AlarmBook, engine: AlarmEngine, history: History, *, account_id: str) -> None:
        self._book = book
        self._engine = engine
        self._history = history
        self._account_id = account_id

    def describe_alarms(self, params: Params, region: str) -> dict[str, Any]:
        """DescribeAlarms: by name; metric alarms alone unless ``AlarmTypes`` asks for others.

        Raises:
            AwsCallError: the token is not one of ours.
        """
        kinds = params.get("AlarmTypes") or [METRIC]
        related = self._related(params, region)
        if related is not None:
            brief = [{"AlarmName": alarm.name, "AlarmArn": alarm.arn, "StateValue": alarm.state} for alarm in related]
            found = list(zip(related, brief, strict=True))
        else:
            chosen = [alarm for alarm in self._book.of(region) if alarm.kind in kinds and _chosen(alarm, params)]
            found = [(alarm, alarm.described()) for alarm in chosen]
        shown, token = page(found, params.get("NextToken"), params.get("MaxRecords", _MOST))
        answer: dict[str, Any] = {
            "MetricAlarms": [view for alarm, view in shown if alarm.kind == METRIC],
            "CompositeAlarms": [view for alarm, view in shown if alarm.kind == COMPOSITE],
        }
        return {**answer, "NextToken": token} if token else answer

    def describe_for_metric(self, params: Params, region: str) -> dict[str, Any]:
        """DescribeAlarmsForMetric: alarms on exactly this metric, not those on metric math."""
        wanted = metric_of(params, region)
        return {
            "MetricAlarms": [
                alarm.described()
                for alarm in self._book.of(region)
                if alarm.kind == METRIC
                and "MetricName" in alarm.params
                and metric_of(alarm.params, region) == wanted
                and all(
                    params.get(name) in {None, alarm.params.get(name)}
                    for name in ("Statistic", "ExtendedStatistic", "Period", "Unit")
                )
            ]
        }

    def describe_history(self, params: Params, region: str) -> dict[str, Any]:
        """DescribeAlarmHistory: newest first unless asked otherwise; also of alarms that are deleted.

        Raises:
            AwsCallError: the token is not one of ours.
        """
        name = params.get("AlarmName")
        prefix = alarm_arn(region, self._account_id, name or "")
        start = params["StartDate"].timestamp() if "StartDate" in params else 0.0
        end = params["EndDate"].timestamp() if "EndDate" in params else inf
        kinds = params.get("AlarmTypes") or [METRIC]
        found = [
            item
            for item in self._history.read(prefix, start, end)
            if item.alarm_type in kinds
            and params.get("HistoryItemType") in {None, item.kind}
            and (name is None or item.arn == prefix)
        ]
        if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
            found.reverse()
        shown, token = page(found, params.get("NextToken"), params.get("MaxRecords", _MOST))
        answer: dict[str, Any] = {"AlarmHistoryItems": [_item(item) for item in shown]}
        return {**answer, "NextToken": token} if token else answer

    def _related(self, params: Params, region: str) -> list[Alarm] | None:
        name = params.get("ChildrenOfAlarmName") or params.get("ParentsOfAlarmName")
        if not name:
            return None
        alarm = self._book.get(alarm_arn(region, self._account_id, name))
        if alarm is None:
            return []
        return self._engine.children(alarm) if "ChildrenOfAlarmName" in params else self._engine.parents(alarm)


def _chosen(alarm: Alarm, params: Params) -> bool:
    if "AlarmNames" in params and alarm.name not in params["AlarmNames"]:
        return False
    if not alarm.name.startswith(params.get("AlarmNamePrefix", "")):
        return False
    if params.get("StateValue") not in {None, alarm.state}:
        return False
    prefix = params.get("ActionPrefix")
    actions = (action for name in ACTIONS.values() for action in alarm.params.get(name, ()))
    return prefix is None or any(action.startswith(prefix) for action in actions)


def _item(item: HistoryItem) -> dict[str, Any]:
    return {
        "AlarmName": item.arn.split(":alarm:", 1)[1],
        "AlarmType": item.alarm_type,
        "Timestamp": moment(item.at),
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }
