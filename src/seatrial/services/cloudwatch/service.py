"""CloudWatch, plugged into the gateway."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.wire.protocols import Codec
from seatrial.services.cloudwatch import data_calls, metric_calls
from seatrial.services.cloudwatch.alarm import COMPOSITE
from seatrial.services.cloudwatch.alarm_book import AlarmBook
from seatrial.services.cloudwatch.alarm_calls import AlarmCalls
from seatrial.services.cloudwatch.alarm_views import AlarmViews
from seatrial.services.cloudwatch.data import Act, Datum
from seatrial.services.cloudwatch.delivery import Delivery
from seatrial.services.cloudwatch.engine import AlarmEngine
from seatrial.services.cloudwatch.history import History
from seatrial.services.cloudwatch.metric_store import MetricStore
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.periods import Minutes
from seatrial.services.cloudwatch.ticking import Ticking

Params = Mapping[str, Any]
Operation = Callable[[Params, str], dict[str, Any]]

SIGNING_NAME = "monitoring"
_PRUNED_EVERY = 600
_PRUNED_ON = 0.1


class CloudWatch(OwnService):
    """CloudWatch of one embedded AWS.

    Args:
        context: what the embedded AWS gives each service.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._codec = Codec("cloudwatch")
        minutes = Minutes(context.settings.minute)
        self._store = MetricStore(context.settings.directory / "metrics.sqlite")
        self._history = History(context.settings.directory / "alarm-history.sqlite")
        self._metrics = Metrics(self._store, minutes)
        self._book = AlarmBook(context.store)
        self._delivery = Delivery(context, self._history)
        self.engine = AlarmEngine(context, self._book, self._metrics, history=self._history, delivery=self._delivery)
        self._ticking = Ticking(minutes, self._now, self.engine.evaluate)
        self._tasks: list[asyncio.Task[None]] = []
        self._operations = {**self._of_metrics(), **self._of_alarms()}

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        """Take metrics of AWS's own services, such as ``AWS/ECS``; they are on disk when this returns."""
        self._metrics.record(region, namespace, data)

    def sample(
        self, namespace: str, name: str, value: float, *, unit: str, dimensions: Mapping[str, str], region: str
    ) -> None:
        """Take one sample, measured now; may be called from any thread."""
        self.record(namespace, [Datum(name, self._now(), {value: 1.0}, dimensions, unit)], region=region)

    def handle_action(self, prefix: str, act: Act) -> None:
        """From now on ``act`` is awaited for alarm actions whose ARN begins with ``prefix``.

        Once when the alarm enters the state that has the action; and as AWS does for scaling actions, again once per
        period for as long as it stays in ALARM.
        """
        self._delivery.handle_action(prefix, act)

    def claims(self, request: AwsRequest) -> bool:
        """See ``OwnService.claims``."""
        return request.service == SIGNING_NAME and request.operation in self._operations

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        try:
            params = self._codec.read(request)
            return self._codec.answer(request, self._operations[request.operation](params, request.region))
        except AwsCallError as refused:
            return self._codec.error(request, refused.code, refused.message, refused.status)

    async def start(self) -> None:
        """See ``OwnService.start``: alarms are evaluated, and actions that were interrupted are executed."""
        for alarm in self._book:
            if alarm.kind != COMPOSITE:
                self._ticking.plan(alarm.arn, alarm.period)
        self._delivery.resume()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._ticking.run()), loop.create_task(self._prune())]

    async def stop(self) -> None:
        """See ``OwnService.stop``."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._delivery.stop()
        self._store.close()
        self._history.close()

    async def settle(self) -> None:
        """Wait until every action that was begun has been executed."""
        await self._delivery.settle()

    def _of_metrics(self) -> dict[str, Operation]:
        metrics = self._metrics
        return {
            "PutMetricData": lambda params, region: metric_calls.put_metric_data(metrics, params, region, self._now()),
            "GetMetricStatistics": lambda params, region: metric_calls.get_metric_statistics(metrics, params, region),
            "GetMetricData": lambda params, region: data_calls.get_metric_data(metrics, params, region),
            "ListMetrics": lambda params, region: metric_calls.list_metrics(metrics, params, region, self._now()),
        }

    def _of_alarms(self) -> dict[str, Operation]:
        account_id = self._context.settings.account_id
        calls = AlarmCalls(self._book, self.engine, self._ticking, account_id=account_id)
        views = AlarmViews(self._book, self.engine, self._history, account_id=account_id)
        return {
            "PutMetricAlarm": lambda params, region: calls.put_metric_alarm(params, region, self._now()),
            "PutCompositeAlarm": lambda params, region: calls.put_composite_alarm(params, region, self._now()),
            "DeleteAlarms": calls.delete_alarms,
            "SetAlarmState": calls.set_alarm_state,
            "EnableAlarmActions": lambda params, region: calls.enable_actions(params, region, enabled=True),
            "DisableAlarmActions": lambda params, region: calls.enable_actions(params, region, enabled=False),
            "TagResource": lambda params, _: calls.tag(params),
            "UntagResource": lambda params, _: calls.untag(params),
            "ListTagsForResource": lambda params, _: calls.tags(params),
            "DescribeAlarms": views.describe_alarms,
            "DescribeAlarmsForMetric": views.describe_for_metric,
            "DescribeAlarmHistory": views.describe_history,
        }

    async def _prune(self) -> None:
        while True:
            more = self._store.prune(self._now())
            self._history.prune(self._now())
            await asyncio.sleep(_PRUNED_ON if more else _PRUNED_EVERY)

    def _now(self) -> float:
        return self._context.clock.now().timestamp()
