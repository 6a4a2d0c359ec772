"""What a release says to GitHub Actions: annotations beside the log, and the summary of the run. Pure.

The formats: GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from collections.abc import Mapping
from pathlib import Path

from tagship.base.events import Event
from tagship.release.events import (
    Diagnosed,
    FailedFast,
    LowerBound,
    RollbackBegan,
    Unanswered,
    Unhealthy,
    VerdictReached,
)
from tagship.release.records.record import ProbeRecord, ReleaseRecord, ServiceRecord, SiteRecord
from tagship.release.run import Outcome

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable that names the file of the summary."""


def is_there(environment: Mapping[str, str]) -> bool:
    """Whether GitHub Actions runs us."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotation(event: Event) -> str | None:
    """The workflow command for an event; most have none."""
    command = None
    match event:
        case Diagnosed():
            found = event.diagnosis
            lines = "\n".join([found.happened, *found.facts, *found.log_lines, f"What to change: {found.change}"])
            command = _command("error", f"{event.service}: {found.cause}", lines)
        case RollbackBegan():
            command = _command("warning", f"{event.service}: ECS rolls back", event.reason or "no reason given")
        case FailedFast():
            command = _command(
                "warning", f"{event.service}: failing fast", f"{event.tasks} tasks ended with {event.way}"
            )
        case LowerBound() if event.refused:
            command = _command("warning", f"{event.service}: auto scaling has no minimum", event.refused)
        case Unhealthy():
            command = _command("error", f"{event.service}: {event.state.upper()}", event.reason)
        case Unanswered():
            command = _command("error", "The front door does not respond", f"Every request to {event.url} fails")
        case VerdictReached():
            kind = "notice" if event.verdict.good else "error"
            command = _command(kind, event.service, f"{event.verdict.words} after {event.seconds:.1f} s")
    return command


def summary(outcome: Outcome, environment: str) -> str:
    """The run's summary, in Markdown."""
    record = outcome.record
    if record is None:
        return f"### {outcome.plan.version} on {environment}\n\nNothing to do.\n"
    mark = ":white_check_mark:" if record.good else ":x:"
    lines = [f"### {mark} {record.version} on {environment}: {record.verdict}", ""]
    lines += ["| service | verdict | seconds | image or build |", "|---|---|---|---|"]
    lines += [_row(name, service) for name, service in record.services.items()]
    lines += [_site_row(record.site)] if record.site else []
    lines += [line for name, service in record.services.items() for line in _diagnosis(name, service)]
    lines += _probe(record.probe) if record.probe else []
    return "\n".join([*lines, "", _foot(record), ""])


def write_summary(text: str, environment: Mapping[str, str]) -> None:
    """Add to the run's summary, where there is one."""
    if where := environment.get(SUMMARY):
        with Path(where).open("a", encoding="utf-8") as file:
            file.write(text)


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={_property(title)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _row(name: str, service: ServiceRecord) -> str:
    verdict = f"{service.verdict}, reverted by tagship" if service.reverted else service.verdict or "unchanged"
    return f"| `{name}` | {verdict} | {service.seconds:.1f} | `{service.digest[:19]}` |"


def _site_row(site: SiteRecord) -> str:
    done = "reverted by tagship" if site.reverted else "published" if site.published else "unchanged"
    return f"| the site | {done} | {site.seconds:.1f} | `{site.build}` |"


def _diagnosis(name: str, service: ServiceRecord) -> list[str]:
    found = service.diagnosis
    if found is None:
        return []
    lines = ["", f"**Why `{name}` failed** (`{found.cause}`): {found.happened}", ""]
    if found.log_lines:
        lines += ["```text", *found.log_lines, "```", ""]
    return [*lines, f"What to change: {found.change}"]


def _probe(probe: ProbeRecord) -> list[str]:
    head = ["", "| phase of the release | requests | failed | median | p99 |", "|---|---|---|---|---|"]
    return head + [
        f"| {phase.name} | {phase.requests} | {phase.failed} | {phase.p50:.0f} ms | {phase.p99:.0f} ms |"
        for phase in probe.phases
    ]


def _foot(record: ReleaseRecord) -> str:
    return f"Release {record.number}, commit `{record.commit[:8]}`, by {record.who}."
