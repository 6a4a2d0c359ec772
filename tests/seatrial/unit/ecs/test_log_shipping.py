"""What a container printed is in its stream when the container is gone: all of it, whatever came before."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.containers.fakes import FakeContainers
from seatrial.services.ecs.containers.log_frames import STDOUT, Message
from seatrial.services.ecs.logs.backlog import Backlog
from seatrial.services.ecs.logs.driver import AT_ONCE, LogShipper, LogStream

STAMP = b"2026-11-23T09:22:01.123456789Z "
STREAM = LogStream("/shop", "web/app/1", "eu-west-1", create_group=False)


def messages(count: int) -> list[Message]:
    return [(STDOUT, STAMP + b"line %d\n" % number) for number in range(count)]


class Printing(FakeContainers):
    """A container that prints."""

    def __init__(self, output: list[list[Message]]) -> None:
        super().__init__()
        self.output = output

    def lines(self, container: str, since: float) -> Iterator[list[Message]]:  # noqa: ARG002 - the shape of the real one
        return iter(self.output)


class Logs:
    """CloudWatch Logs; ``refusals`` are answered first."""

    def __init__(self, *refusals: AwsCallError) -> None:
        self.refusals = list(refusals)
        self.stream: list[str] = []
        self.turns: list[int] = []
        self.others = 0

    async def call(self, *_: str, region: str | None = None, **params: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002 - AWS's
        self.turns.append(self.others)
        if self.refusals:
            raise self.refusals.pop(0)
        self.stream += [event["message"] for event in params["logEvents"]]
        return {}


async def shipped(logs: Logs, output: list[list[Message]]) -> list[str]:
    shipper = LogShipper(logs, Printing(output))
    shipper.follow("c1", STREAM)
    await shipper.finished("c1")
    return logs.stream


async def test_the_last_words_of_a_burst_arrive() -> None:
    burst = messages(50_001)
    read = await shipped(Logs(), [burst[at : at + 100] for at in range(0, len(burst), 100)])
    assert (len(read), read[-1]) == (50_001, "line 50000")


async def test_everybody_else_has_a_turn_between_two_calls_of_a_burst() -> None:
    logs = Logs()

    async def other() -> None:
        while True:
            logs.others += 1
            await asyncio.sleep(0)

    working = asyncio.ensure_future(other())
    await shipped(logs, [messages(3 * AT_ONCE)])
    working.cancel()
    assert len(set(logs.turns)) == len(logs.turns) == 3


async def test_events_that_cannot_be_kept_now_are_sent_again() -> None:
    full = AwsCallError("ServiceUnavailableException", "no space", 503)
    assert await shipped(Logs(full), [messages(2)]) == ["line 0", "line 1"]


async def test_events_that_are_refused_for_good_are_dropped() -> None:
    gone = AwsCallError("ResourceNotFoundException", "The specified log group does not exist.")
    assert await shipped(Logs(gone), [messages(2)]) == []


async def test_a_reader_waits_while_too_much_is_unshipped() -> None:
    backlog = Backlog(most=1000)
    read: list[int] = []

    def output() -> Iterator[list[Message]]:
        for number, message in enumerate(messages(1000)):
            read.append(number)
            yield [message]

    reading = threading.Thread(target=backlog.fill, args=(output(),), daemon=True)
    reading.start()
    taken: list[dict[str, Any]] = []
    ended = False
    while not ended:
        before = len(taken)
        events, ended = await backlog.take()
        taken += events
        assert len(taken) - before <= 1000 // len(STAMP) + 1
    assert [event["message"] for event in taken] == [f"line {number}" for number in range(1000)]


async def test_a_backlog_that_is_full_of_what_makes_no_event_is_emptied_all_the_same() -> None:
    backlog = Backlog(most=1000)
    bare = [[(STDOUT, STAMP + b"\n")]] * 100
    reading = threading.Thread(target=backlog.fill, args=(iter(bare),), daemon=True)
    reading.start()
    ended = False
    while not ended:
        _, ended = await asyncio.wait_for(backlog.take(), 10)
    assert backlog.read == 100 * (len(STAMP) + 1)


async def test_a_reader_that_nobody_listens_to_ends() -> None:
    backlog = Backlog(most=10)
    reading = threading.Thread(target=backlog.fill, args=(iter([messages(1)] * 100),), daemon=True)
    reading.start()
    await backlog.take()
    backlog.close()
    await asyncio.to_thread(reading.join, 5)
    assert not reading.is_alive()


async def test_a_stream_that_breaks_still_ships_what_was_read() -> None:
    def broken() -> Iterator[list[Message]]:
        yield messages(1)
        raise ConnectionError

    backlog = Backlog()
    with pytest.raises(ConnectionError):
        await asyncio.to_thread(backlog.fill, broken())
    events, ended = await backlog.take()
    assert ([event["message"] for event in events], ended) == (["line 0"], True)
