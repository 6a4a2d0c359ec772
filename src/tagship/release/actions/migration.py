"""Runs a migration: one task of the very image that is released, with its own exit code, lines and time limit."""

from tagship.aws.ecs_shapes import OneOff
from tagship.base.errors import AwsError, MigrationFailed
from tagship.release.actions.collect_evidence import EvidenceCollector
from tagship.release.actions.one_off import Ended, run_to_end
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext
from tagship.release.diagnosis.diagnosis import LOG_LINES
from tagship.release.events import Diagnosed
from tagship.release.planning.steps import Migrate
from tagship.release.records.record import MigrationRecord


def migrate(context: ReleaseContext, board: ProgressBoard, step: Migrate) -> str:
    """Run it to its end; returns its exit code in words.

    Raises:
        MigrationFailed: it ended with another exit code than 0, could not start, or took too long.
    """
    wanted, seen = context.wanted, context.observation[step.service]
    place = wanted.infrastructure.services[step.service]
    revision = step.revision or board.services[step.service].revision
    one_off = OneOff(
        task_definition=revision,
        container=place.container,
        command=step.command,
        network=seen.network,
        started_by=f"tagship/{wanted.version}/migrate",
        # A call that is sent again after a time-out starts no second migration; the next release does.
        token=f"migrate-{context.number}-{revision.rpartition('/')[2]}",
    )
    ended = run_to_end(context.doors, wanted.infrastructure, step.service, one_off, timeout=step.timeout, quiet=True)
    lines = tuple(_last_lines(context, place.log_group, ended.log_stream))
    record = MigrationRecord(
        task=ended.task.arn,
        kind=step.kind,
        exit_code=ended.exit_code,
        seconds=ended.seconds,
        log_stream=ended.log_stream,
        log_lines=lines,
    )
    board.migrated(step.service, revision, record)
    if how := _how_it_failed(step, ended):
        service = wanted.manifest.services[step.service]
        collector = EvidenceCollector(ecs=context.doors.ecs, logs=context.doors.logs)
        found = collector.examine_one_off("migration", ended, service, place, limit=step.timeout)
        board.diagnosed(step.service, found)
        context.doors.events.emit(Diagnosed(step.service, found, "migration"))
        # Its lines were told as they came, and the cause is told already: each is said once.
        raise MigrationFailed(
            f"The migration of `{step.service}` {how}; no service was changed. What it changed in the database "
            "before it failed remains.",
            returncode=_NEVER_ENDED if ended.exit_code is None else ended.exit_code,
            hint=f"fix the cause named above, then {found.then}",
        )
    return "exit code 0"


_NEVER_ENDED = -1


def _last_lines(context: ReleaseContext, group: str, stream: str) -> list[str]:
    """Nothing where they cannot be read: how the migration ended is known without them."""
    try:
        return context.doors.logs.last_lines(group, stream, LOG_LINES)
    except AwsError:
        return []


def _how_it_failed(step: Migrate, ended: Ended) -> str:
    """Nothing where it did not."""
    if ended.late:
        return f"took longer than {step.timeout} seconds and was stopped"
    if ended.exit_code is None:
        return f"could not run: {ended.task.stopped_reason or 'no reason given'}"
    return f"ended with exit code {ended.exit_code}" if ended.exit_code else ""
