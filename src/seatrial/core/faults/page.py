"""The faults over HTTP: read, set and cleared on loopback.

``GET /_seatrial/faults`` lists them, ``POST`` sets one (JSON: the fields of ``kinds.Order``), ``DELETE`` clears all, or
``DELETE /_seatrial/faults/ID`` one. Asked by programs of this machine only: a container is refused by its address, a
page in a browser by ``Host`` (a name that was made to resolve to loopback) and ``Origin``.
"""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from seatrial.core.asgi import Message, Receive, Send, headers_of, read_body, send_response
from seatrial.core.faults.faults import Faults
from seatrial.core.faults.kinds import FaultInvalid, read_order
from seatrial.core.pages import FAULTS_PATH
from seatrial.core.service import AwsResponse

LARGEST = 65536
"""Bytes of a request; an order has some hundred."""


class FaultsPage:
    """The ASGI application.

    Args:
        faults: the faults that it shows and sets.
        port: the port of the AWS API.
    """

    def __init__(self, faults: Faults, port: int) -> None:
        self._faults = faults
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    def serves(self, path: str) -> bool:
        """Whether a path is one of ours."""
        return path == FAULTS_PATH or path.startswith(f"{FAULTS_PATH}/")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        if why := self._refusal(scope):
            await send_response(send, _problem(403, why))
            return
        body = await read_body(receive)
        await send_response(send, self._answer(scope["method"], scope["path"], body))

    def _refusal(self, scope: Message) -> str:
        """Why this may not ask; empty where it may."""
        headers = headers_of(scope)
        client = scope.get("client")
        if client and not ip_address(client[0]).is_loopback:
            return "Faults can be set from this machine only."
        if headers.get("host") not in self._hosts:
            return "The Host header does not name this endpoint."
        if "origin" in headers:
            return "Faults cannot be set by web pages."
        return ""

    def _answer(self, method: str, path: str, body: bytes) -> AwsResponse:
        identity = path.removeprefix(FAULTS_PATH).strip("/") or None
        if method == "GET" and identity is None:
            return _json({"faults": [fault.model_dump(mode="json") for fault in self._faults.all()]})
        if method == "POST" and identity is None:
            return self._set(body)
        if method == "DELETE":
            return self._clear(identity)
        return _problem(405, "Faults are listed with GET, set with POST and cleared with DELETE.")

    def _set(self, body: bytes) -> AwsResponse:
        try:
            given = json.loads(body) if len(body) <= LARGEST else None
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return _problem(400, "A fault must be a JSON object.")
        try:
            fault = self._faults.set(read_order(given))
        except FaultInvalid as error:
            return _problem(400, str(error), error.hint)
        return _json(fault.model_dump(mode="json"), 201)

    def _clear(self, identity: str | None) -> AwsResponse:
        cleared = self._faults.clear(identity)
        if identity is not None and not cleared:
            return _problem(404, f"No fault `{identity}` is set.", "seatrial fault list")
        return _json({"cleared": cleared})


def _json(payload: Mapping[str, Any], status: int = 200) -> AwsResponse:
    return AwsResponse(status, {"content-type": "application/json"}, json.dumps(payload).encode())


def _problem(status: int, message: str, hint: str = "") -> AwsResponse:
    return _json({"message": message, "hint": hint}, status)
