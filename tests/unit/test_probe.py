"""What a probe counts, and that it asks."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tagship.base.fakes import ManualClock
from tagship.probe import AFTER, BEFORE, DURING, Answer, HttpProbe, report


def test_requests_are_counted_by_phase_with_their_problems() -> None:
    answers = [Answer(BEFORE, 0.010), Answer(DURING, 0.020), Answer(DURING, 0.5, "HTTP 502"), Answer(AFTER, 0.030)]
    found = report("http://shop", answers)
    assert [(phase.requests, phase.failed) for phase in found.phases] == [(1, 0), (2, 1), (1, 0)]
    assert found.phase(DURING).problems == ("1 times HTTP 502",)
    assert found.phase(DURING).p50 == 20.0


def test_latencies_are_those_of_the_requests_that_were_answered() -> None:
    answers = [Answer(DURING, number / 1000) for number in range(1, 102)] + [Answer(DURING, 9.0, "ReadTimeout")]
    phase = report("http://shop", answers).phase(DURING)
    assert (phase.p50, phase.p99, phase.slowest) == (51.0, 100.0, 101.0)


def test_a_phase_without_requests_has_none() -> None:
    assert report("http://shop", []).phase(AFTER).requests == 0


@pytest.fixture
def server() -> Iterator[tuple[str, list[int]]]:
    """A server, and the ports that its clients came from; it answers 500 from the third request on."""
    seen: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(self.client_address[1])
            self.send_response(200 if len(seen) < 3 else 500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}/", seen
    listening.shutdown()
    listening.server_close()


class Waiting(ManualClock):
    """A clock that, when told to sleep, waits until the server was asked often enough."""

    def __init__(self, seen: list[int]) -> None:
        super().__init__()
        self.seen = seen

    def sleep(self, seconds: float) -> None:
        wanted, limit = len(self.seen) + 4, threading.Event()
        for _ in range(500):
            if len(self.seen) >= wanted:
                break
            limit.wait(0.02)
        super().sleep(seconds)


def test_one_client_keeps_its_connection_and_one_does_not(server: tuple[str, list[int]]) -> None:
    url, seen = server
    probe = HttpProbe(url, Waiting(seen))
    probe.start()
    probe.mark(AFTER)
    found = probe.stop()
    assert found.phase(BEFORE).requests + found.phase(AFTER).requests == len(seen)
    assert sum(phase.failed for phase in found.phases) == len(seen) - 2
    assert 1 < len(set(seen)) < len(seen)
