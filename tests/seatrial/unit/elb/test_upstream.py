"""A target that switches protocols unasked does not get through, and breaks nothing."""

import asyncio
from typing import Any

from seatrial.http.head import ResponseHead
from seatrial.http.upstream import TargetConnection

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nfirst bytes"


class Transport(asyncio.Transport):
    """Takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted


class Waiting:
    """Waits for an answer; ``refuses`` it as soon as its head is here."""

    head_only = False

    def __init__(self, connection: TargetConnection, *, refuses: bool = False) -> None:
        self.connection, self.refuses = connection, refuses
        self.told: list[Any] = []

    def answer_began(self, head: ResponseHead) -> None:
        self.told.append(head.status)
        if self.refuses:
            self.connection.close()

    def answer_body(self, data: bytes) -> None:
        self.told.append(data)

    def answer_read(self) -> None:
        """Nothing to write."""

    def answer_complete(self, *, reusable: bool) -> None:
        self.told.append("reusable" if reusable else "complete")

    def switched(self, rest: bytes) -> None:
        self.told.append(("switched", rest))

    def tunnelled(self, data: bytes) -> None:
        self.told.append(("tunnelled", data))

    def target_lost(self) -> None:
        self.told.append("lost")

    def target_writable(self, *, writable: bool) -> None:
        """Nothing to hold back."""


def asked(*, refuses: bool = False) -> Waiting:
    connection = TargetConnection(lambda _: None)
    connection.connection_made(Transport())
    waiting = Waiting(connection, refuses=refuses)
    connection.begin(waiting)
    return waiting


def test_a_switch_that_was_refused_is_no_tunnel() -> None:
    waiting = asked(refuses=True)
    waiting.connection.data_received(SWITCH)
    assert waiting.told == [101]
    assert not waiting.connection.alive


def test_a_switch_behind_a_complete_answer_is_no_tunnel_and_the_connection_is_not_used_again() -> None:
    waiting = asked()
    waiting.connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" + SWITCH)
    assert waiting.told == [200, b"hi", "complete"]


def test_a_switch_that_was_asked_for_is_a_tunnel() -> None:
    waiting = asked()
    waiting.connection.data_received(SWITCH)
    waiting.connection.data_received(b"more")
    assert waiting.told == [101, ("switched", b"first bytes"), ("tunnelled", b"more")]
