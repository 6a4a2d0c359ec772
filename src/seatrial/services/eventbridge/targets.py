"""Sends one payload to one target: a function, a topic, a queue, or a log group."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from seatrial.core.internal import Aws, AwsCallError
from seatrial.ground.clock import Clock

_log = logging.getLogger("seatrial")


@dataclass(frozen=True)
class Delivery:
    """A payload on its way.

    Args:
        target: the target of ``ListTargetsByRule``: its ``Arn``, ``SqsParameters``, ``DeadLetterConfig``.
        payload: what it is sent.
        region: the region of the event.
        event_id: names it in the log.
    """

    target: Mapping[str, Any]
    payload: str
    region: str
    event_id: str

    @property
    def arn(self) -> str:
        """The target's."""
        return str(self.target["Arn"])


class Targets:
    """Sends payloads."""

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._unknown: set[str] = set()
        self._streams: dict[str, str] = {}
        self._senders: dict[str, Callable[[Delivery], Awaitable[None]]] = {
            "lambda": self._invoke,
            "sns": self._publish,
            "sqs": self._queue,
            "logs": self._log,
        }

    def supports(self, arn: str) -> bool:
        """Whether such a target is delivered to; one that is not is named in the log once."""
        if _service(arn) in self._senders:
            return True
        if arn not in self._unknown:
            self._unknown.add(arn)
            _log.warning("Events of AWS's services are not delivered to targets like %s.", arn)
        return False

    async def send(self, delivery: Delivery) -> None:
        """Send it.

        Raises:
            AwsCallError: the target refuses it.
        """
        await self._senders[_service(delivery.arn)](delivery)

    async def send_to_dead_letter_queue(self, delivery: Delivery, error: AwsCallError) -> None:
        """Give up: into the target's dead-letter queue, where it has one."""
        _log.warning("Event %s could not be delivered to %s: %s", delivery.event_id, delivery.arn, error)
        if queue := (delivery.target.get("DeadLetterConfig") or {}).get("Arn"):
            attributes = {"ERROR_CODE": error.code, "ERROR_MESSAGE": error.message, "TARGET_ARN": delivery.arn}
            await self._aws.call(
                "sqs",
                "SendMessage",
                region=_region(queue),
                QueueUrl=await self._queue_url(queue),
                MessageBody=delivery.payload,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value or "-"} for name, value in attributes.items()
                },
            )

    async def _invoke(self, delivery: Delivery) -> None:
        await self._aws.call(
            "lambda",
            "Invoke",
            region=_region(delivery.arn),
            FunctionName=delivery.arn,
            InvocationType="Event",
            Payload=delivery.payload.encode(),
        )

    async def _publish(self, delivery: Delivery) -> None:
        region = _region(delivery.arn)
        await self._aws.call("sns", "Publish", region=region, TopicArn=delivery.arn, Message=delivery.payload)

    async def _queue(self, delivery: Delivery) -> None:
        group = (delivery.target.get("SqsParameters") or {}).get("MessageGroupId")
        # A FIFO queue takes out what comes twice; EventBridge asks for content-based deduplication, and so the
        # event's id is all that is needed where a queue has none.
        fifo = {"MessageGroupId": group, "MessageDeduplicationId": delivery.event_id} if group else {}
        await self._aws.call(
            "sqs",
            "SendMessage",
            region=_region(delivery.arn),
            QueueUrl=await self._queue_url(delivery.arn),
            MessageBody=delivery.payload,
            **fifo,
        )

    async def _queue_url(self, arn: str) -> str:
        name = arn.rpartition(":")[2]
        answer = await self._aws.call("sqs", "GetQueueUrl", region=_region(arn), QueueName=name)
        return str(answer["QueueUrl"])

    async def _log(self, delivery: Delivery) -> None:
        region, group = _region(delivery.arn), delivery.arn.split(":log-group:", 1)[1].removesuffix(":*")
        moment = int(self._clock.now().timestamp() * 1000)
        await self._aws.call(
            "logs",
            "PutLogEvents",
            region=region,
            logGroupName=group,
            logStreamName=await self._stream(region, group),
            logEvents=[{"timestamp": moment, "message": delivery.payload}],
        )

    async def _stream(self, region: str, group: str) -> str:
        key = f"{region}:{group}"
        if key not in self._streams:
            name = str(uuid4())
            await self._aws.call("logs", "CreateLogStream", region=region, logGroupName=group, logStreamName=name)
            self._streams[key] = name
        return self._streams[key]


def _service(arn: str) -> str:
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""  # noqa: PLR2004 - arn:aws:SERVICE:REGION:ACCOUNT:NAME
    return "" if service == "logs" and ":log-group:" not in arn else service


def _region(arn: str) -> str:
    return arn.split(":")[3]
