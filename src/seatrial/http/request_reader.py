"""Requests read from what a client sends, and passed on to whoever answers them, head by head and body by body."""

from collections.abc import Callable

import httptools

from seatrial.http.client import Answering, ClientInfo
from seatrial.http.types import MAX_HEAD, origin_form

Open = Callable[[bytes, bytes, ClientInfo], Answering]
"""Takes a request's method, target and asker; gives whoever answers it."""

_UPGRADE = {b"upgrade", b"http2-settings"}


class RequestReader:
    """Reads the requests of one connection.

    Args:
        opened: called for each request whose head is complete.
    """

    address = ""
    """The client's."""

    kept: bytes | None = None
    """What came after a request to switch protocols, until that is answered."""

    _head_bytes = 0

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._asking: Answering | None = None  # whose request is being read
        self._broken = False
        self._new_parser()

    def feed(self, data: bytes) -> None:
        """The client has sent something."""
        if self.kept is not None:
            self.kept += data
            return
        if self._broken:
            return
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

    def take_kept(self) -> bytes | None:
        """What was kept, for whoever goes on with it."""
        kept, self.kept = self.kept, None
        return kept

    def go_on(self) -> None:
        """The protocol stays: what was kept are requests."""
        kept = self.take_kept()
        if kept is not None:
            self._new_parser()
            self.feed(kept)

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
        client_info = ClientInfo(self.address, parser.get_http_version(), self._headers, upgrade)
        self._asking = self._opened(parser.get_method(), origin_form(self._target), client_info)

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

    def _refuse(self, status: int) -> None:
        """What comes is not HTTP, or has no end: say so after the answers before it, and listen no more."""
        if self._asking is not None:  # In the middle of a body; its head has gone to the target already.
            self._asking.refuse(status)
            self._asking = None
            return
        self._broken = True
        self._opened(b"GET", b"/", ClientInfo(self.address, "1.1", [], refused=status))

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
            self.feed(again + rest)
        else:
            self.kept = rest

    def _new_parser(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._in_head, self._head_bytes, self._again = False, 0, b""
