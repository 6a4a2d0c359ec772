"""Releases that go well and releases that go wrong, with real containers, under load: ``make bench-scenarios``.

Each scenario has a cluster, a load balancer and a service of its own; some run side by side. Requests go through the
load balancer from before the release until its service is at rest again, half of them over new connections.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from harness import embedded_aws, machine, pushed_images, say, until
from probe import Probe, Report
from scenarios import NO_TASKS, SCENARIOS, Scenario

from tests.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import TERMINAL, Harness

HERE = Path(__file__).parent
STUCK_SECONDS = 45
HEADS = (
    "new version",
    "requests",
    "failed",
    "fail at ECS",
    "service deployment",
    "rolloutState",
    "seconds",
    "answers then",
    "as ECS",
    "MiniStack: requests",
)
SIDECAR_PORT = 9000
SIDECAR = f"import http.server as h; h.HTTPServer(('', {SIDECAR_PORT}), h.SimpleHTTPRequestHandler).serve_forever()"
ASK_SIDECAR = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{SIDECAR_PORT}')"


@dataclass
class Outcome:
    """What came of a scenario."""

    scenario: Scenario
    status: str = ""
    rollout_state: str = ""
    seconds: float = 0.0
    requests: int = 0
    failed: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    answers: str = ""

    @property
    def as_ecs(self) -> bool:
        """Whether it went as it goes at Amazon's ECS."""
        wanted = self.scenario
        as_wanted = (self.status, self.answers) == (wanted.status, wanted.answers)
        return as_wanted and (not wanted.clean or self.failed == 0)


class Play:
    """One scenario on its harness."""

    def __init__(self, aws: RunningAws, scenario: Scenario, images: Mapping[str, str]) -> None:
        self._scenario = scenario
        self._images = images
        self._stage = Harness(aws, f"case-{scenario.key.lower()}", delay=scenario.delay)

    def run(self) -> Outcome:
        """Act it."""
        outcome = Outcome(self._scenario)
        if self._scenario.act == "first":
            self._create("v1", self._scenario.new)
            self._watch(outcome, self._stage.service()["currentServiceDeployment"])
            outcome.answers = NO_TASKS if 503 in self._answers() else "?"  # noqa: PLR2004 - no healthy target
        else:
            self._create("v1", self._scenario.old)
            self._stage.settled(seconds=180)
            self._stage.steady()
            report = self._under_load(outcome)
            outcome.requests, outcome.failed, outcome.errors = report.requests, report.failed, report.errors
            outcome.answers = " and ".join(sorted(map(str, self._answers())))
        self._stage.update(desiredCount=0)
        self._stage.ecs.delete_service(cluster=self._stage.cluster, service=self._stage.name, force=True)
        return outcome

    def _under_load(self, outcome: Outcome) -> Report:
        host, port = self._stage.front_door()
        probe = Probe(f"http://{host}:{port}/", self._scenario.rate, timeout=60)
        probe.start()
        time.sleep(2)
        for left in reversed(range(self._scenario.releases)):
            self._watch(outcome, self._release("v1" if left else "v2", self._scenario.new))
        if outcome.status in TERMINAL:
            self._stage.steady(seconds=180)
        time.sleep(2)
        return probe.stop()

    def _release(self, version: str, behaviour: Mapping[str, str]) -> str:
        definition = self._definition(version, behaviour)
        started = self._stage.update(taskDefinition=definition)
        if self._scenario.act == "stop":
            time.sleep(12)
            self._stage.ecs.stop_service_deployment(serviceDeploymentArn=started, stopType="ROLLBACK")
        return started

    def _watch(self, outcome: Outcome, deployment: str) -> None:
        began = time.monotonic()
        stuck = self._scenario.act == "stuck"
        until(lambda: self._stage.deployment(deployment)["status"] in TERMINAL, STUCK_SECONDS if stuck else 300)
        outcome.seconds += time.monotonic() - began
        outcome.status = self._stage.deployment(deployment)["status"]
        outcome.rollout_state = self._stage.service()["deployments"][0]["rolloutState"]

    def _create(self, version: str, behaviour: Mapping[str, str]) -> None:
        low, high = self._scenario.percent
        configuration = {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "minimumHealthyPercent": low,
            "maximumPercent": high,
        }
        definition = self._definition(version, behaviour)
        scenario = self._scenario
        self._stage.create(
            definition,
            count=scenario.count,
            grace=scenario.grace,
            deploymentConfiguration=configuration,
            availabilityZoneRebalancing="DISABLED",
        )

    def _definition(self, version: str, behaviour: Mapping[str, str]) -> str:
        asked = dict(behaviour)
        container = {"command": ["python3", "/app.py"], **json.loads(asked.pop("CONTAINER", "{}"))}
        new = version == "v2"
        image = self._images["v2"].replace(":v2", ":nowhere") if new and self._scenario.act == "missing" else None
        arn = self._stage.register(
            IMAGE=image or self._images[version], CONTAINER=json.dumps(container), **{"VERSION": version, **asked}
        )
        return self._with_sidecar(arn) if new and self._scenario.act == "sidecar" else arn

    def _with_sidecar(self, definition: str) -> str:
        """The same with a second container, which the first one waits for and asks at localhost."""
        spec = self._stage.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
        app = spec["containerDefinitions"][0]
        check: dict[str, Any] = {"interval": 5, "timeout": 4, "retries": 3}
        asking = {**check, "command": ["CMD", "python3", "-c", ASK_SIDECAR]}
        sidecar = {
            "name": "sidecar",
            "image": app["image"],
            "command": ["python3", "-c", SIDECAR],
            "healthCheck": asking,
            "logConfiguration": self._stage.log_configuration(),
        }
        app = {**app, "healthCheck": asking, "dependsOn": [{"containerName": "sidecar", "condition": "HEALTHY"}]}
        kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
        asked = {name: spec[name] for name in kept}
        answer = self._stage.ecs.register_task_definition(containerDefinitions=[app, sidecar], **asked)
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    def _answers(self) -> set[str | int]:
        """What answers now: versions, and statuses that are no success."""
        host, port = self._stage.front_door()
        found: set[str | int] = set()
        for _ in range(4):
            try:
                with urlopen(f"http://{host}:{port}/", timeout=60) as answer:
                    found.add(answer.read().decode())
            except URLError as error:
                found.add(getattr(error, "code", 0))
        return found


def main() -> None:
    """Run them all, write the table; the exit code says whether all went as at Amazon's ECS."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="keys of scenarios")
    parser.add_argument("--together", type=int, default=3, help="how many run side by side")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    chosen = [scenario for scenario in SCENARIOS if not options.only or scenario.key in options.only]
    with embedded_aws(4680, 8680) as aws, pushed_images(aws, "v1", "v2") as images:

        def act(scenario: Scenario) -> Outcome:
            outcome = Play(aws, scenario, images).run()
            say(f"{scenario.key}: {outcome.status}, {outcome.failed} of {outcome.requests} failed, {outcome.answers}")
            return outcome

        with ThreadPoolExecutor(options.together) as pool:
            outcomes = list(pool.map(act, chosen))
    table = _report(outcomes, machine(load), options.together)
    sys.stdout.write(table)
    if not options.only:
        options.write.write_text(table)
    sys.exit(0 if all(outcome.as_ecs for outcome in outcomes) else 1)


def _report(outcomes: list[Outcome], where: list[str], together: int) -> str:
    lines = [
        "# Releases under load, measured",
        "",
        *where,
        f"{together} scenarios side by side. Where nothing else is said: 2 tasks, minimum 100 %, maximum 200 %,",
        "circuit breaker with rollback, health check every 5 s, deregistration delay 5 s.",
        "A request has failed that got no answer, or one other than 200. Half of them came over new connections.",
        "MiniStack's figures are those of its own ECS and load balancer, measured with applications that behave so.",
        "Written by `make bench-scenarios`.",
        "",
        _row("", *HEADS),
        _row(*["---"] * (len(HEADS) + 1)),
        *(_row(*_cells(outcome)) for outcome in outcomes),
    ]
    lines += ["", "## What Amazon's ECS does, and by which rule", ""]
    lines += [f"- {it.scenario.key}: {it.scenario.rule}." for it in outcomes]
    broken = [f"- {it.scenario.key}: {dict(it.errors)}" for it in outcomes if it.errors]
    lines += ["", "## Failed requests, by what went wrong", "", *(broken or ["- none"]), ""]
    return "\n".join(lines)


def _cells(it: Outcome) -> list[object]:
    scenario = it.scenario
    counted = [f"{it.requests:,}", f"{it.failed:,}", "none" if scenario.clean else "some may"]
    ended = [it.status, it.rollout_state, f"{it.seconds:.1f}", it.answers]
    return [scenario.key, scenario.title, *counted, *ended, "yes" if it.as_ecs else "NO", scenario.theirs]


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
