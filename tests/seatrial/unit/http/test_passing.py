"""A request goes to a target and its answer back, again where that is safe, and its route is told of it."""

import asyncio
import gc
import weakref
from dataclasses import dataclass, field

import pytest

from seatrial.ground.fakes import ManualClock
from seatrial.http.client import ClientInfo
from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.head import ResponseHead, read_request
from seatrial.http.passing import Passing
from seatrial.http.pool import Pool
from seatrial.http.route import Passage, Route
from seatrial.http.types import Peer
from seatrial.http.upstream import TargetConnection

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.closed = b"", False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """It is a fake."""

    def resume_reading(self) -> None:
        """It is a fake."""


@dataclass
class FakeClient:
    """The client's connection."""

    writable: bool = True
    sent: int = 0
    written: bytes = b""
    told: list[str] = field(default_factory=list)
    peer: Peer = field(default_factory=lambda: Peer("127.0.0.1", 1))

    def write(self, data: bytes) -> None:
        self.written += data
        self.sent += len(data)

    def hold_back(self, *, reading: bool) -> None:
        """It reads on."""

    def exchange_done(self, *, keep_alive: bool) -> None:
        self.told.append("kept" if keep_alive else "not kept")

    def tunnel(self) -> None:
        self.told.append("tunnel")

    def close(self) -> None:
        self.told.append("closed")


class Targets(Pool):
    """Connections to one target: those kept from before, then new ones, until it refuses them."""

    def __init__(self, clock: CoarseClock, *, kept: int = 0, refuses: type[OSError] | None = None) -> None:
        super().__init__(clock)
        self.wires: list[Wire] = []
        self.connections_made: list[TargetConnection] = []
        self._refuses = refuses
        for _ in range(kept):
            self.release(self._new(), reusable=True)

    async def connect(self) -> TargetConnection:
        if self._refuses:
            raise self._refuses
        return self._new()

    def _new(self) -> TargetConnection:
        connection, wire = TargetConnection(self._gone), Wire()
        connection.connection_made(wire)
        self.wires.append(wire)
        self.connections_made.append(connection)
        return connection


class Way(Route):
    """Asks one pool, or answers itself where there is none."""

    def __init__(self, clock: CoarseClock, pool: Pool | None) -> None:
        self.clock, self._pool = clock, pool
        self.told: list[object] = []

    def decide(self, passage: Passage) -> None:
        if self._pool is not None:
            passage.ask(self._pool, b"HEAD OF THE REQUEST\r\n\r\n")
        else:
            passage.respond(b"own head;", b"own body")

    def head_for_client(self, head: ResponseHead, *, chunked: bool, keep_alive: bool) -> bytes:
        marks = b" chunked" * chunked + b" close" * (not keep_alive)
        return b"%d%b;" % (head.status, marks)

    def error(self, status: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        return b"error %d%b" % (status, b" close" * (not keep_alive)), b""

    def again(self, pool: Pool) -> Pool:
        self.told.append("again")
        return pool

    def connected(self) -> None:
        self.told.append("connected")

    def not_connected(self) -> None:
        self.told.append("not connected")

    def client_left(self) -> None:
        self.told.append("client left")

    def ended(self, *, sent: int, sent_at: float) -> None:
        self.told.append(("ended", sent, sent_at > 0))


@pytest.fixture
def clock() -> CoarseClock:
    return CoarseClock(ManualClock())


def begun(way: Way, method: bytes = b"GET", body: bytes = b"") -> tuple[Passing, FakeClient]:
    client = FakeClient()
    headers = [(b"Host", b"x"), (b"Content-Length", b"%d" % len(body))]
    passing = Passing(client, read_request(method, b"/", headers), ClientInfo("127.0.0.1", "1.1", headers), way)
    if body:
        passing.request_body(body)
    passing.request_end()
    passing.begin()
    return passing, client


async def test_a_request_is_answered_by_its_target_and_the_connection_is_kept(clock: CoarseClock) -> None:
    pool = Targets(clock, kept=1)
    way = Way(clock, pool)
    _, client = begun(way, b"POST", b"body")
    assert pool.wires[0].written == b"HEAD OF THE REQUEST\r\n\r\nbody"
    pool.connections_made[0].data_received(OK)
    assert (client.written, client.told) == (b"200;ok", ["kept"])
    assert way.told == [("ended", 6, True)]
    assert pool.take(repeatable=True) is pool.connections_made[0]


async def test_a_request_that_may_be_sent_twice_is_sent_again_whole_where_a_kept_connection_closes(
    clock: CoarseClock,
) -> None:
    pool = Targets(clock, kept=1)
    way = Way(clock, pool)
    _, client = begun(way, b"PUT", b"body")
    pool.connections_made[0].connection_lost(None)
    await asyncio.sleep(0)
    assert pool.wires[1].written == b"HEAD OF THE REQUEST\r\n\r\nbody"
    pool.connections_made[1].data_received(OK)
    assert (client.written, way.told[:2]) == (b"200;ok", ["again", "connected"])


@pytest.mark.parametrize("method", [b"POST", b"PATCH"])
async def test_a_request_that_may_have_been_acted_on_is_not_sent_again(clock: CoarseClock, method: bytes) -> None:
    pool = Targets(clock, kept=1)
    _, client = begun(Way(clock, pool), method, b"body")
    pool.connections_made[0].connection_lost(None)
    assert (client.written, len(pool.wires)) == (b"error 502", 1)


async def test_it_is_sent_again_once_and_never_on_a_connection_that_is_new(clock: CoarseClock) -> None:
    pool = Targets(clock, kept=1)
    _, client = begun(Way(clock, pool))
    pool.connections_made[0].connection_lost(None)
    await asyncio.sleep(0)
    pool.connections_made[1].connection_lost(None)
    assert (client.written, len(pool.wires)) == (b"error 502", 2)


async def test_a_target_whose_time_is_over_is_not_asked_again(clock: CoarseClock) -> None:
    pool = Targets(clock, kept=1)
    _, client = begun(Way(clock, pool))
    pool.abandon()
    assert (client.written, len(pool.wires)) == (b"error 502", 1)


async def test_an_answer_that_breaks_off_is_not_completed_by_anything_else(clock: CoarseClock) -> None:
    pool = Targets(clock, kept=1)
    way = Way(clock, pool)
    _, client = begun(way)
    pool.connections_made[0].data_received(OK[:-1])
    pool.connections_made[0].connection_lost(None)
    assert (client.written, client.told) == (b"200;o", ["closed"])
    assert way.told == [("ended", 5, True)]


@pytest.mark.parametrize(("why", "status"), [(TimeoutError, 504), (ConnectionRefusedError, 502)])
async def test_a_target_that_cannot_be_reached_is_an_error_page(
    clock: CoarseClock, why: type[OSError], status: int
) -> None:
    way = Way(clock, Targets(clock, refuses=why))
    _, client = begun(way)
    await asyncio.sleep(0)
    assert (client.written, way.told) == (b"error %d" % status, ["not connected", ("ended", 9, False)])


async def test_what_the_route_answers_itself_asks_nobody(clock: CoarseClock) -> None:
    _, client = begun(Way(clock, None))
    assert (client.written, client.told) == (b"own head;own body", ["kept"])


async def test_a_client_that_leaves_before_its_answer_is_told_of_once(clock: CoarseClock) -> None:
    pool = Targets(clock)
    way = Way(clock, pool)
    passing, _ = begun(way)
    await asyncio.sleep(0)
    passing.client_gone()
    passing.client_gone()
    assert way.told == ["connected", "client left", ("ended", 0, True)]
    assert pool.wires[0].closed


async def test_neither_a_request_nor_its_route_waits_for_the_garbage_collector(clock: CoarseClock) -> None:
    pool = Targets(clock, kept=1)
    gc.disable()
    try:
        way = Way(clock, pool)
        passing, _ = begun(way)
        pool.connections_made[0].data_received(OK)
        gone = [weakref.ref(each) for each in (passing, way)]
        del passing, way
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()
