"""A loopback port for each listener and each distribution, and the connections that came in by it."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from seatrial.ground.errors import EmbeddedAwsUnavailable
from seatrial.http.client import Answers, Endpoint
from seatrial.http.connection import ClientConnection

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65535
_TRIES = 1000
_BACKLOG = 1024

PATIENCE = 2.0
"""Seconds for which the port that a listener had before is waited for: the process before may still be ending."""

_PAUSE = 0.05

AnyEndpoint = TypeVar("AnyEndpoint", bound=Endpoint)


@dataclass
class Ports:
    """Where doors may be.

    Args:
        first: the first port to try; 0 leaves the choice to the system.
        taken: ports that are kept for other listeners.
        began: when doors began to be opened, by the loop's clock.
    """

    first: int
    taken: set[int]
    began: float

    def candidates(self) -> Iterator[int]:
        """The ports to try, in order."""
        if self.first == 0:
            yield 0
            return
        for port in range(self.first, min(self.first + _TRIES, _HIGHEST_PORT)):
            if port not in self.taken:
                yield port


class Door(Generic[AnyEndpoint]):
    """Where a listener, or a distribution, is reached on this machine.

    Args:
        endpoint: what is reached.
        answers: gives whoever answers each request.
        beside: an address besides loopback's, such as the Docker bridge's, where it is to be reached as well.
    """

    def __init__(self, endpoint: AnyEndpoint, answers: Answers, beside: str | None = None) -> None:
        self.endpoint = endpoint
        self._answers = answers
        self._beside = beside
        self._connections: set[ClientConnection] = set()
        self._servers: list[asyncio.Server] = []
        self._tls: ssl.SSLContext | None = None
        self._certificate = ""
        self._handshakes = 0
        self._unfinished = 0

    def renew(self) -> None:
        """Another certificate, if there is one."""
        if self._tls is not None and self.endpoint.certificate != self._certificate:
            self._certificate = self.endpoint.certificate
            self._tls.load_cert_chain(self._certificate)

    async def open(self, wanted: int | None, ports: "Ports") -> None:
        """Listen on the wanted port, else on the first one that is free.

        Args:
            wanted: the port it had before.
            ports: the others.

        Raises:
            EmbeddedAwsUnavailable: no port is free.
        """
        while wanted and not await self._listen(wanted):
            if asyncio.get_running_loop().time() > ports.began + PATIENCE:
                wanted = None
            await asyncio.sleep(_PAUSE)
        if wanted:
            return
        for port in ports.candidates():
            if await self._listen(port):
                ports.taken.add(self.endpoint.port)
                return
        raise EmbeddedAwsUnavailable(
            f"No loopback port from {ports.first} is free for `{self.endpoint.name}`.",
            hint="Set `SEATRIAL_FRONT_DOOR_PORT` to a port that is free.",
        )

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    def sweep(self) -> None:
        """Close what is idle, and count the TLS handshakes that came to nothing."""
        # One that is under way since the last look, or failed since then: what is not there at the next look failed.
        self.endpoint.counters.tls_errors += self._unfinished
        self._handshakes -= self._unfinished
        self._unfinished = self._handshakes
        for connection in list(self._connections):
            connection.sweep()

    async def close(self, *, at_once: bool = False) -> None:
        """Listen no more; what is under way may end, unless ``at_once``."""
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            if at_once:
                connection.abort()
            else:
                connection.finish()

    def _accept(self) -> ClientConnection:
        self._handshakes += self._tls is not None
        return ClientConnection(self.endpoint, self._answers, self._opened, self._connections.discard)

    def _opened(self, connection: ClientConnection) -> None:
        self._connections.add(connection)
        if self._tls is not None:
            self._handshakes = max(0, self._handshakes - 1)
            self._unfinished = min(self._unfinished, self._handshakes)

    async def _listen(self, port: int) -> bool:
        loop = asyncio.get_running_loop()
        if self.endpoint.certificate and self._tls is None:
            self._certificate = self.endpoint.certificate
            self._tls = tls_context(self._certificate, self.endpoint.server_names)
        try:
            server = await loop.create_server(self._accept, LOOPBACK, port, backlog=_BACKLOG, ssl=self._tls)
        except OSError:
            return False
        self._servers.append(server)
        self.endpoint.port = server.sockets[0].getsockname()[1]
        if self._beside:
            with contextlib.suppress(OSError):  # another program has the port there; loopback has it all the same
                beside = await loop.create_server(
                    self._accept, self._beside, self.endpoint.port, backlog=_BACKLOG, ssl=self._tls
                )
                self._servers.append(beside)
        return True


def tls_context(certificate: str, server_names: MutableMapping[ssl.SSLObject | ssl.SSLSocket, str]) -> ssl.SSLContext:
    """TLS 1.2 and 1.3, HTTP/1.1.

    Args:
        certificate: the file with the private key and the certificate.
        server_names: gets the name that each client asks for.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["http/1.1"])

    def asked_for(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            server_names[connection] = name

    context.sni_callback = asked_for
    return context
