"""What a release's events read like: one line each, the same with and without a terminal. Pure."""

import re
from functools import singledispatch

from tagship.base.events import Event
from tagship.image.builder import BuildStep, ImagePushed
from tagship.release.diagnosis import Diagnosis
from tagship.release.happenings import (
    Diagnosed,
    EcsSaid,
    PlanMade,
    RollbackBegan,
    RolloutProgress,
    StepFinished,
    StepStarted,
    StopRequested,
    VerdictReached,
)
from tagship.release.steps import WatchRollout

_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[^\s)]*/[^\s)]*")
_MEGABYTE = 1_000_000


@singledispatch
def narrate(event: Event) -> list[str]:  # noqa: ARG001 - the answer for every kind that is not named below
    """The lines for an event; none for what a reader need not know."""
    return []


@narrate.register
def _(event: StepStarted) -> list[str]:
    return [f"-> {_capital(event.step.says)}."]


@narrate.register
def _(event: StepFinished) -> list[str]:
    watching = isinstance(event.step, WatchRollout)  # its verdict has a line of its own
    return [] if watching else [f"   {event.result} ({event.seconds:.1f} s)"]


@narrate.register
def _(event: BuildStep) -> list[str]:
    return [f"   {event.service}: step {event.number}/{event.of} {event.instruction}"]


@narrate.register
def _(event: ImagePushed) -> list[str]:
    return [f"   {event.service}: pushed {event.reference} ({event.bytes / _MEGABYTE:.1f} MB sent)"]


@narrate.register
def _(event: RolloutProgress) -> list[str]:
    return [f"   {progress_line(event)}"]


@narrate.register
def _(event: EcsSaid) -> list[str]:
    return [f"   ECS: {_ARN.sub(_short, event.message)}"]


@narrate.register
def _(event: RollbackBegan) -> list[str]:
    return [f"!! {event.service}: ECS rolls back. {event.reason}".rstrip()]


@narrate.register
def _(event: StopRequested) -> list[str]:
    return [f"!! {event.service}: interrupted, rolling back. Ctrl-C again leaves it as it is."]


@narrate.register
def _(event: VerdictReached) -> list[str]:
    return [f"== {event.service}: {event.verdict.words} after {event.seconds:.1f} s"]


@narrate.register
def _(event: Diagnosed) -> list[str]:
    return diagnosis_lines(event.service, event.diagnosis)


@narrate.register
def plan_lines(event: PlanMade) -> list[str]:
    """The plan, a step a line."""
    if event.plan.empty:
        return [f"Nothing to do: {event.environment} has {event.plan.version} already."]
    steps = [f"  {number}. {step.says}" for number, step in enumerate(event.plan.steps, start=1)]
    return [f"Plan for {event.plan.version} on {event.environment}:", *steps]


def progress_line(event: RolloutProgress) -> str:
    """How far a rollout is."""
    parts = [f"new {event.new_running}/{event.requested}", f"old {event.old_running}"]
    parts.append(f"healthy {event.healthy} of {event.targets} targets")
    if event.failed:
        parts.append(f"failed {event.failed}")
    complaint = f" ({'; '.join(event.complaints)})" if event.complaints else ""
    return f"{event.service}: {', '.join(parts)}, {event.status}{complaint}"


def diagnosis_lines(service: str, found: Diagnosis) -> list[str]:
    """Cause, facts, the container's own last words, and what to change."""
    lines = ["", f"Why {service} failed: {found.happened}  [{found.cause}]"]
    lines += [f"  {fact}" for fact in found.facts]
    if found.log_lines:
        lines += [f"  The last lines of {found.log_stream}:", *(f"  | {line}" for line in found.log_lines)]
    return [*lines, f"What to change: {found.change}", ""]


def _short(arn: re.Match[str]) -> str:
    """``notes-prod-api`` of ``arn:aws:…:targetgroup/notes-prod-api/0123456789abcdef``: a line that can be read."""
    return arn[0].split("/")[1]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
