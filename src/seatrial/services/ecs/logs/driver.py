"""The awslogs driver: what a container prints, to CloudWatch Logs, each line with its own time."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.ecs.containers.docker import Containers, EngineRefused
from seatrial.services.ecs.logs.backlog import Backlog
from seatrial.services.ecs.logs.lines import batches
from seatrial.services.ecs.records import Json

FLUSH_SECONDS = 0.3
AT_ONCE = 250
"""Events in one call: 10,000, which AWS would take, keep everybody else from the event loop for half a second, and a
request has several turns on it before it is answered."""
SILENCE_SECONDS = 10.0
"""An ended container's output is given up when nothing more of it was read or shipped for so long."""
RETRY_SECONDS = 0.5
"""Seconds until events are sent again that CloudWatch Logs could not take, because the disk is full, say."""
INTERNAL_ERROR = 500


@dataclass(frozen=True)
class LogStream:
    """Where a container's lines go."""

    group: str
    stream: str
    region: str
    create_group: bool


def stream_of(definition: Mapping[str, Any], task_id: str, region: str) -> LogStream | None:
    """The stream ``PREFIX/CONTAINER/TASK-ID``; None where awslogs is not used. ``region`` is the task's."""
    driver = definition.get("logConfiguration") or {}
    if driver.get("logDriver") != "awslogs":
        return None
    options = driver.get("options") or {}
    prefix = options.get("awslogs-stream-prefix")
    name = f"{prefix}/{definition['name']}/{task_id}" if prefix else task_id
    create = options.get("awslogs-create-group") == "true"
    return LogStream(options.get("awslogs-group", ""), name, options.get("awslogs-region", region), create)


def refused_stream(error: AwsCallError) -> EngineRefused:
    """A stream that cannot be made, in ECS's words."""
    return EngineRefused(
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        f"failed to create Cloudwatch log stream: {error.code}: {error.message} : exit status 1"
    )


class LogShipper:
    """Makes streams and fills them."""

    def __init__(self, aws: Aws, containers: Containers) -> None:
        self._aws = aws
        self._containers = containers
        self._shipping: dict[str, tuple[asyncio.Task[None], Backlog]] = {}
        self._shipped = 0

    async def open(self, stream: LogStream, aws: Aws | None = None) -> None:
        """Make the stream, and its group where the options ask for that.

        Args:
            stream: the stream to be made.
            aws: the embedded AWS as the execution role calls it; None where the account itself does.

        Raises:
            EngineRefused: ``ResourceInitializationError: failed to validate logger args: …``.
        """
        by = aws or self._aws
        try:
            if stream.create_group:
                await _unless_there(by, "CreateLogGroup", stream, logGroupName=stream.group)
            await _unless_there(by, "CreateLogStream", stream, logGroupName=stream.group, logStreamName=stream.stream)
        except AwsCallError as error:
            raise refused_stream(error) from error

    async def resume_after(self, stream: LogStream) -> float:
        """The time of the last line that the stream has, in seconds; 0 where it has none."""
        try:
            answer = await self._aws.call(
                "logs",
                "DescribeLogStreams",
                region=stream.region,
                logGroupName=stream.group,
                logStreamNamePrefix=stream.stream,
            )
        except AwsCallError:
            return 0
        last = [item.get("lastEventTimestamp") or 0 for item in answer.get("logStreams", ())]
        return max(last, default=0) / 1000

    def follow(self, container: str, stream: LogStream, since: float = 0, *, aws: Aws | None = None) -> None:
        """Ship what the container prints after this time; ``aws`` as in ``open``."""
        backlog = Backlog()
        work = asyncio.get_running_loop().create_task(self._ship(backlog, stream, since, aws or self._aws))
        self._shipping[container] = (work, backlog)
        reading = (self._containers.lines(container, since),)
        threading.Thread(target=backlog.fill, args=reading, name="container-log", daemon=True).start()

    async def finished(self, container: str) -> None:
        """Wait until the last words of an ended container are in the stream: for as long as any come."""
        work, backlog = self._shipping.pop(container, (None, None))
        while work and backlog and not work.done():
            before = (backlog.read, self._shipped)
            await asyncio.wait({work}, timeout=SILENCE_SECONDS)
            if not work.done() and before == (backlog.read, self._shipped):
                work.cancel()
                backlog.close()
                return

    def stop(self) -> None:
        """Let go; what was printed meanwhile is fetched when the container is adopted again."""
        for work, backlog in self._shipping.values():
            work.cancel()
            backlog.close()

    async def _ship(self, backlog: Backlog, stream: LogStream, since: float, aws: Aws) -> None:
        ended = False
        while not ended:
            events, ended = await backlog.take()
            await self._put(aws, stream, [event for event in events if event["timestamp"] > round(since * 1000)])
            # A line a call would be most of the work; what comes within this time goes together.
            await asyncio.sleep(0 if ended else FLUSH_SECONDS)

    async def _put(self, aws: Aws, stream: LogStream, events: list[Json]) -> None:
        for batch in batches(events, AT_ONCE):
            while not await _try_put(aws, stream, batch):  # noqa: ASYNC110 - nobody tells when there is room
                await asyncio.sleep(RETRY_SECONDS)
            self._shipped += len(batch)
            # A call in process comes back without giving up the loop; everybody else has a turn between two.
            await asyncio.sleep(0)


async def _try_put(aws: Aws, stream: LogStream, batch: list[Json]) -> bool:
    """Whether nothing more can be done for these: what is refused for good is dropped, as AWS's driver does."""
    try:
        await aws.call(
            "logs",
            "PutLogEvents",
            region=stream.region,
            logGroupName=stream.group,
            logStreamName=stream.stream,
            logEvents=batch,
        )
    except AwsCallError as error:
        return error.status < INTERNAL_ERROR
    return True


async def _unless_there(aws: Aws, operation: str, stream: LogStream, **params: str) -> None:
    try:
        await aws.call("logs", operation, region=stream.region, **params)
    except AwsCallError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise
