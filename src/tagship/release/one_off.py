"""Runs one task beside the services, to its end."""

from collections.abc import Callable
from dataclasses import dataclass

from tagship.aws.ecs_shapes import OneOff, Task
from tagship.base.errors import AwsUnreachable
from tagship.infra.outputs import Infrastructure
from tagship.release.definition import log_stream
from tagship.release.happenings import OneOffSaid
from tagship.release.work import Doors

POLL = 1.0
"""Seconds between two looks."""

LINES_AT_ONCE = 1000
"""Lines that are looked for at the end of a stream, between two looks."""


@dataclass(frozen=True)
class Ended:
    """How a task ended.

    Args:
        task: as it was when it had stopped.
        exit_code: of its container; None where it never ran.
        late: whether it was stopped because its time was up.
        seconds: from the start to the end.
        log_stream: where its lines are.
    """

    task: Task
    exit_code: int | None
    late: bool
    seconds: float
    log_stream: str


def run_to_end(doors: Doors, infrastructure: Infrastructure, service: str, wanted: OneOff, *, timeout: float) -> Ended:
    """Start the task, tell its lines as they come, and wait until it has stopped; Ctrl-C stops it.

    Raises:
        AwsError: it could not be started.
    """
    place, began = infrastructure.services[service], doors.clock.monotonic()
    task = doors.ecs.run_task(infrastructure.cluster, wanted)
    stream = log_stream(wanted.container, task.id)
    tell = _Teller(doors, service, place.log_group, stream)
    try:
        task, late = _followed(doors, infrastructure.cluster, task, timeout=timeout, tell=tell)
    except KeyboardInterrupt:
        doors.ecs.stop_task(infrastructure.cluster, task.arn, "Interrupted by a person.")
        raise
    exit_code = next((container.exit_code for container in task.containers), None)
    return Ended(task, exit_code, late, round(doors.clock.monotonic() - began, 1), stream)


class _Teller:
    """Tells the lines of one stream, each once."""

    def __init__(self, doors: Doors, service: str, group: str, stream: str) -> None:
        self._doors, self._service, self._group, self._stream = doors, service, group, stream
        self._told = 0

    def __call__(self) -> None:
        lines = self._doors.logs.last_lines(self._group, self._stream, LINES_AT_ONCE)
        fresh = lines[self._told :]
        if fresh:
            self._doors.events.emit(OneOffSaid(self._service, tuple(fresh)))
        self._told = len(lines)


def _followed(doors: Doors, cluster: str, task: Task, *, timeout: float, tell: Callable[[], None]) -> tuple[Task, bool]:
    deadline, late = doors.clock.monotonic() + timeout, False
    while task.status != "STOPPED":
        if not late and doors.clock.monotonic() >= deadline:
            doors.ecs.stop_task(cluster, task.arn, f"It took longer than {timeout:.0f} seconds.")
            late = True
        doors.clock.sleep(POLL)
        try:
            task = doors.ecs.task(cluster, task.arn)
            tell()
        except AwsUnreachable:
            if doors.clock.monotonic() >= deadline:
                raise
    return task, late
