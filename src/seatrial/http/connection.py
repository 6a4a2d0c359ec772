"""One connection of a client: its requests are answered one after the other."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any, cast

from seatrial.http.client import Answering, Answers, ClientInfo, Endpoint
from seatrial.http.request_reader import RequestReader
from seatrial.http.types import Peer


class ClientConnection(asyncio.Protocol):
    """A connection of a client; a ``Client`` of the exchanges on it.

    Args:
        endpoint: where it came to.
        answers: gives whoever answers each request.
        opened: told once, when the connection stands, a TLS handshake included.
        closed: told once, when the connection is gone.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        answers: Answers,
        opened: Callable[["ClientConnection"], None],
        closed: Callable[["ClientConnection"], None],
    ) -> None:
        self.writable = True
        self.sent = 0
        self._peer: Peer | None = None
        self._endpoint, self._answers = endpoint, answers
        self._opened, self._closed = opened, closed
        self._counters = endpoint.counters
        self._transport: asyncio.Transport | None = None
        self._reader = RequestReader(self._open)
        self._exchanges: deque[Answering] = deque()
        self._tunnel: Answering | None = None
        self._closing = self._held_back = self._waits = self._advancing = False
        self._touched = endpoint.clock.now

    # What an exchange says.

    @property
    def peer(self) -> Peer:
        """The client's end of the connection."""
        if self._peer is None:
            self._peer = peer_of(self._transport, self._endpoint.server_names)
        return self._peer

    def write(self, data: bytes) -> None:
        """Send to the client."""
        if self._transport is not None:
            length = len(data)
            self.sent += length
            self._counters.sent_bytes += length
            self._transport.write(data)

    def hold_back(self, *, reading: bool) -> None:
        """Read no more from the client, or go on."""
        if self._held_back == reading:
            self._held_back = not reading
            self._read_or_wait()

    def exchange_done(self, *, keep_alive: bool) -> None:
        """The first exchange is over: on with the next one."""
        self._exchanges.popleft()
        self._touched = self._endpoint.clock.now
        if not keep_alive:
            self._exchanges.clear()
            self.close()
            return
        self._held_back = False
        self._reader.go_on()
        if self._exchanges or self._waits:
            self._advance()

    def tunnel(self) -> None:
        """From now on, bytes pass as they are."""
        self._tunnel = self._exchanges[0]
        if kept := self._reader.take_kept():
            self._tunnel.raw(kept)
        self._read_or_wait()

    def close(self) -> None:
        """Close; what was written still goes out."""
        self._closing = True
        if self._transport is not None:
            self._transport.close()

    # What the listener says.

    def sweep(self) -> None:
        """Close what nothing has moved on for the idle timeout."""
        now = self._endpoint.clock.now
        if self._exchanges:
            first = self._exchanges[0]
            if first.touched < now - first.patience:
                first.too_late()
        elif self._touched < now - self._endpoint.idle_timeout:
            (self.abort if self._closing else self.close)()

    def finish(self) -> None:
        """The listener is gone: close now, or after the answer that is under way."""
        if self._exchanges:
            self._exchanges[0].keep_alive = False
        else:
            self.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)
        self._opened(self)
        self._counters.new_connections += 1
        self._reader.address = (transport.get_extra_info("peername") or ("127.0.0.1",))[0]

    def data_received(self, data: bytes) -> None:
        """The client has sent something."""
        self._counters.received_bytes += len(data)
        if self._tunnel is not None:
            self._tunnel.raw(data)
        elif not self._closing:
            self._touched = self._endpoint.clock.now
            self._reader.feed(data)
            self._advance()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        self.writable = False
        if self._exchanges:
            self._exchanges[0].client_writable(writable=False)

    def resume_writing(self) -> None:
        """The client takes more again."""
        self.writable = True
        if self._exchanges:
            self._exchanges[0].client_writable(writable=True)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape
        """The client is gone."""
        self._transport = None
        self._closing = True
        gone = [*self._exchanges]
        self._exchanges.clear()
        for exchange in gone:
            exchange.client_gone()
        self._closed(self)

    # How it is done.

    def _open(self, method: bytes, target: bytes, client_info: ClientInfo) -> Answering:
        exchange = self._answers(self, method, target, client_info)
        self._exchanges.append(exchange)
        return exchange

    def _advance(self) -> None:
        """Send what has come for the first exchange, or begin it; a loop, because an exchange may end at once."""
        if self._advancing:
            return
        self._advancing = True
        if self._exchanges and self._exchanges[0].started:
            self._exchanges[0].flush()
        while self._exchanges and not self._exchanges[0].started:
            self._exchanges[0].begin()
        self._advancing = False
        self._read_or_wait()

    def _read_or_wait(self) -> None:
        waits = self._held_back or len(self._exchanges) > 1 or self._reader.kept is not None
        if waits != self._waits and self._transport is not None and not self._transport.is_closing():
            self._waits = waits
            if waits:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()


def peer_of(transport: asyncio.BaseTransport | None, server_names: Mapping[Any, str]) -> Peer:
    """What is known of the other end.

    Args:
        transport: None where it is gone.
        server_names: which names were asked for in TLS handshakes.
    """
    if transport is None:
        return Peer("-", 0, "TID_" + token_hex(8))
    address, port = (transport.get_extra_info("peername") or ("127.0.0.1", 0))[:2]
    tls = transport.get_extra_info("ssl_object")
    cipher = tls.cipher() if tls else None
    if not cipher:
        return Peer(address, port, "TID_" + token_hex(8))
    return Peer(address, port, "TID_" + token_hex(8), cipher[0], tls.version() or "", server_names.get(tls, ""))
