"""The last words of a deploy or a rollback, and its exit code."""

import os

from tagship.cli import github, output
from tagship.release.cause import Cure
from tagship.release.conduct import Outcome
from tagship.release.record import ReleaseRecord
from tagship.release.verdict import Verdict

_NEXT = {
    Verdict.RELEASED: "tagship status",
    Verdict.STILL_DRAINING: "tagship status",
    Verdict.ROLLED_BACK: f"fix the cause, then {Cure.EITHER.value}",
    Verdict.SUPERSEDED: "tagship history",
    Verdict.STOPPED: "tagship status",
    Verdict.FAILED_BEFORE_UPDATE: f"fix the cause, then {Cure.EITHER.value}",
    Verdict.TIMED_OUT: "tagship status",
    Verdict.PUT_BACK: f"fix the cause, then {Cure.EITHER.value}",
}


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
    kind = "Rollback to" if record.kind == "rollback" else "Release"
    output.say(f"{kind} {record.version} on {environment}: {verdict.words} (record {record.number}).")
    if verdict.good:
        output.say(f"It answers at {url}")
    option = "" if environment == "local" else f" --env {environment}"
    if not (outcome.error and outcome.error.hint):  # which has said what to do
        step = _next(record, verdict)
        output.next_step(step + option if step.startswith("tagship") else step)
    return verdict.exit_code


def _next(record: ReleaseRecord, verdict: Verdict) -> str:
    """What the causes say where they agree, else what the verdict says."""
    found = {service.diagnosis.then for service in record.services.values() if service.diagnosis}
    if len(found) == 1 and all(found) and not _NEXT[verdict].startswith("tagship"):
        return f"fix the cause, then {found.pop()}"
    return _NEXT[verdict]


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "version": outcome.plan.version,
        "steps": [step.says for step in outcome.plan.steps],
        "verdict": outcome.verdict.words if outcome.verdict else None,
        "record": outcome.record.model_dump(mode="json") if outcome.record else None,
        "error": outcome.error.message if outcome.error else None,
    }
