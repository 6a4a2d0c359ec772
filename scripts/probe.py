"""Asks an address many times a second and counts what comes back.

    python scripts/probe.py http://127.0.0.1:8080/api/version --rate 60 --seconds 30

Half of the requests go over connections that are kept open, half open a new one each. A request is sent when its time
has come, whether or not those before it have been answered, and is never tried again: what fails is counted as failed.
"""

import argparse
import asyncio
import json
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

TIMEOUT = 10.0
"""Seconds until a request without answer has failed."""

KEPT_OPEN = 8
"""Connections of the half that keeps them open."""


@dataclass
class Report:
    """What came back."""

    requests: int = 0
    failed: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list, repr=False)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def latency(self, share: float) -> float:
        """The latency, in milliseconds, that this share of the requests did not exceed."""
        if not self.latencies:
            return 0.0
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000

    def facts(self) -> dict[str, object]:
        """The report as a program reads it."""
        return {
            "requests": self.requests,
            "failed": self.failed,
            "rate": round(self.rate, 1),
            "statuses": dict(self.statuses),
            "errors": dict(self.errors),
            "versions": dict(self.versions),
            "milliseconds": {share: round(self.latency(share), 1) for share in (0.5, 0.99, 1)},
        }

    def sentences(self) -> list[str]:
        """The report as a person reads it."""
        half = f"{self.rate:.0f} a second, half of them over new connections"
        p50, p99, slowest = (f"{self.latency(share):.0f} ms" for share in (0.5, 0.99, 1))
        lines = [
            f"{self.failed} of {self.requests} requests failed ({half}).",
            f"Latency: median {p50}, p99 {p99}, slowest {slowest}.",
        ]
        if self.versions:
            lines.append("Versions: " + ", ".join(f"{name}: {count}" for name, count in self.versions.items()) + ".")
        lines.extend(f"{count} x {what}" for what, count in self.errors.most_common())
        return lines


class Probe:
    """A loop of requests in a thread of its own, from ``start`` to ``stop``.

    Args:
        url: what is asked.
        rate: requests a second.
        timeout: seconds until a request without answer has failed.
    """

    def __init__(self, url: str, rate: float, *, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._rate = rate
        self._timeout = timeout
        self._report = Report()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> Report:
        """Send no more, wait for what is under way, and report."""
        self._ending.set()
        self._thread.join()
        return self._report

    async def _run(self) -> None:
        kept = httpx.AsyncClient(timeout=self._timeout, limits=httpx.Limits(max_keepalive_connections=KEPT_OPEN))
        fresh = httpx.AsyncClient(timeout=self._timeout, limits=httpx.Limits(max_keepalive_connections=0))
        async with kept, fresh, asyncio.TaskGroup() as under_way:
            began = time.monotonic()
            while not self._ending.is_set():
                client = kept if self._report.requests % 2 else fresh
                under_way.create_task(self._ask(client))
                self._report.requests += 1
                due = began + self._report.requests / self._rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._report.seconds = time.monotonic() - began

    async def _ask(self, client: httpx.AsyncClient) -> None:
        began = time.monotonic()
        try:
            answer = await client.get(self._url)
        except httpx.HTTPError as error:
            self._failed(f"{type(error).__name__}: {error}")
            return
        self._report.latencies.append(time.monotonic() - began)
        self._report.statuses[str(answer.status_code)] += 1
        if answer.is_success:
            self._note_version(answer)
        else:
            self._failed(f"HTTP {answer.status_code}")

    def _failed(self, why: str) -> None:
        self._report.failed += 1
        self._report.errors[why] += 1

    def _note_version(self, answer: httpx.Response) -> None:
        if answer.headers.get("content-type", "").startswith("application/json"):
            version = answer.json().get("version")
            if version:
                self._report.versions[version] += 1


def main() -> int:
    """Run for a while, print the report as JSON; the exit code says whether any request failed."""
    parser = argparse.ArgumentParser(description="Asks an address many times a second and counts what comes back.")
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=60, help="requests a second")
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    probe = Probe(asked.url, asked.rate)
    probe.start()
    time.sleep(asked.seconds)
    report = probe.stop()
    print(json.dumps(report.facts()))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
