"""The embedded AWS seen from outside: started, asked, stopped, forgotten."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from seatrial.access.keys import TOKEN_HEADER, InstanceKeys, ensure_keys, read_keys
from seatrial.access.private import make_private
from seatrial.core.disk_space import SPARE_BYTES
from seatrial.core.pages import FRONT_DOORS_PATH, HEALTH_PATH, NAMES_PATH
from seatrial.core.settings import LAST_PORT, InstanceSettings
from seatrial.ground.clock import Clock
from seatrial.ground.errors import EmbeddedAwsUnavailable, EngineUnavailable, NotReady
from seatrial.ground.process import Command, Processes, is_running, send_signal
from seatrial.process import running
from seatrial.process.full_disk import disk_full, full_disk_told

Progress = Callable[[str], None]

START_PATIENCE = 60.0
"""Seconds until a server that does not answer is given up; it takes one or two."""

STOP_PATIENCE = 20.0
"""Seconds from SIGTERM to SIGKILL: MiniStack stops its database containers first."""

MOST_LOGGED = 10 << 20
"""Bytes of the server's log after which a start begins a new one; the one before stays as ``server.log.1``."""

LAST_LINES = 15
"""Lines of the server's log that an error quotes."""


@dataclass(frozen=True)
class InstanceStatus:
    """How the embedded AWS is.

    Args:
        running: whether it answers.
        endpoint: the endpoint of the AWS API; where it would be, while it does not run.
        directory: the directory of its files.
        pid: the id of its process; also of one that is there and does not answer.
        started: ISO 8601, UTC.
        docker: whether it found a Docker engine, so that containers run.
        front_doors: URLs on this machine, by the load balancer's DNS name and the listener's port.
    """

    running: bool
    endpoint: str
    directory: Path
    pid: int | None = None
    started: str | None = None
    docker: bool = False
    front_doors: Mapping[str, Mapping[str, str]] | None = None


def up(settings: InstanceSettings, processes: Processes, clock: Clock, on_progress: Progress) -> InstanceStatus:
    """Start the embedded AWS, detached, and wait until it answers; nothing happens where it runs already.

    Raises:
        EmbeddedAwsUnavailable: its port is taken, or it ended at once; its last words are quoted.
        DiskFull: no space is left for its files.
    """
    from seatrial.core import damage  # noqa: PLC0415 - SQLite, which whoever only asks does not need

    if not (now := status(settings)).running:
        now = _started(settings, processes, clock, on_progress)
        for notice in damage.notices(settings.directory):
            on_progress(notice)
    return _same_port(now, settings)


def _started(settings: InstanceSettings, processes: Processes, clock: Clock, on_progress: Progress) -> InstanceStatus:
    """Start a server, unless one is there that does not answer yet: of several that are started at once, one stays.

    One that is there may also be ending, after a SIGKILL or a `down` elsewhere; then ours follows it.
    """
    log, pid, already_logged = settings.directory / "server.log", None, 0
    deadline = clock.monotonic() + START_PATIENCE
    while clock.monotonic() < deadline:
        if not running.is_alive(settings.directory):
            if pid is not None and _has_ended(pid):
                raise why_it_ended(_last_words(log, already_logged), log, shutil.disk_usage(log.parent).free)
            if pid is None and _may_bind(settings, clock):
                _begin_anew(log)
                already_logged = log.stat().st_size if log.exists() else 0
                pid = _spawned(settings, log, processes, on_progress)
        if (now := status(settings)).running:
            if pid is not None and pid != now.pid:
                send_signal(pid, signal.SIGKILL)  # another was quicker; ours would be there once that one is gone
            return now
        clock.sleep(0.1)
    raise EmbeddedAwsUnavailable(
        f"The embedded AWS does not respond at {settings.endpoint} after {START_PATIENCE:.0f} seconds.",
        hint=f"Read `{log}`, then `seatrial down`.",
    )


def _spawned(settings: InstanceSettings, log: Path, processes: Processes, on_progress: Progress) -> int:
    """The id of a server's process that has just been started."""
    on_progress(f"Starting the embedded AWS at {settings.endpoint}.")
    with full_disk_told(settings.directory):
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private(settings.directory)
        log.touch(mode=0o600)
        ensure_keys(settings.directory)
        return processes.start_detached(_server(settings), log=log)


def status(settings: InstanceSettings) -> InstanceStatus:
    """How the embedded AWS of this home is; a process id that is out of date is seen through."""
    facts = running.facts_of(settings.directory)
    endpoint = f"http://127.0.0.1:{facts.port}" if facts else settings.endpoint
    health = _ask(endpoint, HEALTH_PATH)
    if health is None or health.get("instance") != settings.instance_id:
        there = facts.pid if facts and running.is_alive(settings.directory) else None
        return InstanceStatus(running=False, endpoint=endpoint, directory=settings.directory, pid=there)
    return InstanceStatus(
        running=True,
        endpoint=endpoint,
        directory=settings.directory,
        pid=health["pid"],
        started=health["started"],
        docker=health["docker"],
        front_doors=_ask(endpoint, FRONT_DOORS_PATH, shown(settings)),
    )


def names(settings: InstanceSettings) -> Mapping[str, Any]:
    """The names that have HTTPS, as it tells of them; see ``services/cloudfront/names.py``.

    Raises:
        EmbeddedAwsUnavailable: it does not answer.
    """
    facts = running.facts_of(settings.directory)
    endpoint = f"http://127.0.0.1:{facts.port}" if facts else settings.endpoint
    told = _ask(endpoint, NAMES_PATH, shown(settings))
    if told is None:
        raise unavailable(status(settings))
    return told


def shown(settings: InstanceSettings) -> dict[str, str]:
    """The header that administration asks for; empty before the first start."""
    keys = read_keys(settings.directory)
    return {TOKEN_HEADER: keys.token} if keys else {}


def keys_of(settings: InstanceSettings) -> InstanceKeys:
    """The credentials of the embedded AWS of this home.

    Raises:
        EmbeddedAwsUnavailable: it was never started, or by an older version, or their file is damaged.
    """
    if keys := read_keys(settings.directory):
        return keys
    raise EmbeddedAwsUnavailable(
        f"There are no credentials in {settings.directory}.", hint="seatrial down, then seatrial up"
    )


def unavailable(now: InstanceStatus) -> EmbeddedAwsUnavailable:
    """What to say where it does not answer: that it is not running, or that it is there and busy."""
    if now.pid is None:
        return EmbeddedAwsUnavailable("The embedded AWS is not running.", hint="seatrial up")
    return EmbeddedAwsUnavailable(
        f"The embedded AWS does not respond (process {now.pid} is running).",
        hint=f"Try again; if it still does not respond, read `{now.directory / 'server.log'}`, then `seatrial down`.",
    )


def down(settings: InstanceSettings, processes: Processes, clock: Clock, on_progress: Progress) -> bool:
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


def kill(settings: InstanceSettings, processes: Processes, clock: Clock, on_progress: Progress) -> InstanceStatus:
    """End the embedded AWS with SIGKILL, as a crash would, and start it again where it was; containers run on.

    Raises:
        EmbeddedAwsUnavailable: it is not running, or does not come back.
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
    return up(there, processes, clock, on_progress)


def reset(settings: InstanceSettings, processes: Processes, clock: Clock, on_progress: Progress) -> tuple[str, ...]:
    """Stop the embedded AWS and forget everything that was made in it: resources, images, objects, databases, logs.

    Returns:
        What is left of it on this machine, in sentences, with the reason and what takes it away.
    """
    facts = running.facts_of(settings.directory)
    down(settings, processes, clock, on_progress)
    on_progress("Deleting its state.")
    ports = {settings.port, facts.port if facts else settings.port}
    left = _removed_from_docker(settings, ports)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(settings.directory)
    with contextlib.suppress(OSError):  # somebody has put something else there
        settings.home.rmdir()
    return left


def _removed_from_docker(settings: InstanceSettings, ports: Iterable[int]) -> tuple[str, ...]:
    """Remove what Docker has of it; what stays, in sentences."""
    from seatrial.core import engine as docker  # noqa: PLC0415 - every command asks this file, few ask Docker
    from seatrial.process.images.debian import BUILT_LABEL  # noqa: PLC0415 - as above

    try:
        engine = docker.connect_engine()
    except EngineUnavailable:
        return ("Docker does not answer: what it has of this embedded AWS stays. Start it, then seatrial reset.",)
    docker.remove_volumes(engine, settings.instance_id)
    return (
        *(f"The image `{name}` stays, because a container uses it." for name in docker.remove_images(engine, ports)),
        *(
            f"The image `{name}` stays, for others on this machine may use it: docker image rm {name}"
            for name in docker.images_with_label(engine, BUILT_LABEL)
        ),
    )


def _begin_anew(log: Path) -> None:
    if log.exists() and log.stat().st_size > MOST_LOGGED:
        log.replace(log.with_name(f"{log.name}.1"))


def _same_port(now: InstanceStatus, settings: InstanceSettings) -> InstanceStatus:
    if now.endpoint != settings.endpoint:
        raise EmbeddedAwsUnavailable(
            f"The embedded AWS is already running at {now.endpoint}, not on port {settings.port}.",
            hint="Use that endpoint, or run `seatrial down` first.",
        )
    return now


def _may_bind(settings: InstanceSettings, clock: Clock) -> bool:
    """Whether the port is free; not where a server of this home has just taken it.

    Raises:
        EmbeddedAwsUnavailable: another program has it.
    """
    port = settings.port
    if _is_free(port):
        return True
    if running.is_alive(settings.directory):
        return False
    if (facts := running.facts_of(settings.directory)) and facts.port == port and _await_free(port, clock):
        return True  # it was killed, and its children have just ended
    near = chain(range(port + 1, min(port + 100, LAST_PORT + 1)), range(port - 1, 1024, -1))
    other = next(candidate for candidate in near if _is_free(candidate))
    raise EmbeddedAwsUnavailable(
        f"Port {port} of 127.0.0.1 is used by another program.", hint=f"Run `seatrial up --port {other}`."
    )


def _await_free(port: int, clock: Clock) -> bool:
    """A killed process's port is free when its children have ended too; they end with it, but a moment later."""
    deadline = clock.monotonic() + STOP_PATIENCE
    while not (free := _is_free(port)) and clock.monotonic() < deadline:
        clock.sleep(0.05)
    return free


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _server(settings: InstanceSettings) -> Command:
    """The server's command, without the person's AWS variables: nothing inside may ever reach their account."""
    theirs: dict[str, str | None] = {name: None for name in os.environ if name.startswith("AWS_")}
    ours = {
        "SEATRIAL_HOME": str(settings.home),
        "SEATRIAL_PORT": str(settings.port),
        "SEATRIAL_FRONT_DOOR_PORT": str(settings.front_door_port),
        "SEATRIAL_MINUTE": str(settings.minute),
        "SEATRIAL_RECORD": str(settings.record) if settings.record else None,
    }
    return Command.module("seatrial.process.server", env={**theirs, **ours})


def _last_words(log: Path, already_logged: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(already_logged)
        return file.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]


def why_it_ended(lines: Sequence[str], log: Path, free: int) -> NotReady:
    """What to say of a server that ended while it was starting. Pure.

    Args:
        lines: the last ones of its log; none where the disk had no room even for them.
        log: the file.
        free: bytes on its disk.
    """
    full = disk_full(log.parent)
    if full.message in lines or free < SPARE_BYTES:
        return full
    quoted = "\n".join(f"  {line}" for line in lines)
    return EmbeddedAwsUnavailable(f"The embedded AWS ended while it was starting:\n{quoted}", hint=f"Read `{log}`.")


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


def _left_over(settings: InstanceSettings, processes: Processes) -> int | None:
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
