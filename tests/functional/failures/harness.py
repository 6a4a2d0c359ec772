"""Where failures are made to happen: an embedded AWS, one environment in it, and the commands as a user types them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import httpx

from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from tests.contract.conftest import RunningAws
from tests.functional.failures.small_app import Change, Little

SPEED = {"SEATRIAL_ECS_ACTIVATION": "3", "SEATRIAL_ECS_CONFIRMED_AFTER": "1"}
"""The embedded AWS's times that are shorter here than at AWS, in seconds: see ``seatrial/services/ecs/settings.py``."""

ROLLING = "IN_PROGRESS"
"""In the output of a deploy: its rollout has begun."""

PATIENCE = 600.0


@dataclass(frozen=True)
class Seen:
    """What came of a case.

    Args:
        exit_code: of the command.
        verdict: in words; empty where none was reached.
        causes: that were named.
        requests: that users sent meanwhile; None where nobody asked.
        failed: of them.
        seconds: from the update to the verdict; where nothing was updated, of the whole command.
        answers: the version that answers afterwards.
        shipped: the version that was shipped.
        text: all that was printed for a person.
    """

    exit_code: int
    verdict: str = ""
    causes: tuple[str, ...] = ()
    requests: int | None = None
    failed: int = 0
    seconds: float = 0.0
    answers: str = ""
    shipped: str = ""
    text: str = field(default="", repr=False)


@dataclass
class Running:
    """A command that is under way."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    began: float

    def until(self, words: str) -> None:
        """Wait until it has printed this."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.err.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"never said {words!r}:\n{self.err.read_text()}")
            time.sleep(0.1)

    def signal(self, number: signal.Signals) -> None:
        """As Ctrl-C or ``kill`` do it."""
        self.process.send_signal(number)

    def wait(self) -> tuple[int, str, str, float]:
        """Exit code, stdout, stderr, and how many seconds it took."""
        code = self.process.wait(PATIENCE)
        return code, self.out.read_text(), self.err.read_text(), time.monotonic() - self.began


class Harness:
    """One embedded AWS with the environment of the little application, of which one version serves.

    Args:
        folder: for everything.
        port: of the AWS API.
        front_door_port: the first for load balancers.
        say: hears what goes on.
    """

    def __init__(self, folder: Path, port: int, front_door_port: int, say: Callable[[str], None] = print) -> None:
        self.folder, self._say = folder, say
        self.settings = InstanceSettings(folder / "home", port, front_door_port)
        self.little = Little(folder / "app")
        self._commands = 0
        self.serving = ""
        self.url = ""

    def __enter__(self) -> Self:
        """Build everything, and release the first version."""
        # A shell lets what it starts in the background ignore Ctrl-C, and a program's own programs inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.serving = self.little.tag()
        for words in (("local", "up"), ("infra", "apply", "--yes"), ("deploy", self.serving)):
            self._say(f"tagship {' '.join(words)}")
            code, _, text, seconds = self.start(*words).wait()
            self._say(f"  exit code {code} after {seconds:.0f} s")
            if code:
                raise AssertionError(text)
        code, out, text, _ = self.start("status", "--json").wait()
        assert code == 0, text
        self.url = str(json.loads(out)["url"])
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        self.start("local", "reset", "--yes").wait()

    @property
    def aws(self) -> RunningAws:
        """Its API."""
        return RunningAws(self.settings)

    def start(self, *words: str, **environment: str) -> Running:
        """Begin a command of tagship."""
        self._commands += 1
        out, err = (self.folder / f"{self._commands}.{name}" for name in ("out", "err"))
        mine = {
            **SPEED,
            "TAGSHIP_HOME": str(self.settings.home),
            "SEATRIAL_PORT": str(self.settings.port),
            "SEATRIAL_FRONT_DOOR_PORT": str(self.settings.front_door_port),
        }
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "tagship", *words],
                cwd=self.little.folder,
                env={**os.environ, **mine, **environment},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        return Running(process, out, err, time.monotonic())

    def begin(self, change: Change | None = None, *options: str) -> tuple[str, Running]:
        """Tag the application with this change and begin to deploy it; returns the tag, too."""
        version = self.little.tag(change)
        return version, self.start("deploy", version, "--json", *options)

    def deploy(self, change: Change | None = None, *options: str) -> Seen:
        """Tag the application with this change, deploy it, and say what came of it."""
        version, running = self.begin(change, *options)
        return self.seen(running, version)

    def seen(self, running: Running, version: str) -> Seen:
        """What came of a deploy that was begun."""
        seen = of(running.wait(), version)
        answers = self.answers()
        self.serving = answers if answers == version else self.serving
        return replace(seen, answers=answers)

    def answers(self) -> str:
        """The version that users get; ``none`` where they get none."""
        try:
            found = httpx.get(self.url, timeout=10, trust_env=False)
        except httpx.HTTPError:
            return "none"
        return found.text if found.is_success else "none"

    @contextlib.contextmanager
    def fault(self, kind: str, **order: Any) -> Iterator[None]:  # noqa: ANN401 - JSON
        """A fault that is set inside the block, for the first service."""
        page = f"{self.settings.endpoint}/_seatrial/faults"
        answer = httpx.post(page, json={"kind": kind, **order}, headers=instance.shown(self.settings), trust_env=False)
        assert answer.status_code == 201, answer.text
        try:
            yield
        finally:
            httpx.delete(page, headers=instance.shown(self.settings), trust_env=False)

    def rest(self, seconds: float = 240) -> None:
        """Wait until no service moves."""
        ecs, deadline = self.aws.client("ecs"), time.monotonic() + seconds
        cluster = ecs.list_clusters()["clusterArns"][0]
        names = ecs.list_services(cluster=cluster)["serviceArns"]
        while True:
            found = ecs.describe_services(cluster=cluster, services=names)["services"]
            if all(len(each["deployments"]) == 1 and each["runningCount"] >= each["desiredCount"] for each in found):
                return
            assert time.monotonic() < deadline, found
            time.sleep(0.5)


def of(ended: tuple[int, str, str, float], version: str) -> Seen:
    """Read what ``tagship deploy --json`` printed."""
    code, out, text, seconds = ended
    told = json.loads(out) if out.strip() else {}
    record = told.get("record") or {}
    services = list(record.get("services", {}).values())
    phases = (record.get("probe") or {}).get("phases")
    watched = [service["seconds"] for service in services if service["verdict"] and not service["reverted"]]
    return Seen(
        exit_code=code,
        verdict=told.get("verdict") or "",
        causes=tuple(sorted({service["diagnosis"]["cause"] for service in services if service.get("diagnosis")})),
        requests=None if phases is None else sum(phase["requests"] for phase in phases),
        failed=sum(phase["failed"] for phase in phases or ()),
        seconds=max(watched, default=0) or round(seconds, 1),
        shipped=version,
        text=text,
    )
