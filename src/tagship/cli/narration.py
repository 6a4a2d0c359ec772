"""What a release's events read like: one line each, the same with and without a terminal. Pure."""

import re
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING

from tagship.base.events import Event
from tagship.cli.addressed import addressed
from tagship.image.builder import BuildLine, BuildStep, ImagePushed, LargeContext
from tagship.release.events import (
    CredentialsExpire,
    Diagnosed,
    EcsMessage,
    FailedFast,
    LowerBound,
    NotReverted,
    OneOffOutput,
    PlanMade,
    Probed,
    RecordUnreadable,
    Reverting,
    RollbackBegan,
    RolloutProgress,
    Scaling,
    SiteReverted,
    StepFinished,
    StepStarted,
    StopRequested,
    Unanswered,
    Unhealthy,
    VerdictReached,
    Verified,
    Waiting,
    WentLive,
)
from tagship.release.planning.steps import AwaitDrain, SetMinCapacity, WatchRollouts
from tagship.release.planning.verify import Mark, Report
from tagship.site.build import SiteBuildLine
from tagship.site.publish import EdgeAwaited, FilesPublished

if TYPE_CHECKING:  # what finds one compiles a hundred patterns
    from tagship.release.diagnosis.diagnosis import Diagnosis

_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[^\s)]*/[^\s)]*")
_MEGABYTE = 1_000_000


@singledispatch
def narrate(event: Event) -> list[str]:  # noqa: ARG001 - the answer for every kind that is not named below
    """The lines for an event; none for what a reader need not know."""
    return []


@narrate.register
def _(event: CredentialsExpire) -> list[str]:
    left, patience = max(0, int(event.left // 60)), int(event.patience // 60)
    goes_on = f"the release may take {patience} minutes: a rollout in progress then continues without a watcher."
    return [
        f"!! The AWS credentials expire at {event.at:%H:%M} UTC, in {left} minutes, but {goes_on}",
        "   Use credentials that last longer; with new ones, resume: `tagship deploy --resume newest`.",
    ]


@narrate.register
def _(event: RecordUnreadable) -> list[str]:
    return [f"!! The record `{event.key}` of the environment's bucket cannot be read and is ignored: {event.why}"]


@narrate.register
def _(event: Waiting) -> list[str]:
    return [f"Waiting for release {event.number} ({event.version}), started by {event.who}."]


@narrate.register
def _(event: StepStarted) -> list[str]:
    return [f"-> {_capital(event.step.says)}."]


@narrate.register
def _(event: StepFinished) -> list[str]:
    told = isinstance(event.step, WatchRollouts | AwaitDrain | SetMinCapacity)  # what came of it has a line of its own
    return [] if told else [f"   {event.result} ({event.seconds:.1f} s)"]


@narrate.register
def _(event: BuildStep) -> list[str]:
    return [f"   {event.service}: step {event.number}/{event.of} {event.instruction}"]


@narrate.register
def _(event: LargeContext) -> list[str]:
    biggest = ", ".join(f"{path} ({size / _MEGABYTE:.1f} MB)" for path, size in event.biggest)
    return [
        f"!! {event.service}: the build context has {event.bytes / _MEGABYTE:.0f} MB, most of it in {biggest}",
        "   What the image does not need belongs in `.dockerignore`.",
    ]


@narrate.register
def _(event: ImagePushed) -> list[str]:
    return [f"   {event.service}: pushed {event.reference} ({event.bytes / _MEGABYTE:.1f} MB sent)"]


@narrate.register
def _(event: Verified) -> list[str]:
    return [f"   {line}" for line in report_lines(event.report)] if event.report.wrong else []


@narrate.register
def _(event: RolloutProgress) -> list[str]:
    return [f"   {progress_line(event)}"]


@narrate.register
def _(event: EcsMessage) -> list[str]:
    return [f"   ECS: {readable(event.message)}"]


@narrate.register
def _(event: RollbackBegan) -> list[str]:
    return [f"!! {event.service}: ECS rolls back. {event.reason}".rstrip()]


@narrate.register
def _(event: WentLive) -> list[str]:
    return [f"== {event.service}: the new version is live after {event.seconds:.1f} s; the old tasks are draining"]


@narrate.register
def _(event: FailedFast) -> list[str]:
    return [f"!! {event.service}: {event.tasks} new tasks ended with {event.way}; rolling back."]


@narrate.register
def _(event: OneOffOutput) -> list[str]:
    return [f"   {event.service}: | {line}" for line in event.lines]


@narrate.register
def _(event: Scaling) -> list[str]:
    return [f"   {event.service}: {event.running} of {event.desired} tasks running, {event.healthy} healthy"]


@narrate.register
def _(event: LowerBound) -> list[str]:
    tasks = f"{event.tasks} {'task' if event.tasks == 1 else 'tasks'}"
    if event.refused:
        return [
            (
                f"!! {event.service}: the minimum of auto scaling is still below {tasks}; the version is live "
                f"nevertheless. {event.refused}"
            )
        ]
    return [f"   {event.service}: auto scaling now keeps at least {tasks}"]


@narrate.register
def _(event: Reverting) -> list[str]:
    return [f"!! Reverting {_names(event.services)}, so that only one version is live."]


@narrate.register
def _(event: NotReverted) -> list[str]:
    if event.contracted:
        why = "the previous version does not work with the migrated database"
        return [f"!! {_names(event.services)} stays on the new version: {why}."]
    return [f"!! {_names(event.services)} stays on the new version: there is no previous one."]


@narrate.register
def _(event: BuildLine) -> list[str]:
    return [f"   {event.service}: | {event.text}"]


@narrate.register
def _(event: SiteBuildLine) -> list[str]:
    return [f"   site: | {event.text}"]


@narrate.register
def _(event: FilesPublished) -> list[str]:
    return [f"   site: {event.hashed} hashed files, {event.assets} other files and {event.pages} pages uploaded"]


@narrate.register
def _(event: EdgeAwaited) -> list[str]:
    return [f"   site: waiting until {event.what}"]


@narrate.register
def _(event: SiteReverted) -> list[str]:
    return [f"!! The site is reverted: its build {event.build} is live again."]


@narrate.register
def _(event: StopRequested) -> list[str]:
    return [f"!! {event.service}: interrupted, rolling back. Ctrl-C again stops the rollback."]


@narrate.register
def _(event: Probed) -> list[str]:
    lines = [f"   Requests to {event.report.url}:"]
    for phase in event.report.phases:
        problems = f" ({', '.join(phase.problems)})" if phase.problems else ""
        lines.append(
            f"   {phase.name:<7}{phase.requests:>6} requests, {phase.failed} failed{problems}, median "
            f"{phase.p50:.0f} ms, p99 {phase.p99:.0f} ms"
        )
    return lines


@narrate.register
def _(event: Unhealthy) -> list[str]:
    return [f"!! {event.service} is {event.state.upper()}: {event.reason}."]


@narrate.register
def _(event: Unanswered) -> list[str]:
    before = ", as before the release: does the app serve that path?" if event.before else "."
    return [f"!! Every request to {event.url} fails{before}"]


@narrate.register
def _(event: VerdictReached) -> list[str]:
    return [f"== {event.service}: {event.verdict.words} after {event.seconds:.1f} s"]


@narrate.register
def _(event: Diagnosed) -> list[str]:
    found = event.diagnosis
    if not event.one_off:
        return diagnosis_lines(event.service, found)
    # The lines of a task beside the services were told as they came.
    return diagnosis_lines(f"the {event.one_off} of {event.service}", replace(found, log_lines=()))


@narrate.register
def plan_lines(event: PlanMade) -> list[str]:
    """The plan, a step a line."""
    if event.plan.empty:
        return [f"Nothing to do: {event.plan.version} is live on {event.environment} already."]
    steps = [
        f"  {number}. {step.says}" if place == 0 else f"     {step.says}"
        for number, stage in enumerate(event.plan.stages, start=1)
        for place, step in enumerate(stage)
    ]
    return [f"Plan for {event.plan.version} on {event.environment}:", *steps]


def report_lines(report: Report) -> list[str]:
    """The tree of what was looked at: a line a service, and below it a line a look."""
    lines: list[str] = []
    subject = None
    for found in report.findings:
        if found.subject != subject:
            subject = found.subject
            lines.append(subject)
        lines.append(f"  {found.mark.value:<4}  {found.what}: {found.words}")
        if found.mark in {Mark.FAIL, Mark.UNKNOWN} and found.hint:
            lines.append(f"        Next: {addressed(found.hint)}")
    return lines


def progress_line(event: RolloutProgress) -> str:
    """How far a rollout is."""
    parts = [f"new {event.new_running}/{event.requested}", f"old {event.old_running}"]
    parts.append(f"healthy {event.healthy} of {event.targets} targets")
    if event.failed:
        parts.append(f"failed {event.failed}")
    complaint = f" ({'; '.join(event.complaints)})" if event.complaints else ""
    return f"{event.service}: {', '.join(parts)}, {event.status}{complaint}"


def diagnosis_lines(service: str, found: "Diagnosis") -> list[str]:
    """Cause, facts, the container's own last words, and what to change."""
    lines = ["", f"Why {service} failed: {found.happened}  [{found.cause}]"]
    lines += [f"  {fact}" for fact in found.facts]
    if found.log_lines:
        lines += [f"  The last lines of {found.log_stream}:", *(f"  | {line}" for line in found.log_lines)]
    return [*lines, f"What to change: {found.change}", f"More: tagship explain {found.cause}", ""]


def _short(arn: re.Match[str]) -> str:
    """``notes-prod-api`` of ``arn:aws:…:targetgroup/notes-prod-api/0123456789abcdef``: a line that can be read."""
    return arn[0].split("/")[1]


def readable(message: str) -> str:
    """A line of ECS's, its ARNs shortened to names."""
    return _ARN.sub(_short, message)


def _names(services: tuple[str, ...]) -> str:
    return ", ".join(f"`{service}`" for service in services)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
