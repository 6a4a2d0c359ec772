"""Looks, before anything is touched, whether everything that a release names is there and may be used."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Final

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs
from tagship.aws.standing import Standing
from tagship.base.errors import AwsDenied, AwsError, AwsExpired, AwsNotFound
from tagship.base.parallel import run_parallel
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.release.planning.task_definition import repository_name
from tagship.secret.resolve import Resolution

_NOT_THERE: Final = frozenset({"InvalidAction", "NotImplemented", "UnknownOperationException"})
"""Codes of an AWS that has no such call: the embedded one knows no quotas."""

_AT_ONCE: Final = 8
"""Services looked at together."""

_UNITS = 1024
"""CPU units of a vCPU."""

_TASKS = "ecs-tasks.amazonaws.com"
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_READ = {"secretsmanager": ("secretsmanager:GetSecretValue",), "ssm": ("ssm:GetParameters",)}
_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_TERMINAL = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""Developer guide, "Using Amazon ECS Exec": the permissions of the task role."""


class Mark(Enum):
    """What came of a look."""

    OK = "OK"
    SKIP = "SKIP"
    """These credentials may not look, or there is nothing to look at."""
    FAIL = "FAIL"
    UNKNOWN = "??"
    """The look failed: what is there may be right or wrong."""


@dataclass(frozen=True)
class Finding:
    """One look.

    Args:
        subject: the service, as the manifest names it.
        what: was looked at.
        mark: what came of it.
        words: what is there, what is wrong, or why it was not looked at.
        hint: what to do about it.
    """

    subject: str
    what: str
    mark: Mark
    words: str
    hint: str = ""


@dataclass(frozen=True)
class Report:
    """All looks, in order."""

    findings: tuple[Finding, ...]

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """Those that could not be made."""
        return tuple(finding for finding in self.findings if finding.mark is Mark.UNKNOWN)

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """Those that a release would fail of."""
        return tuple(finding for finding in self.findings if finding.mark is Mark.FAIL)

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong, and every look could be made or is not these credentials' business."""
        return not self.wrong and not self.unknown


@dataclass(frozen=True)
class VerifyContext:
    """What is looked through, and at.

    Args:
        ecs: the door to ECS.
        ecr: the door to ECR.
        standing: the door to everything around.
        manifest: the manifest of the environment.
        infrastructure: what Terraform built.
        secrets: the app's own, as they were found.
    """

    ecs: Ecs
    ecr: Ecr
    standing: Standing
    manifest: EnvironmentManifest
    infrastructure: Infrastructure
    secrets: Resolution = field(default_factory=Resolution)


Look = Callable[[], str]
"""A function that returns what is there; raises ``_Wrong`` where that is not right."""


# inside: _seen, which makes a finding of it
class _Wrong(Exception):
    """What a release would fail of, and what to do about it."""

    def __init__(self, words: str, hint: str) -> None:
        super().__init__(words)
        self.words, self.hint = words, hint


def verify(grounds: VerifyContext, digests: dict[str, str]) -> Report:
    """Look at everything; never raises for what it finds.

    Args:
        grounds: where to look.
        digests: the digests of the images that the release uses and does not build, by service.
    """
    found: dict[str, list[Finding]] = {}

    def look_at(name: str, service: Service) -> None:
        looks = _Looks(grounds, name, service, grounds.infrastructure.services[name])
        found[name] = [_seen(name, what, look) for what, look in looks.all(digests.get(name, ""))]

    services = grounds.manifest.services
    run_parallel([partial(look_at, name, service) for name, service in services.items()], _AT_ONCE)
    in_order = (finding for name in services for finding in found[name])
    return Report((*in_order, _seen("the account", "capacity", lambda: _capacity(grounds))))


def _capacity(grounds: VerifyContext) -> str:
    """Whether new tasks can be started beside the old ones: with little room that goes slowly, with none not at all."""
    services = grounds.manifest.services.values()
    least = max(service.cpu for service in services) / _UNITS
    most = sum(service.cpu * service.count.desired for service in services) / _UNITS
    spare = grounds.standing.spare_vcpus()
    if spare < least:
        raise _Wrong(
            f"Fargate may start {spare:g} more vCPUs in {grounds.infrastructure.region}, and a task needs {least:g}",
            "Request an increase in Service Quotas: Fargate On-Demand vCPU resource count.",
        )
    if spare < most:
        return f"quota for {spare:g} of the {most:g} vCPUs that a rollout adds: the rollout will be slow"
    return f"quota for {spare:g} more vCPUs; a rollout adds {most:g}"


class _Looks:
    """Everything to look at of one service, as AWS will use it."""

    def __init__(self, grounds: VerifyContext, name: str, service: Service, place: ServiceInfrastructure) -> None:
        self._grounds, self._name, self._service, self._place = grounds, name, service, place
        self._account = grounds.infrastructure.account_id
        self._region = grounds.infrastructure.region
        self._apply = f"tagship infra apply --env {grounds.manifest.environment}"

    def all(self, digest: str) -> Iterator[tuple[str, Look]]:
        if digest:
            yield "image", lambda: self._image(digest)
        yield "execution role", self._execution_role
        yield "pulls the image", lambda: self._may(self._place.execution_role_arn, _PULL, self._repository)
        yield "writes the log", lambda: self._may(self._place.execution_role_arn, _LOG, self._log_streams)
        for secret in self._secrets:
            role = self._place.execution_role_arn
            store, name = secret.split(":")[2], secret.split(":")[-1]
            yield f"reads {name}", partial(self._may, role, _READ[store], secret)
        for each in self._grounds.secrets.lacking:
            if each.service == self._name:
                yield f"secret {each.variable}", partial(_lacks, each.words, each.hint)
        yield "task role", self._task_role
        if self._service.exec:
            yield "opens a terminal", lambda: self._may(self._place.task_role_arn, _TERMINAL, "*")
        yield "log group", self._log_group
        yield "target group", self._target_group
        yield "outbound route", self._way_out

    def _image(self, digest: str) -> str:
        if not self._grounds.ecr.has(repository_name(self._place.repository_url), digest):
            raise _Wrong(f"{digest} is no longer in the registry", "tagship deploy, with a new tag")
        return digest[:19]

    def _execution_role(self) -> str:
        return self._trusted(self._place.execution_role_arn)

    def _task_role(self) -> str:
        return self._trusted(self._place.task_role_arn)

    def _trusted(self, role: str) -> str:
        name = role.rpartition("/")[2]
        if _TASKS not in self._grounds.standing.trusted_services(role):
            raise _Wrong(f"`{name}` does not trust {_TASKS}, so no task can assume it", self._apply)
        return name

    def _may(self, role: str, actions: Sequence[str], resource: str) -> str:
        if denied := self._grounds.standing.denied(role, actions, resource):
            raise _Wrong(f"`{role.rpartition('/')[2]}` may not: {', '.join(denied)}", self._apply)
        return f"`{role.rpartition('/')[2]}` may"

    def _log_group(self) -> str:
        if not self._grounds.standing.has_log_group(self._place.log_group):
            raise _Wrong(f"there is no log group `{self._place.log_group}`", self._apply)
        return self._place.log_group

    def _target_group(self) -> str:
        found = self._grounds.standing.target_group(self._place.target_group_arn)
        if not found.load_balancers:
            raise _Wrong("no load balancer forwards to it", self._apply)
        if found.health_path != self._service.health.path:
            old, new = found.health_path, self._service.health.path
            raise _Wrong(
                f"it checks `{old}`, but the manifest has `{new}`",
                f"If the running version serves `{new}` too: {self._apply}, which checks that first. Otherwise "
                f"first release a version that responds to both, with `path: {old}` in tagship.yaml.",
            )
        return f"checks {found.health_path} for status {found.matcher or '200'}"

    def _way_out(self) -> str:
        """A task without a way out pulls no image and gets no secret, and says so minutes later."""
        service = self._grounds.ecs.service(self._grounds.infrastructure.cluster, self._place.service)
        subnets = list(service.network.get("awsvpcConfiguration", {}).get("subnets", ()))
        ways = self._grounds.standing.ways_out(subnets)
        closed = [subnet for subnet in subnets if not ways.get(subnet)]
        if closed and self._grounds.manifest.network.nat != "none":
            raise _Wrong(
                f"{', '.join(closed)} has no outbound route, so its tasks cannot reach the registry", self._apply
            )
        if closed:
            return "none, as in the manifest: VPC endpoints for ECR, S3 and CloudWatch Logs are needed"
        return ", ".join(sorted(set(ways.values())))

    @property
    def _secrets(self) -> list[str]:
        """The ARNs of what ECS takes variables out of: of ``ARN:key::`` the first seven parts."""
        own = self._grounds.secrets.found.get(self._name, {}).values()
        sources = (*self._place.secrets.values(), *(each.value_from for each in own))
        return sorted({":".join(source.split(":")[:7]) for source in sources})

    @property
    def _partition(self) -> str:
        """``aws`` of ``arn:aws:iam::…``; China and the government's regions have others."""
        return self._place.execution_role_arn.split(":")[1]

    @property
    def _repository(self) -> str:
        name = repository_name(self._place.repository_url)
        return f"arn:{self._partition}:ecr:{self._region}:{self._account}:repository/{name}"

    @property
    def _log_streams(self) -> str:
        group = f"arn:{self._partition}:logs:{self._region}:{self._account}:log-group:{self._place.log_group}"
        return f"{group}:log-stream:any"


def _lacks(words: str, hint: str) -> str:
    raise _Wrong(words, hint)


def _seen(subject: str, what: str, look: Look) -> Finding:
    try:
        return Finding(subject, what, Mark.OK, look())
    except _Wrong as wrong:
        return Finding(subject, what, Mark.FAIL, wrong.words, wrong.hint)
    except AwsNotFound as error:
        return Finding(subject, what, Mark.FAIL, error.message, "tagship infra apply")
    except AwsError as error:
        return _not_seen(subject, what, error)


def _not_seen(subject: str, what: str, error: AwsError) -> Finding:
    if isinstance(error, AwsExpired):
        return Finding(subject, what, Mark.UNKNOWN, error.message, error.hint or "")
    if isinstance(error, AwsDenied):
        return Finding(subject, what, Mark.SKIP, "these credentials may not read it")
    if error.code in _NOT_THERE:
        return Finding(subject, what, Mark.SKIP, error.message)
    return Finding(subject, what, Mark.UNKNOWN, f"could not be read: {error.message}")
