"""What a process beside the control plane runs: it does what it is told, and ends when nobody is left to tell it.

Its standard input is one end of a socket pair. The end of that file means that the control plane is gone, and ends it.
"""

import asyncio
import contextlib
import gc
import logging
import resource
import socket
from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from seatrial.core.companion.channel import frame, receive
from seatrial.ground.errors import SeatrialError

_log = logging.getLogger("seatrial")


class Served(Protocol):
    """An object whose coroutine methods are called from the other end."""

    async def close(self) -> None:
        """The control plane is gone: close every connection."""


def serve(make: Callable[[], Served]) -> None:
    """Serve until the control plane is gone.

    Args:
        make: makes what is served, on the running event loop.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _allow_many_connections()
    # What is imported stays for ever; and a request leaves no circles, so that looking for them may be rare.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(socket.socket(fileno=0), make))


async def _serve(channel: socket.socket, make: Callable[[], Served]) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=channel)
    served = make()
    while (message := await receive(reader)) is not None:
        number, method, args = message
        writer.write(frame((number, *await _called(served, method, args))))
    await served.close()


async def _called(served: Served, method: str, args: tuple[object, ...]) -> tuple[object, Exception | None]:
    try:
        return await getattr(served, method)(*args), None
    except SeatrialError as error:
        return None, error
    except Exception as error:  # noqa: BLE001 - whoever asked is told, and the others are served on
        _log.exception("`%s` of `%s` has failed", method, type(served).__name__)
        return None, RuntimeError(f"{type(error).__name__}: {error}")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        made: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    except ImportError:  # Where there are no wheels of it.
        return asyncio.new_event_loop
    return made


def _allow_many_connections() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and means less
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
