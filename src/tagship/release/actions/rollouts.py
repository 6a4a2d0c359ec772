"""Updates services, follows their rollouts, and puts everything back where one of them fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tagship.aws.ecs_shapes import ServiceChange, Target
from tagship.base.errors import AwsConflict, Refused
from tagship.release.actions.collect_evidence import EvidenceCollector
from tagship.release.board import ProgressBoard
from tagship.release.context import Choice, ReleaseContext
from tagship.release.diagnosis.diagnosis import UNKNOWN
from tagship.release.events import Diagnosed, StopRequested, VerdictReached
from tagship.release.planning.steps import AwaitDrain, UpdateService, WatchRollouts
from tagship.release.records.verdict import Verdict
from tagship.release.watching.watch import RolloutResult, RolloutTarget, RolloutWatcher, WatchLoop

T = TypeVar("T")


def update(context: ReleaseContext, board: ProgressBoard, step: UpdateService) -> str:
    """Point the service at its revision; returns ``family:number``.

    Raises:
        Refused: another hand has moved the service since this release looked at it.
    """
    infrastructure, seen = context.wanted.infrastructure, context.observation[step.service]
    place, known = infrastructure.services[step.service], board.services[step.service]
    revision = step.revision or known.revision
    current = context.doors.ecs.service(infrastructure.cluster, place.service).task_definition
    if current not in (seen.revision, revision) and not known.updated:
        raise Refused(
            f"Another process has updated `{step.service}` to `{current.rpartition('/')[2]}` since this release "
            "read it.",
            hint="tagship status, and deploy again if that is what you want",
        )
    before = context.doors.ecs.service_deployments(infrastructure.cluster, place.service)
    # Said before the call: an interruption while AWS answers must count as "perhaps updated".
    content = known.content if step.content is None else step.content
    began, previous_port = context.doors.clock.monotonic(), seen.port if step.port else None
    board.updated(step.service, revision, content, began=began, before=before, previous_port=previous_port)
    target = Target(place.target_group_arn, place.container, step.port) if step.port else None
    change = ServiceChange(task_definition=revision, desired=step.desired, target=target, again=step.again)
    # A service whose update has begun is watched, and from there taken back: an interruption waits for that.
    _undisturbed(board, lambda: context.doors.ecs.update_service(infrastructure.cluster, place.service, change))
    return revision.rpartition("/")[2]


def watch(context: ReleaseContext, board: ProgressBoard, step: WatchRollouts) -> str:
    """Follow the rollouts until each serves or comes to another end; returns in words how they are."""
    began, watcher = context.doors.clock.monotonic(), _watcher(context)
    for name in step.services:
        board.followed(name, began)
    searched = ((name, _undisturbed(board, partial(_found, context, board, watcher, name))) for name in step.services)
    targets = {name: found for name, found in searched if found}
    for name, seen in _followed(context, board, targets, drained=False).items():
        _learn(context, board, targets[name], seen, last=not context.options.drained)
    return _how_they_are(board, step.services)


def await_drain(context: ReleaseContext, board: ProgressBoard, step: AwaitDrain) -> str:
    """Follow those that serve until their old tasks are gone; returns in words how they are."""
    draining = [name for name in step.services if board.services[name].verdict is Verdict.STILL_DRAINING]
    targets = {
        name: replace(_target(context, board, name), deployment=board.services[name].service_deployment)
        for name in draining
    }
    for name, seen in _followed(context, board, targets, drained=True).items():
        _learn(context, board, targets[name], seen, last=True)
    return _how_they_are(board, step.services)


def _watcher(context: ReleaseContext) -> RolloutWatcher:
    doors = context.doors
    return RolloutWatcher(ecs=doors.ecs, elb=doors.elb, clock=doors.clock, events=doors.events)


def _learn(
    context: ReleaseContext, board: ProgressBoard, target: RolloutTarget, seen: RolloutResult, *, last: bool
) -> None:
    """Keep how a rollout is; say so where nothing more is to come."""
    seconds = context.doors.clock.monotonic() - board.services[target.service].began
    put_down = board.went_live if seen.verdict.good else board.failed
    put_down(target.service, seen.verdict, seconds)
    if last or seen.verdict is not Verdict.STILL_DRAINING:
        context.doors.events.emit(VerdictReached(target.service, seen.verdict, seconds))
    if not seen.verdict.good:
        _examine(context, board, target, seen)


def _how_they_are(board: ProgressBoard, names: Sequence[str]) -> str:
    verdicts = ((name, board.services[name].verdict) for name in names)
    return ", ".join(f"{name}: {verdict.words if verdict else 'not decided'}" for name, verdict in verdicts)


def _found(context: ReleaseContext, board: ProgressBoard, watcher: RolloutWatcher, name: str) -> RolloutTarget | None:
    """The rollout that our update has started."""
    target = _target(context, board, name)
    known = board.services[name]
    deployment = watcher.find(target, known.deployments_before, known.newest_before)
    if deployment is None:
        board.failed(name, Verdict.TIMED_OUT, known.seconds)
        return None
    board.deploying(name, deployment.arn)
    return replace(target, deployment=deployment.arn)


def _undisturbed(board: ProgressBoard, act: Callable[[], T]) -> T:
    """Do what may be done twice to its end; one interruption is kept for the watch that follows.

    Raises:
        KeyboardInterrupt: the second one.
    """
    try:
        return act()
    except KeyboardInterrupt:
        if not board.postpone_interruption():
            raise
        return act()


def _followed(
    context: ReleaseContext,
    board: ProgressBoard,
    targets: Mapping[str, RolloutTarget],
    *,
    drained: bool,
) -> Mapping[str, RolloutResult]:
    """Watch; where a person interrupts, do what the person chooses."""
    options = context.options
    loop = _watcher(context).loop(tuple(targets.values()), options.patience, drained=drained, views=board.views)
    stopped = False
    while True:
        try:
            ended = _run(board, loop)
            break
        except KeyboardInterrupt:
            if stopped or (choice := options.choose()) is Choice.LEAVE:
                raise
            if choice is Choice.ROLL_BACK:
                stopped = True
                for each in loop.undecided:
                    _stop(context, each)
    return {name: _by_hand(seen) if stopped else seen for name, seen in ended.items()}


def _run(board: ProgressBoard, loop: WatchLoop) -> Mapping[str, RolloutResult]:
    """Watch on.

    Raises:
        KeyboardInterrupt: now, or kept since before.
    """
    if board.take_interruption():
        raise KeyboardInterrupt
    return loop.run()


def _stop(context: ReleaseContext, target: RolloutTarget) -> None:
    context.doors.events.emit(StopRequested(target.service))
    try:
        context.doors.ecs.roll_back(target.deployment)
    except AwsConflict:
        return  # It has just been decided.


def _by_hand(seen: RolloutResult) -> RolloutResult:
    return replace(seen, verdict=Verdict.STOPPED) if seen.verdict is Verdict.ROLLED_BACK else seen


def _examine(context: ReleaseContext, board: ProgressBoard, target: RolloutTarget, seen: RolloutResult) -> None:
    """Name the cause, once: as soon as a rollout is taken back, for whoever waits need not wait for the drain."""
    known = board.services[target.service].diagnosis
    if seen.verdict is Verdict.STOPPED or (known and known.cause != UNKNOWN):
        return
    wanted = context.wanted
    service, place = wanted.manifest.services[target.service], wanted.infrastructure.services[target.service]
    diagnosis = EvidenceCollector(ecs=context.doors.ecs, logs=context.doors.logs).examine(target, seen, service, place)
    board.diagnosed(target.service, diagnosis)
    context.doors.events.emit(Diagnosed(target.service, diagnosis))


def _target(context: ReleaseContext, board: ProgressBoard, name: str) -> RolloutTarget:
    wanted, seen = context.wanted, context.observation[name]
    infrastructure = wanted.infrastructure
    place = infrastructure.services[name]

    service = wanted.manifest.services.get(name)

    def rolled_back(so_far: RolloutResult) -> None:
        if service:
            _examine(context, board, target, so_far)

    def want_none() -> None:
        """Before the first release nothing ran: ECS would try to run the bootstrap revision for ever."""
        none = ServiceChange(task_definition=seen.revision, desired=0)
        context.doors.ecs.update_service(infrastructure.cluster, place.service, none)

    target = RolloutTarget(
        service=name,
        cluster=infrastructure.cluster,
        ecs_service=place.service,
        target_group=place.target_group_arn,
        revision=board.services[name].revision,
        fail_fast=service.rollout.fail_fast if service else 0,
        on_rollback=rolled_back,
        bootstrap=seen.revision if seen.never_released else "",
        on_return=want_none if seen.never_released else lambda: None,
    )
    return target
