"""The embedded AWS seen from outside: started, asked, stopped, forgotten."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from tagship.base.clock import Clock
from tagship.base.errors import EngineUnavailable, LocalAwsUnavailable
from tagship.base.process import Command, Processes, is_running, send_signal
from tagship.local.access.keys import TOKEN_HEADER, InstanceKeys, ensure_keys, read_keys
from tagship.local.access.private import make_private, write_private
from tagship.local.engine import connect_engine, remove_everything, remove_volumes
from tagship.local.pages import FRONT_DOORS_PATH, HEALTH_PATH
from tagship.local.settings import LocalSettings

Progress = Callable[[str], None]

START_PATIENCE = 60.0
"""Seconds until a server that does not answer is given up; it takes one or two."""

STOP_PATIENCE = 20.0
"""Seconds from SIGTERM to SIGKILL: MiniStack stops its database containers first."""

LAST_LINES = 15
"""Lines of the server's log that an error quotes."""


@dataclass(frozen=True)
class InstanceFacts:
    """What ``up`` wrote down about the process it started: its id, its port, when (ISO 8601, UTC)."""

    pid: int
    port: int
    started: str


@dataclass(frozen=True)
class LocalStatus:
    """How the embedded AWS is.

    Args:
        running: whether it answers.
        endpoint: of the AWS API; where it would be, while it does not run.
        directory: of its files.
        pid: of its process.
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
    if (now := status(settings)).running:
        return _same_port(now, settings)
    _require_free(settings.port)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_private(settings.directory)
    log = settings.directory / "server.log"
    log.touch(mode=0o600)
    ensure_keys(settings.directory)
    already_logged = log.stat().st_size if log.exists() else 0
    on_progress(f"Starting the embedded AWS at {settings.endpoint}.")
    pid = processes.start_detached(_server(settings), log=log)
    _write_facts(settings, InstanceFacts(pid, settings.port, clock.now().isoformat()))
    deadline = clock.monotonic() + START_PATIENCE
    while not (now := status(settings)).running:
        if _has_ended(pid):
            _facts_path(settings).unlink(missing_ok=True)
            raise _ended_at_once(log, already_logged)
        if clock.monotonic() > deadline:
            raise LocalAwsUnavailable(
                f"The embedded AWS does not answer at {settings.endpoint} after {START_PATIENCE:.0f} seconds.",
                hint=f"Read `{log}`, then `tagship local down`.",
            )
        clock.sleep(0.1)
    return now


def status(settings: LocalSettings) -> LocalStatus:
    """How the embedded AWS of this home is; a process id that is out of date is seen through."""
    facts = _read_facts(settings)
    endpoint = f"http://127.0.0.1:{facts.port}" if facts else settings.endpoint
    health = _ask(endpoint, HEALTH_PATH)
    if health is None or health.get("instance") != settings.instance_id:
        return LocalStatus(running=False, endpoint=endpoint, directory=settings.directory)
    return LocalStatus(
        running=True,
        endpoint=endpoint,
        directory=settings.directory,
        pid=health["pid"],
        started=health["started"],
        docker=health["docker"],
        front_doors=_ask(endpoint, FRONT_DOORS_PATH, shown(settings)),
    )


def shown(settings: LocalSettings) -> dict[str, str]:
    """The header that administration asks for; empty before the first start."""
    keys = read_keys(settings.directory)
    return {TOKEN_HEADER: keys.token} if keys else {}


def keys_of(settings: LocalSettings) -> InstanceKeys:
    """The credentials of the embedded AWS of this home.

    Raises:
        LocalAwsUnavailable: it was never started, or by an older tagship, or their file is damaged.
    """
    if keys := read_keys(settings.directory):
        return keys
    raise LocalAwsUnavailable(
        f"There are no credentials in {settings.directory}.", hint="tagship local down && tagship local up"
    )


def down(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> bool:
    """Stop the embedded AWS and remove its containers and networks; its state stays for the next ``up``.

    Returns:
        Whether it was running.
    """
    pid = status(settings).pid or _left_over(settings, processes)
    if pid is not None:
        on_progress("Stopping the embedded AWS.")
        _end(pid, clock)
    with contextlib.suppress(EngineUnavailable):
        remove_everything(connect_engine(), settings.instance_id)
    _facts_path(settings).unlink(missing_ok=True)
    return pid is not None


def kill(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> LocalStatus:
    """End the embedded AWS with SIGKILL, as a crash would, and start it again where it was; containers run on.

    Raises:
        LocalAwsUnavailable: it is not running, or does not come back.
    """
    now = status(settings)
    if now.pid is None:
        raise LocalAwsUnavailable("The embedded AWS is not running.", hint="tagship local up")
    on_progress(f"Killing the embedded AWS (process {now.pid}).")
    send_signal(now.pid, signal.SIGKILL)
    # Whoever started it may not have taken note of its end yet, so its process id says nothing.
    while status(settings).running:
        clock.sleep(0.05)
    there = replace(settings, port=int(now.endpoint.rpartition(":")[2]))
    _await_free(there.port, clock)
    return up(there, processes, clock, on_progress)


def reset(settings: LocalSettings, processes: Processes, clock: Clock, on_progress: Progress) -> None:
    """Stop the embedded AWS and forget everything that was made in it: resources, images, objects, databases, logs."""
    down(settings, processes, clock, on_progress)
    on_progress("Removing its state.")
    with contextlib.suppress(EngineUnavailable):
        remove_volumes(connect_engine(), settings.instance_id)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(settings.directory)


def _same_port(now: LocalStatus, settings: LocalSettings) -> LocalStatus:
    if now.endpoint != settings.endpoint:
        raise LocalAwsUnavailable(
            f"The embedded AWS is running at {now.endpoint} already, not at port {settings.port}.",
            hint="Use it there, or run `tagship local down` first.",
        )
    return now


def _require_free(port: int) -> None:
    if _is_free(port):
        return
    other = next(candidate for candidate in range(port + 1, port + 100) if _is_free(candidate))
    raise LocalAwsUnavailable(
        f"Port {port} of 127.0.0.1 is taken by another program.", hint=f"Run `tagship local up --port {other}`."
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
        "TAGSHIP_HOME": str(settings.home),
        "TAGSHIP_LOCAL_PORT": str(settings.port),
        "TAGSHIP_FRONT_DOOR_PORT": str(settings.front_door_port),
        "TAGSHIP_LOCAL_MINUTE": str(settings.minute),
    }
    return Command.of(sys.executable, "-m", "tagship.local.server", env={**theirs, **ours})


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
    facts = _read_facts(settings)
    if facts is None or not is_running(facts.pid):
        return None
    asked = processes.run(Command.of("ps", "-o", "command=", "-p", str(facts.pid)), check=False)
    return facts.pid if "tagship.local.server" in asked.stdout else None


def _ask(endpoint: str, path: str, headers: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    try:
        # Plain HTTP on loopback: every command asks, and reading the authorities of TLS for it takes 40 ms.
        answer = httpx.get(endpoint + path, headers=headers, timeout=5, trust_env=False, verify=False)  # noqa: S501 - as above
    except httpx.HTTPError:
        return None
    with contextlib.suppress(ValueError):
        parsed: dict[str, Any] = answer.json()
        return parsed
    return None


def _facts_path(settings: LocalSettings) -> Path:
    return settings.directory / "instance.json"


def _read_facts(settings: LocalSettings) -> InstanceFacts | None:
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        return InstanceFacts(**json.loads(_facts_path(settings).read_text()))
    return None


def _write_facts(settings: LocalSettings, facts: InstanceFacts) -> None:
    write_private(_facts_path(settings), json.dumps(asdict(facts)))
