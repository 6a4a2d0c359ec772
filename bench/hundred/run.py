"""A hundred services in one manifest: how long plans and releases take, and how many calls: ``make bench-hundred``.

The infrastructure is built through boto3 (``quick_infra``), with the names and settings of our Terraform modules.
Each service has a load balancer's target group and one task of a tiny server.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness import embedded_aws, machine, say
from quick_infra import QuickInfra
from tally import Counting, Tally

from tagship.base.events import Event, Events
from tagship.image.source import SourceRequest
from tagship.manifest.address import Address
from tagship.release.context import ReleaseOptions
from tagship.release.deploy import DeployRequest
from tagship.release.events import StepFinished, StepStarted
from tagship.release.planning.observe import observe
from tagship.release.planning.plan import Wanted, plan_deploy
from tagship.release.planning.steps import WatchRollouts
from tagship.wiring.environment import Environment, connect
from tests.contract.conftest import REGION, RunningAws

HERE = Path(__file__).parent
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@tagship.invalid", "-c", "commit.gpgsign=false")
TAGSHIP: Final = str(Path(sys.executable).parent / "tagship")
RUNS: Final = 7

DOCKERFILE: Final = 'FROM scratch\nCOPY server /server\nCMD ["/server"]\n'


def manifest(services: int, note: str) -> str:
    """So many services, with a setting that makes each version another content."""
    settings = f"port: 8000, drain: 5, stop_timeout: 5, environment: {{NOTE: {note}}}, count: {{desired: 1}}"
    lines = [f"  s{number:03}: {{{settings}, paths: [/s{number:03}/*]}}" for number in range(services)]
    return "\n".join(["app: crowd", f"region: {REGION}", "network: {nat: none}", "services:", *lines, ""])


@dataclass
class Release:
    """One deploy: its verdict, what was called, and the seconds of each kind of step."""

    verdict: str = ""
    error: str = ""
    tally: Tally = field(default_factory=Tally)
    watching: Tally | None = None
    seconds: dict[str, float] = field(default_factory=dict)


class Crowd:
    """The app with all its services, on one embedded AWS."""

    def __init__(self, aws: RunningAws, folder: Path, services: int) -> None:
        self._folder, self._services = folder, services
        os.environ |= {"TAGSHIP_HOME": str(aws.settings.home), "SEATRIAL_PORT": str(aws.settings.port)}
        (folder / "Dockerfile").write_text(DOCKERFILE)
        compiler = ["cc", "-static", "-Os", "-s", "-o", str(folder / "server"), str(HERE / "server.c")]
        subprocess.run(compiler, check=True)  # noqa: S603 - our words
        self._git("init", "-q")
        self.commit("v1.0.0")
        self._events = Events()
        self._place: Environment = connect(folder / "tagship.yaml", Address(), self._events)
        self.counting = Counting(self._place.aws)
        QuickInfra(aws, self._place.manifest).build()

    def commit(self, tag: str) -> None:
        """Another version, which changes every service."""
        (self._folder / "tagship.yaml").write_text(manifest(self._services, tag))
        self._git("add", "-A")
        self._git("commit", "-q", "-m", tag)
        self._git("-c", "tag.gpgsign=false", "tag", tag)

    def deploy(self, tag: str) -> Release:
        """Release in this process; the calls of watching are those of the wave after the gatekeeper."""
        release, stack = Release(), ExitStack()

        def hear(event: Event) -> None:
            if (
                isinstance(event, StepStarted)
                and isinstance(event.step, WatchRollouts)
                and len(event.step.services) > 1
            ):
                release.watching = stack.enter_context(self.counting.during())
            if isinstance(event, StepFinished):
                stack.close()
                kind = type(event.step).__name__
                release.seconds[kind] = release.seconds.get(kind, 0.0) + event.seconds

        request = DeployRequest(SourceRequest(tag), "bench", options=ReleaseOptions())
        with self._events.listening(hear), self.counting.during() as release.tally:
            outcome = self._place.deployer().deploy(request)
        release.verdict = outcome.verdict.words if outcome.verdict else "nothing to do"
        release.error = outcome.error.message if outcome.error else ""
        return release

    def plans(self) -> list[float]:
        """Seconds that the pure plan takes, of a release that changes everything."""
        infrastructure = self._place.infrastructure()
        doors = self._place._doors()  # noqa: SLF001 - the plan alone is measured
        wanted = Wanted(self._place.manifest, infrastructure, "v9.9.9", "abc")
        seen = observe(infrastructure, "v9.9.9", ecs=doors.ecs, ecr=doors.ecr, serving=None, scaling=doors.scaling)
        taken = []
        for _ in range(RUNS):
            began = time.perf_counter()
            plan = plan_deploy(wanted, seen)
            taken.append(time.perf_counter() - began)
            assert len(plan.steps) > self._services  # noqa: S101 - a benchmark of nothing is none
        return taken

    def command(self, *words: str) -> list[float]:
        """Seconds of a command as a person runs it, interpreter and all."""
        taken = []
        # An installed program is compiled; with this variable each run would compile it again.
        around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        for _ in range(RUNS):
            began = time.perf_counter()
            subprocess.run(  # noqa: S603 - ours
                [TAGSHIP, *words], cwd=self._folder, env=around, check=True, capture_output=True
            )
            taken.append(time.perf_counter() - began)
        return taken

    def _git(self, *words: str) -> None:
        subprocess.run([*GIT, *words], cwd=self._folder, check=True)  # noqa: S603 - our words


def main() -> None:
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with embedded_aws(4725, 8780) as aws, tempfile.TemporaryDirectory(prefix="tagship-bench-") as folder:
        say("building")
        crowd = Crowd(aws, Path(folder), options.services)
        text = _measured(crowd, options.services, load)
    sys.stdout.write(text)
    options.write.write_text(text)


def _measured(crowd: Crowd, services: int, load: float) -> str:
    sections: list[str] = []
    for tag, title in (("v1.0.0", "The first release"), ("v1.1.0", "A release in which every service changes")):
        if tag != "v1.0.0":
            crowd.commit(tag)
        say(f"deploying {tag}")
        release = crowd.deploy(tag)
        say(f"{tag}: {release.verdict} after {release.tally.seconds:.0f} s: {release.seconds} {release.error}")
        sections += _section(f"{title}: {release.verdict}", release.tally, release.seconds)
        if release.watching:
            sections += _section("Of these, while all but the gatekeeper were watched", release.watching, {})
    times = {
        "the plan alone, of a release that changes everything": crowd.plans(),
        "`tagship deploy`, nothing to do": crowd.command("deploy", "v1.1.0"),
        "`tagship deploy --dry-run`": crowd.command("deploy", "v1.1.0", "--dry-run"),
        "`tagship status`": crowd.command("status"),
    }
    sections += _section("A deploy with nothing to do", crowd.deploy("v1.1.0").tally, {})
    lines = [f"# {services} services in one manifest, measured", "", *machine(load), "Written by `make bench-hundred`."]
    lines += ["", "| what | median | slowest |", "| --- | --- | --- |"]
    lines += [
        f"| {what} | {_seconds(statistics.median(runs))} | {_seconds(max(runs))} |" for what, runs in times.items()
    ]
    return "\n".join([*lines, "", *sections])


def _section(title: str, tally: Tally, seconds: Mapping[str, float]) -> list[str]:
    lines = [f"## {title}: {tally.seconds:.1f} s", ""]
    if seconds:
        lines += [
            "Seconds by kind of step: " + ", ".join(f"{kind} {took:.0f}" for kind, took in seconds.items()) + ".",
            "",
        ]
    lines += ["| operation | calls | of these throttled |", "| --- | --- | --- |"]
    for key, count in sorted(tally.calls.items(), key=lambda item: -item[1]):
        lines.append(f"| {key[0]}:{key[1]} | {count} | {tally.throttled[key] or 'none'} |")
    lines += ["", "| quota | most calls within a second |", "| --- | --- |"]
    return [*lines, *(f"| {name} | {count} |" for name, count in sorted(tally.peaks.items())), ""]


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


if __name__ == "__main__":
    main()
