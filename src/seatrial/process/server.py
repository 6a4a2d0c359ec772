"""The process of the embedded AWS: ``python -m seatrial.process.server``.

Listens on loopback, and on the Docker bridge where containers could not reach it otherwise; never on all addresses.
"""

import asyncio
import contextlib
import logging
import math
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Final

from hypercorn.asyncio import serve
from hypercorn.config import Config

from seatrial.core.engine import EngineClient, connect_engine
from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import Clock, SystemClock
from seatrial.ground.errors import EngineUnavailable, SeatrialError
from seatrial.process import running
from seatrial.process.assembly import EmbeddedAws
from seatrial.process.fence import raise_fence
from seatrial.process.full_disk import full_disk_told

KEEP_ALIVE: Final = math.inf
"""Seconds until we close a connection that carries no request: never, that is the client's to do.

Hypercorn closes it also where a request has arrived in that very moment, works on that, and loses the answer; the
SDK asks again, and is told that what it creates exists already. Go's SDK lets go after 90 s (``IdleConnTimeout`` of
``aws-sdk-go-v2``'s ``aws/transport/http/client.go``), boto3 never does.
"""

_log = logging.getLogger("seatrial")


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    os.umask(0o077)  # whatever is written from here on, by us or by what we start, is the user's alone
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _allow_many_connections()
    raise_fence()
    try:
        settings = InstanceSettings.from_environment()
        with full_disk_told(settings.directory):
            asyncio.run(run(settings))
    except SeatrialError as error:
        sys.exit(f"{error.message}\n{error.hint or ''}".strip())


async def run(settings: InstanceSettings) -> None:
    """Serve one embedded AWS until it is told to end.

    Raises:
        OSError: the port is taken.
        EmbeddedAwsUnavailable: another one of this home runs or starts.
    """
    clock = SystemClock()
    facts = running.InstanceFacts(os.getpid(), settings.port, clock.now().isoformat())
    with running.only_one(settings.directory, facts):
        await _serve(settings, clock)


async def _serve(settings: InstanceSettings, clock: Clock) -> None:
    # First of all: where the port is taken, nothing has been started yet.
    sockets = [_listen("127.0.0.1", settings.port)]
    _own_temporary_folder(settings.directory / "tmp")
    aws = EmbeddedAws(settings, clock, _engine_or_none())
    if aws.context.bridge:
        with contextlib.suppress(OSError):
            sockets.append(_listen(aws.context.bridge, settings.port))
    await aws.start()
    try:
        await serve(aws.app, _configuration(sockets), shutdown_trigger=_told_to_end().wait)  # type: ignore[arg-type]
    finally:
        await aws.stop()


def _own_temporary_folder(folder: Path) -> None:
    """MiniStack leaves the code of functions in the temporary folder; here it goes with the next start or reset."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def _engine_or_none() -> EngineClient | None:
    try:
        return connect_engine()
    except EngineUnavailable as error:
        _log.warning("%s Containers cannot run.", error)
        return None


def _listen(address: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Its connections inherit it: what a container leaves behind that vanished is closed by the kernel.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.bind((address, port))
    listening.listen(1024)
    return listening


def _configuration(sockets: list[socket.socket]) -> Config:
    config = Config()
    config.bind = [f"fd://{listening.detach()}" for listening in sockets]
    config.keep_alive_timeout = KEEP_ALIVE
    config.graceful_timeout = 3
    config.errorlog = "-"
    config.loglevel = "WARNING"
    return config


def _told_to_end() -> asyncio.Event:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, told.set)
    return told


def _allow_many_connections() -> None:
    if sys.platform != "win32":
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and means less
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
