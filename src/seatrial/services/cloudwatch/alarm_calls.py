"""The calls that change alarms."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.services.cloudwatch.alarm import COMPOSITE, METRIC, Alarm, query_period
from seatrial.services.cloudwatch.alarm_book import AlarmBook, alarm_arn
from seatrial.services.cloudwatch.composite import RuleError, read_rule
from seatrial.services.cloudwatch.data_calls import check_queries
from seatrial.services.cloudwatch.engine import AlarmEngine
from seatrial.services.cloudwatch.evaluation import is_comparison
from seatrial.services.cloudwatch.metric_calls import check_period
from seatrial.services.cloudwatch.samples import STATISTICS, is_statistic
from seatrial.services.cloudwatch.ticking import Ticking

_TREATMENTS = {"missing", "ignore", "breaching", "notBreaching"}
_STATES = {"OK", "ALARM", "INSUFFICIENT_DATA"}
_DAY = 86400
_UNSUPPORTED = ("ThresholdMetricId", "EvaluationCriteria", "EvaluationWindow")
Params = Mapping[str, Any]


class AlarmCalls:
    """PutMetricAlarm, PutCompositeAlarm, DeleteAlarms, SetAlarmState, actions on and off, tags.

    Args:
        book: all alarms.
        engine: puts them into their states.
        ticking: evaluates them on a clock.
        account_id: whose alarms these are.
    """

    def __init__(self, book: AlarmBook, engine: AlarmEngine, ticking: Ticking, *, account_id: str) -> None:
        self._book = book
        self._engine = engine
        self._ticking = ticking
        self._account_id = account_id

    def put_metric_alarm(self, params: Params, region: str, now: float) -> dict[str, Any]:
        """PutMetricAlarm: a new alarm begins in INSUFFICIENT_DATA; one that is there keeps its state.

        Raises:
            AwsCallError: ``ValidationError``, ``MissingParameter``, …
        """
        _check_metric_alarm(params)
        alarm = self._put(METRIC, params, region, now)
        self._ticking.plan(alarm.arn, alarm.period)
        return {}

    def put_composite_alarm(self, params: Params, region: str, now: float) -> dict[str, Any]:
        """PutCompositeAlarm.

        Raises:
            AwsCallError: ``ValidationError`` where the rule is none, or names an alarm that there is not.
        """
        try:
            children = read_rule(params["AlarmRule"]).children
        except RuleError as error:
            raise _refused(str(error)) from error
        missing = [name for name in children if self._find(name, region) is None]
        if missing:
            raise _refused(
                f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist"
            )
        self._put(COMPOSITE, params, region, now)
        return {}

    def delete_alarms(self, params: Params, region: str) -> dict[str, Any]:
        """DeleteAlarms: all, or none where one is not there or is a child of a composite alarm that stays.

        Raises:
            AwsCallError: ``ResourceNotFound``, or ``ValidationError``.
        """
        names: list[str] = params["AlarmNames"]
        found = [self._find(name, region) for name in names]
        if missing := [name for name, alarm in zip(names, found, strict=True) if alarm is None]:
            raise AwsCallError("ResourceNotFound", f"The following alarms were not found: [{', '.join(missing)}]", 404)
        leaving = {alarm.arn for alarm in found if alarm}
        for alarm in found:
            parents = (
                [parent.name for parent in self._engine.parents(alarm) if parent.arn not in leaving] if alarm else []
            )
            if alarm and parents:
                raise _refused(f"Cannot delete {alarm.name} as there are composite alarm(s) depending on it.")
        for alarm in found:
            if alarm:
                self._ticking.forget(alarm.arn)
                self._engine.remove(alarm)
        return {}

    def set_alarm_state(self, params: Params, region: str) -> dict[str, Any]:
        """SetAlarmState: its actions are executed; the next evaluation may put it into another state.

        Raises:
            AwsCallError: ``ResourceNotFound``, or ``ValidationError``.
        """
        alarm = self._find(params["AlarmName"], region)
        if alarm is None:
            raise AwsCallError("ResourceNotFound", "", 404)
        if params["StateValue"] not in _STATES:
            raise _refused(f"The value {params['StateValue']} for parameter StateValue is invalid.")
        self._engine.set_state(alarm, params["StateValue"], params["StateReason"], params.get("StateReasonData", ""))
        return {}

    def enable_actions(self, params: Params, region: str, *, enabled: bool) -> dict[str, Any]:
        """EnableAlarmActions and DisableAlarmActions; names of no alarm are passed over."""
        for name in params["AlarmNames"]:
            if alarm := self._find(name, region):
                self._book.save(replace(alarm, params={**alarm.params, "ActionsEnabled": enabled}))
        return {}

    def tag(self, params: Params) -> dict[str, Any]:
        """TagResource.

        Raises:
            AwsCallError: ``ResourceNotFoundException``.
        """
        alarm = self._tagged(params["ResourceARN"])
        self._book.save(replace(alarm, tags=alarm.tags | _tags(params["Tags"])))
        return {}

    def untag(self, params: Params) -> dict[str, Any]:
        """UntagResource.

        Raises:
            AwsCallError: ``ResourceNotFoundException``.
        """
        alarm = self._tagged(params["ResourceARN"])
        kept = {key: value for key, value in alarm.tags.items() if key not in params["TagKeys"]}
        self._book.save(replace(alarm, tags=kept))
        return {}

    def tags(self, params: Params) -> dict[str, Any]:
        """ListTagsForResource.

        Raises:
            AwsCallError: ``ResourceNotFoundException``.
        """
        return {
            "Tags": [{"Key": key, "Value": value} for key, value in self._tagged(params["ResourceARN"]).tags.items()]
        }

    def _put(self, kind: str, params: Params, region: str, now: float) -> Alarm:
        arn = alarm_arn(region, self._account_id, params["AlarmName"])
        there = self._book.get(arn)
        if there and there.kind != kind:
            raise _refused(f"An alarm of another type is named {params['AlarmName']} already.")
        kept = {name: value for name, value in params.items() if name != "Tags"}
        alarm = Alarm(arn, kind, {"ActionsEnabled": True, **kept}, now, updated_at=now, transitioned_at=now)
        if there:
            # Tags of an alarm that is there are left alone, and so is its state (PutMetricAlarm).
            alarm.tags, alarm.state, alarm.reason = there.tags, there.state, there.reason
            alarm.reason_data, alarm.updated_at = there.reason_data, there.updated_at
            alarm.transitioned_at = there.transitioned_at
        else:
            alarm.tags = _tags(params.get("Tags", ()))
        self._engine.put(alarm)
        return alarm

    def _find(self, reference: str, region: str) -> Alarm | None:
        arn = reference if reference.startswith("arn:") else alarm_arn(region, self._account_id, reference)
        return self._book.get(arn)

    def _tagged(self, arn: str) -> Alarm:
        alarm = self._book.get(arn)
        if alarm is None:
            raise AwsCallError("ResourceNotFoundException", f"Unknown resource: {arn}", 404)
        return alarm


def _check_metric_alarm(params: Params) -> None:
    if unsupported := next((name for name in _UNSUPPORTED if name in params), None):
        raise _refused(f"{unsupported} is not supported here.")
    for name in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if name not in params:
            raise AwsCallError("MissingParameter", f"The parameter {name} is required.")
    if not is_comparison(params["ComparisonOperator"]):
        raise _refused(f"The value {params['ComparisonOperator']} for parameter ComparisonOperator is not supported.")
    periods = params["EvaluationPeriods"]
    if periods < 1 or not 1 <= params.get("DatapointsToAlarm", periods) <= periods:
        raise _refused("DatapointsToAlarm must be between 1 and EvaluationPeriods.")
    if params.get("TreatMissingData", "missing") not in _TREATMENTS:
        raise _refused(
            f"Option {params['TreatMissingData']} is not supported. Supported options for TreatMissingData are"
            " [breaching, notBreaching, ignore, missing]."
        )
    period = _check_queries(params) if "Metrics" in params else _check_metric(params)
    if periods * period > (_DAY if period < 3600 else 7 * _DAY):  # noqa: PLR2004 - an hour
        raise _refused(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
        )


def _check_metric(params: Params) -> int:
    for name in ("MetricName", "Namespace", "Period"):
        if name not in params:
            raise AwsCallError("MissingParameter", f"The parameter {name} is required.")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise AwsCallError(
            "InvalidParameterCombination", "Exactly one of Statistic and ExtendedStatistic must be specified."
        )
    statistic = params.get("Statistic") or params["ExtendedStatistic"]
    if not is_statistic(statistic) or (statistic in STATISTICS) != ("Statistic" in params):
        raise _refused(f"The value {statistic} for the statistic of an alarm is not supported.")
    check_period(params["Period"])
    return int(params["Period"])


def _check_queries(params: Params) -> int:
    queries: list[dict[str, Any]] = params["Metrics"]
    single = [
        name
        for name in ("MetricName", "Dimensions", "Period", "Namespace", "Statistic", "ExtendedStatistic")
        if name in params
    ]
    if single:
        raise _refused(f"{single[0]} must not be specified together with Metrics.")
    check_queries(queries)
    if sum(1 for query in queries if query.get("ReturnData", True)) != 1:
        raise _refused("Exactly one element of the metrics list should return data.")
    if any("SEARCH" in query.get("Expression", "") for query in queries):
        raise _refused("SEARCH is not supported on Metric Alarms.")
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    if len(periods) > 1:
        raise _refused("Metrics list must contain metrics with the same period.")
    return query_period(queries)


def _tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _refused(message: str) -> AwsCallError:
    return AwsCallError("ValidationError", message)
