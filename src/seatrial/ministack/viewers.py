"""The door to MiniStack's distributions: what their viewers get, whatever path they ask for.

By its application ``/logout`` would be a user pool's and ``/_ministack/…`` its administration, whatever the name.
"""

import importlib
from typing import Any
from urllib.parse import parse_qs

from seatrial.core.asgi import Message, Receive, Send, headers_of, read_body


class Viewers:
    """The distributions of MiniStack, once it is loaded, as an ASGI application: known by the ``Host`` of a request."""

    def __init__(self) -> None:
        self._app: Any = importlib.import_module("ministack.app")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers, query = headers_of(scope), scope.get("query_string", b"").decode("latin-1")
        answer = await self._app._handle_cloudfront_dataplane_request(  # noqa: SLF001 - see docs/architecture.md
            headers.get("host", ""),
            scope["path"],
            scope["raw_path"].decode("latin-1"),
            query,
            scope["method"],
            headers,
            await read_body(receive),
            parse_qs(query, keep_blank_values=True),
            (scope.get("client") or ("127.0.0.1",))[0],
        )
        dated = self._app._with_date_header(send)  # noqa: SLF001 - as above
        await self._app._send_if_handled(dated, answer or (404, {}, b""), receive)  # noqa: SLF001 - as above
