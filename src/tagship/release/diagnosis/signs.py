"""The signs by which a cause is known: each is a function from the evidence to what it found, or None. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from tagship.release.diagnosis import advice
from tagship.release.diagnosis.evidence import LATE, Evidence
from tagship.release.diagnosis.fatal import LogMatch, last_words
from tagship.release.diagnosis.startup_log import LOOPBACK, listening, start_took

Found = Mapping[str, str] | None
"""Words for the sentences; ``line`` is the line of the log that told. None: the evidence does not fit."""

Sign = Callable[[Evidence], Found]

SIGTERM: Final = 128 + 15
SIGKILL: Final = 128 + 9


def reason(*patterns: str) -> Sign:
    """A task or container was given a reason in which every pattern is found."""
    compiled = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns]

    def sign(evidence: Evidence) -> Found:
        return next(({"line": text} for text in evidence.reasons if all(one.search(text) for one in compiled)), None)

    return sign


def log_matches(cause: str) -> Sign:
    """A container ended by itself, or was stopped late, and its last words are of this cause (``last_words.py``)."""

    def sign(evidence: Evidence) -> Found:
        if not evidence.ended and evidence.limit is None:
            return None
        words = last_words(evidence.log_lines)
        return _named(words) if words and words.log_pattern.cause == cause else None

    return sign


def _named(words: LogMatch) -> Mapping[str, str]:
    """The line, what it names, and what to do about it."""
    named = dict(words.names)
    found = {"line": words.line, "advice": words.log_pattern.advice}
    if setting := words.log_pattern.setting or _variable(named):
        found["setting"] = setting
    if host := named.get("host", "").strip("[]"):
        found["host"] = host
    if words.log_pattern.cause == "database-unreachable":
        found["advice"] = advice.OWN_ADDRESS if LOOPBACK.fullmatch(host) else advice.OTHER_ADDRESS
    return found


def _variable(named: Mapping[str, str]) -> str:
    """The environment variable that a program means by a name of its own.

    Spring reads ``db.url-base`` from ``DB_URLBASE`` (Spring Boot, "Binding From Environment Variables"), .NET ``A:B``
    from ``A__B`` ("Configuration in ASP.NET Core"), and pydantic-settings a field in any case.
    """
    if connection := named.get("connection_string") or named.get("connection_string_"):
        return "ConnectionStrings__" + connection.replace(":", "__")
    name = named.get("setting", "")
    return name.replace(":", "__") if ":" in name else name.replace("-", "").replace(".", "_").upper()


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
    codes = [code for code in evidence.exit_codes if code]
    if not codes:
        return None
    code = max(codes, key=lambda each: evidence.exit_codes[each])
    meaning = f" ({_MEANINGS[code]})" if code in _MEANINGS else ""
    where = "above" if evidence.one_off else "below"
    last = f"its last log lines are {where}" if evidence.log_lines else "it printed nothing"
    return {"code": f"{code}{meaning}", "last": last}


_MEANINGS: Final = {
    126: "the program is not executable",
    127: "the program was not found",
    132: "SIGILL, an illegal instruction",
    134: "SIGABRT, an abort",
    135: "SIGBUS",
    136: "SIGFPE",
    139: "SIGSEGV, a segmentation fault",
}
"""What shells and the kernel mean by an exit code (POSIX, "Exit Status for Commands"; 128 and the signal)."""


def crashed_later(evidence: Evidence) -> Found:
    """The same of a service, after having run for a while."""
    found = crashed(evidence)
    if not found or evidence.one_off or evidence.ran < LATE:
        return None
    return {**found, "ran": f"{evidence.ran:.0f}"}


def killed(evidence: Evidence) -> Found:
    """A container was killed, and not by ECS."""
    return _ended_with(evidence, SIGKILL)


def terminated(evidence: Evidence) -> Found:
    """A container ended as SIGTERM ends a process, and ECS did not stop it."""
    return _ended_with(evidence, SIGTERM)


def _ended_with(evidence: Evidence, code: int) -> Found:
    found = crashed(evidence)
    return found if found and found["code"] == str(code) else None


def late(evidence: Evidence) -> Found:
    """Tagship stopped it, because its time was up."""
    return None if evidence.limit is None else {"limit": f"{evidence.limit:.0f}"}


def entry_point_missing(evidence: Evidence) -> Found:
    """The engine found no such program; what is named by a path may be a script."""
    for text in evidence.reasons:
        if re.search(r"Cannot(?:Start|Create)Container", text) and _NO_PROGRAM.search(text):
            program = _PROGRAM.search(text)
            script = program is not None and "/" in program[1]
            return {"line": text, "advice": advice.SCRIPT if script else advice.PROGRAM}
    return None


_NO_PROGRAM = re.compile(r"executable file not found|no such file or directory", re.IGNORECASE)
_PROGRAM = re.compile(r"\bexec:? \"?([^\": ]+)")


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
    """Nothing answers; an application that printed nothing is told so, for it cannot be told why."""
    if not _silent(evidence):
        return None
    longer = str(max(_LONG_GRACE, 2 * evidence.health.grace_period))
    if evidence.log_lines:
        return {"longer": longer, "printed": "", "unbuffered": ""}
    hint = " Let it log its address immediately: Python buffers its output unless `PYTHONUNBUFFERED` is 1."
    return {"longer": longer, "printed": ", and it has printed nothing at all", "unbuffered": hint}


_LONG_GRACE: Final = 120
"""Seconds within which most servers start, a Java virtual machine on a quarter of a processor too."""


def _silent(evidence: Evidence) -> bool:
    return evidence.unhealthy and not any("with these codes" in text for text in evidence.complaints)
