"""Health checks: one request after another to one target, for as long as it is registered."""

import asyncio
import re

from seatrial.http.types import Address
from seatrial.services.elb.data.targets import Target
from seatrial.services.elb.health import CHECKING, FAILED, PASSED, REGISTERING, TIMED_OUT, Outcome, mismatch
from seatrial.services.elb.model import HealthCheck

REGISTRATION = 1.0
"""Seconds that a registration takes, before the first check."""

UNHEALTHY_STATUS = 503
"""The status of a target that a fault makes unhealthy."""

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")


async def keep_checking(target: Target) -> None:
    """Check a target until cancelled."""
    if target.health is REGISTERING:
        await asyncio.sleep(REGISTRATION)
        target.health = CHECKING
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        check = target.group.config.check
        host, port = target.address
        where = target.resolve((host, check.port or port))
        unhealthy = host in target.group.config.unhealthy
        asked_as = f"{host}:{check.port or port}"
        target.checked(judged(UNHEALTHY_STATUS, check) if unhealthy else await probe(where, check, asked_as=asked_as))
        await asyncio.sleep(max(0.0, began + check.interval - loop.time()))


async def probe(where: Address, check: HealthCheck, *, asked_as: str) -> Outcome:
    """One check.

    Args:
        where: the address to connect to.
        check: what passes.
        asked_as: the ``Host`` header.
    """
    try:
        async with asyncio.timeout(check.timeout):
            status = await _status(where, check.path, asked_as)
    except TimeoutError:
        return TIMED_OUT
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return FAILED
    return judged(status, check) if status else FAILED


def judged(status: int, check: HealthCheck) -> Outcome:
    """What an answer with this status code means."""
    return PASSED if any(first <= status <= last for first, last in check.codes) else mismatch(status)


async def _status(where: Address, path: str, host: str) -> int:
    reader, writer = await asyncio.open_connection(*where)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            "User-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n".encode()
        )
        found = _STATUS_LINE.match(await reader.readuntil(b"\r\n\r\n"))
        return int(found[1]) if found else 0
    finally:
        writer.close()
