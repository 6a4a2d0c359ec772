"""The door to ECS."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from tagship.aws.ecs_shapes import (
    Container,
    Definition,
    DeploymentBrief,
    EcsService,
    OneOff,
    Revision,
    Rollout,
    ServiceChange,
    ServiceDeployment,
    ServiceEvent,
    Target,
    Task,
    not_found,
)
from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.aws.wording import client_token, require_overrides_fit, started_by, tag_value
from tagship.base.errors import AwsError, AwsNotFound
from tagship.base.parallel import run_parallel

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_ecs import ECSClient

    from tagship.aws.terminal import Grant

ANSWER_ONLY: Final = frozenset(
    {
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "deleteRequestedAt",
    }
)
"""Fields that ``DescribeTaskDefinition`` returns and ``RegisterTaskDefinition`` rejects."""

_DELETED_A_CALL: Final = 10
_SERVICES_A_CALL: Final = 10
_CALLS_AT_ONCE: Final = 5
"""Within the quota's burst and botocore's ten connections; a hundred services are seen in two round trips."""
_LISTED_A_CALL: Final = 100
_MARGIN: Final = timedelta(minutes=1)
_DEPLOYMENTS_A_CALL: Final = 20
_REVISIONS_A_CALL: Final = 20
_TASKS_A_CALL: Final = 100
"""``DescribeTasks`` takes at most so many ARNs."""


class AwsEcs:
    """ECS by its API; see ``Ecs`` for what each call promises."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        # A service revision never changes, so its task definition is asked for once.
        self._definition_of_revision: dict[str, str] = {}

    @cached_property
    def _client(self) -> "ECSClient":
        return cast("ECSClient", self._aws.client("ecs"))

    def service(self, cluster: str, name: str) -> EcsService:
        """See ``Ecs.service``."""
        return self.services(cluster, [name])[0]

    def services(self, cluster: str, names: Sequence[str]) -> list[EcsService]:
        """See ``Ecs.services``."""
        found: dict[str, EcsService] = {}

        def look(batch: list[str]) -> None:
            with translated():
                answer = self._client.describe_services(cluster=cluster, services=batch)
            found.update({entry["serviceName"]: _service(entry) for entry in answer["services"] if _is_there(entry)})

        batches = _batches(names, _SERVICES_A_CALL)
        if len(batches) == 1:  # as most often, look after look: no thread for that
            look(batches[0])
        else:
            run_parallel([partial(look, batch) for batch in batches], _CALLS_AT_ONCE)
        for name in names:
            if name not in found:
                raise not_found(f"ECS service `{name}` in the cluster `{cluster}`", "ServiceNotFoundException")
        return [found[name] for name in names]

    def running(self, cluster: str, /) -> dict[str, int]:
        """Numbers of running tasks by the name of each service of a cluster; none where there is no such cluster."""
        try:
            with translated():
                pages = self._client.get_paginator("list_services").paginate(cluster=cluster)
                names = [arn.rpartition("/")[2] for page in pages for arn in page["serviceArns"]]
        except AwsNotFound:
            return {}
        return {found.name: found.running for found in self.services(cluster, names)} if names else {}

    def revision(self, arn: str) -> Revision:
        """See ``Ecs.revision``."""
        try:
            with translated():
                answer = self._client.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        except AwsNotFound:
            raise
        except AwsError as error:
            # ECS says "Unable to describe task definition." with a plain ClientException.
            if error.code == "ClientException":
                raise AwsNotFound(f"AWS has no task definition `{arn}`.", code=error.code) from error
            raise
        return _revision(answer["taskDefinition"], answer.get("tags", []))

    def register(self, definition: Definition, tags: Mapping[str, str]) -> Revision:
        """See ``Ecs.register``."""
        with translated():
            answer = self._client.register_task_definition(
                **dict(definition), tags=[{"key": key, "value": tag_value(value)} for key, value in tags.items()]
            )
        return _revision(answer["taskDefinition"], answer.get("tags", []))

    def update_service(self, cluster: str, name: str, change: ServiceChange) -> EcsService:
        """See ``Ecs.update_service``."""
        count = {} if change.desired is None else {"desiredCount": change.desired}
        target = {} if change.target is None else {"loadBalancers": [_load_balancer(change.target)]}
        with translated():
            answer = self._client.update_service(
                cluster=cluster,
                service=name,
                taskDefinition=change.task_definition,
                forceNewDeployment=change.again,
                **count,  # type: ignore[arg-type]
                **target,  # type: ignore[arg-type]
            )
        return _service(answer["service"])

    def service_deployments(self, cluster: str, name: str, since: datetime | None = None) -> list[ServiceDeployment]:
        """See ``Ecs.service_deployments``."""
        listed = list(self._listed(cluster, name, since))
        # AWS promises no order of the list.
        newest = sorted(listed, key=lambda brief: brief["createdAt"], reverse=True)[:_DEPLOYMENTS_A_CALL]
        deployments = self.deployments([brief["serviceDeploymentArn"] for brief in newest])
        return sorted(deployments, key=lambda deployment: deployment.created_at, reverse=True)

    def _listed(self, cluster: str, name: str, since: datetime | None) -> Iterator[Any]:
        """All that AWS remembers, for 90 days; the list has no paginator in the SDK."""
        asked: dict[str, Any] = {"createdAt": {"after": since - _MARGIN}} if since else {}
        while True:
            with translated():
                page = self._client.list_service_deployments(
                    cluster=cluster, service=name, maxResults=_LISTED_A_CALL, **asked
                )
            yield from page["serviceDeployments"]
            if not (token := page.get("nextToken")):
                return
            asked["nextToken"] = token

    def newest_deployment(self, cluster: str, name: str) -> DeploymentBrief | None:
        """See ``Ecs.newest_deployment``."""
        newest = max(self._listed(cluster, name, None), key=lambda brief: brief["createdAt"], default=None)
        return None if newest is None else DeploymentBrief(**_brief(newest))

    def service_deployment(self, arn: str) -> ServiceDeployment:
        """See ``Ecs.service_deployment``."""
        found = self.deployments([arn])
        if not found:
            raise not_found(f"service deployment `{arn}`", "ServiceDeploymentNotFoundException")
        return found[0]

    def deployments(self, arns: Sequence[str]) -> list[ServiceDeployment]:
        """See ``Ecs.deployments``."""
        found: list[ServiceDeployment] = []
        for batch in _batches(arns, _DEPLOYMENTS_A_CALL):
            with translated():
                answer = self._client.describe_service_deployments(serviceDeploymentArns=batch)
            found += self._deployments(answer["serviceDeployments"])
        return found

    def scale(self, cluster: str, name: str, desired: int) -> EcsService:
        """See ``Ecs.scale``."""
        with translated():
            answer = self._client.update_service(cluster=cluster, service=name, desiredCount=desired)
        return _service(answer["service"])

    def run_task(self, cluster: str, task: OneOff) -> Task:
        """See ``Ecs.run_task``."""
        overrides = {"containerOverrides": [{"name": task.container, "command": list(task.command)}]}
        require_overrides_fit(overrides)
        with translated():
            answer = self._client.run_task(
                cluster=cluster,
                taskDefinition=task.task_definition,
                launchType="FARGATE",
                count=1,
                networkConfiguration=cast("Any", task.network),
                overrides=cast("Any", overrides),
                startedBy=started_by(task.started_by),
                clientToken=client_token(task.token),
                enableExecuteCommand=task.terminal,
            )
        if not answer["tasks"]:
            reasons = "; ".join(failure.get("reason", "") for failure in answer["failures"]) or "no reason given"
            raise AwsError(f"ECS could not start the task: {reasons}", code="RunTask")
        return _task(answer["tasks"][0])

    def task(self, cluster: str, arn: str) -> Task:
        """See ``Ecs.task``."""
        with translated():
            found = self._client.describe_tasks(cluster=cluster, tasks=[arn])["tasks"]
        if not found:
            raise not_found(f"task `{arn}`", "TaskNotFound")
        return _task(found[0])

    def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """See ``Ecs.stop_task``."""
        with translated():
            self._client.stop_task(cluster=cluster, task=arn, reason=reason)

    def roll_back(self, service_deployment: str) -> None:
        """See ``Ecs.roll_back``."""
        with translated():
            self._client.stop_service_deployment(serviceDeploymentArn=service_deployment, stopType="ROLLBACK")

    def tasks(self, cluster: str, name: str, *, stopped: bool = False) -> list[Task]:
        """See ``Ecs.tasks``."""
        with translated():
            pages = self._client.get_paginator("list_tasks").paginate(
                cluster=cluster, serviceName=name, desiredStatus="STOPPED" if stopped else "RUNNING"
            )
            arns = [arn for page in pages for arn in page["taskArns"]]
            return [
                _task(entry)
                for batch in _batches(arns, _TASKS_A_CALL)
                for entry in self._client.describe_tasks(cluster=cluster, tasks=batch)["tasks"]
            ]

    def open_terminal(self, cluster: str, task: str, container: str, command: str) -> "Grant":
        """Begin a command at a terminal in a container that runs (ECS Exec).

        Raises:
            AwsError: ECS Exec is not enabled for the task, or its agent does not answer.
        """
        from tagship.aws.terminal import Grant  # noqa: PLC0415 - few commands open one

        with translated():
            answer = self._client.execute_command(
                cluster=cluster, task=task, container=container, command=command, interactive=True
            )
        session = answer["session"]
        return Grant(session["sessionId"], session["streamUrl"], session["tokenValue"])

    def delete_family(self, family: str, /) -> int:
        """Deregister and delete every revision of a family; returns how many there were.

        ECS lets a revision go only once it is INACTIVE, at most ten a call (API, DeleteTaskDefinitions).
        """
        with translated():
            for arn in self._revisions_of(family, "ACTIVE"):
                self._client.deregister_task_definition(taskDefinition=arn)
            inactive = self._revisions_of(family, "INACTIVE")
            for batch in _batches(inactive, _DELETED_A_CALL):
                self._client.delete_task_definitions(taskDefinitions=batch)
        return len(inactive)

    def _revisions_of(self, family: str, status: Literal["ACTIVE", "INACTIVE"]) -> list[str]:
        pages = self._client.get_paginator("list_task_definitions").paginate(familyPrefix=family, status=status)
        return [arn for page in pages for arn in page["taskDefinitionArns"]]

    def _deployments(self, entries: Any) -> list[ServiceDeployment]:  # noqa: ANN401 - boto3 structures
        revisions = {entry.get("targetServiceRevision", {}).get("arn", "") for entry in entries}
        self._learn_definitions(sorted(revisions - {"", *self._definition_of_revision}))
        return [self._deployment(entry) for entry in entries]

    def _deployment(self, entry: Any) -> ServiceDeployment:  # noqa: ANN401 - a boto3 structure
        target = entry.get("targetServiceRevision", {})
        breaker = entry.get("deploymentCircuitBreaker", {})
        return ServiceDeployment(
            **_brief(entry),
            task_definition=self._definition_of_revision.get(target.get("arn", ""), ""),
            requested=target.get("requestedTaskCount", 0),
            running=target.get("runningTaskCount", 0),
            failures=breaker.get("failureCount", 0),
            failure_threshold=breaker.get("threshold", 0),
            rollback_reason=entry.get("rollback", {}).get("reason", ""),
        )

    def _learn_definitions(self, service_revisions: Sequence[str]) -> None:
        for batch in _batches(service_revisions, _REVISIONS_A_CALL):
            with translated():
                found = self._client.describe_service_revisions(serviceRevisionArns=batch)
            for entry in found["serviceRevisions"]:
                self._definition_of_revision[entry["serviceRevisionArn"]] = entry["taskDefinition"]


def _batches(items: Sequence[str], size: int) -> list[list[str]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _brief(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - a boto3 structure
    return {
        "arn": entry["serviceDeploymentArn"],
        "status": entry["status"],
        "reason": entry.get("statusReason", ""),
        "created_at": _utc(entry["createdAt"]),
        "finished_at": _utc(entry["finishedAt"]) if entry.get("finishedAt") else None,
    }


def _is_there(entry: Any) -> bool:  # noqa: ANN401 - a boto3 structure
    return bool(entry["status"] != "INACTIVE")


def _service(entry: Any) -> EcsService:  # noqa: ANN401 - a boto3 structure
    return EcsService(
        arn=entry["serviceArn"],
        name=entry["serviceName"],
        cluster_arn=entry["clusterArn"],
        task_definition=entry["taskDefinition"],
        desired=entry["desiredCount"],
        running=entry["runningCount"],
        pending=entry["pendingCount"],
        rollouts=tuple(_rollout(rollout) for rollout in entry.get("deployments", [])),
        events=tuple(
            ServiceEvent(event["id"], _utc(event["createdAt"]), event["message"]) for event in entry.get("events", [])
        ),
        port=next((balancer["containerPort"] for balancer in entry.get("loadBalancers", [])), 0),
        network=entry.get("networkConfiguration", {}),
    )


def _load_balancer(target: Target) -> dict[str, str | int]:
    return {
        "targetGroupArn": target.target_group,
        "containerName": target.container,
        "containerPort": target.port,
    }


def _rollout(entry: Any) -> Rollout:  # noqa: ANN401 - a boto3 structure
    return Rollout(
        id=entry["id"],
        state=entry["status"],
        task_definition=entry["taskDefinition"],
        desired=entry["desiredCount"],
        pending=entry["pendingCount"],
        running=entry["runningCount"],
        failed=entry.get("failedTasks", 0),
        rollout_state=entry.get("rolloutState", "COMPLETED"),
    )


def _revision(entry: Any, tags: Any) -> Revision:  # noqa: ANN401 - boto3 structures
    return Revision(
        arn=entry["taskDefinitionArn"],
        definition={key: value for key, value in entry.items() if key not in ANSWER_ONLY},
        tags={tag["key"]: tag["value"] for tag in tags},
        active=entry["status"] == "ACTIVE",
    )


def _task(entry: Any) -> Task:  # noqa: ANN401 - a boto3 structure
    return Task(
        arn=entry["taskArn"],
        task_definition=entry["taskDefinitionArn"],
        started_by=entry.get("startedBy", ""),
        status=entry["lastStatus"],
        stop_code=entry.get("stopCode", ""),
        stopped_reason=entry.get("stoppedReason", ""),
        health=entry.get("healthStatus", "UNKNOWN"),
        containers=tuple(_container(container) for container in entry.get("containers", [])),
        created_at=entry.get("createdAt"),
        started_at=entry.get("startedAt"),
        stopped_at=entry.get("stoppedAt"),
        pull_started_at=entry.get("pullStartedAt"),
        pull_stopped_at=entry.get("pullStoppedAt"),
    )


def _container(entry: Any) -> Container:  # noqa: ANN401 - a boto3 structure
    return Container(
        name=entry["name"],
        status=entry.get("lastStatus", ""),
        exit_code=entry.get("exitCode"),
        reason=entry.get("reason", ""),
        image=entry.get("image", ""),
        health=entry.get("healthStatus", "UNKNOWN"),
    )


def _utc(at: datetime) -> datetime:
    """ECS gives seconds, and botocore makes the time of this machine's zone of them."""
    return at.astimezone(UTC)
