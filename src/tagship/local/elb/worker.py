"""The data plane's process: ``python -m tagship.local.elb.worker``, started by ``link.py``.

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

from tagship.base.clock import SystemClock
from tagship.base.errors import TagshipError
from tagship.local.elb.channel import frame, receive
from tagship.local.elb.proxy import Proxy

_log = logging.getLogger("tagship.local")


def main() -> None:
    """Serve until the control plane is gone."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _allow_many_connections()
    # What is imported stays for ever; and a request leaves no circles, so that looking for them may be rare.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(socket.socket(fileno=0)))


async def _serve(channel: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=channel)
    proxy = Proxy(SystemClock())
    while (message := await receive(reader)) is not None:
        number, method, args = message
        writer.write(frame((number, *await _called(proxy, method, args))))
    await proxy.close()


async def _called(proxy: Proxy, method: str, args: tuple[object, ...]) -> tuple[object, Exception | None]:
    try:
        return await getattr(proxy, method)(*args), None
    except TagshipError as error:
        return None, error
    except Exception as error:  # noqa: BLE001 - whoever asked is told, and the others are served on
        _log.exception("The load balancers could not `%s`", method)
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


if __name__ == "__main__":
    main()
