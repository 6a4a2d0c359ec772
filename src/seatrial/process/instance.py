"""The embedded AWS seen from outside: started, asked, stopped, forgotten."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from seatrial.access.keys import TOKEN_HEADER, InstanceKeys, ensure_keys, read_keys
from seatrial.access.private import make_private
from seatrial.core.pages import FRONT_DOORS_PATH, HEALTH_PATH, NAMES_PATH
from seatrial.core.settings import LAST_PORT, LocalSettings
from seatrial.ground.clock import Clock
from seatrial.ground.errors import EngineUnavailable, LocalAwsUnavailable
from seatrial.ground.process import Command, Processes, is_running, send_signal
from seatrial.process import running

Progress = Callable[[str], None]

START_PATIENCE = 60.0
"""Seconds until a server that does not answer is given up; it takes one or two."""

STOP_PATIENCE = 20.0
"""Seconds from SIGTERM to SIGKILL: MiniStack stops its database containers first."""

LAST_LINES = 15
"""Lines of the server's log that an error quotes."""


@dataclass(frozen=True)
class LocalStatus:
    """How the embedded AWS is.

    Args:
        running: whether it answers.
        endpoint: of the AWS API; where it would be, while it does not run.
        directory: of its files.
        pid: of its process; also of one that is there and does not answer.
        started: ISO 8601, UTC.
        docker: whether it found a Docker engine, so that containers run.
        front_doors: by load balancer's DNS name and listener port, where it answers on this machine.
    """

    running: bool
    endpoint: str
    directory: Path
    pid: int | None = None
    started: str | None = None
    docker: bool = False
    front_doors: Mapping[str, Mapping[str, str]] | None = None


def up(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> LocalStatus:
    """Start the embedded AWS, detached, and wait until it answers; nothing happens where it runs already.

    Raises:
        LocalAwsUnavailable: its port is taken, or it ended at once; its last words are quoted.
    """
    from seatrial.core import damage  # noqa: PLC0415 - SQLite, which whoever only asks does not need

    if not (now := status(settings)).running:
        now = _started(settings, processes, clock, on_progress)
        for notice in damage.notices(settings.directory):
            on_progress(notice)
    return _same_port(now, settings)


def _started(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> LocalStatus:
    """Start a server, unless one is there that does not answer yet: of several that are started at once, one stays."""
    log, pid = settings.directory / "server.log", None
    already_logged = log.stat().st_size if log.exists() else 0
    if not running.is_alive(settings.directory) and _may_bind(settings):
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private(settings.directory)
        log.touch(mode=0o600)
        ensure_keys(settings.directory)
        on_progress(f"Starting the embedded AWS at {settings.endpoint}.")
        pid = processes.start_detached(_server(settings), log=log)
    deadline = clock.monotonic() + START_PATIENCE
    while not (now := status(settings)).running:
        if now.pid is None and (pid is None or _has_ended(pid)):
            raise _ended_at_once(log, already_logged)
        if clock.monotonic() > deadline:
            raise LocalAwsUnavailable(
                f"The embedded AWS does not answer at {settings.endpoint} after {START_PATIENCE:.0f} seconds.",
                hint=f"Read `{log}`, then `seatrial down`.",
            )
        clock.sleep(0.1)
    return now


def status(settings: LocalSettings) -> LocalStatus:
    """How the embedded AWS of this home is; a process id that is out of date is seen through."""
    facts = running.facts_of(settings.directory)
    endpoint = f"http://127.0.0.1:{facts.port}" if facts else settings.endpoint
    health = _ask(endpoint, HEALTH_PATH)
    if health is None or health.get("instance") != settings.instance_id:
        there = facts.pid if facts and running.is_alive(settings.directory) else None
        return LocalStatus(running=False, endpoint=endpoint, directory=settings.directory, pid=there)
    return LocalStatus(
        running=True,
        endpoint=endpoint,
        directory=settings.directory,
        pid=health["pid"],
        started=health["started"],
        docker=health["docker"],
        front_doors=_ask(endpoint, FRONT_DOORS_PATH, shown(settings)),
    )


def names(settings: LocalSettings) -> Mapping[str, Any]:
    """The names that have HTTPS, as it tells of them; see ``services/cloudfront/names.py``.

    Raises:
        LocalAwsUnavailable: it does not answer.
    """
    facts = running.facts_of(settings.directory)
    endpoint = f"http://127.0.0.1:{facts.port}" if facts else settings.endpoint
    told = _ask(endpoint, NAMES_PATH, shown(settings))
    if told is None:
        raise unavailable(status(settings))
    return told


def shown(settings: LocalSettings) -> dict[str, str]:
    """The header that administration asks for; empty before the first start."""
    keys = read_keys(settings.directory)
    return {TOKEN_HEADER: keys.token} if keys else {}


def keys_of(settings: LocalSettings) -> InstanceKeys:
    """The credentials of the embedded AWS of this home.

    Raises:
        LocalAwsUnavailable: it was never started, or by an older version, or their file is damaged.
    """
    if keys := read_keys(settings.directory):
        return keys
    raise LocalAwsUnavailable(
        f"There are no credentials in {settings.directory}.", hint="seatrial down, then seatrial up"
    )


def unavailable(now: LocalStatus) -> LocalAwsUnavailable:
    """What to say where it does not answer: that it is not running, or that it is there and busy."""
    if now.pid is None:
        return LocalAwsUnavailable("The embedded AWS is not running.", hint="seatrial up")
    return LocalAwsUnavailable(
        f"The embedded AWS does not answer (process {now.pid} is there).",
        hint=f"Try again; if it stays so, read `{now.directory / 'server.log'}`, then `seatrial down`.",
    )


def down(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> bool:
    """Stop the embedded AWS and remove its containers and networks; its state stays for the next ``up``.

    Returns:
        Whether it was running.
    """
    from seatrial.core.engine import connect_engine, remove_everything  # noqa: PLC0415 - every command asks this file, few ask Docker

    pid = status(settings).pid or _left_over(settings, processes)
    if pid is not None:
        on_progress("Stopping the embedded AWS.")
        _end(pid, clock)
    with contextlib.suppress(EngineUnavailable):
        remove_everything(connect_engine(), settings.instance_id)
    running.forget(settings.directory)
    return pid is not None


def kill(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> LocalStatus:
    """End the embedded AWS with SIGKILL, as a crash would, and start it again where it was; containers run on.

    Raises:
        LocalAwsUnavailable: it is not running, or does not come back.
    """
    now = status(settings)
    if now.pid is None:
        raise unavailable(now)
    on_progress(f"Killing the embedded AWS (process {now.pid}).")
    send_signal(now.pid, signal.SIGKILL)
    # Whoever started it may not have taken note of its end yet, so its process id says nothing.
    while status(settings).running or running.is_alive(settings.directory):
        clock.sleep(0.05)
    there = replace(settings, port=int(now.endpoint.rpartition(":")[2]))
    _await_free(there.port, clock)
    return up(there, processes, clock, on_progress)


def reset(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> None:
    """Stop the embedded AWS and forget everything that was made in it: resources, images, objects, databases, logs."""
    from seatrial.core.engine import connect_engine, remove_images, remove_volumes  # noqa: PLC0415 - as above

    facts = running.facts_of(settings.directory)
    down(settings, processes, clock, on_progress)
    on_progress("Removing its state.")
    with contextlib.suppress(EngineUnavailable):
        engine = connect_engine()
        remove_volumes(engine, settings.instance_id)
        for left in remove_images(engine, {settings.port, facts.port if facts else settings.port}):
            on_progress(f"The image {left} stays, because a container uses it.")
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(settings.directory)


def _same_port(now: LocalStatus, settings: LocalSettings) -> LocalStatus:
    if now.endpoint != settings.endpoint:
        raise LocalAwsUnavailable(
            f"The embedded AWS is running at {now.endpoint} already, not at port {settings.port}.",
            hint="Use it there, or run `seatrial down` first.",
        )
    return now


def _may_bind(settings: LocalSettings) -> bool:
    """Whether the port is free; not where a server of this home has just taken it.

    Raises:
        LocalAwsUnavailable: another program has it.
    """
    port = settings.port
    if _is_free(port):
        return True
    if running.is_alive(settings.directory):
        return False
    near = chain(range(port + 1, min(port + 100, LAST_PORT + 1)), range(port - 1, 1024, -1))
    other = next(candidate for candidate in near if _is_free(candidate))
    raise LocalAwsUnavailable(
        f"Port {port} of 127.0.0.1 is taken by another program.", hint=f"Run `seatrial up --port {other}`."
    )


def _await_free(port: int, clock: Clock) -> None:
    """A killed process's port is free when its children have ended too; they end with it, but a moment later."""
    deadline = clock.monotonic() + STOP_PATIENCE
    while not _is_free(port) and clock.monotonic() < deadline:
        clock.sleep(0.05)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _server(settings: LocalSettings) -> Command:
    """The server's command, without the person's AWS variables: nothing inside may ever reach their account."""
    theirs: dict[str, str | None] = {name: None for name in os.environ if name.startswith("AWS_")}
    ours = {
        "SEATRIAL_HOME": str(settings.home),
        "SEATRIAL_PORT": str(settings.port),
        "SEATRIAL_FRONT_DOOR_PORT": str(settings.front_door_port),
        "SEATRIAL_MINUTE": str(settings.minute),
    }
    return Command.module("seatrial.process.server", env={**theirs, **ours})


def _ended_at_once(log: Path, already_logged: int) -> LocalAwsUnavailable:
    with log.open("rb") as file:
        file.seek(already_logged)
        lines = file.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]
    quoted = "\n".join(f"  {line}" for line in lines)
    return LocalAwsUnavailable(f"The embedded AWS ended while it was starting:\n{quoted}", hint=f"Read `{log}`.")


def _has_ended(pid: int) -> bool:
    # A child that has ended exists until it is waited for; a server that another command started is no child of ours.
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not is_running(pid)


def _end(pid: int, clock: Clock) -> None:
    send_signal(pid, signal.SIGTERM)
    deadline = clock.monotonic() + STOP_PATIENCE
    while not _has_ended(pid):
        if clock.monotonic() > deadline:
            send_signal(pid, signal.SIGKILL)
        clock.sleep(0.05)


def _left_over(settings: LocalSettings, processes: Processes) -> int | None:
    """A server that was started and does not answer; never a stranger that has got its process id since."""
    facts = running.facts_of(settings.directory)
    if facts is None or not is_running(facts.pid):
        return None
    asked = processes.run(Command.of("ps", "-o", "command=", "-p", str(facts.pid)))
    return facts.pid if "seatrial.process.server" in asked.stdout else None


def _ask(endpoint: str, path: str, headers: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    # Plain HTTP on loopback, and every command asks: the library that asks anything else takes longer to import.
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path, headers=headers or {})
        parsed = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return parsed if isinstance(parsed, dict) else None
