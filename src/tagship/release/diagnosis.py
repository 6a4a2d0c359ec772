"""From the remains of a failed rollout to a named cause, and what to change. Pure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tagship.aws.ecs_shapes import Task

LOG_LINES = 12
"""Last lines of a container that a diagnosis quotes."""


@dataclass(frozen=True)
class Evidence:
    """What was found of a failed rollout.

    Args:
        service: the service's name in the manifest.
        port: the port that the manifest names.
        health_path: the health path that the manifest names.
        tasks: the stopped tasks of the new revision, newest first.
        complaints: what the load balancer said of unhealthy targets.
        log_lines: the last lines of one of these containers, oldest first.
        log_stream: where they were found.
    """

    service: str
    port: int
    health_path: str
    tasks: tuple[Task, ...]
    complaints: tuple[str, ...]
    log_lines: tuple[str, ...]
    log_stream: str

    @property
    def exit_codes(self) -> Counter[int]:
        """How often each exit code was seen."""
        return Counter(
            container.exit_code
            for task in self.tasks
            for container in task.containers
            if container.exit_code is not None
        )

    @property
    def reasons(self) -> Counter[str]:
        """How often each reason was given, by task or container."""
        return Counter(
            reason
            for task in self.tasks
            for reason in (task.stopped_reason, *(container.reason for container in task.containers))
            if reason
        )

    def mentions(self, *words: str) -> bool:
        """Whether a reason contains one of these words."""
        return any(word.lower() in reason.lower() for reason in self.reasons for word in words)


@dataclass(frozen=True)
class Diagnosis:
    """A named cause.

    ``cause`` is a stable name for scripts; ``happened`` and ``change`` are sentences;
    ``facts`` are ECS's own words with how often they were said.
    """

    cause: str
    happened: str
    change: str
    facts: tuple[str, ...]
    log_stream: str
    log_lines: tuple[str, ...]


def diagnose(evidence: Evidence) -> Diagnosis:
    """The first cause that the evidence fits; the order is from the surest to the vaguest."""
    cause, happened, change = next(found for rule in _RULES if (found := rule(evidence)))
    facts = tuple(f"{count} times: {reason}" for reason, count in evidence.reasons.most_common(5))
    complaints = tuple(f"load balancer: {complaint}" for complaint in evidence.complaints)
    return Diagnosis(cause, happened, change, facts + complaints, evidence.log_stream, evidence.log_lines)


Finding = tuple[str, str, str] | None
"""Cause, what happened, what to change; None where the evidence does not fit."""


def _image_missing(evidence: Evidence) -> Finding:
    if not evidence.mentions("CannotPullContainer"):
        return None
    return (
        "image-missing",
        "ECS could not pull the image, so no container ever started.",
        "See whether the image is still in the registry and the execution role may pull it, and deploy the tag again.",
    )


def _secret_denied(evidence: Evidence) -> Finding:
    if not evidence.mentions("ResourceInitializationError", "unable to pull secrets"):
        return None
    return (
        "initialization-failed",
        "ECS could not prepare the task: a secret, the registry or the log group was out of reach.",
        "Read the reason below: it names what the execution role could not get.",
    )


def _out_of_memory(evidence: Evidence) -> Finding:
    if not evidence.mentions("OutOfMemory"):
        return None
    return (
        "out-of-memory",
        "The container used more memory than the task has and was killed.",
        f"Raise `services.{evidence.service}.memory`, or find what grew.",
    )


def _wrong_architecture(evidence: Evidence) -> Finding:
    if not evidence.mentions("exec format error") and not any(
        "exec format error" in line for line in evidence.log_lines
    ):
        return None
    return (
        "wrong-architecture",
        "The image's program is for another processor than the task's.",
        "Build for linux/amd64.",
    )


def _cannot_start(evidence: Evidence) -> Finding:
    if not evidence.mentions("CannotStartContainer", "CannotCreateContainer"):
        return None
    return (
        "cannot-start",
        "The container could not be started at all.",
        "See whether the image's entry point exists and may be executed by its user.",
    )


def _crash(evidence: Evidence) -> Finding:
    crashes = [code for code in evidence.exit_codes if code not in (0, _SIGTERM, _SIGKILL)]
    if not crashes:
        return None
    code = max(crashes, key=lambda code: evidence.exit_codes[code])
    return (
        "crash",
        f"The container ended by itself with exit code {code}; its last words are below.",
        f"Mend what they name. A missing setting belongs under `services.{evidence.service}.environment`.",
    )


def _exited(evidence: Evidence) -> Finding:
    if 0 not in evidence.exit_codes or evidence.mentions("health checks"):
        return None
    return (
        "exited",
        "The container ended by itself with exit code 0, as if its work were done.",
        "A service must keep running in the foreground: see the image's command.",
    )


def _wrong_answer(evidence: Evidence) -> Finding:
    codes = next((complaint for complaint in evidence.complaints if "with these codes" in complaint), None)
    if codes is None:
        return None
    return (
        "health-check-answer",
        f"The container runs, but `{evidence.health_path}` does not answer well. {codes}",
        f"See what `{evidence.health_path}` needs, or set `services.{evidence.service}.health.path`.",
    )


def _no_answer(evidence: Evidence) -> Finding:
    if not evidence.complaints and not evidence.mentions("health checks"):
        return None
    return (
        "health-check-silence",
        f"The container runs, but nothing answered on port {evidence.port} in time.",
        (
            f"See that the app listens on 0.0.0.0:{evidence.port} (`services.{evidence.service}.port`); "
            f"if it only starts slowly, raise `services.{evidence.service}.health.grace_period`."
        ),
    )


def _unknown(evidence: Evidence) -> Finding:
    return (
        "unknown",
        "No stopped task of the new revision tells why." if not evidence.tasks else "The tasks stopped.",
        "Read the facts below and the service's events: tagship status.",
    )


_SIGTERM = 128 + 15
_SIGKILL = 128 + 9

_RULES: tuple[Callable[[Evidence], Finding], ...] = (
    _image_missing,
    _secret_denied,
    _out_of_memory,
    _wrong_architecture,
    _cannot_start,
    _crash,
    _exited,
    _wrong_answer,
    _no_answer,
    _unknown,
)
