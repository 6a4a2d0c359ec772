"""From the remains of a failed rollout to a named cause, and what to change. Pure.

The causes and their order are in ``causes.py``; each has a section in ``docs/runbook.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tagship.release.causes import CAUSES, Cause
from tagship.release.remains import Evidence

LOG_LINES = 12
"""Last lines of a container that a diagnosis quotes."""

RUNBOOK = "docs/runbook.md"

UNKNOWN = "unknown"
"""The cause where no sign fits; later there may be more to see."""

_FACTS = 5
_LONG_PULL = 30.0
"""Seconds of a pull that are worth a word: they come on top of every start."""
_LONGEST = 200
"""Characters of a line that a sentence quotes."""


@dataclass(frozen=True)
class Diagnosis:
    """A named cause.

    ``cause`` is a stable name for scripts; ``happened`` and ``change`` are sentences;
    ``facts`` are ECS's own words with how often they were said; ``runbook`` is the cause's section.
    """

    cause: str
    happened: str
    change: str
    facts: tuple[str, ...]
    log_stream: str
    log_lines: tuple[str, ...]
    runbook: str = ""


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
        # What the signs of some causes find only sometimes.
        "setting": "NAME: value",
        "host": "the address",
        "line": "see the lines below",
    }


def _named(cause: Cause, evidence: Evidence, found: Mapping[str, str]) -> Diagnosis:
    known = {name: word[:_LONGEST] for name, word in {**words(evidence), **found}.items()}
    quoted = evidence.log_lines[-LOG_LINES:]
    return Diagnosis(
        cause.name,
        cause.happened.format_map(known),
        cause.change.format_map(known),
        _facts(evidence),
        evidence.log_stream,
        quoted,
        f"{RUNBOOK}#{cause.name}",
    )


def _facts(evidence: Evidence) -> tuple[str, ...]:
    reasons = tuple(f"{count} times: {reason}" for reason, count in evidence.reasons.most_common(_FACTS))
    pull = (f"pulling the image took {evidence.pulled:.0f} s",) if evidence.pulled >= _LONG_PULL else ()
    return reasons + pull + tuple(f"load balancer: {complaint}" for complaint in evidence.complaints)


def _unknown(evidence: Evidence) -> Cause:
    return Cause(
        UNKNOWN,
        lambda _: {},
        "The tasks stopped." if evidence.tasks else "No stopped task of the new revision tells why.",
        "Read the facts below and the service's events: tagship status.",
    )
