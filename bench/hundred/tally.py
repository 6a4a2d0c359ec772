"""Counts a client's calls to AWS by operation, and sees which of them were beyond AWS's quotas."""

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from seatrial.services.throttling.quotas import BY_OPERATION, Quota
from tagship.aws.session import Aws


@dataclass
class Tally:
    """The calls of a while. Every attempt counts, the SDK's own repetitions too."""

    seconds: float = 0.0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    throttled: Counter[tuple[str, str]] = field(default_factory=Counter)
    peaks: Counter[str] = field(default_factory=Counter)
    """The most calls of a quota's operations within any one second."""
    _recent: dict[str, deque[float]] = field(default_factory=dict)

    def sent(self, service: str, operation: str) -> None:
        """One more."""
        self.calls[service, operation] += 1
        quota = BY_OPERATION.get((service, operation))
        if quota:
            now = time.monotonic()
            recent = self._recent.setdefault(_named(quota), deque())
            recent.append(now)
            while recent[0] < now - 1:
                recent.popleft()
            self.peaks[_named(quota)] = max(self.peaks[_named(quota)], len(recent))

    def refused(self, service: str, operation: str) -> None:
        """AWS answered with a ThrottlingException: this one was beyond the quota."""
        self.throttled[service, operation] += 1


class Counting:
    """Listens to all clients of one session; ``during`` counts.

    botocore names its events after the service id (``elastic-load-balancing-v2``), the quotas after the signing name.
    """

    def __init__(self, aws: Aws) -> None:
        self._open: list[Tally] = []
        events = aws._session.get_component("event_emitter")  # noqa: SLF001 - the product has no use for a hook
        events.register("before-send", self._sent)
        events.register("response-received", self._received)

    @contextmanager
    def during(self) -> Iterator[Tally]:
        """Count while the block runs."""
        tally, began = Tally(), time.monotonic()
        self._open.append(tally)
        try:
            yield tally
        finally:
            self._open.remove(tally)
            tally.seconds = time.monotonic() - began

    def _sent(self, event_name: str, **_: Any) -> None:  # noqa: ANN401 - botocore's
        for tally in self._open:
            tally.sent(*_which(event_name))

    def _received(self, event_name: str, parsed_response: Any = None, **_: Any) -> None:  # noqa: ANN401 - botocore's
        code = ((parsed_response or {}).get("Error") or {}).get("Code", "")
        if "Throttling" in code:
            for tally in self._open:
                tally.refused(*_which(event_name))


def _which(event_name: str) -> tuple[str, str]:
    _, service, operation = event_name.split(".", 2)
    return {"elastic-load-balancing-v2": "elasticloadbalancing", "cloudwatch-logs": "logs"}.get(
        service, service
    ), operation


def _named(quota: Quota) -> str:
    return f"{quota.service}: {quota.name} ({quota.rate.burst:.0f}, then {quota.rate.refill:.0f}/s)"
