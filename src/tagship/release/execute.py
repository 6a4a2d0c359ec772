"""Executes the stages of a plan, one after the other. All deciding was done in ``planning/plan.py``."""

from collections.abc import Callable
from functools import partial
from typing import Final

from tagship.base.errors import AwsDenied, AwsExpired, NotReady, Refused, TagshipError
from tagship.base.parallel import run_parallel
from tagship.probe import DURING
from tagship.release.actions import images, migration, min_capacity, publish_site, rollouts
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext
from tagship.release.events import NotReverted, Reverting, StepFinished, StepStarted, Verified
from tagship.release.planning.plan import plan_undo
from tagship.release.planning.steps import (
    AwaitDrain,
    BuildImage,
    BuildSite,
    Migrate,
    Plan,
    PublishSite,
    RegisterRevision,
    SetHealthPath,
    SetMinCapacity,
    Stage,
    Step,
    UpdateService,
    Verify,
    WatchRollouts,
)
from tagship.release.planning.verify import Mark, VerifyContext, verify
from tagship.release.records.record import StepRecord
from tagship.release.records.verdict import Verdict


def _verify(context: ReleaseContext, step: Verify) -> str:
    """Look; returns how many checks passed.

    Raises:
        NotReady: something would make the release fail.
    """
    doors, wanted = context.doors, context.wanted
    grounds = VerifyContext(
        doors.ecs, doors.ecr, doors.standing, wanted.manifest, wanted.infrastructure, wanted.secrets
    )
    report = verify(grounds, dict(step.digests))
    doors.events.emit(Verified(report))
    if report.wrong:
        lines = "".join(f"\n  {found.subject}: {found.what}: {found.words}" for found in report.wrong)
        raise NotReady(f"The release would fail, so nothing was changed:{lines}", hint=report.wrong[0].hint)
    unknown = f", {len(report.unknown)} could not be checked" if report.unknown else ""
    passed = sum(found.mark is Mark.OK for found in report.findings)
    return f"{passed} {'check' if passed == 1 else 'checks'} passed{unknown}"


def _set_health_path(context: ReleaseContext, step: SetHealthPath) -> str:
    """Change the target group; returns the path.

    Raises:
        Refused: these credentials may not; GitHub's role, which only releases, is one of those that may not.
    """
    place = context.wanted.infrastructure.services[step.service]
    try:
        context.doors.elb.set_health_path(place.target_group_arn, step.path)
    except AwsExpired:
        raise
    except AwsDenied as error:
        hint = (
            f"set `services.{step.service}.health.path` in tagship.yaml to `{step.path}`, then: tagship infra "
            "apply; or run tagship recover with credentials that may call ModifyTargetGroup"
        )
        raise Refused(f"No task can become healthy with the current path. {error.message}", hint=hint) from error
    return step.path


_SLOW: Final = (Verify, BuildImage, BuildSite)
"""Steps that wait for something outside for long, and so go on at the same time."""

_AT_THE_SAME_TIME: Final = 4
"""Builds at once: more would only fight for the same processors and the same line."""


def execute(
    plan: Plan, context: ReleaseContext, board: ProgressBoard, note: Callable[[], None] = lambda: None
) -> Verdict:
    """Do the stages until the first bad verdict, and then put back what can be; returns the release's own verdict.

    Args:
        plan: what to do.
        context: what the steps work with.
        board: where they put down what has happened.
        note: called after each stage.

    Raises:
        TagshipError: a step failed; where that was the site's publication, the services were put back before.
    """
    for stage in plan.stages:
        if context.options.probe and any(isinstance(step, UpdateService) for step in stage):
            context.options.probe.mark(DURING)
        try:
            _do(stage, context, board)
        except TagshipError:
            if any(isinstance(step, PublishSite) for step in stage):
                _undo(context, board)
            raise
        note()
        if bad := _worst(board):
            # What served everywhere and was then replaced by another hand is that hand's business.
            if not (bad is Verdict.SUPERSEDED and any(isinstance(step, AwaitDrain) for step in stage)):
                _undo(context, board)
            return bad
    verdicts = [known.verdict for known in board.services.values()]
    return Verdict.STILL_DRAINING if Verdict.STILL_DRAINING in verdicts else Verdict.RELEASED


def _worst(board: ProgressBoard) -> Verdict | None:
    """The worst verdict: a rollback that failed, then one by ECS, then one by hand or by another release."""
    bad = [known.verdict for known in board.services.values() if known.verdict and not known.verdict.good]
    return min(bad, key=lambda verdict: (verdict is not Verdict.DEGRADED, verdict.exit_code), default=None)


def _undo(context: ReleaseContext, board: ProgressBoard) -> None:
    """What serves the new version goes back, so that one version serves; the release's verdict stays.

    The pages go first: they may ask for what only the new services answer, and never the other way round.
    """
    if not context.options.undo:
        return
    publish_site.take_back(context, board)
    undo = plan_undo(context.wanted.version, board.live, contracted=board.contracted, drained=context.options.drained)
    names = tuple(step.service for step in undo.plan.steps if isinstance(step, UpdateService))
    if undo.left_alone:
        context.doors.events.emit(NotReverted(undo.left_alone, contracted=board.contracted))
    if names:
        context.doors.events.emit(Reverting(names))
    own = board.for_undo()
    try:
        for stage in undo.plan.stages:
            _do(stage, context.for_undo(), own)
    finally:
        board.did(own.steps)
    for name in names:
        if own.services[name].live:
            board.reverted(name)


def _do(stage: Stage, context: ReleaseContext, board: ProgressBoard) -> None:
    if len(stage) > 1 and all(isinstance(step, _SLOW) for step in stage):
        run_parallel([partial(_timed, step, context, board) for step in stage], _AT_THE_SAME_TIME)
        return
    for step in stage:
        _timed(step, context, board)


def _timed(step: Step, context: ReleaseContext, board: ProgressBoard) -> None:
    context.doors.events.emit(StepStarted(step))
    began = context.doors.clock.monotonic()
    try:
        result = _perform(step, context, board)
    finally:
        seconds = context.doors.clock.monotonic() - began
        board.did([StepRecord(step=step.says, seconds=round(seconds, 1))])
    context.doors.events.emit(StepFinished(step, seconds, result))


def _perform(step: Step, context: ReleaseContext, board: ProgressBoard) -> str:  # noqa: C901, PLR0911 - a line a step
    """Who does which step; returns in a word what came of it."""
    match step:
        case Verify():
            return _verify(context, step)
        case BuildImage():
            return images.build(context, board, step)
        case BuildSite():
            return publish_site.build(context, board, step)
        case RegisterRevision():
            return images.register(context, board, step)
        case Migrate():
            return migration.migrate(context, board, step)
        case SetHealthPath():
            return _set_health_path(context, step)
        case UpdateService():
            return rollouts.update(context, board, step)
        case WatchRollouts():
            return rollouts.watch(context, board, step)
        case PublishSite():
            return publish_site.publish(context, board, step)
        case SetMinCapacity():
            return min_capacity.apply_step(context, step)
        case AwaitDrain():
            return rollouts.await_drain(context, board, step)
