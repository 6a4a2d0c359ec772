"""The last words of a deploy or a rollback, and its exit code."""

import os

from tagship.cli import github, output
from tagship.release.conduct import Outcome
from tagship.release.verdict import Verdict

_FIX = "fix the cause; where it is in the tag push a new one, else deploy this one again"

_NEXT = {
    Verdict.RELEASED: "tagship status",
    Verdict.STILL_DRAINING: "tagship status",
    Verdict.ROLLED_BACK: "fix the cause, and push a new tag",
    Verdict.SUPERSEDED: "tagship history",
    Verdict.STOPPED: "tagship status",
    Verdict.FAILED_BEFORE_UPDATE: f"no service was changed; {_FIX}",
    Verdict.TIMED_OUT: "tagship status",
    Verdict.PUT_BACK: f"everything is as before; {_FIX}",
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
    if not (outcome.error and outcome.error.hint):  # which knows the cause, and has said what to do
        option = "" if environment == "local" else f" --env {environment}"
        step = _NEXT[verdict]
        output.next_step(step + option if step.startswith("tagship") else step)
    return verdict.exit_code


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "version": outcome.plan.version,
        "steps": [step.says for step in outcome.plan.steps],
        "verdict": outcome.verdict.words if outcome.verdict else None,
        "record": outcome.record.model_dump(mode="json") if outcome.record else None,
        "error": outcome.error.message if outcome.error else None,
    }
