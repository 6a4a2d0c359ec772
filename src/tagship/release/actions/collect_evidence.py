"""Collects what is left of a failed rollout, while ECS still remembers it."""

from collections.abc import Sequence
from contextlib import suppress

from tagship.aws.ecs_shapes import Ecs, Task
from tagship.aws.logs import Logs
from tagship.base.errors import AwsError
from tagship.infra.outputs import ServiceInfrastructure
from tagship.manifest.service import Service
from tagship.release.actions.one_off import Ended
from tagship.release.diagnosis.diagnosis import Diagnosis, diagnose
from tagship.release.diagnosis.evidence import BY_ITSELF, Evidence, HealthFacts
from tagship.release.planning.task_definition import log_stream
from tagship.release.records.verdict import Verdict
from tagship.release.watching.watch import RolloutResult, RolloutTarget

_READ = 200
"""Lines of a container that are looked through: what it said at its start may be far from its end."""

_ASKED = 5
"""Containers that are asked for their last words until one has any."""


class EvidenceCollector:
    """Looks at the dead tasks of one rollout, and at nobody else's."""

    def __init__(self, *, ecs: Ecs, logs: Logs) -> None:
        self._ecs, self._logs = ecs, logs

    def examine(
        self, watched: RolloutTarget, seen: RolloutResult, service: Service, place: ServiceInfrastructure
    ) -> Diagnosis:
        """Name the cause."""
        tasks = self._ours(watched, seen.rollout_id, stopped=True)
        # Where none has stopped, those that run have something to say: why they are not healthy.
        stream, lines = self._last_words(place, tasks or self._ours(watched, seen.rollout_id, stopped=False))
        return diagnose(
            Evidence(
                service=watched.service,
                port=service.port,
                tasks=tasks,
                complaints=seen.complaints,
                log_lines=lines,
                log_stream=stream,
                health=HealthFacts(service.health.path, service.health.timeout, service.health.grace_period),
                memory=service.memory,
                events=self._events(watched, seen),
                rollback_reason=seen.deployment.rollback_reason,
                superseded=seen.verdict is Verdict.SUPERSEDED,
            )
        )

    def examine_one_off(
        self, kind: str, ended: Ended, service: Service, place: ServiceInfrastructure, *, limit: float
    ) -> Diagnosis:
        """Name the cause of a task that ran beside the services, and failed.

        Args:
            kind: ``migration`` or ``command``.
            ended: how it ended.
            service: whose image and settings it had.
            place: where that service is.
            limit: seconds that it was given.
        """
        lines: list[str] = []
        with suppress(AwsError):  # how it ended is known without them
            lines = self._logs.last_lines(place.log_group, ended.log_stream, _READ)
        return diagnose(
            Evidence(
                service=place.service,
                port=service.port,
                tasks=(ended.task,),
                complaints=(),
                log_lines=tuple(lines),
                log_stream=ended.log_stream,
                memory=service.memory,
                one_off=kind,
                limit=limit if ended.late else None,
            )
        )

    def _ours(self, watched: RolloutTarget, rollout_id: str, *, stopped: bool) -> tuple[Task, ...]:
        """Newest first; another rollout of the same revision has another id and is not to blame."""
        ours = [
            task
            for task in self._ecs.tasks(watched.cluster, watched.ecs_service, stopped=stopped)
            if task.task_definition == watched.revision and (not rollout_id or task.started_by == rollout_id)
        ]
        return tuple(sorted(ours, key=lambda task: str(task.stopped_at), reverse=True))

    def _events(self, watched: RolloutTarget, seen: RolloutResult) -> tuple[str, ...]:
        service = self._ecs.service(watched.cluster, watched.ecs_service)
        since = [event.message for event in service.events if event.at >= seen.deployment.created_at]
        return tuple(reversed(since))

    def _last_words(self, place: ServiceInfrastructure, tasks: Sequence[Task]) -> tuple[str, tuple[str, ...]]:
        """Of the first that said anything: those that ended by themselves know more than those that were stopped."""
        by_themselves_first = sorted(tasks, key=lambda task: task.stop_code != BY_ITSELF)
        for task in by_themselves_first[:_ASKED]:
            stream = log_stream(place.container, task.id)
            # Of a task that has ended the lines may be late; one that never started has none.
            read = self._logs.last_words if task.stopped_at and task.started_at else self._logs.last_lines
            if lines := read(place.log_group, stream, _READ):
                return stream, tuple(lines)
        return "", ()
