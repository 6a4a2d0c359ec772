"""The last words of a deploy or a rollback, and its exit code."""

import os

from tagship.cli import github, output
from tagship.release.diagnosis.cause import Cure
from tagship.release.records.record import ReleaseRecord
from tagship.release.records.verdict import Verdict
from tagship.release.run import Outcome

_NEXT = {
    Verdict.RELEASED: "tagship status",
    Verdict.STILL_DRAINING: "tagship status",
    Verdict.ROLLED_BACK: f"fix the cause, then {Cure.EITHER.value}",
    Verdict.SUPERSEDED: "tagship history",
    Verdict.STOPPED: "tagship status",
    Verdict.FAILED_BEFORE_UPDATE: f"fix the cause, then {Cure.EITHER.value}",
    Verdict.TIMED_OUT: "tagship status",
    Verdict.PUT_BACK: f"fix the cause, then {Cure.EITHER.value}",
    Verdict.DOWN: "tagship recover",
    Verdict.DEGRADED: "tagship recover",
}
_KINDS = {"rollback": "Rollback to", "recovery": "Recovery of"}


def conclude(outcome: Outcome, *, environment: str, url: str, as_json: bool, json_lines: bool = False) -> int:
    """Say how it ended; returns the exit code."""
    github.write_summary(github.summary(outcome, environment), os.environ)
    if json_lines:
        output.as_json_line({"event": "ended", **_as_json(outcome)})
    elif as_json:
        output.as_json(_as_json(outcome))
    if outcome.error:
        output.error(outcome.error)
    if outcome.verdict is None or outcome.record is None:
        return 0
    record, verdict = outcome.record, outcome.verdict
    kind = _KINDS.get(record.kind, "Release")
    loud = verdict in (Verdict.DOWN, Verdict.DEGRADED)
    words = verdict.words.upper() if loud else verdict.words
    output.say(f"{kind} {record.version} on {environment}: {words} (record {record.number}).")
    for health in outcome.unwell:
        output.outage(f"{health.service} is {health.state.value.upper()} at {url}: {health.says}.")
    if verdict.good and not outcome.unwell:
        output.say(f"The app is at {url}")
    # An error knows the cause, and has said what to do about it; while users are not served, the way out comes first.
    says = outcome.error and outcome.error.hint
    if not says or (outcome.unwell and record.kind != "recovery"):
        step = _next_step(outcome, record, verdict)
        output.next_step(step)
    return verdict.exit_code


def way_on(cut_off: ReleaseRecord) -> str:
    """What to type instead of going on with a run that was cut off; empty where ``deploy --resume`` does."""
    return {
        "rollback": f"tagship rollback {cut_off.version}",
        "recovery": "tagship recover",
        "rehearsal": f"tagship local fault clear; tagship rollback {cut_off.version}",
    }.get(cut_off.kind, "")


def _next_step(outcome: Outcome, record: ReleaseRecord, verdict: Verdict) -> str:
    """What to type: while users are not served, the way back to a version that was live, where there is one."""
    if not outcome.unwell:
        return "tagship status" if verdict is Verdict.DOWN else _by_cause(record, verdict)
    if not outcome.way_back or record.kind == "recovery":
        return "fix the cause and push a new tag"
    return "tagship recover"


def _by_cause(record: ReleaseRecord, verdict: Verdict) -> str:
    """What the causes say where they agree, else what the verdict says."""
    found = {service.diagnosis.then for service in record.services.values() if service.diagnosis}
    if len(found) == 1 and all(found) and not _NEXT[verdict].startswith("tagship"):
        return f"fix the cause, then {found.pop()}"
    return _NEXT[verdict]


def _as_json(outcome: Outcome) -> dict[str, object]:
    unhealthy = [{"service": each.service, "state": each.state.value, "reason": each.says} for each in outcome.unwell]
    return {
        "version": outcome.plan.version,
        "steps": [step.says for step in outcome.plan.steps],
        "verdict": outcome.verdict.words if outcome.verdict else None,
        "record": outcome.record.model_dump(mode="json") if outcome.record else None,
        "unhealthy": unhealthy,
        "error": outcome.error.message if outcome.error else None,
    }
