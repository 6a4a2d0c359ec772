"""The embedded AWS killed with -9 at ten random moments, and started again: ``make bench-recovery``.

Before each kill something is under way: a release, a change of the desired count, calls as Terraform makes them, or
nothing. After each start everything is counted again: services, tasks, containers, targets, what MiniStack keeps.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from harness import containers, embedded_aws, kill, machine, pushed_images, say, until
from ledger import Ledger
from probe import Probe, Report

from seatrial.core.engine import connect_engine
from tests.contract.conftest import RunningAws, start
from tests.seatrial.contract.ecs.harness import TERMINAL, Harness

HERE = Path(__file__).parent
MOMENTS = ("release",) * 4 + ("scaling",) * 2 + ("calls",) * 2 + ("idle",) * 2
LONGEST = {"release": 14.0, "scaling": 9.0, "calls": 3.0, "idle": 2.0}
RATE = 40
HEADS = (
    "kill",
    "under way",
    "after s",
    "down s",
    "requests before",
    "failed",
    "while down",
    "failed",
    "after it",
    "failed",
    "at rest after s",
    "calls answered",
    "broken",
)


@dataclass
class Moment:
    """One kill, and what was found after it."""

    number: int
    what: str
    after: float
    down: float = 0.0
    rest: float = 0.0
    calls: int = 0
    before_kill: Report = field(default_factory=Report)
    while_down: Report = field(default_factory=Report)
    after_start: Report = field(default_factory=Report)
    broken: list[str] = field(default_factory=list)

    def row(self) -> list[object]:
        """The cells of the table."""
        reports = (self.before_kill, self.while_down, self.after_start)
        counted = [number for report in reports for number in (report.requests, report.failed)]
        times = [f"{self.after:.1f}", f"{self.down:.1f}"]
        return [self.number, self.what, *times, *counted, f"{self.rest:.1f}", self.calls, len(self.broken)]


class Town:
    """What is there to be recovered: two services, a load balancer with a rule, objects, secrets."""

    def __init__(self, aws: RunningAws, images: Mapping[str, str]) -> None:
        self._aws = aws
        self._images = images
        self.harness = Harness(aws, "town", delay=2)
        self._version = "v1"
        self.desired = 2
        self.harness.create(self._definition("v1"))
        self._worker()
        listener = self.harness.elb.describe_listeners(LoadBalancerArn=self.harness.balancer["LoadBalancerArn"])
        self._listener = listener["Listeners"][0]["ListenerArn"]
        fixed = {"StatusCode": "418", "ContentType": "text/plain", "MessageBody": "kept"}
        self.harness.elb.create_rule(
            ListenerArn=self._listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["/rule"]}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
        )
        self.ledger = Ledger(aws, self.harness.vpc)
        self.harness.settled()
        self.harness.steady()

    @property
    def door(self) -> str:
        """Where the load balancer answers."""
        host, port = self.harness.front_door()
        return f"http://{host}:{port}/"

    def release(self) -> None:
        """The other version."""
        self._version = "v2" if self._version == "v1" else "v1"
        self.harness.update(taskDefinition=self._definition(self._version))

    def scale(self, desired: int) -> None:
        """Another number of tasks."""
        self.desired = desired
        self.harness.update(desiredCount=desired)

    def at_rest(self) -> bool:
        """Whether nothing moves any more."""
        service = self.harness.service()
        status = self.harness.deployment()["status"]
        quiet = len(service["deployments"]) == 1 and service["pendingCount"] == 0
        return (
            quiet and status in TERMINAL and service["runningCount"] == service["desiredCount"] == len(self._healthy())
        )

    def facts(self) -> dict[str, Any]:
        """What must be the same before and after."""
        described = self.harness.ecs.describe_services(cluster=self.harness.cluster, services=["town", "worker"])[
            "services"
        ]
        kept = ("serviceArn", "desiredCount", "taskDefinition", "loadBalancers", "deploymentConfiguration", "status")
        group = self.harness.elb.describe_target_group_attributes(TargetGroupArn=self.harness.group)["Attributes"]
        return {
            "services": [{name: service.get(name) for name in kept} for service in described],
            "rules": self.harness.elb.describe_rules(ListenerArn=self._listener)["Rules"],
            "attributes": sorted(group, key=lambda item: item["Key"]),
            "subnets": sorted(item["SubnetId"] for item in self._aws.client("ec2").describe_subnets()["Subnets"]),
            "images": sorted(map(str, self._aws.client("ecr").list_images(repositoryName="bench")["imageIds"])),
            "front door": self.harness.front_door(),
        }

    def broken(self, before: Mapping[str, Any]) -> list[str]:
        """What does not agree now that everything is at rest."""
        found = [
            f"{name} changed: {value} -> {now}" for name, now in self.facts().items() if (value := before[name]) != now
        ]
        service = self.harness.service()
        status = self.harness.deployment()["status"]
        tasks = self.harness.tasks()
        claimed = {item["runtimeId"] for task in tasks for item in task["containers"]}
        addresses = {
            interface["privateIpv4Address"]
            for task in tasks
            if task["group"] == "service:town"
            for interface in task["containers"][0]["networkInterfaces"]
        }
        with httpx.Client() as client:
            rule = client.get(f"{self.door}rule").status_code
            versions = {client.get(self.door).text for _ in range(4)}
        checks = {
            f"at rest: {service['deployments']}": self.at_rest(),
            f"desired {service['desiredCount']}, not {self.desired}": service["desiredCount"] == self.desired,
            f"deployment {status}": status == "SUCCESSFUL",
            f"{len(tasks)} tasks": len(tasks) == self.desired + 2,
            f"a task is not RUNNING: {[task['lastStatus'] for task in tasks]}": all(
                task["lastStatus"] == "RUNNING" for task in tasks
            ),
            f"running containers {containers(self._aws)} are not those of the tasks {claimed}": containers(self._aws)
            == claimed,
            "there are orphans": containers(self._aws, stopped=True) == claimed,
            f"targets {self._healthy()} are not the tasks' {addresses}": self._healthy() == addresses,
            f"rule answers {rule}": rule == 418,  # noqa: PLR2004 - see above
            f"{versions} answer, not {self._version}": versions == {self._version},
        }
        return [*found, *(what for what, holds in checks.items() if not holds), *self.ledger.broken()]

    def _healthy(self) -> set[str]:
        found = self.harness.elb.describe_target_health(TargetGroupArn=self.harness.group)["TargetHealthDescriptions"]
        return {item["Target"]["Id"] for item in found if item["TargetHealth"]["State"] == "healthy"}

    def _definition(self, version: str) -> str:
        command = '{"command": ["python3", "/app.py"]}'
        return self.harness.register(IMAGE=self._images[version], CONTAINER=command, VERSION=version)

    def _worker(self) -> None:
        self.harness.ecs.create_service(
            cluster=self.harness.cluster,
            serviceName="worker",
            taskDefinition=self._definition("v1"),
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration=self.harness.network_configuration(),
        )


def main() -> None:
    """Kill ten times, write the table; the exit code says whether everything was found again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--moments", type=int, default=len(MOMENTS))
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    found: list[str] = []
    fine = True
    for seed in options.seeds:
        with embedded_aws(4686, 8760) as aws, pushed_images(aws, "v1", "v2") as images:
            dice = random.Random(seed)  # noqa: S311 - moments, not secrets
            moments, replaced = _killed_often(Town(aws, images), aws, dice, options.moments)
        fine = fine and not replaced[1] and not any(moment.broken for moment in moments)
        found += _section(seed, moments, replaced[0])
    text = "\n".join(["# Killed and started again, measured", "", *machine(load), *_words(), *found, ""])
    sys.stdout.write(text)
    if options.moments == len(MOMENTS):
        options.write.write_text(text)
    sys.exit(0 if fine else 1)


def _killed_often(
    town: Town, aws: RunningAws, dice: random.Random, count: int
) -> tuple[list[Moment], tuple[str, list[str]]]:
    order = dice.sample(MOMENTS, count)
    moments = []
    for number, what in enumerate(order, 1):
        moment = Moment(number, what, dice.uniform(0.05, LONGEST[what]))
        _kill_once(town, aws, moment, dice)
        say(f"kill {number}: {what} after {moment.after:.1f} s, {moment.row()}, {moment.broken or 'all there'}")
        moments.append(moment)
    return moments, _kill_containers(town, aws)


def _kill_once(town: Town, aws: RunningAws, moment: Moment, dice: random.Random) -> None:
    door = town.door
    answered = town.ledger.answered
    probe = _probing(door)
    if moment.what == "release":
        town.release()
    elif moment.what == "scaling":
        town.scale(dice.choice([count for count in (1, 2, 3, 4) if count != town.desired]))
    elif moment.what == "calls":
        town.ledger.begin()
    before = town.facts()
    time.sleep(moment.after)
    moment.before_kill = probe.stop()
    probe = _probing(door)
    kill(aws)
    began = time.monotonic()
    start(aws.settings)
    if not until(lambda: _answers(door), 60, every=0.05):
        moment.broken.append("the front door does not answer within 60 s")
    moment.down = time.monotonic() - began
    town.ledger.end()  # what was not answered is asked again by the client, as Terraform does
    moment.while_down = probe.stop()
    probe = _probing(door)
    until(town.at_rest, 150)
    moment.rest = time.monotonic() - began
    time.sleep(1)
    moment.after_start = probe.stop()
    moment.calls = town.ledger.answered - answered
    moment.broken += town.broken(before)
    for report, when in ((moment.before_kill, "before the kill"), (moment.after_start, "after the start")):
        if report.failed:
            moment.broken.append(f"{report.failed} requests failed {when}: {dict(report.errors)}")


def _kill_containers(town: Town, aws: RunningAws) -> tuple[str, list[str]]:
    """As an engine that restarts ends them: all at once."""
    before, facts = containers(aws), town.facts()
    probe = _probing(town.door)
    time.sleep(1)
    engine = connect_engine()
    for container in before:
        engine.api.kill(container, "SIGKILL")
    engine.close()
    began = time.monotonic()
    until(lambda: not before & containers(aws) and town.at_rest(), 150)
    taken = time.monotonic() - began
    until(lambda: len(containers(aws)) == len(before), 60)
    report = probe.stop()
    broken = town.broken(facts)
    left = before & containers(aws, stopped=True)
    broken += [f"{len(left)} killed containers are left"] if left else []
    words = (
        f"All {len(before)} containers killed at once: replaced and at rest after {taken:.1f} s, "
        f"{report.failed} of {report.requests} requests failed meanwhile; "
        f"{'nothing' if not broken else len(broken)} broken."
    )
    say(f"{words} {broken}")
    return words, broken


def _probing(door: str) -> Probe:
    probe = Probe(door, RATE)
    probe.start()
    return probe


def _answers(door: str) -> bool:
    try:
        return httpx.get(door, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _words() -> list[str]:
    return [
        f"{RATE} requests a second through the load balancer, half of them over new connections.",
        "The service `town` has a load balancer, `worker` has none; broken counts what was not found again: services,",
        "desired counts, tasks, containers (none lost, none left over), targets, rules, images, what was answered.",
        "Written by `make bench-recovery`.",
    ]


def _section(seed: int, moments: list[Moment], replaced: str) -> list[str]:
    rows = [HEADS, ("---",) * len(HEADS), *(moment.row() for moment in moments)]
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    broken = [f"- kill {moment.number}: {what}" for moment in moments for what in moment.broken]
    return ["", f"## Seed {seed}", "", *lines, "", replaced, *(["", *broken] if broken else [])]


if __name__ == "__main__":
    main()
