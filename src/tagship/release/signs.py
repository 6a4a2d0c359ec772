"""The signs by which a cause is known: each is a function from the evidence to what it found, or None. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from tagship.release.printed import listening, start_took
from tagship.release.remains import LATE, Evidence

Found = Mapping[str, str] | None
"""Words for the sentences; ``line`` is the line of the log that told. None: the evidence does not fit."""

Sign = Callable[[Evidence], Found]

SIGTERM: Final = 128 + 15
SIGKILL: Final = 128 + 9


def reason(*patterns: str) -> Sign:
    """A task or container was given a reason in which every pattern is found."""
    compiled = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns]

    def sign(evidence: Evidence) -> Found:
        return next(({} for text in evidence.reasons if all(one.search(text) for one in compiled)), None)

    return sign


def last_words(*patterns: str) -> Sign:
    """A container ended by itself and printed a line in which a pattern is found; its groups are words."""
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def sign(evidence: Evidence) -> Found:
        return _line(evidence, compiled) if evidence.ended else None

    return sign


def first_of(*signs: Sign) -> Sign:
    """The first of these that fits."""

    def sign(evidence: Evidence) -> Found:
        return next((found for one in signs if (found := one(evidence)) is not None), None)

    return sign


def stop_code(*codes: str) -> Sign:
    """A task stopped with one of these codes."""

    def sign(evidence: Evidence) -> Found:
        return {} if any(task.stop_code in codes for task in evidence.tasks) else None

    return sign


def answered(pattern: str) -> Sign:
    """The load balancer got such a status from the health path."""
    compiled = re.compile(rf"with these codes: \[({pattern})\]")

    def sign(evidence: Evidence) -> Found:
        found = next((match for text in evidence.complaints if (match := compiled.search(text))), None)
        return {"status": found[1]} if found and not evidence.ended else None

    return sign


def superseded(evidence: Evidence) -> Found:
    """Another deployment took its place."""
    return {} if evidence.superseded else None


def alarm(evidence: Evidence) -> Found:
    """ECS rolled back because of a CloudWatch alarm."""
    return {"told": evidence.rollback_reason} if re.search(r"\balarms?\b", evidence.rollback_reason) else None


def not_placed(evidence: Evidence) -> Found:
    """ECS found no place for a task."""
    told = next((text for text in reversed(evidence.events) if _NOT_PLACED.search(text)), None)
    told = told or next((text for text in evidence.reasons if _NOT_PLACED.search(text)), None)
    return None if told is None else {"told": told.rpartition("Reason: ")[2].strip()}


_NOT_PLACED = re.compile(r"unable to place a task|capacity is unavailable|limit on the number of vCPUs", re.IGNORECASE)


def crashed(evidence: Evidence) -> Found:
    """A container ended by itself with an exit code that is an error; of several, the commonest."""
    codes = [code for code in evidence.exit_codes if code not in (0, SIGTERM)]
    if not codes:
        return None
    return {"code": str(max(codes, key=lambda code: evidence.exit_codes[code]))}


def crashed_later(evidence: Evidence) -> Found:
    """The same, after having run for a while."""
    found = crashed(evidence)
    return {**found, "ran": f"{evidence.ran:.0f}"} if found and evidence.ran >= LATE else None


def killed(evidence: Evidence) -> Found:
    """A container was killed, and not by ECS."""
    found = crashed(evidence)
    return found if found and found["code"] == str(SIGKILL) else None


def exited(evidence: Evidence) -> Found:
    """A container ended by itself, as if its work were done."""
    return {} if 0 in evidence.exit_codes else None


def listens_elsewhere(evidence: Evidence) -> Found:
    """Nothing answers, and the log names other ports than the manifest's."""
    heard = listening(evidence.log_lines) if _silent(evidence) else []
    if not heard or any(each.port == evidence.port for each in heard):
        return None
    return {"elsewhere": str(heard[-1].port), "line": heard[-1].line}


def listens_on_loopback(evidence: Evidence) -> Found:
    """Nothing answers, and the log names the right port, on an address that only the container itself reaches."""
    heard = listening(evidence.log_lines) if _silent(evidence) else []
    ours = [each for each in heard if each.port == evidence.port]
    if not ours or not all(each.loopback for each in ours):
        return None
    return {"host": ours[-1].host, "line": ours[-1].line}


def started_late(evidence: Evidence) -> Found:
    """The application says that its start took longer than the grace period, or it listens, but did so too late."""
    if not evidence.unhealthy:
        return None
    took = start_took(evidence.log_lines)
    if took and took[0] > evidence.health.grace_period:
        return {"took": f"after {took[0]:.0f} s", "line": took[1]}
    ours = [each for each in listening(evidence.log_lines) if each.port == evidence.port]
    timed_out = any("timed out" in text for text in evidence.complaints)
    if not ours or timed_out or not _silent(evidence):
        return None
    return {"took": "too late", "line": ours[-1].line}


def hangs(evidence: Evidence) -> Found:
    """The port takes connections, and no answer comes."""
    if not _silent(evidence) or not any("timed out" in text for text in evidence.complaints):
        return None
    listens = any(each.port == evidence.port for each in listening(evidence.log_lines))
    refused = "Health checks failed" in evidence.complaints
    return {} if listens or not refused else None


def silent(evidence: Evidence) -> Found:
    """Nothing answers."""
    return {} if _silent(evidence) else None


def _silent(evidence: Evidence) -> bool:
    return evidence.unhealthy and not any("with these codes" in text for text in evidence.complaints)


def _line(evidence: Evidence, patterns: list[re.Pattern[str]]) -> Found:
    """The last line that tells: what comes last is nearest to the end."""
    for line in reversed(evidence.log_lines):
        for pattern in patterns:
            if match := pattern.search(line):
                return {"line": line, **{name: value for name, value in match.groupdict().items() if value}}
    return None
