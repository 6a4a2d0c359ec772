"""From the remains of a failed rollout to a named cause, and what to change. Pure.

The causes and their order are in ``causes.py``; each has a section in ``docs/runbook.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tagship.release.diagnosis.cause import Cause, Cure
from tagship.release.diagnosis.causes import CAUSES
from tagship.release.diagnosis.evidence import Evidence

LOG_LINES = 12
"""Last lines of a container that a diagnosis quotes."""

UNKNOWN = "unknown"
"""The cause where no sign fits; later there may be more to see."""

NAMELESS = frozenset({UNKNOWN, "crash", "terminated", "too-long", "exited"})
"""Causes that tell no more than how a container ended."""

_WHO = {"": "The application", "migration": "The migration", "command": "The command"}
_FACTS = 5
_LONG_PULL = 30.0
"""Seconds of a pull that are worth a word: they come on top of every start."""
_LONGEST = 200
"""Characters of a line that a sentence quotes."""


@dataclass(frozen=True)
class Diagnosis:
    """A named cause.

    ``cause`` is a stable name for scripts; ``happened`` and ``change`` are sentences;
    ``facts`` are ECS's own words with how often they were said; ``then`` says what to release once it is fixed.
    """

    cause: str
    happened: str
    change: str
    facts: tuple[str, ...]
    log_stream: str
    log_lines: tuple[str, ...]
    then: str = ""


def diagnose(evidence: Evidence) -> Diagnosis:
    """The first cause that the evidence fits; the order is from the surest to the vaguest."""
    for cause in CAUSES:
        found = cause.sign(evidence)
        if found is not None:
            return _named(cause, evidence, found)
    return _named(_unknown(evidence), evidence, {})


def words(evidence: Evidence) -> dict[str, str]:
    """What every sentence of a cause may name."""
    return {
        "service": evidence.service,
        "port": str(evidence.port),
        "path": evidence.health.path,
        "timeout": str(evidence.health.timeout),
        "grace": str(evidence.health.grace_period),
        "memory": str(evidence.memory),
        "who": _WHO[evidence.one_off],
        # What the signs of some causes find only sometimes.
        "advice": "",
        "setting": "NAME: value",
        "host": "the address",
        "secret": "a secret that the task names",
        "line": "see the lines below",
    }


def _named(cause: Cause, evidence: Evidence, found: Mapping[str, str]) -> Diagnosis:
    known = {name: _short(name, word) for name, word in {**words(evidence), **found}.items()}
    known["advice"] = known["advice"].format_map(known)
    quoted = evidence.log_lines[-LOG_LINES:]
    return Diagnosis(
        cause.name,
        cause.happened.format_map(known),
        cause.change.format_map(known),
        _facts(evidence),
        evidence.log_stream,
        quoted,
        cause.cure.value,
    )


def _short(name: str, word: str) -> str:
    """Words of others are cut; advice is ours."""
    return word if name == "advice" or len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…"


def _facts(evidence: Evidence) -> tuple[str, ...]:
    reasons = tuple(f"{count} times: {reason}" for reason, count in evidence.reasons.most_common(_FACTS))
    pull = (f"pulling the image took {evidence.pulled:.0f} s",) if evidence.pulled >= _LONG_PULL else ()
    codes = tuple(f"{count} times: exit code {code}" for code, count in evidence.exit_codes.most_common(_FACTS) if code)
    return reasons + codes + pull + tuple(f"load balancer: {complaint}" for complaint in evidence.complaints)


def _unknown(evidence: Evidence) -> Cause:
    return Cause(UNKNOWN, lambda _: {}, _without_a_cause(evidence), _LOOK, Cure.EITHER)


_LOOK = "Read the facts below and the service's events: tagship status."


def _without_a_cause(evidence: Evidence) -> str:
    if not evidence.tasks:
        return "No stopped task of the new revision gives a reason."
    codes = sorted({container.exit_code for task in evidence.tasks for container in task.containers} - {None}, key=str)
    told = f" with exit code {', '.join(str(code) for code in codes)}" if codes else ""
    return f"ECS stopped the tasks{told}, and gave no known reason."
