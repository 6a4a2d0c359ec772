"""Puts alarms into their states, and lets everybody know."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seatrial.core.context import ServiceContext
from seatrial.services.cloudwatch.alarm import COMPOSITE, Alarm
from seatrial.services.cloudwatch.alarm_book import AlarmBook, alarm_arn
from seatrial.services.cloudwatch.alarm_source import datapoints, statistic_of, too_few_samples
from seatrial.services.cloudwatch.composite import Rule, RuleError, read_rule
from seatrial.services.cloudwatch.delivery import Delivery, Order
from seatrial.services.cloudwatch.evaluation import ALARM, OK, Verdict, judge
from seatrial.services.cloudwatch.history import History, HistoryItem
from seatrial.services.cloudwatch.math import MathError
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.notices import State, change_detail, configuration_detail, weekday_time
from seatrial.services.cloudwatch.reasons import CREATED, Datapoint, reason, reason_data, stamp

_SOURCE = "aws.cloudwatch"
_HAIR = 0.001


class AlarmEngine:
    """Puts alarms into their states; each change is on disk before anybody hears of it.

    Args:
        context: what the embedded AWS gives each service.
        book: all alarms.
        metrics: what they watch.
        history: what becomes of them.
        delivery: executes their actions.
    """

    def __init__(
        self, context: ServiceContext, book: AlarmBook, metrics: Metrics, *, history: History, delivery: Delivery
    ) -> None:
        self._context = context
        self._book = book
        self._metrics = metrics
        self._history = history
        self._delivery = delivery
        self._repeated: dict[str, float] = {}

    def put(self, alarm: Alarm) -> None:
        """Take a new or changed alarm; a composite one is put into its state at once."""
        previous = self._book.get(alarm.arn)
        self._book.save(alarm)
        kind = "Update" if previous else "Create"
        data = {"type": kind, f"{'updated' if previous else 'created'}Alarm": alarm.params, "version": "1.0"}
        self._write(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {kind.lower()}d', data)
        self._announce_configuration(alarm, kind.lower(), previous)
        if alarm.kind == COMPOSITE:
            self._follow(alarm, None)

    def remove(self, alarm: Alarm) -> None:
        """Forget an alarm; its history stays."""
        self._book.remove(alarm.arn)
        self._repeated.pop(alarm.arn, None)
        data = {"type": "Delete", "deletedAlarm": alarm.params, "version": "1.0"}
        self._write(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" deleted', data)
        self._announce_configuration(alarm, "delete", None)

    def set_state(self, alarm: Alarm, state: str, why: str, data: str) -> None:
        """``SetAlarmState``: until the next evaluation."""
        self._enter(alarm, State(state, why, data, self._now()), None)

    def evaluate(self, arn: str) -> None:
        """Look at the metrics of an alarm, and put it into the state that they mean."""
        alarm = self._book.get(arn)
        if alarm is None or alarm.kind == COMPOSITE:
            return
        now = self._now()
        try:
            points = datapoints(self._metrics, alarm, now)
        except MathError:
            points = []
        condition = alarm.condition
        verdict = judge(condition, [point.value for point in points])
        newest = points[verdict.evaluated[-1]].value if verdict.evaluated else None
        if verdict.state in {None, alarm.state} or too_few_samples(alarm.params, points):
            self._repeat(alarm, newest, now)
            return
        self._enter(alarm, self._found(alarm, verdict, points, now), newest)

    def _found(self, alarm: Alarm, verdict: Verdict, points: list[Datapoint], now: float) -> State:
        m_of_n = "DatapointsToAlarm" in alarm.params
        about: dict[str, Any] = {}
        if "Metrics" not in alarm.params:
            about = {"unit": alarm.params["Unit"]} if "Unit" in alarm.params else {}
            about["statistic"] = statistic_of(alarm.params)
        about["period"] = alarm.period
        return State(
            value=verdict.state or alarm.state,
            reason=reason(alarm.condition, verdict, points, m_of_n=m_of_n),
            reason_data=reason_data(alarm.condition, verdict, points, now=now, about=about),
            at=now,
        )

    def _repeat(self, alarm: Alarm, value: float | None, now: float) -> None:
        """Scaling actions are executed again once per period for as long as the alarm is in ALARM."""
        width = self._metrics.minutes.width(alarm.period)
        if alarm.state != ALARM or now - self._repeated.get(alarm.arn, 0.0) < width - _HAIR:
            return
        handled = [action for action in alarm.actions() if self._delivery.is_handled(action)]
        for action in handled:
            self._delivery.start(Order(action, alarm, State.of(alarm), value))
        if handled:
            self._repeated[alarm.arn] = now

    def _enter(self, alarm: Alarm, state: State, value: float | None, path: frozenset[str] = frozenset()) -> None:
        before = State.of(alarm)
        changed = replace(
            alarm,
            state=state.value,
            reason=state.reason,
            reason_data=state.reason_data,
            updated_at=state.at,
            transitioned_at=state.at if state.value != alarm.state else alarm.transitioned_at,
        )
        if changed.state == before.value:
            self._book.save(changed)
            return
        orders = [Order(action, changed, before, value) for action in self._actions(changed)]
        with self._context.store.transaction():
            self._book.save(changed)
            kept = [(order, self._delivery.enqueue(order)) for order in orders]
        data = {"version": "1.0", "oldState": before.in_history(), "newState": state.in_history()}
        self._write(changed, "StateUpdate", f"Alarm updated from {before.value} to {changed.state}", data)
        self._repeated[changed.arn] = state.at
        self._context.bus.announce(
            _SOURCE,
            "CloudWatch Alarm State Change",
            [changed.arn],
            change_detail(changed, before),
            region=changed.region,
        )
        for order, key in kept:
            self._delivery.start(order, key)
        # Composite alarms may name each other in a circle; CloudWatch stops where it comes round, and so do we.
        for parent in self.parents(changed):
            if parent.arn not in path:
                self._follow(parent, changed, path | {changed.arn})

    def _actions(self, alarm: Alarm) -> list[str]:
        """None while the alarm's suppressor is in ALARM (``ActionsSuppressor`` of a composite alarm)."""
        suppressor = alarm.params.get("ActionsSuppressor")
        by = self._named(alarm, suppressor) if suppressor else None
        return [] if by and by.state == ALARM else alarm.actions()

    def parents(self, child: Alarm) -> list[Alarm]:
        """The composite alarms whose rules name an alarm."""
        composites = (alarm for alarm in self._book.of(child.region) if alarm.kind == COMPOSITE)
        return [alarm for alarm in composites if child.arn in {found.arn for found in self.children(alarm)}]

    def children(self, composite: Alarm) -> list[Alarm]:
        """The alarms that a composite alarm's rule names, of those that there are."""
        found = (self._named(composite, name) for name in _rule(composite).children)
        return [child for child in found if child]

    def _follow(self, composite: Alarm, child: Alarm | None, path: frozenset[str] = frozenset()) -> None:
        """Put a composite alarm into its state, after it was put or a child has changed."""
        current = self._book.get(composite.arn)
        if current is None:
            return
        rule = _rule(current)
        found = {name: self._named(current, name) for name in rule.children}
        value = ALARM if rule.holds({name: alarm.state for name, alarm in found.items() if alarm}) else OK
        if value == current.state:
            return
        now = self._now()
        if child:
            why = f"{child.arn} transitioned to {child.state} at {weekday_time(child.updated_at)}"
        else:
            put = "created" if current.reason == CREATED else "updated"
            why = f"{current.arn} was {put} and its alarm rule evaluates to {value}"
        involved = [child] if child else [alarm for alarm in found.values() if alarm]
        data = {"triggeringAlarms": [_triggering(alarm) for alarm in involved]}
        self._enter(current, State(value, why, json.dumps(data, separators=(",", ":")), now), None, path)

    def _named(self, alarm: Alarm, reference: str) -> Alarm | None:
        arn = reference if reference.startswith("arn:") else alarm_arn(alarm.region, alarm.account_id, reference)
        return self._book.get(arn)

    def _announce_configuration(self, alarm: Alarm, operation: str, previous: Alarm | None) -> None:
        detail = configuration_detail(alarm, operation, previous)
        self._context.bus.announce(
            _SOURCE, "CloudWatch Alarm Configuration Change", [alarm.arn], detail, region=alarm.region
        )

    def _write(self, alarm: Alarm, kind: str, summary: str, data: Mapping[str, Any]) -> None:
        self._history.add(HistoryItem(alarm.arn, alarm.kind, self._now(), kind, summary, json.dumps(data)))

    def _now(self) -> float:
        return self._context.clock.now().timestamp()


def _rule(composite: Alarm) -> Rule:
    try:
        return read_rule(composite.params["AlarmRule"])
    except RuleError:  # It was read when it was put.
        return Rule((), lambda _: False)


def _triggering(alarm: Alarm) -> dict[str, Any]:
    return {"arn": alarm.arn, "state": {"value": alarm.state, "timestamp": stamp(alarm.updated_at)}}
