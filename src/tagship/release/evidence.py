"""Collects what is left of a failed rollout, while ECS still remembers it."""

from tagship.aws.ecs_shapes import Ecs, Task
from tagship.aws.logs import Logs
from tagship.infra.outputs import ServiceInfrastructure
from tagship.manifest.model import Service
from tagship.release.definition import log_stream
from tagship.release.diagnosis import LOG_LINES, Diagnosis, Evidence, diagnose
from tagship.release.watch import Watch, Watched


class Coroner:
    """Looks at the dead tasks of one rollout, and at nobody else's."""

    def __init__(self, *, ecs: Ecs, logs: Logs) -> None:
        self._ecs, self._logs = ecs, logs

    def examine(self, watched: Watched, seen: Watch, service: Service, place: ServiceInfrastructure) -> Diagnosis:
        """Name the cause."""
        tasks = self._dead(watched, seen.rollout_id)
        stream, lines = self._last_words(place, tasks)
        return diagnose(
            Evidence(
                service=watched.service,
                port=service.port,
                health_path=service.health.path,
                tasks=tasks,
                complaints=seen.complaints,
                log_lines=lines,
                log_stream=stream,
            )
        )

    def _dead(self, watched: Watched, rollout_id: str) -> tuple[Task, ...]:
        """Newest first; another rollout of the same revision has another id and is not to blame."""
        stopped = self._ecs.tasks(watched.cluster, watched.ecs_service, stopped=True)
        ours = [
            task
            for task in stopped
            if task.task_definition == watched.revision and (not rollout_id or task.started_by == rollout_id)
        ]
        return tuple(sorted(ours, key=lambda task: str(task.stopped_at), reverse=True))

    def _last_words(self, place: ServiceInfrastructure, tasks: tuple[Task, ...]) -> tuple[str, tuple[str, ...]]:
        """The first of the dead that said anything."""
        for task in tasks:
            stream = log_stream(place.container, task.id)
            if lines := self._logs.last_lines(place.log_group, stream, LOG_LINES):
                return stream, tuple(lines)
        return "", ()
