"""Carries out alarm actions: SNS topics, Lambda functions, and those that another service handles."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.services.cloudwatch.alarm import Alarm
from seatrial.services.cloudwatch.data import Act, AlarmAction
from seatrial.services.cloudwatch.history import History, HistoryItem
from seatrial.services.cloudwatch.notices import State, lambda_event, message, subject
from seatrial.services.cloudwatch.reasons import stamp

_KIND = "cloudwatch.action"
_log = logging.getLogger("seatrial.services.cloudwatch")


@dataclass(frozen=True)
class Order:
    """One action of one change of state.

    Args:
        action: an ARN.
        alarm: the alarm as it was right after the change.
        before: the alarm's state before the change.
        value: the newest datapoint that was evaluated.
    """

    action: str
    alarm: Alarm
    before: State
    value: float | None

    def as_json(self) -> dict[str, Any]:
        """The value that the store keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Order":
        """Read from the value that the store keeps."""
        return cls(value["action"], Alarm.from_json(value["alarm"]), State(**value["before"]), value["value"])


class Delivery:
    """Takes orders, and executes each in the background, after the change that caused it is on disk.

    An order is in the store until it is executed: after a ``kill -9`` it is executed by the next process, which may be
    a second time.

    Args:
        context: what the embedded AWS gives each service.
        history: the history, which is told what became of each.
    """

    def __init__(self, context: ServiceContext, history: History) -> None:
        self._context = context
        self._history = history
        self._acts: dict[str, Act] = {}
        self._running: set[asyncio.Task[None]] = set()

    def handle_action(self, prefix: str, act: Act) -> None:
        """From now on ``act`` is awaited for ARNs that begin with ``prefix``."""
        self._acts[prefix] = act

    def is_handled(self, action: str) -> bool:
        """Whether somebody obeys this ARN."""
        return self._act(action) is not None

    def resume(self) -> None:
        """Execute what an earlier process was ordered."""
        for key, value in self._context.store.all(_KIND).items():
            self._start(Order.from_json(value), key)

    def enqueue(self, order: Order) -> str:
        """Write an order down; ``start`` it when the change that caused it is written, too."""
        key = f"{order.alarm.updated_at:017.3f}.{uuid4().hex[:8]}"
        self._context.store.put(_KIND, key, order.as_json())
        return key

    def start(self, order: Order, key: str = "") -> None:
        """Execute an order; one without a key is a repetition, of which nothing is written down."""
        self._start(order, key)

    async def settle(self) -> None:
        """Wait until everything that runs has been executed."""
        while self._running:
            await asyncio.gather(*self._running)

    async def stop(self) -> None:
        """End; what was not executed stays in the store."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, order: Order, key: str) -> None:
        task = asyncio.get_running_loop().create_task(self._execute(order, key))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _execute(self, order: Order, key: str) -> None:
        try:
            published = await self._do(order)
            problem = ""
        except AwsCallError as error:
            published, problem = None, error.message
        except Exception as error:  # noqa: BLE001 - whatever an obeyer raises: the history says so, the log has the trace
            _log.exception("alarm %s: action %s failed", order.alarm.name, order.action)
            published, problem = None, type(error).__name__
        if key:
            self._history.add(self._item(order, published, problem))
            self._context.store.delete(_KIND, key)

    async def _do(self, order: Order) -> str | None:
        if act := self._act(order.action):
            await act(self._for_handler(order))
            return None
        service = order.action.split(":")[2] if order.action.count(":") > 1 else ""
        region = order.alarm.region
        if service == "sns":
            text = message(order.alarm, order.before.value)
            await self._context.aws.call(
                "sns", "Publish", region=region, TopicArn=order.action, Subject=subject(order.alarm), Message=text
            )
            return text
        if service == "lambda":
            payload = json.dumps(lambda_event(order.alarm, order.before))
            await self._context.aws.call(
                "lambda",
                "Invoke",
                region=region,
                FunctionName=order.action,
                InvocationType="Event",
                Payload=payload.encode(),
            )
            return payload
        raise AwsCallError("UnsupportedAction", f"Actions of {service or 'this kind'} are not supported here")

    def _act(self, action: str) -> Act | None:
        return next((act for prefix, act in self._acts.items() if action.startswith(prefix)), None)

    def _for_handler(self, order: Order) -> AlarmAction:
        alarm = order.alarm
        return AlarmAction(
            action=order.action,
            alarm_name=alarm.name,
            alarm_arn=alarm.arn,
            state=alarm.state,
            reason=alarm.reason,
            value=order.value,
            threshold=float(alarm.params.get("Threshold", 0.0)),
            region=alarm.region,
            at=self._context.clock.now().timestamp(),
        )

    def _item(self, order: Order, published: str | None, problem: str) -> HistoryItem:
        summary = f"Successfully executed action {order.action}"
        if problem:
            summary = f'Failed to execute action {order.action}. Received error: "{problem}"'
        data = {
            "actionState": "Failed" if problem else "Succeeded",
            "stateUpdateTimestamp": stamp(order.alarm.updated_at),
            "notificationResource": order.action,
            "publishedMessage": published,
            "error": problem or None,
        }
        now = self._context.clock.now().timestamp()
        return HistoryItem(order.alarm.arn, order.alarm.kind, now, "Action", summary, json.dumps(data))
