"""One connection to a target: its answers are parsed, and told to whoever is waiting for them."""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from seatrial.http.head import ResponseHead, read_response

MAX_RESPONSE_HEAD = 32 * 1024
"""Bytes of all headers of an answer ("Quotas for your Application Load Balancers")."""

_SWITCHING_PROTOCOLS = 101
_INFORMATIONAL = 200


class Receiver(Protocol):
    """Who waits for an answer."""

    head_only: bool

    def answer_began(self, head: ResponseHead) -> None:
        """The status line and the headers are here."""

    def answer_body(self, data: bytes) -> None:
        """Some of the body, chunks taken apart."""

    def answer_read(self) -> None:
        """All that had arrived has been told; time to write."""

    def answer_complete(self, *, reusable: bool) -> None:
        """The answer is complete; the connection may carry another request if ``reusable``."""

    def switched(self, rest: bytes) -> None:
        """The target has switched protocols; these are its first bytes."""

    def tunnelled(self, data: bytes) -> None:
        """Bytes after a switch."""

    def target_lost(self) -> None:
        """The target has closed, or sent what is not HTTP, before the answer was complete."""

    def target_writable(self, *, writable: bool) -> None:
        """The target takes no more for now, or takes more again."""


class TargetConnection(asyncio.Protocol):
    """A connection to a target.

    Args:
        closed: told once, when the connection is gone.
    """

    def __init__(self, closed: Callable[["TargetConnection"], None]) -> None:
        self._closed = closed
        self._transport: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._tunnel = self._paused = False
        self.idle_since = 0.0
        self.used = False
        self._complete = False
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._new_parser()

    def begin(self, receiver: Receiver) -> None:
        """From now on, answers belong to this receiver."""
        self._receiver = receiver

    def write(self, data: bytes) -> None:
        """Send to the target."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Let go of the target; nobody is told of anything any more."""
        self._receiver = None
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read nothing until ``resume``: the client is slow."""
        if self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    @property
    def alive(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """The target has sent something."""
        receiver = self._receiver
        if receiver is None:
            self.close()  # An answer that nobody asked for.
        elif self._tunnel:
            receiver.tunnelled(data)
        else:
            self._parse(receiver, data)

    def pause_writing(self) -> None:
        """The target takes no more for now."""
        if self._receiver is not None:
            self._receiver.target_writable(writable=False)

    def resume_writing(self) -> None:
        """The target takes more again."""
        if self._receiver is not None:
            self._receiver.target_writable(writable=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """The target is gone; for an answer without a length, that is its end."""
        receiver, self._receiver, self._transport = self._receiver, None, None
        self._closed(self)
        if receiver is not None:
            if self._until_close and exc is None:
                receiver.answer_complete(reusable=False)
            else:
                receiver.target_lost()

    # What the parser tells.

    def on_message_begin(self) -> None:
        """A status line begins; one that comes after a complete answer is not trusted."""
        self._surplus = self._complete
        self._in_head, self._head_bytes = True, 0
        self._reason = b""
        self._headers = []

    def on_status(self, status: bytes) -> None:
        """Some of the words after the status code."""
        self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is complete."""
        receiver, status = self._receiver, self._parser.get_status_code()
        self._in_head, self._head_bytes = False, sum(len(name) + len(value) + 4 for name, value in self._headers)
        self._informational = status < _INFORMATIONAL and status != _SWITCHING_PROTOCOLS
        if receiver is None or self._surplus or self._informational:
            return
        if self._head_bytes > MAX_RESPONSE_HEAD:
            self._complete = True  # What follows is told to nobody.
            return
        head = read_response(status, self._reason, self._headers)
        bodyless = receiver.head_only or status in {204, 304} or status < _INFORMATIONAL
        self._until_close = not (bodyless or head.chunked or head.length is not None)
        receiver.answer_began(head)
        if receiver.head_only and status != _SWITCHING_PROTOCOLS:
            # The parser does not know that a HEAD was asked, and would wait for the body.
            self._reusable = self._parser.should_keep_alive()
            self._complete = True

    def on_body(self, data: bytes) -> None:
        """Some of the body."""
        if self._receiver is not None and not self._complete:
            self._receiver.answer_body(data)

    def on_message_complete(self) -> None:
        """The answer is complete, unless it was an informational one."""
        if self._informational or self._complete:
            return
        self._complete = True
        self._reusable = self._parser.should_keep_alive()

    def _parse(self, receiver: Receiver, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._switch(receiver, data[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._fail(receiver)
            return
        if self._receiver is not receiver:
            return  # The receiver has let go in the meantime.
        self._head_bytes += len(data) if self._in_head else 0
        if self._head_bytes > MAX_RESPONSE_HEAD:
            self._fail(receiver)
        elif self._complete:
            self._finish(receiver)
        else:
            receiver.answer_read()

    def _switch(self, receiver: Receiver, rest: bytes) -> None:
        """A 101 is here; one that nobody asked for was refused with the head already."""
        if self._head_bytes > MAX_RESPONSE_HEAD:
            self._fail(receiver)
        elif self._surplus:
            self._finish(receiver)
        elif self._receiver is receiver:
            self._tunnel = True
            receiver.switched(rest)

    def _finish(self, receiver: Receiver) -> None:
        reusable = self._reusable and not self._surplus
        self._receiver = None
        if receiver.head_only:
            self._new_parser()
        self._complete = self._until_close = False
        receiver.answer_complete(reusable=reusable)

    def _fail(self, receiver: Receiver) -> None:
        self.close()
        receiver.target_lost()

    def _new_parser(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._complete = self._surplus = self._informational = self._until_close = self._reusable = False
        self._in_head, self._head_bytes = True, 0
