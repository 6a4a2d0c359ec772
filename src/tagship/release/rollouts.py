"""Updates services, follows their rollouts, and puts everything back where one of them fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tagship.aws.ecs_shapes import ServiceChange, Target
from tagship.base.errors import AwsConflict, Refused
from tagship.release.diagnosis import UNKNOWN
from tagship.release.evidence import Coroner
from tagship.release.happenings import Diagnosed, LeftAlone, StopRequested, TakingBack, VerdictReached
from tagship.release.plan import let_go
from tagship.release.steps import AwaitDrain, Plan, Stage, UpdateService, WatchRollouts
from tagship.release.verdict import Verdict
from tagship.release.watch import Session, Watch, Watched, Watcher
from tagship.release.work import Choice, Work

T = TypeVar("T")


def update(work: Work, step: UpdateService) -> str:
    """Point the service at its revision; returns ``family:number``.

    Raises:
        Refused: another hand has moved the service since this release looked at it.
    """
    infrastructure = work.materials.wanted.infrastructure
    place, known = infrastructure.services[step.service], work.progress[step.service]
    revision = step.revision or known.revision
    current = work.doors.ecs.service(infrastructure.cluster, place.service).task_definition
    seen = work.materials.observation[step.service].revision
    if current not in (seen, revision) and not known.updated:
        raise Refused(
            f"Somebody else has moved `{step.service}` to `{current.rpartition('/')[2]}` since this release looked.",
            hint="tagship status, and deploy again if that is what you want",
        )
    before = work.doors.ecs.service_deployments(infrastructure.cluster, place.service)
    # Said before the call: an interruption while AWS answers must count as "perhaps updated".
    content = known.content if step.content is None else step.content
    known_before = frozenset(entry.arn for entry in before)
    began = work.doors.clock.monotonic()
    until = max((entry.created_at for entry in before), default=None)
    work.know(step.service, revision=revision, content=content, updated=True, began=began)
    work.know(step.service, known=known_before, known_until=until)
    target = Target(place.target_group_arn, place.container, step.port) if step.port else None
    change = ServiceChange(task_definition=revision, desired=step.desired, target=target, again=step.again)
    # A service whose update has begun is watched, and from there taken back: an interruption waits for that.
    _undisturbed(work, lambda: work.doors.ecs.update_service(infrastructure.cluster, place.service, change))
    return revision.rpartition("/")[2]


def watch(work: Work, step: WatchRollouts) -> str:
    """Follow the rollouts until each serves or comes to another end; returns in words how they are."""
    began, watcher = work.doors.clock.monotonic(), _watcher(work)
    for name in step.services:
        if not work.progress[name].began:
            work.know(name, began=began)
    searched = ((name, _undisturbed(work, partial(_found, work, watcher, name))) for name in step.services)
    watched = {name: found for name, found in searched if found}
    for name, seen in _followed(work, watcher.session, watched, drained=False).items():
        _learn(work, watched[name], seen, last=not work.manner.drained)
    return _how_they_are(work, step.services)


def await_drain(work: Work, step: AwaitDrain) -> str:
    """Follow those that serve until their old tasks are gone; returns in words how they are."""
    draining = [name for name in step.services if work.progress[name].verdict is Verdict.STILL_DRAINING]
    watched = {
        name: replace(_watched(work, name), deployment=work.progress[name].service_deployment) for name in draining
    }
    for name, seen in _followed(work, _watcher(work).session, watched, drained=True).items():
        _learn(work, watched[name], seen, last=True)
    return _how_they_are(work, step.services)


def undoing(work: Work) -> Plan:
    """The plan that puts back what this release has updated and ECS has not put back already.

    A first release has nothing to go back to, and after a migration that contracts the version before would not work.
    """
    steps = [
        UpdateService(name, known.previous)
        for name, known in work.progress.items()
        if known.updated and known.verdict and known.verdict.good and known.revision != known.previous
    ]
    possible = [step for step in steps if not work.materials.observation[step.service].never_released]
    names = tuple(step.service for step in possible)
    if work.contracted or not names:
        if left := tuple(step.service for step in steps):
            work.doors.events.emit(LeftAlone(left, contracted=work.contracted))
        return Plan(work.materials.wanted.version, ())
    work.doors.events.emit(TakingBack(names))
    work.taking_back = True
    stages: tuple[Stage, ...] = (tuple(possible), (WatchRollouts(names),))
    return Plan(work.materials.wanted.version, (*stages, *let_go(stages, work.manner.drained)))


def _watcher(work: Work) -> Watcher:
    return Watcher(ecs=work.doors.ecs, elb=work.doors.elb, clock=work.doors.clock, events=work.doors.events)


def _learn(work: Work, watched: Watched, seen: Watch, *, last: bool) -> None:
    """Keep how a rollout is; say so where nothing more is to come."""
    known = work.progress[watched.service]
    seconds = work.doors.clock.monotonic() - known.began
    served = known.served or (seconds if seen.verdict.good else 0.0)
    work.know(watched.service, verdict=seen.verdict, seconds=seconds, served=served)
    if last or seen.verdict is not Verdict.STILL_DRAINING:
        work.doors.events.emit(VerdictReached(watched.service, seen.verdict, seconds))
    if not seen.verdict.good:
        _examine(work, watched, seen)


def _how_they_are(work: Work, names: Sequence[str]) -> str:
    verdicts = ((name, work.progress[name].verdict) for name in names)
    return ", ".join(f"{name}: {verdict.words if verdict else 'not decided'}" for name, verdict in verdicts)


def _found(work: Work, watcher: Watcher, name: str) -> Watched | None:
    """The rollout that our update has started."""
    watched = _watched(work, name)
    deployment = watcher.find(watched, work.progress[name].known, work.progress[name].known_until)
    if deployment is None:
        work.know(name, verdict=Verdict.TIMED_OUT)
        return None
    work.know(name, service_deployment=deployment.arn)
    return replace(watched, deployment=deployment.arn)


def _undisturbed(work: Work, act: Callable[[], T]) -> T:
    """Do what may be done twice to its end; one interruption is kept for the watch that follows.

    Raises:
        KeyboardInterrupt: the second one.
    """
    try:
        return act()
    except KeyboardInterrupt:
        if work.interrupted:
            raise
        work.interrupted = True
        return act()


def _followed(
    work: Work, watching: Callable[..., Session], watched: Mapping[str, Watched], *, drained: bool
) -> Mapping[str, Watch]:
    """Watch; where a person interrupts, do what the person chooses."""
    manner = work.manner
    session = watching(tuple(watched.values()), manner.patience, drained=drained, sights=work.sights)
    stopped = False
    while True:
        try:
            ended = _run(work, session)
            break
        except KeyboardInterrupt:
            if stopped or (choice := manner.choose()) is Choice.LEAVE:
                raise
            # What is being put back already is not taken back to the new version.
            if choice is Choice.ROLL_BACK and not work.taking_back:
                stopped = True
                for each in session.undecided:
                    _stop(work, each)
    return {name: _by_hand(seen) if stopped else seen for name, seen in ended.items()}


def _run(work: Work, session: Session) -> Mapping[str, Watch]:
    """Watch on.

    Raises:
        KeyboardInterrupt: now, or kept since before.
    """
    if work.interrupted:
        work.interrupted = False
        raise KeyboardInterrupt
    return session.run()


def _stop(work: Work, watched: Watched) -> None:
    work.doors.events.emit(StopRequested(watched.service))
    try:
        work.doors.ecs.roll_back(watched.deployment)
    except AwsConflict:
        return  # It has just been decided.


def _by_hand(seen: Watch) -> Watch:
    return replace(seen, verdict=Verdict.STOPPED) if seen.verdict is Verdict.ROLLED_BACK else seen


def _examine(work: Work, watched: Watched, seen: Watch) -> None:
    """Name the cause, once: as soon as a rollout is taken back, for whoever waits need not wait for the drain."""
    known = work.progress[watched.service].diagnosis
    if seen.verdict is Verdict.STOPPED or (known and known.cause != UNKNOWN):
        return
    wanted = work.materials.wanted
    service, place = wanted.manifest.services[watched.service], wanted.infrastructure.services[watched.service]
    diagnosis = Coroner(ecs=work.doors.ecs, logs=work.doors.logs).examine(watched, seen, service, place)
    work.know(watched.service, diagnosis=diagnosis)
    work.doors.events.emit(Diagnosed(watched.service, diagnosis))


def _watched(work: Work, name: str) -> Watched:
    wanted, seen = work.materials.wanted, work.materials.observation[name]
    infrastructure = wanted.infrastructure
    place = infrastructure.services[name]

    service = wanted.manifest.services.get(name)

    def taken_back(so_far: Watch) -> None:
        if service:
            _examine(work, watched, so_far)

    def want_none() -> None:
        """Before the first release nothing ran: ECS would try to run the bootstrap revision for ever."""
        none = ServiceChange(task_definition=seen.revision, desired=0)
        work.doors.ecs.update_service(infrastructure.cluster, place.service, none)

    watched = Watched(
        service=name,
        cluster=infrastructure.cluster,
        ecs_service=place.service,
        target_group=place.target_group_arn,
        revision=work.progress[name].revision,
        fail_fast=service.rollout.fail_fast if service else 0,
        on_rollback=taken_back,
        bootstrap=seen.revision if seen.never_released else "",
        on_return=want_none if seen.never_released else lambda: None,
    )
    return watched
