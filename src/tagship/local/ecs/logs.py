"""The awslogs driver: what a container prints, to CloudWatch Logs, each line with its own time."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagship.local.ecs.containers import Containers, EngineRefused
from tagship.local.ecs.log_lines import LineCutter, batches
from tagship.local.ecs.records import Json
from tagship.local.internal import Aws, AwsCallError

FLUSH_SECONDS = 0.3
LAST_WORDS_SECONDS = 10.0
"""How long the end of a container's output is waited for once the container has ended."""


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
        self._shipping: dict[str, asyncio.Task[None]] = {}

    async def open(self, stream: LogStream) -> None:
        """Make the stream, and its group where the options ask for that.

        Raises:
            EngineRefused: ``ResourceInitializationError: failed to validate logger args: …``.
        """
        if stream.create_group:
            await self._unless_there("CreateLogGroup", stream, logGroupName=stream.group)
        try:
            await self._unless_there("CreateLogStream", stream, logGroupName=stream.group, logStreamName=stream.stream)
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

    def follow(self, container: str, stream: LogStream, since: float = 0) -> None:
        """Ship what the container prints after this time."""
        work = self._ship(container, stream, since)
        self._shipping[container] = asyncio.get_running_loop().create_task(work)

    async def finished(self, container: str) -> None:
        """Wait until the last words of an ended container are in the stream."""
        task = self._shipping.pop(container, None)
        if task:
            done, _ = await asyncio.wait({task}, timeout=LAST_WORDS_SECONDS)
            if not done:
                task.cancel()

    def stop(self) -> None:
        """Let go; what was printed meanwhile is fetched when the container is adopted again."""
        for task in self._shipping.values():
            task.cancel()

    async def _ship(self, container: str, stream: LogStream, since: float) -> None:
        chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        lines = self._containers.lines(container, since)
        _pump(lines, chunks, asyncio.get_running_loop())
        cutter, ended = LineCutter(), False
        while not ended:
            gathered = [await chunks.get()]
            await asyncio.sleep(0 if gathered[0] is None else FLUSH_SECONDS)
            while not chunks.empty():
                gathered.append(chunks.get_nowait())
            ended = gathered[-1] is None
            events = [event for chunk in gathered if chunk is not None for event in cutter.feed(chunk)]
            events += cutter.end() if ended else []
            await self._put(stream, [event for event in events if event["timestamp"] > since * 1000])

    async def _put(self, stream: LogStream, events: list[Json]) -> None:
        for batch in batches(events):
            with contextlib.suppress(AwsCallError):
                await self._aws.call(
                    "logs",
                    "PutLogEvents",
                    region=stream.region,
                    logGroupName=stream.group,
                    logStreamName=stream.stream,
                    logEvents=batch,
                )

    async def _unless_there(self, operation: str, stream: LogStream, **params: str) -> None:
        try:
            await self._aws.call("logs", operation, region=stream.region, **params)
        except AwsCallError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise


def _pump(lines: Iterator[bytes], chunks: "asyncio.Queue[bytes | None]", loop: asyncio.AbstractEventLoop) -> None:
    """Read the blocking stream in a thread of its own; None marks its end."""

    def run() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens any more
            for chunk in lines:
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            loop.call_soon_threadsafe(chunks.put_nowait, None)

    threading.Thread(target=run, name="container-log", daemon=True).start()
