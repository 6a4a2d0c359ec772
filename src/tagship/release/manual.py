"""What people do by hand between releases: another number of tasks, a command beside the services, a terminal."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex

from tagship.aws.ecs_shapes import OneOff, Task
from tagship.base.errors import AwsThrottled, AwsUnreachable, NotReady, Refused
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.manifest.spelling import did_you_mean
from tagship.release.actions.collect_evidence import EvidenceCollector
from tagship.release.actions.min_capacity import set_min_capacity
from tagship.release.actions.one_off import Ended, run_to_end
from tagship.release.diagnosis.diagnosis import NAMELESS
from tagship.release.doors import Doors
from tagship.release.events import Diagnosed, Scaling
from tagship.release.health import Health, health_of
from tagship.release.records.ledger import Ledger

POLL = 1.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Scaled:
    """How a service is after it was scaled, and whether all its tasks run and are healthy."""

    health: Health
    done: bool


@dataclass(frozen=True)
class ManualOperations:
    """What people do by hand in one environment.

    Args:
        doors: everything outside.
        ledger: the releases; nobody scales while one runs.
        infrastructure: reads what Terraform built.
        manifest: the manifest of the environment.
        who: is at work.
    """

    doors: Doors
    ledger: Ledger
    infrastructure: Callable[[], Infrastructure]
    manifest: EnvironmentManifest
    who: str

    def scale(self, service: str, count: int, *, beyond: bool, patience: float) -> Scaled:
        """Give a service another number of tasks; returns how it is when they are healthy, or when time is up.

        Raises:
            Refused: no such service, a release is running, the number is beyond what the manifest allows, or the
                service is down: more tasks of what gets no task healthy help nobody.
        """
        wanted = self._service(service)
        limits = wanted.count
        if not beyond and not limits.min <= count <= limits.max:
            raise Refused(
                f"`services.{service}.count` goes from {limits.min} to {limits.max}; {count} is outside.",
                hint=f"tagship scale {service} {count} --beyond",
            )
        self.ledger.require_free()
        infrastructure = self.infrastructure()
        place = infrastructure.services[service]
        before = self._health(service, place, infrastructure.cluster)
        if before.stuck and count:
            raise Refused(
                f"`{service}` is {before.state.value.upper()}: {before.says}. Changing the number of tasks does not "
                "help.",
                hint="tagship recover",
            )
        starting = before.desired == 0
        self.doors.ecs.scale(infrastructure.cluster, place.service, count)
        scaled = self._until(service, place, infrastructure.cluster, patience)
        # The bound must not start more tasks than were asked for.
        if scaled.done and starting and wanted.scales and count >= limits.min:
            set_min_capacity(self.doors, infrastructure, service, limits.min)
        return scaled

    def run(self, service: str, command: tuple[str, ...], *, timeout: float) -> Ended:
        """Run a command in the image, with the roles, the network and the settings of what the service runs now.

        Raises:
            Refused: no such service.
            NotReady: nothing was released yet.
        """
        self._service(service)
        infrastructure = self.infrastructure()
        place = infrastructure.services[service]
        current = self.doors.ecs.service(infrastructure.cluster, place.service)
        self._require_release()
        wanted = OneOff(
            task_definition=current.task_definition,
            container=place.container,
            command=command,
            network=current.network,
            started_by=f"tagship/run/{self.who}",
            token=f"run-{token_hex(12)}",
        )
        ended = run_to_end(self.doors, infrastructure, service, wanted, timeout=timeout)
        if ended.exit_code != 0:
            self._examine(ended, service, place, limit=timeout)
        return ended

    def _examine(self, ended: Ended, service: str, place: ServiceInfrastructure, *, limit: float) -> None:
        """Tell the cause where there is more to say than the exit code, which whoever typed the command sees."""
        collector = EvidenceCollector(ecs=self.doors.ecs, logs=self.doors.logs)
        found = collector.examine_one_off("command", ended, self.manifest.services[service], place, limit=limit)
        if found.cause not in NAMELESS:
            self.doors.events.emit(Diagnosed(service, found, "command"))

    def task(self, service: str, named: str | None) -> tuple[str, Task, str]:
        """The cluster, a task of a service that runs, and its container, to open a terminal in.

        Args:
            service: the service's name in the manifest.
            named: how the task's id begins; None is the newest one.

        Raises:
            Refused: no such service, no such task, or the manifest allows no terminal.
        """
        if not self._service(service).exec:
            raise Refused(
                f"`services.{service}.exec` is false, so ECS Exec is not allowed in it.",
                hint="Set it to true, then: tagship infra apply, and deploy",
            )
        infrastructure = self.infrastructure()
        place = infrastructure.services[service]
        tasks = [
            task
            for task in self.doors.ecs.tasks(infrastructure.cluster, place.service)
            if task.status == "RUNNING" and task.id.startswith(named or "")
        ]
        if not tasks:
            which = f"task `{named}`" if named else "task"
            raise Refused(f"No {which} of `{service}` is running.", hint="tagship status")
        newest = max(tasks, key=lambda task: str(task.created_at))
        return infrastructure.cluster, newest, place.container

    def _service(self, name: str) -> Service:
        if name not in self.manifest.services:
            guess = did_you_mean(name, self.manifest.services)
            raise Refused(f"There is no service `{name}`; {guess}", hint="tagship status")
        return self.manifest.services[name]

    def _require_release(self) -> None:
        if self.ledger.serving() is None:
            raise NotReady("There is no release yet, so there is no image to run.", hint="tagship deploy")

    def _health(self, name: str, place: ServiceInfrastructure, cluster: str) -> Health:
        service = self.doors.ecs.service(cluster, place.service)
        return health_of(name, service, self.doors.elb.target_health(place.target_group_arn))

    def _until(self, name: str, place: ServiceInfrastructure, cluster: str, patience: float) -> Scaled:
        deadline, told = self.doors.clock.monotonic() + patience, None
        while True:
            with suppress(AwsThrottled, AwsUnreachable):  # the number was set: the next look may tell
                now, health, settled = self._scaling(name, place, cluster)
                if now != told:
                    self.doors.events.emit(now)
                    told = now
                if settled or (health.gave_up and health.desired):
                    return Scaled(health, done=settled)
            if self.doors.clock.monotonic() >= deadline:
                return Scaled(self._health(name, place, cluster), done=False)
            self.doors.clock.sleep(POLL)

    def _scaling(self, name: str, place: ServiceInfrastructure, cluster: str) -> tuple[Scaling, Health, bool]:
        """How far it is, how healthy, and whether all that are wanted run and are healthy."""
        service = self.doors.ecs.service(cluster, place.service)
        health = health_of(name, service, self.doors.elb.target_health(place.target_group_arn))
        settled = service.running == service.desired and service.pending == 0 and health.healthy >= service.desired
        return Scaling(name, service.desired, service.running, health.healthy), health, settled
