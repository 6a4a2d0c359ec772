"""AWS in memory, for tests of what stands above: the same promises as the doors, and no network.

``tests/contract/aws`` runs one suite against these and against the embedded AWS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tagship.aws.ecr import SignIn
from tagship.aws.ecs_shapes import (
    TERMINAL,
    Container,
    Definition,
    DeploymentBrief,
    EcsService,
    OneOff,
    Revision,
    Rollout,
    ServiceChange,
    ServiceDeployment,
    Task,
    not_found,
)
from tagship.aws.elb import TargetHealth
from tagship.aws.logs import LogLine
from tagship.aws.standing import TargetGroupFacts
from tagship.base.errors import AwsConflict, AwsError
from tagship.base.fakes import Hooked

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_ARN = "arn:aws:ecs:eu-central-1:111122223333"
_KILLED = 137
"""The exit code of a container that does not leave when it is told to: 128 and the signal's number."""

Plot = tuple[str, ...]
"""The statuses that a service deployment shows, one a look; the last one stays."""

GOOD: Plot = ("PENDING", "IN_PROGRESS", "IN_PROGRESS", "SUCCESSFUL")
BREAKER: Plot = ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
GIVEN_UP: Plot = ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED")


@dataclass
class _Deployment:
    arn: str
    plot: Plot
    revision: str
    before: str
    number: int
    looks: int = 0

    @property
    def status(self) -> str:
        return self.plot[min(self.looks, len(self.plot) - 1)]


@dataclass
class FakeEcs(Hooked):
    """One cluster with services; how a deployment goes is told by ``plots``, by the revision's image."""

    plots: dict[str, Plot] = field(default_factory=dict)
    dead: dict[str, list[Task]] = field(default_factory=dict)
    """Stopped tasks by service."""
    calls: list[str] = field(default_factory=list)
    exit_codes: dict[str, int | None] = field(default_factory=dict)
    """How one-off tasks end, by the first word of their command; None is one that never ends."""
    ran: list[OneOff] = field(default_factory=list)
    no_capacity: bool = False
    """Whether no one-off task can be placed."""
    _one_offs: dict[str, Task] = field(default_factory=dict)
    _revisions: dict[str, Revision] = field(default_factory=dict)
    _services: dict[str, EcsService] = field(default_factory=dict)
    _deployments: dict[str, list[_Deployment]] = field(default_factory=dict)

    def create_service(self, cluster: str, name: str, definition: Definition, *, desired: int = 0) -> None:
        """Make a service with a first revision and a first, successful deployment, as Terraform does."""
        revision = self.register(definition, {})
        self._services[name] = EcsService(
            arn=f"{_ARN}:service/{cluster}/{name}",
            name=name,
            cluster_arn=f"{_ARN}:cluster/{cluster}",
            task_definition=revision.arn,
            desired=desired,
            running=desired,
            pending=0,
            rollouts=(),
            events=(),
            network={"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}},
        )
        self._deployments[name] = []
        self._deploy(name, revision.arn, ("SUCCESSFUL",))
        self.calls.clear()

    def service(self, cluster: str, name: str) -> EcsService:  # noqa: ARG002 - there is one cluster
        """See ``Ecs.service``."""
        if name not in self._services:
            raise not_found(f"ECS service `{name}`", "ServiceNotFoundException")
        return self._services[name]

    def services(self, cluster: str, names: Sequence[str]) -> list[EcsService]:
        """See ``Ecs.services``."""
        return [self.service(cluster, name) for name in names]

    def deployments(self, arns: Sequence[str]) -> list[ServiceDeployment]:
        """See ``Ecs.deployments``; each look moves each of them on by one status."""
        known = {entry.arn for entries in self._deployments.values() for entry in entries}
        return [self.service_deployment(arn) for arn in arns if arn in known]

    def scale(self, cluster: str, name: str, desired: int) -> EcsService:
        """See ``Ecs.scale``."""
        self.calls.append("scale")
        self._services[name] = replace(self.service(cluster, name), desired=desired, running=desired)
        return self._services[name]

    def run_task(self, cluster: str, task: OneOff) -> Task:
        """See ``Ecs.run_task``; it ends with ``exit_codes`` of its command's first word, else 0."""
        self.calls.append("run")
        arn = f"{_ARN}:task/{cluster}/{task.token or len(self.ran)}"
        if arn in self._one_offs and task not in self.ran:
            raise AwsConflict("The client token was used with other parameters.", code="ConflictException")
        if self.no_capacity:
            raise AwsError("ECS could not start the task: Capacity is unavailable at this time.", code="RunTask")
        self.ran.append(task)
        self._one_offs.setdefault(arn, _one_off(arn, task, self.exit_codes.get(task.command[0], 0)))
        return replace(self._one_offs[arn], status="PROVISIONING", containers=())

    def task(self, cluster: str, arn: str) -> Task:  # noqa: ARG002 - there is one cluster
        """See ``Ecs.task``."""
        if arn not in self._one_offs:
            raise not_found(f"task `{arn}`", "TaskNotFound")
        return self._one_offs[arn]

    def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """See ``Ecs.stop_task``."""
        self.calls.append("stop")
        if (task := self.task(cluster, arn)).status != "STOPPED":
            killed = tuple(replace(each, status="STOPPED", exit_code=_KILLED) for each in task.containers)
            self._one_offs[arn] = replace(
                task, status="STOPPED", stop_code="UserInitiated", stopped_reason=reason, containers=killed
            )

    def revision(self, arn: str) -> Revision:
        """See ``Ecs.revision``."""
        family = [entry for entry in self._revisions.values() if entry.definition["family"] == arn and entry.active]
        named = [entry for entry in self._revisions.values() if arn in (entry.arn, entry.name)]
        if not (found := family[-1:] or named):
            raise not_found(f"task definition `{arn}`", "ClientException")
        return found[0]

    def register(self, definition: Definition, tags: Mapping[str, str]) -> Revision:
        """See ``Ecs.register``."""
        self.calls.append("register")
        family = definition["family"]
        number = 1 + sum(entry.definition["family"] == family for entry in self._revisions.values())
        revision = Revision(f"{_ARN}:task-definition/{family}:{number}", definition, dict(tags), active=True)
        self._revisions[revision.arn] = revision
        return revision

    def deregister(self, arn: str) -> None:
        """Make a revision inactive."""
        self._revisions[arn] = replace(self._revisions[arn], active=False)

    def update_service(self, cluster: str, name: str, change: ServiceChange) -> EcsService:
        """See ``Ecs.update_service``."""
        self.calls.append("update")
        service = self.service(cluster, name)
        desired = service.desired if change.desired is None else change.desired
        port = change.target.port if change.target else service.port
        self._services[name] = replace(service, desired=desired, running=desired, port=port)
        if change.again or change.task_definition != service.task_definition:
            self._deploy(name, change.task_definition, self._plot(change.task_definition))
        return self._services[name]

    def service_deployments(
        self,
        cluster: str,  # noqa: ARG002 - as above
        name: str,
        since: datetime | None = None,
    ) -> list[ServiceDeployment]:
        """See ``Ecs.service_deployments``."""
        shapes = [self._shape(name, entry) for entry in reversed(self._deployments[name])]
        return [shape for shape in shapes if since is None or shape.created_at >= since]

    def newest_deployment(self, cluster: str, name: str) -> DeploymentBrief | None:
        """See ``Ecs.newest_deployment``."""
        return next(iter(self.service_deployments(cluster, name)), None)

    def service_deployment(self, arn: str) -> ServiceDeployment:
        """See ``Ecs.service_deployment``; each look moves the deployment on by one status."""
        for name, entries in self._deployments.items():
            for entry in entries:
                if entry.arn == arn:
                    entry.looks += 1
                    self._settle(name, entry)
                    return self._shape(name, entry)
        raise not_found(f"service deployment `{arn}`", "ServiceDeploymentNotFoundException")

    def roll_back(self, service_deployment: str) -> None:
        """See ``Ecs.roll_back``."""
        self.calls.append("roll back")
        for entries in self._deployments.values():
            for entry in entries:
                if entry.arn == service_deployment:
                    entry.plot, entry.looks = ("ROLLBACK_REQUESTED", "ROLLBACK_SUCCESSFUL"), 0

    def tasks(self, cluster: str, name: str, *, stopped: bool = False) -> list[Task]:  # noqa: ARG002 - as above
        """See ``Ecs.tasks``."""
        return list(self.dead.get(name, [])) if stopped else []

    def _plot(self, revision: str) -> Plot:
        images = [container["image"] for container in self._revisions[revision].definition["containerDefinitions"]]
        return next((plot for part, plot in self.plots.items() if any(part in image for image in images)), GOOD)

    def _deploy(self, name: str, revision: str, plot: Plot) -> None:
        service, entries = self._services[name], self._deployments[name]
        number = sum(len(known) for known in self._deployments.values()) + 1
        arn = f"{_ARN}:service-deployment/{name}/{number}"
        entries.append(_Deployment(arn, plot, revision, service.task_definition, number))
        moving = "COMPLETED" if plot[0] == "SUCCESSFUL" else "IN_PROGRESS"
        rollout = Rollout(f"ecs-svc/{number}", "PRIMARY", revision, service.desired, 0, service.desired, 0, moving)
        older = tuple(replace(entry, state="ACTIVE") for entry in service.rollouts[:1])
        self._services[name] = replace(service, task_definition=revision, rollouts=(rollout, *older))

    def _settle(self, name: str, entry: _Deployment) -> None:
        service = self._services[name]
        if entry.looks > 1:  # the new tasks are healthy, so ECS lets the old ones go
            older = tuple(replace(rollout, desired=0) for rollout in service.rollouts[1:])
            service = replace(service, rollouts=(*service.rollouts[:1], *older))
        if entry.status in ("ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
            service = replace(service, task_definition=entry.before)
        if entry.status in TERMINAL and entry is self._deployments[name][-1]:
            state = "FAILED" if entry.status == "ROLLBACK_FAILED" else "COMPLETED"
            settled = tuple(replace(rollout, rollout_state=state) for rollout in service.rollouts[:1])
            service = replace(service, rollouts=settled)
        self._services[name] = service

    def _shape(self, name: str, entry: _Deployment) -> ServiceDeployment:
        desired = self._services[name].desired
        return ServiceDeployment(
            arn=entry.arn,
            status=entry.status,
            reason="",
            task_definition=entry.revision,
            requested=desired,
            running=desired if entry.looks > 1 else 0,
            created_at=_EPOCH + timedelta(minutes=entry.number),
            finished_at=None,
            failures=0,
            failure_threshold=3,
            rollback_reason="deployment circuit breaker" if entry.status.startswith("ROLLBACK") else "",
        )


def _one_off(arn: str, task: OneOff, exit_code: int | None) -> Task:
    """A task that has ended, or, without an exit code, one that goes on."""
    over = exit_code is not None
    return Task(
        arn=arn,
        task_definition=task.task_definition,
        started_by=task.started_by,
        status="STOPPED" if over else "RUNNING",
        stop_code="EssentialContainerExited" if over else "",
        stopped_reason="Essential container in task exited" if over else "",
        health="UNKNOWN",
        containers=(Container(task.container, "STOPPED" if over else "RUNNING", exit_code, "", "", "UNKNOWN"),),
        created_at=_EPOCH,
        started_at=_EPOCH,
        stopped_at=_EPOCH if over else None,
    )


@dataclass
class FakeEcr:
    """Digests by repository and tag."""

    images: dict[tuple[str, str], str] = field(default_factory=dict)

    def digest_of(self, repository: str, tag: str) -> str | None:
        """See ``Ecr.digest_of``."""
        return self.images.get((repository, tag))

    def has(self, repository: str, digest: str) -> bool:
        """See ``Ecr.has``."""
        return any(name == repository and known == digest for (name, _), known in self.images.items())

    def sign_in(self) -> SignIn:
        """See ``Ecr.sign_in``."""
        return SignIn("registry.example", "AWS", "secret")


@dataclass
class FakeElb(Hooked):
    """The same targets for every group; where none are told, a healthy one for each task that ``ecs`` should run."""

    targets: list[TargetHealth] | None = None
    ecs: FakeEcs | None = None
    healthy: dict[str, int] = field(default_factory=dict)
    """By service, where fewer are healthy than there are tasks."""
    health_paths: dict[str, str] = field(default_factory=dict)
    """What was set, by target group."""
    refuses: AwsError | None = None
    """Raised where something is to be set."""

    def target_health(self, target_group: str) -> list[TargetHealth]:
        """See ``Elb.target_health``."""
        if self.targets is not None or self.ecs is None:
            return list(self.targets or ())
        name = target_group.split("/")[-2]
        tasks = self.ecs.service("", name).desired
        healthy = self.healthy.get(name, tasks)
        states = ("healthy" if number < healthy else "unhealthy" for number in range(tasks))
        return [TargetHealth(f"10.0.0.{number}:8000", state, "", "") for number, state in enumerate(states)]

    def set_health_path(self, target_group: str, path: str) -> None:
        """See ``Elb.set_health_path``."""
        if self.refuses:
            raise self.refuses
        self.health_paths[target_group] = path


@dataclass
class FakeLogs(Hooked):
    """Lines by group and stream."""

    lines: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def last_lines(self, group: str, stream: str, count: int) -> list[str]:
        """See ``Logs.last_lines``."""
        return self.lines.get((group, stream), [])[-count:]

    def last_words(self, group: str, stream: str, count: int) -> list[str]:
        """See ``Logs.last_words``; nothing is late here."""
        return self.last_lines(group, stream, count)

    def lines_after(self, group: str, stream: str, token: str) -> tuple[list[str], str]:
        """See ``Logs.lines_after``; a token is how many lines were told."""
        lines = self.lines.get((group, stream), [])
        return lines[int(token or 0) :], str(len(lines))

    def since(self, group: str, start: datetime) -> list[LogLine]:
        """See ``Logs.since``; every line counts as printed at ``start``."""
        at = int(start.timestamp() * 1000)
        return [
            LogLine(f"{stream}-{number}", at, stream, text)
            for (name, stream), texts in self.lines.items()
            if name == group
            for number, text in enumerate(texts)
        ]


@dataclass
class FakeStanding:
    """Everything is in order, but for what it is told."""

    health_path: str = "/healthz"
    trusts: frozenset[str] = frozenset({"ecs-tasks.amazonaws.com"})
    forbidden: frozenset[str] = frozenset()
    log_groups: bool = True
    load_balancers: int = 1
    """How many send to the target group."""
    way_out: str = "nat-1"
    spare: float = 100.0
    """vCPUs that may still be started."""
    refuses: AwsError | None = None
    """Raised by every call."""

    def trusted_services(self, role_arn: str) -> frozenset[str]:  # noqa: ARG002 - every role is alike
        """See ``Standing.trusted_services``."""
        self._refuse()
        return self.trusts

    def denied(self, role_arn: str, actions: Sequence[str], resource: str) -> list[str]:  # noqa: ARG002 - as above
        """See ``Standing.denied``."""
        self._refuse()
        return [action for action in actions if action in self.forbidden]

    def has_log_group(self, name: str) -> bool:  # noqa: ARG002 - as above
        """See ``Standing.has_log_group``."""
        self._refuse()
        return self.log_groups

    def target_group(self, arn: str) -> TargetGroupFacts:  # noqa: ARG002 - as above
        """See ``Standing.target_group``."""
        self._refuse()
        return TargetGroupFacts(self.health_path, "200-399", self.load_balancers)

    def ways_out(self, subnets: Sequence[str]) -> Mapping[str, str]:
        """See ``Standing.ways_out``."""
        self._refuse()
        return dict.fromkeys(subnets, self.way_out)

    def spare_vcpus(self) -> float:
        """See ``Standing.spare_vcpus``."""
        self._refuse()
        return self.spare

    def _refuse(self) -> None:
        if self.refuses:
            raise self.refuses
