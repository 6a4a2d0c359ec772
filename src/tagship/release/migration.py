"""Runs a migration: one task of the very image that is released, with its own exit code, lines and time limit."""

from tagship.aws.ecs_shapes import OneOff, Task
from tagship.base.errors import AwsUnreachable, MigrationFailed
from tagship.release.definition import log_stream
from tagship.release.diagnosis import LOG_LINES
from tagship.release.happenings import MigrationEnded
from tagship.release.record import MigrationRecord
from tagship.release.steps import Migrate
from tagship.release.work import Work

POLL = 1.0
"""Seconds between two looks."""


def migrate(work: Work, step: Migrate) -> str:
    """Run it to its end; returns its exit code in words.

    Raises:
        MigrationFailed: it ended with another exit code than 0, could not start, or took too long.
    """
    wanted, seen = work.materials.wanted, work.materials.observation[step.service]
    place = wanted.infrastructure.services[step.service]
    cluster = wanted.infrastructure.cluster
    began = work.doors.clock.monotonic()
    revision = step.revision or work.progress[step.service].revision
    one_off = OneOff(
        task_definition=revision,
        container=place.container,
        command=step.command,
        network=seen.network,
        started_by=f"tagship/{wanted.version}/migrate"[:128],
        # A call that is sent again after a time-out starts no second migration; the next release does.
        token=f"migrate-{work.number}-{revision.rpartition('/')[2]}"[-64:],
    )
    task = work.doors.ecs.run_task(cluster, one_off)
    try:
        task, late = _ended(work, cluster, task, step.timeout)
    except KeyboardInterrupt:
        work.doors.ecs.stop_task(cluster, task.arn, "Interrupted by a person.")
        raise
    stream = log_stream(place.container, task.id)
    lines = tuple(work.doors.logs.last_lines(place.log_group, stream, LOG_LINES))
    record = MigrationRecord(
        task=task.arn,
        kind=step.kind,
        exit_code=_exit_code(task),
        seconds=round(work.doors.clock.monotonic() - began, 1),
        log_stream=stream,
        log_lines=lines,
    )
    work.know(step.service, revision=revision, migration=record)
    work.doors.events.emit(MigrationEnded(step.service, record.exit_code, lines, record.seconds))
    if late:
        raise _failed(step, f"took longer than {step.timeout} seconds and was stopped", lines)
    if record.exit_code is None:
        raise _failed(step, f"could not run: {task.stopped_reason or 'no reason given'}", lines)
    if record.exit_code:
        raise _failed(step, f"ended with exit code {record.exit_code}", lines)
    return "exit code 0"


def _ended(work: Work, cluster: str, task: Task, timeout: int) -> tuple[Task, bool]:
    """The task when it has stopped, and whether that was because its time was up."""
    deadline, late = work.doors.clock.monotonic() + timeout, False
    while task.status != "STOPPED":
        if not late and work.doors.clock.monotonic() >= deadline:
            work.doors.ecs.stop_task(cluster, task.arn, f"The migration took longer than {timeout} seconds.")
            late = True
        work.doors.clock.sleep(POLL)
        try:
            task = work.doors.ecs.task(cluster, task.arn)
        except AwsUnreachable:
            if work.doors.clock.monotonic() >= deadline:
                raise
    return task, late


def _exit_code(task: Task) -> int | None:
    return next((container.exit_code for container in task.containers), None)


def _failed(step: Migrate, how: str, lines: tuple[str, ...]) -> MigrationFailed:
    words = "".join(f"\n  | {line}" for line in lines)
    return MigrationFailed(
        f"The migration of `{step.service}` {how}; no service was touched.{words}",
        hint="Mend the migration, and push a new tag. Whatever it did before it failed is still done.",
    )
