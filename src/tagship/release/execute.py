"""Does the stages of a plan, one after the other. All deciding was done in ``plan.py``."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tagship.base.errors import AwsDenied, AwsExpired, NotReady, Refused, TagshipError
from tagship.base.parallel import together
from tagship.probe import DURING
from tagship.release import bounds, images, migration, publishing, rollouts
from tagship.release.happenings import StepFinished, StepStarted, Verified
from tagship.release.record import StepRecord
from tagship.release.steps import (
    AwaitDrain,
    BuildImage,
    BuildSite,
    KeepAtLeast,
    Migrate,
    Plan,
    PublishSite,
    RegisterRevision,
    SetHealthPath,
    Stage,
    Step,
    UpdateService,
    Verify,
    WatchRollouts,
)
from tagship.release.verdict import Verdict
from tagship.release.verify import Grounds, verify
from tagship.release.work import Work


def _verify(work: Work, step: Verify) -> str:
    """Look; returns how many things were looked at.

    Raises:
        NotReady: something would make the release fail.
    """
    doors, wanted = work.doors, work.materials.wanted
    grounds = Grounds(doors.ecs, doors.ecr, doors.standing, wanted.manifest, wanted.infrastructure)
    report = verify(grounds, dict(step.digests))
    doors.events.emit(Verified(report))
    if report.wrong:
        lines = "".join(f"\n  {found.subject}: {found.what}: {found.words}" for found in report.wrong)
        raise NotReady(f"The release would fail, so nothing was touched:{lines}", hint=report.wrong[0].hint)
    unknown = f", {len(report.unknown)} of them could not be looked at" if report.unknown else ""
    return f"{len(report.findings)} things{unknown}"


def _set_health_path(work: Work, step: SetHealthPath) -> str:
    """Change the target group; returns the path.

    Raises:
        Refused: these credentials may not; GitHub's role, which only releases, is one of those that may not.
    """
    place = work.materials.wanted.infrastructure.services[step.service]
    try:
        work.doors.elb.set_health_path(place.target_group_arn, step.path)
    except AwsExpired:
        raise
    except AwsDenied as error:
        hint = (
            f"set `services.{step.service}.health.path` in tagship.yaml to `{step.path}`, then: tagship infra apply; "
            "or tagship recover with credentials that may call ModifyTargetGroup"
        )
        raise Refused(f"No task can get healthy with the path as it is. {error.message}", hint=hint) from error
    return step.path


_DOERS: Final[Mapping[type, Callable[[Work, Any], str]]] = {
    Verify: _verify,
    BuildImage: images.build,
    BuildSite: publishing.build,
    RegisterRevision: images.register,
    Migrate: migration.migrate,
    SetHealthPath: _set_health_path,
    UpdateService: rollouts.update,
    WatchRollouts: rollouts.watch,
    PublishSite: publishing.publish,
    KeepAtLeast: bounds.keep,
    AwaitDrain: rollouts.await_drain,
}
"""Who does which step; each says in a word what came of it."""

_SLOW: Final = (Verify, BuildImage, BuildSite)
"""Steps that wait for something outside for long, and so go on at the same time."""

_AT_THE_SAME_TIME: Final = 4
"""Builds at once: more would only fight for the same processors and the same line."""


def execute(plan: Plan, work: Work) -> Verdict:
    """Do the stages until the first bad verdict, and then put back what can be; returns the release's own verdict.

    Raises:
        TagshipError: a step failed; where that was the site's publication, the services were put back before.
    """
    for stage in plan.stages:
        if work.manner.probe and any(isinstance(step, UpdateService) for step in stage):
            work.manner.probe.mark(DURING)
        try:
            _do(stage, work)
        except TagshipError:
            if any(isinstance(step, PublishSite) for step in stage):
                _take_back(work)
            raise
        work.noted()
        if bad := _worst(work):
            # What served everywhere and was then replaced by another hand is that hand's business.
            if not (bad is Verdict.SUPERSEDED and any(isinstance(step, AwaitDrain) for step in stage)):
                _take_back(work)
            return bad
    verdicts = [progress.verdict for progress in work.progress.values() if progress.verdict]
    return Verdict.STILL_DRAINING if Verdict.STILL_DRAINING in verdicts else Verdict.RELEASED


def _worst(work: Work) -> Verdict | None:
    """The worst verdict: a rollback that failed, then one by ECS, then one by hand or by another release."""
    bad = [known.verdict for known in work.progress.values() if known.verdict and not known.verdict.good]
    return min(bad, key=lambda verdict: (verdict is not Verdict.DEGRADED, verdict.exit_code), default=None)


def _take_back(work: Work) -> None:
    """What serves the new version goes back, so that one version serves; the release's verdict stays.

    The pages go first: they may ask for what only the new services answer, and never the other way round.
    """
    if not work.manner.undo:
        return
    publishing.take_back(work)
    before = dict(work.progress)
    plan = rollouts.undoing(work)
    for stage in plan.stages:
        for step in stage:
            if isinstance(step, UpdateService):
                work.know(step.service, verdict=None)
        _do(stage, work)
    for step in plan.steps:
        if isinstance(step, UpdateService):
            done = work.progress[step.service].verdict
            work.progress[step.service] = before[step.service]
            work.know(step.service, taken_back=bool(done and done.good))
    updated = [known for known in work.progress.values() if known.updated]
    work.put_back = bool(updated) and all(known.taken_back for known in updated)


def _do(stage: Stage, work: Work) -> None:
    if len(stage) > 1 and all(isinstance(step, _SLOW) for step in stage):
        together([lambda step=step: _timed(step, work) for step in stage], _AT_THE_SAME_TIME)  # type: ignore[misc]
        return
    for step in stage:
        _timed(step, work)


def _timed(step: Step, work: Work) -> None:
    work.doors.events.emit(StepStarted(step))
    began = work.doors.clock.monotonic()
    try:
        result = _DOERS[type(step)](work, step)
    finally:
        seconds = work.doors.clock.monotonic() - began
        work.steps.append(StepRecord(says=step.says, seconds=round(seconds, 1)))
    work.doors.events.emit(StepFinished(step, seconds, result))
