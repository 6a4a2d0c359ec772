"""Sends requests to the front door while a release goes on, and says what users would have seen.

Two clients ask in turn: one keeps its connection, as browsers do, one opens a new one for every request.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Final, Protocol

from tagship.base.clock import Clock

if TYPE_CHECKING:  # most of what knows a report never asks
    import httpx

BEFORE: Final = "before"
DURING: Final = "during"
AFTER: Final = "after"
PHASES: Final = (BEFORE, DURING, AFTER)

RATE: Final = 5.0
"""Requests a second of each of the two clients."""

SETTLE: Final = 3.0
"""Seconds of the phases before and after, at least."""

_TIMEOUT: Final = 10.0
_SERVER_ERROR: Final = 500
_FEW: Final = 2
_EXAMPLES: Final = 5


@dataclass(frozen=True)
class Answer:
    """One request: its phase, how many seconds it took, and what went wrong, if anything."""

    phase: str
    seconds: float
    problem: str = ""


@dataclass(frozen=True)
class Phase:
    """What users saw in one phase; latencies in milliseconds, of requests that were answered."""

    name: str
    requests: int
    failed: int
    p50: float
    p99: float
    slowest: float
    problems: tuple[str, ...]
    """The commonest problems, with how often."""


@dataclass(frozen=True)
class ProbeReport:
    """What users saw."""

    url: str
    phases: tuple[Phase, ...]

    def phase(self, name: str) -> Phase:
        """One of them."""
        return next(phase for phase in self.phases if phase.name == name)


class Probe(Protocol):
    """What asks the front door."""

    def start(self) -> None:
        """Begin, in the phase before."""
        ...

    def mark(self, phase: str) -> None:
        """From now on, requests belong to this phase."""
        ...

    def stop(self) -> ProbeReport:
        """End, after the last phase has lasted a little."""
        ...


class HttpProbe:
    """Asks over HTTP. An answer below 500 is an answer: whether it is the right one is the application's matter.

    Args:
        url: the URL of the front door.
        clock: tells time and waits.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url, self._clock = url, clock
        self._phase = BEFORE
        self._answers: list[Answer] = []
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """See ``Probe.start``."""
        for keeps in (True, False):
            thread = threading.Thread(target=self._ask_on, args=(keeps,), name="probe", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._clock.sleep(SETTLE)

    def mark(self, phase: str) -> None:
        """See ``Probe.mark``."""
        self._phase = phase

    def stop(self) -> ProbeReport:
        """See ``Probe.stop``."""
        self._clock.sleep(SETTLE)
        self._over.set()
        for thread in self._threads:
            thread.join(_TIMEOUT)
        return report(self._url, self._answers)

    def _ask_on(self, keeps: bool) -> None:  # noqa: FBT001 - a thread's argument
        import httpx  # noqa: PLC0415 - most of what knows a report never asks

        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as kept:
            while not self._over.is_set():
                began = self._clock.monotonic()
                self._answers.append(self._asked(kept if keeps else None, began))
                self._over.wait(max(0.0, 1 / RATE - (self._clock.monotonic() - began)))

    def _asked(self, kept: "httpx.Client | None", began: float) -> Answer:
        import httpx  # noqa: PLC0415 - as above

        phase, problem = self._phase, ""
        try:
            answer = kept.get(self._url) if kept else httpx.get(self._url, timeout=_TIMEOUT, trust_env=False)
        except httpx.HTTPError as error:
            problem = type(error).__name__
        else:
            problem = f"HTTP {answer.status_code}" if answer.status_code >= _SERVER_ERROR else ""
        return Answer(phase, self._clock.monotonic() - began, problem)


def status_of(url: str, timeout: float) -> int | str:
    """Ask once, following no redirect: the status, or in words why nothing was answered.

    Args:
        url: such as ``http://10.0.0.1:8000/healthz``.
        timeout: seconds for the whole answer to begin.
    """
    import httpx  # noqa: PLC0415 - as above

    try:
        with httpx.Client(timeout=timeout, trust_env=False) as client, client.stream("GET", url) as answer:
            return answer.status_code
    except httpx.TimeoutException:
        return f"no response within {timeout:g} s"
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__


def report(url: str, answers: Sequence[Answer]) -> ProbeReport:
    """Count; pure."""
    return ProbeReport(url, tuple(_phase(name, [each for each in answers if each.phase == name]) for name in PHASES))


def _phase(name: str, answers: Sequence[Answer]) -> Phase:
    problems = Counter(answer.problem for answer in answers if answer.problem)
    good = sorted(answer.seconds * 1000 for answer in answers if not answer.problem)
    # The hundredth parts of two or more values; of fewer there is one value, or none.
    parts = quantiles(good, n=100, method="inclusive") if len(good) >= _FEW else [good[0] if good else 0.0] * 99
    return Phase(
        name=name,
        requests=len(answers),
        failed=sum(problems.values()),
        p50=round(parts[49], 1),
        p99=round(parts[98], 1),
        slowest=round(good[-1], 1) if good else 0.0,
        problems=tuple(f"{count} times {problem}" for problem, count in problems.most_common(_EXAMPLES)),
    )
