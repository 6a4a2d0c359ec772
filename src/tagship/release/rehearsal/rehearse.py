"""Rehearses failures: ships the version that serves again and again, each time with something that goes wrong.

The image is the one that serves; only a variable is added, so that ECS has something to roll out. Nothing is built,
migrated or published, and no release is added to the history but one record of the kind ``rehearsal``, which holds
the turn and never counts as serving. In the end the faults are cleared and the serving revisions are back.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any, Protocol

from tagship.base.errors import AwsConflict, NotReady, Refused, TagshipError
from tagship.base.events import Event
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.probe import AFTER, DURING, Probe, ProbeReport
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext, ReleaseOptions
from tagship.release.doors import Doors
from tagship.release.events import RehearsalBegan, RehearsalEnded, RehearsalReverting, StepFinished
from tagship.release.execute import execute
from tagship.release.planning.observe import observe
from tagship.release.planning.own_secrets import own_secrets
from tagship.release.planning.plan import Wanted, plan_deploy
from tagship.release.planning.restorable import revisions_of
from tagship.release.planning.steps import BuildImage, UpdateService
from tagship.release.records.ledger import Ledger, Turn
from tagship.release.records.record import ReleaseRecord, draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.rehearsal.result import Rehearsals, Rehearsed, judge
from tagship.release.rehearsal.scenarios import Scenario, scenarios
from tagship.release.rollback import plan_rollback

VARIABLE = "TAGSHIP_REHEARSAL"
"""What a rehearsal's containers have more than those of the release."""

_MEANWHILE = 3.0
"""Seconds after the update until something happens in the middle of a rollout."""

_REST = 180.0
"""Seconds in which services must come to rest after a verdict."""

_LOOK = 1.0


class FaultBox(Protocol):
    """What lets things go wrong."""

    def set(self, order: Mapping[str, Any]) -> str:
        """Set a fault; returns its id."""
        ...

    def clear(self, identity: str) -> None:
        """Clear it; nothing happens where it is over."""
        ...

    def count(self) -> int:
        """How many are set."""
        ...

    def kill(self) -> None:
        """Kill the embedded AWS, and start it again."""
        ...


class Rehearser:
    """Rehearses on the embedded AWS, and nowhere else.

    Args:
        doors: everything outside.
        ledger: gives the turn.
        infrastructure: what stands.
        manifest: the environment's.
        faults: let things go wrong.
        probe: makes what asks the front door, anew for each rehearsal.
    """

    def __init__(
        self,
        doors: Doors,
        ledger: Ledger,
        *,
        infrastructure: Callable[[], Infrastructure],
        manifest: EnvironmentManifest,
        faults: FaultBox,
        probe: Callable[[], Probe],
    ) -> None:
        self._doors, self._ledger = doors, ledger
        self._infrastructure, self._manifest = infrastructure, manifest
        self._faults, self._probe = faults, probe

    def rehearse(self, who: str, only: tuple[str, ...] = ()) -> Rehearsals:
        """Rehearse what is named, or everything.

        Raises:
            NotReady: no release serves, or its image is gone.
            Refused: faults are set already.
            LeaseHeld: a release is running.
        """
        self._ledger.require_free()
        serving = self._ledger.serving()
        if serving is None:
            raise NotReady("No release is live yet, so there is nothing to rehearse with.", hint="tagship deploy")
        if count := self._faults.count():
            raise Refused(f"{count} faults are set already.", hint="tagship local fault clear")
        chosen = [each for each in scenarios(self._manifest) if not only or each.name in only]
        with self._ledger.turn(draft_record("rehearsal", serving.version, serving.commit, who)) as turn:
            setup = _Setup(self._doors, self._infrastructure(), self._manifest, serving, turn, self._faults)
            done = _ScenarioRunner(setup, self._probe).act(chosen)
            # Whoever killed the embedded AWS may have lost a renewal's answer; the results stand all the same.
            with suppress(TagshipError):
                turn.finish(_words(done), {})
            return done


def _words(done: Rehearsals) -> str:
    if not done.restored:
        return Verdict.TIMED_OUT.words
    return (Verdict.STOPPED if done.interrupted else Verdict.RELEASED).words


@dataclass(frozen=True)
class _Setup:
    doors: Doors
    infrastructure: Infrastructure
    manifest: EnvironmentManifest
    serving: ReleaseRecord
    turn: Turn
    faults: FaultBox

    def wanted(self, stamp: str) -> Wanted:
        """The serving version with one variable more; nothing to migrate, and no site."""
        services = {
            name: service.model_copy(
                update={"environment": {**service.environment, VARIABLE: stamp}, "migrate": None},
            )
            for name, service in self.manifest.services.items()
        }
        manifest = self.manifest.model_copy(update={"services": services, "site": None})
        secrets = own_secrets(manifest, self.doors.secrets)
        return Wanted(manifest, self.infrastructure, self.serving.version, self.serving.commit, secrets)


@dataclass
class _ScenarioRunner:
    """Scenario after scenario; remembers what it has set."""

    setup: _Setup
    probe: Callable[[], Probe]
    set_now: list[str] = field(default_factory=list)

    def act(self, chosen: list[Scenario]) -> Rehearsals:
        results: list[Rehearsed] = []
        interrupted = False
        try:
            for number, scenario in enumerate(chosen, 1):
                self.setup.doors.events.emit(RehearsalBegan(scenario.name, scenario.says, number, len(chosen)))
                result = self._one(scenario) if not scenario.skipped else _skipped(scenario)
                results.append(result)
                self.setup.doors.events.emit(RehearsalEnded(result))
                interrupted = result.verdict is Verdict.STOPPED
                if interrupted:
                    break
        except KeyboardInterrupt:
            interrupted = True
        finally:
            restored = self._put_back()
        return Rehearsals(self.setup.serving.version, tuple(results), restored, interrupted)

    def _one(self, scenario: Scenario) -> Rehearsed:
        stamp = f"{self.setup.turn.record.number}-{scenario.name}"
        context = self._context(scenario, self.setup.wanted(stamp))
        board = ProgressBoard.begun(context.observation)
        plan = plan_deploy(context.wanted, context.observation)
        if any(isinstance(step, BuildImage) for step in plan.steps):
            raise NotReady(
                f"The image of `{plan.version}` is no longer in the registry.", hint="tagship deploy, a new tag"
            )
        probe = context.options.probe
        assert probe is not None  # noqa: S101 - it was just made
        error = ""
        probe.start()
        try:
            with self._fault_injection(scenario, context):
                verdict = execute(plan, context, board)
        except TagshipError as problem:
            verdict, error = Verdict.TIMED_OUT if board.touched else Verdict.FAILED_BEFORE_UPDATE, problem.message
        finally:
            self._clear()
            self._settle(board)
            probe.mark(AFTER)
            report = probe.stop()
        return self._judged(scenario, board, report, _Outcome(verdict, error, self._serving(stamp)))

    def _context(self, scenario: Scenario, wanted: Wanted) -> ReleaseContext:
        doors, setup = self.setup.doors, self.setup
        observation = observe(
            setup.infrastructure,
            setup.serving.version,
            ecs=doors.ecs,
            ecr=doors.ecr,
            serving=setup.serving,
            scaling=doors.scaling,
        )
        options = ReleaseOptions(patience=scenario.patience, probe=self.probe())
        return ReleaseContext(doors, options, wanted, observation, number=setup.turn.record.number)

    def _fault_injection(self, scenario: Scenario, context: ReleaseContext) -> "_FaultInjection":
        return _FaultInjection(scenario, context.doors, self)

    def strike(self, scenario: Scenario) -> None:
        """Let it go wrong now."""
        order, setup = dict(scenario.fault), self.setup
        if not order:
            return
        if order["kind"] == "kill":
            setup.faults.kill()
            return
        places = setup.infrastructure.services.values() if scenario.each_service else ()
        arns = [setup.doors.ecs.service(setup.infrastructure.cluster, place.service).arn for place in places]
        for each in [{"service": arn} for arn in arns] or [{}]:
            self.set_now.append(setup.faults.set({**order, **each}))

    def _clear(self) -> None:
        while self.set_now:
            self.setup.faults.clear(self.set_now.pop())

    def _settle(self, board: ProgressBoard | None = None) -> None:
        """Take back what is still under way, and wait until nothing moves."""
        setup, ecs = self.setup, self.setup.doors.ecs
        for known in board.services.values() if board else ():
            if known.service_deployment and known.verdict is Verdict.TIMED_OUT:
                # It may just have been decided.
                with suppress(AwsConflict):
                    ecs.roll_back(known.service_deployment)
        names = [place.service for place in setup.infrastructure.services.values()]
        deadline = setup.doors.clock.monotonic() + _REST
        while setup.doors.clock.monotonic() < deadline:
            with suppress(TagshipError):
                found = ecs.services(setup.infrastructure.cluster, names)
                if not any(each.moving or each.running < each.desired for each in found):
                    return
            setup.doors.clock.sleep(_LOOK)

    def _serving(self, stamp: str) -> str:
        """Which version every service has: the rehearsed one, or the one before."""
        setup, ecs = self.setup, self.setup.doors.ecs
        names = [place.service for place in setup.infrastructure.services.values()]
        services = ecs.services(setup.infrastructure.cluster, names)
        new = {_stamp(ecs.revision(each.task_definition).definition) == stamp for each in services}
        return "both" if len(new) > 1 else "new" if new == {True} else "old"

    def _judged(self, scenario: Scenario, board: ProgressBoard, report: ProbeReport, outcome: "_Outcome") -> Rehearsed:
        seconds = max((known.seconds for known in board.services.values()), default=0.0)
        causes = sorted({known.diagnosis.cause for known in board.services.values() if known.diagnosis})
        result = Rehearsed(
            name=scenario.name,
            description=scenario.says,
            verdict=outcome.verdict,
            causes=tuple(causes),
            error=outcome.error,
            seconds=round(seconds, 1),
            requests=sum(phase.requests for phase in report.phases),
            failed=sum(phase.failed for phase in report.phases),
            p99=report.phase(DURING).p99,
            live=outcome.serving,
        )
        after = report.phase(AFTER).failed
        return replace(result, wrong=tuple(judge(scenario, result, after)))

    def _put_back(self) -> bool:
        """Clear every fault, and give every service the revision of the release that serves."""
        setup = self.setup
        try:
            self._clear()
            self._settle()
            context = self._context(Scenario("", ""), setup.wanted(""))
            revisions = revisions_of(setup.serving.services, setup.doors.ecs)
            plan = plan_rollback(setup.serving, context.observation, revisions=revisions)
            if plan.empty:
                return True
            setup.doors.events.emit(RehearsalReverting(setup.serving.version))
            context = ReleaseContext(setup.doors, ReleaseOptions(), context.wanted, context.observation)
            return execute(plan, context, ProgressBoard.begun(context.observation)).good
        except TagshipError:
            return False


@dataclass(frozen=True)
class _Outcome:
    verdict: Verdict
    error: str
    serving: str


class _FaultInjection:
    """Lets it go wrong while the block runs: at once, or some seconds after the first service was updated."""

    def __init__(self, scenario: Scenario, doors: Doors, runner: _ScenarioRunner) -> None:
        self._scenario, self._doors, self._runner = scenario, doors, runner
        self._thread: Thread | None = None
        self._listening = doors.events.listening(self._on_event)

    def __enter__(self) -> None:
        if self._scenario.meanwhile:
            self._listening.__enter__()
        else:
            self._runner.strike(self._scenario)

    def __exit__(self, *_: object) -> None:
        if self._scenario.meanwhile:
            self._listening.__exit__(None, None, None)
        if self._thread:
            self._thread.join()

    def _on_event(self, event: Event) -> None:
        updated = isinstance(event, StepFinished) and isinstance(event.step, UpdateService)
        if updated and self._thread is None:
            self._thread = Thread(target=self._later, name="trouble", daemon=True)
            self._thread.start()

    def _later(self) -> None:
        self._doors.clock.sleep(_MEANWHILE)
        with suppress(TagshipError):
            self._runner.strike(self._scenario)


def _skipped(scenario: Scenario) -> Rehearsed:
    return Rehearsed(scenario.name, scenario.says, skipped=scenario.skipped)


def _stamp(definition: Mapping[str, Any]) -> str:
    variables = definition["containerDefinitions"][0].get("environment", ())
    return next((str(each["value"]) for each in variables if each["name"] == VARIABLE), "")
