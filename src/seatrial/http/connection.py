"""One connection of a client: requests are parsed, and answered one after the other."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any, cast

import httptools

from seatrial.http.client import Answering, Answers, ClientInfo, Endpoint
from seatrial.http.types import MAX_HEAD, Peer, origin_form


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
        self._address = ""
        self._exchanges: deque[Answering] = deque()
        self._asking: Answering | None = None  # whose request is being read
        self._tunnel: Answering | None = None
        self._kept: bytes | None = None  # what came after a request to switch protocols
        self._closing = self._held_back = self._waits = self._advancing = False
        self._touched = endpoint.clock.now
        self._new_parser()

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
        kept, self._kept = self._kept, None
        if kept is not None:
            self._new_parser()
            self._parse(kept)
        if self._exchanges or self._waits:
            self._advance()

    def tunnel(self) -> None:
        """From now on, bytes pass as they are."""
        self._tunnel = self._exchanges[0]
        kept, self._kept = self._kept, None
        if kept:
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
        self._address = (transport.get_extra_info("peername") or ("127.0.0.1",))[0]

    def data_received(self, data: bytes) -> None:
        """The client has sent something."""
        self._counters.received_bytes += len(data)
        if self._tunnel is not None:
            self._tunnel.raw(data)
        elif self._kept is not None:
            self._kept += data
        elif not self._closing:
            self._touched = self._endpoint.clock.now
            self._parse(data)
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

    # What the parser tells.

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._in_head = True

    def on_url(self, target: bytes) -> None:
        """Some of the request target."""
        self._target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._in_head, self._head_bytes = False, 0
        parser = self._parser
        upgrade = False
        if parser.should_upgrade():
            upgrade = self._upgrades_to(b"websocket")
            if self._upgrades_to(b"h2c"):
                self._again = self._without_upgrade()
                return
        self._open(parser.get_method(), ClientInfo(self._address, parser.get_http_version(), self._headers, upgrade))

    def on_body(self, data: bytes) -> None:
        """Some of the body."""
        if self._asking is not None:
            self._asking.request_body(data)

    def on_message_complete(self) -> None:
        """The request is complete."""
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.request_end()

    # How it is done.

    def _open(self, method: bytes, client_info: ClientInfo) -> None:
        self._asking = self._answers(self, method, origin_form(self._target), client_info)
        self._exchanges.append(self._asking)

    def _advance(self) -> None:
        """Begin the first exchange, and send what there is to send; a loop, because an exchange may end at once."""
        if self._advancing:
            return
        self._advancing = True
        while self._exchanges and not self._exchanges[0].started:
            first = self._exchanges[0]
            first.begin()
        self._advancing = False
        if self._exchanges:
            self._exchanges[0].flush()
        self._read_or_wait()

    def _parse(self, data: bytes) -> None:
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._after_upgrade(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._refuse(400)
            return
        if not self._in_head:
            self._head_bytes = 0
        elif self._head_bytes > 2 * MAX_HEAD:
            self._refuse(400)

    def _refuse(self, status: int) -> None:
        """What comes is not HTTP, or has no end: say so after the answers before it, and listen no more."""
        if self._asking is not None:  # In the middle of a body; its head has gone to the target already.
            self._asking.refuse(status)
            self._asking = None
            return
        self._closing = True
        self._headers = []
        self._target = b"/"
        self._open(b"GET", ClientInfo(self._address, "1.1", [], refused=status))
        self._asking = None

    def _read_or_wait(self) -> None:
        waits = self._held_back or len(self._exchanges) > 1 or self._kept is not None
        if waits != self._waits and self._transport is not None and not self._transport.is_closing():
            self._waits = waits
            if waits:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _upgrades_to(self, protocol: bytes) -> bool:
        return any(name.lower() == b"upgrade" and value.strip().lower() == protocol for name, value in self._headers)

    def _without_upgrade(self) -> bytes:
        """The head as if HTTP/2 had not been offered: a client that offers it goes on with HTTP/1.1 as well."""
        lines = [b"%b %b HTTP/1.1" % (self._parser.get_method(), self._target)]
        lines += [b"%b: %b" % header for header in self._headers if header[0].lower() not in _UPGRADE]
        return b"\r\n".join([*lines, b"", b""])

    def _after_upgrade(self, rest: bytes) -> None:
        again, self._again = self._again, b""
        if again:
            self._new_parser()
            self._parse(again + rest)
        else:
            self._kept = rest

    def _new_parser(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._in_head, self._head_bytes, self._again = False, 0, b""


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


_UPGRADE = {b"upgrade", b"http2-settings"}
