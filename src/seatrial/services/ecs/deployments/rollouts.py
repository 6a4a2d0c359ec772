"""What becomes of a deployment: opened, superseded, complete, failed, rolled back, retired."""

from collections.abc import Sequence
from typing import Any

from seatrial.services.ecs import texts
from seatrial.services.ecs.arns import Scope, last, new_revision_id, new_service_deployment_id
from seatrial.services.ecs.deployments.breaker import threshold
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.records import Json, Revision, Rollout, Service, ServiceDeployment
from seatrial.services.ecs.shapes import counts
from seatrial.services.ecs.state import EcsState

TERMINAL = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}
"""Statuses of a service deployment that does not move any more (developer guide, "service deployments")."""


class Rollouts:
    """Moves services, rollouts and service deployments from state to state, and saves them."""

    def __init__(self, state: EcsState, journal: Journal) -> None:
        self._state = state
        self._journal = journal

    def open(self, service: Service, definition_arn: str, workload: Json) -> None:
        """Start a rollout of a new service revision; a service deployment that is under way is superseded."""
        now, scope, identity = self._journal.now(), Scope.of(service.arn), new_revision_id()
        path = (last(service.cluster_arn), service.name)
        revision = Revision(
            arn=scope.arn("service-revision", *path, identity),
            service_arn=service.arn,
            cluster_arn=service.cluster_arn,
            definition_arn=definition_arn,
            workload=workload,
            created_at=now,
        )
        deployment = ServiceDeployment(
            arn=scope.arn("service-deployment", *path, new_service_deployment_id()),
            service_arn=service.arn,
            cluster_arn=service.cluster_arn,
            rollout_id=f"ecs-svc/{identity}",
            target_arn=revision.arn,
            sources=self._sources(service),
            configuration=service.configuration["deploymentConfiguration"],
            created_at=now,
            updated_at=now,
        )
        self._supersede(service)
        self._lead(service, _rollout(deployment, definition_arn, workload))
        self._state.save(revision, deployment, service)

    def begin(self, service: Service) -> None:
        """The scheduler has seen it: PENDING becomes IN_PROGRESS."""
        deployment = self.current(service)
        if deployment and deployment.status == "PENDING":
            self._move(deployment, "IN_PROGRESS", started_at=self._journal.now())
            self._journal.deployment(service, service.primary, "SERVICE_DEPLOYMENT_IN_PROGRESS")
            self._state.save(deployment)

    def count(self, service: Service) -> None:
        """Bring the service deployment's view of the circuit breaker up to date."""
        deployment, rollout = self.current(service), service.primary
        rule = breaker_rule(service)
        if deployment is None or deployment.rollout_id != rollout.id or deployment.status in TERMINAL:
            return
        seen = ("MONITORING" if rule.get("enable") else "DISABLED", rollout.failures, _limit(service))
        if (deployment.breaker_status, deployment.failures, deployment.threshold) != seen:
            deployment.breaker_status, deployment.failures, deployment.threshold = seen
            self._state.save(deployment)

    def complete(self, service: Service) -> None:
        """Every task of the primary is healthy and the old ones are gone."""
        rollout, deployment = service.primary, self.current(service)
        rollout.state, rollout.reason = "COMPLETED", texts.completed(rollout.id)
        rollout.updated_at = self._journal.now()
        service.last_completed = rollout.model_copy()
        if deployment and deployment.status not in TERMINAL:
            returned = deployment.status == "ROLLBACK_IN_PROGRESS"
            self._finish(deployment, "ROLLBACK_SUCCESSFUL" if returned else "SUCCESSFUL", deployment.status_reason)
        self._journal.add_event(service, texts.deployment_completed(service.name, rollout.id))
        self._journal.deployment(service, rollout, "SERVICE_DEPLOYMENT_COMPLETED")
        self._state.save(service)

    def break_circuit(self, service: Service) -> None:
        """Too many tasks failed: back to the last completed rollout, where the service asks for it and there is one."""
        deployment = self.current(service)
        if deployment:
            self.count(service)
            deployment.breaker_status = "TRIGGERED"
        self._fail(service, texts.BREAKER_FAILED, "tasks failed to start")
        if breaker_rule(service).get("rollback"):
            self.roll_back(service, texts.BREAKER_ROLLBACK)
        elif deployment:
            self._finish(deployment, "STOPPED", texts.BREAKER_FAILED)
        self._state.save(service)

    def watched_by_alarms(self, service: Service) -> ServiceDeployment | None:
        """The deployment under way that is not a rollback, and whose alarms are not ignored."""
        deployment = self.current(service)
        if deployment is None or deployment.status not in {"PENDING", "IN_PROGRESS"}:
            return None
        ignored = deployment.alarms_read and deployment.alarms_status == "DISABLED"
        return None if ignored or service.primary.state != "IN_PROGRESS" else deployment

    def note_alarms(self, service: Service, triggered: Sequence[str], bake: float) -> None:
        """Alarms have been read: the first time those that are in ALARM have all ignored, later they fail it."""
        deployment = self.watched_by_alarms(service)
        if deployment is None:
            return
        if not deployment.alarms_read:
            deployment.alarms_read, deployment.bake_seconds = True, bake
            deployment.alarms_status = "DISABLED" if triggered else "MONITORING"
            self._state.save(deployment)
        elif triggered:
            self._break_by_alarms(service, deployment, triggered)
        elif deployment.bake_seconds != bake:
            deployment.bake_seconds = bake
            self._state.save(deployment)

    def bake(self, service: Service) -> bool:
        """Every task is as it should be: whether the alarms have been watched for long enough since."""
        deployment, rollout = self.watched_by_alarms(service), service.primary
        if deployment is None or deployment.alarms_status != "MONITORING":
            return True
        if rollout.baking_since is None:
            rollout.baking_since = self._journal.now()
            self._state.save(service)
        return self._journal.now() >= rollout.baking_since + deployment.bake_seconds

    def _break_by_alarms(self, service: Service, deployment: ServiceDeployment, triggered: Sequence[str]) -> None:
        deployment.alarms_status, deployment.triggered_alarms = "TRIGGERED", list(triggered)
        self._fail(service, texts.ALARM_FAILED, "alarm detected")
        if service.configuration["deploymentConfiguration"]["alarms"].get("rollback"):
            self.roll_back(service, texts.ALARM_ROLLBACK)
        else:
            self._finish(deployment, "STOPPED", texts.ALARM_FAILED)
        self._state.save(service)

    def stop(self, service: Service, *, roll_back: bool) -> None:
        """StopServiceDeployment: roll back, or stop where it is."""
        if roll_back:
            self._fail(service, texts.USER_ROLLBACK, "deployment stopped")
            self.roll_back(service, texts.USER_ROLLBACK)
        elif deployment := self.current(service):
            self._fail(service, texts.USER_STOP, "deployment stopped")
            self._finish(deployment, "STOPPED", texts.USER_STOP)
        self._state.save(service)

    def roll_back(self, service: Service, why: str) -> None:
        """Return to the most recent COMPLETED rollout; without one the deployment stalls, and says so."""
        deployment, target = self.current(service), service.last_completed
        now = self._journal.now()
        if deployment and deployment.status not in TERMINAL:
            again = deployment.status == "ROLLBACK_IN_PROGRESS"
            deployment.rollback = {"reason": why, "startedAt": now}
            if target is None or again:
                self._finish(deployment, "ROLLBACK_FAILED", texts.NO_CANDIDATE)
            else:
                deployment.rollback["serviceRevisionArn"] = target.revision_arn
                self._move(deployment, "ROLLBACK_IN_PROGRESS", status_reason=why)
            self._state.save(deployment)
        if target is None:
            return
        target = target.model_copy(update={"reason": texts.rolling_back(target.id), "updated_at": now})
        target.status, target.state, target.failures, target.failed_tasks = "PRIMARY", "IN_PROGRESS", 0, 0
        target.baking_since = None
        # Not a target again until it is COMPLETED again (developer guide, "deployment circuit breaker").
        service.last_completed = None
        self._journal.add_event(service, texts.rollback_started(service.name, target.id))
        service.rollouts = [item for item in service.rollouts if item.id != target.id]
        self._lead(service, target, deployment_arn=service.current_service_deployment)
        self._journal.deployment(service, target, "SERVICE_DEPLOYMENT_IN_PROGRESS")

    def retire(self, service: Service, rollout_id: str) -> None:
        """A rollout without tasks leaves ``deployments[]``."""
        service.rollouts = [rollout for rollout in service.rollouts if rollout.id != rollout_id]
        self._state.save(service)

    def close(self, service: Service) -> None:
        """The service is being deleted: nothing is under way any more."""
        deployment = self.current(service)
        if deployment and deployment.status not in TERMINAL:
            self._finish(deployment, "STOPPED", texts.SERVICE_DELETED)

    def current(self, service: Service) -> ServiceDeployment | None:
        """The service deployment that the service names as its current one."""
        return self._state.deployments.get(service.current_service_deployment or "")

    def _lead(self, service: Service, rollout: Rollout, *, deployment_arn: str | None = None) -> None:
        """Make this rollout the primary, the others ACTIVE."""
        for other in service.rollouts:
            other.status = "ACTIVE"
        service.rollouts = [rollout, *service.rollouts]
        service.current_service_deployment = deployment_arn or rollout.service_deployment_arn
        service.steady = service.impaired = False
        service.retry_at = 0.0

    def _fail(self, service: Service, reason: str, event: str) -> None:
        rollout = service.primary
        rollout.state, rollout.reason, rollout.updated_at = "FAILED", reason, self._journal.now()
        self._journal.add_event(service, texts.deployment_failed(service.name, rollout.id, event))
        self._journal.deployment(service, rollout, "SERVICE_DEPLOYMENT_FAILED")

    def _supersede(self, service: Service) -> None:
        deployment = self.current(service)
        if deployment and deployment.status not in TERMINAL:
            self._finish(deployment, "STOPPED", texts.SUPERSEDED)

    def _finish(self, deployment: ServiceDeployment, status: str, reason: str | None) -> None:
        now = self._journal.now()
        times: dict[str, Any] = {"stopped_at": now} if status == "STOPPED" else {}
        if deployment.breaker_status == "MONITORING":
            deployment.breaker_status = "MONITORING_COMPLETE"
        if deployment.alarms_status == "MONITORING":
            deployment.alarms_status = "MONITORING_COMPLETE"
        deployment.target_counts = self._counted(deployment.target_arn, deployment.rollout_id, deployment)
        self._move(deployment, status, finished_at=now, status_reason=reason, **times)
        self._state.save(deployment)

    def _move(self, deployment: ServiceDeployment, status: str, **changes: Any) -> None:  # noqa: ANN401 - any field
        deployment.status, deployment.updated_at = status, self._journal.now()
        for name, value in changes.items():
            setattr(deployment, name, value)

    def _sources(self, service: Service) -> list[Json]:
        return [
            {"arn": rollout.revision_arn, **self._counted(rollout.revision_arn, rollout.id, service)}
            for rollout in service.rollouts
        ]

    def _counted(self, revision_arn: str, rollout_id: str, of: Service | ServiceDeployment) -> Json:
        service = self._state.services.get(of.service_arn if isinstance(of, ServiceDeployment) else of.arn)
        tasks = self._state.tasks_of(service) if service else []
        running, pending = counts(task for task in tasks if task.started_by == rollout_id)
        leads = bool(service and service.rollouts and service.primary.revision_arn == revision_arn)
        requested = service.desired_count if service and leads else 0
        return {"requestedTaskCount": requested, "runningTaskCount": running, "pendingTaskCount": pending}


def breaker_rule(service: Service) -> Json:
    """``deploymentCircuitBreaker`` of a service."""
    rule: Json = service.configuration["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
    return rule


def _limit(service: Service) -> int:
    return threshold(service.desired_count, breaker_rule(service))


def _rollout(deployment: ServiceDeployment, definition_arn: str, workload: Json) -> Rollout:
    return Rollout(
        id=deployment.rollout_id,
        revision_arn=deployment.target_arn,
        definition_arn=definition_arn,
        service_deployment_arn=deployment.arn,
        workload=workload,
        created_at=deployment.created_at,
        updated_at=deployment.created_at,
        reason=texts.in_progress(deployment.rollout_id),
    )
