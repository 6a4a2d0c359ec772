import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tagship.base.fakes import ManualClock
from tagship.notify.function.slack import Answer, Undelivered, deliver, post_to

SECRET = "secret-of-the-channel"


@dataclass
class Scripted:
    """Answers in this order; the last one again and again."""

    answers: list[Answer | Exception]
    bodies: list[bytes] = field(default_factory=list)
    patience: list[float] = field(default_factory=list)

    def __call__(self, body: bytes, patience: float) -> Answer:
        self.bodies.append(body)
        self.patience.append(patience)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


OK = Answer(200, "ok")


def test_what_slack_takes_is_posted_once() -> None:
    post, clock = Scripted([OK]), ManualClock()

    deliver({"text": "a"}, post, clock, 28)

    assert (len(post.bodies), clock.elapsed) == (1, 0)
    assert json.loads(post.bodies[0]) == {"text": "a"}


def test_where_slack_says_how_long_to_wait_that_long_is_waited() -> None:
    post, clock = Scripted([Answer(429, "slow down", after=7.0), OK]), ManualClock()

    deliver({}, post, clock, 28)

    assert (len(post.bodies), clock.elapsed) == (2, 7.0)


def test_a_wait_beyond_the_time_is_not_begun() -> None:
    post, clock = Scripted([Answer(429, "slow down", after=60.0)]), ManualClock()

    with pytest.raises(Undelivered, match="in time"):
        deliver({}, post, clock, 28)

    assert (len(post.bodies), clock.elapsed) == (1, 0)


@pytest.mark.parametrize("failure", [Answer(503, "busy"), ConnectionResetError(), TimeoutError()])
def test_what_passes_is_tried_again_ever_more_slowly(failure: Answer | Exception) -> None:
    post, clock = Scripted([failure, failure, OK]), ManualClock()

    deliver({}, post, clock, 28)

    assert (len(post.bodies), clock.elapsed) == (3, 3.0)


def test_what_does_not_pass_ends_within_the_time() -> None:
    post, clock = Scripted([ConnectionRefusedError()]), ManualClock()

    with pytest.raises(Undelivered, match="ConnectionRefusedError"):
        deliver({}, post, clock, 28)

    assert clock.elapsed <= 28
    assert max(post.patience) <= 10


@pytest.mark.parametrize(("status", "words"), [(404, "no_service"), (403, "action_prohibited"), (302, "")])
def test_a_refusal_is_final(status: int, words: str) -> None:
    post, clock = Scripted([Answer(status, words)]), ManualClock()

    with pytest.raises(Undelivered, match=f"{status}"):
        deliver({}, post, clock, 28)

    assert len(post.bodies) == 1


@pytest.mark.parametrize(
    "webhook",
    [
        "",
        "no address",
        "http://hooks.slack.com/secret-of",
        "ftp://127.0.0.1/secret-of",
        "https://[secret-of",
        "https:///x",
    ],
)
def test_what_is_no_webhook_is_refused_without_being_quoted(webhook: str) -> None:
    with pytest.raises(Undelivered) as caught:
        post_to(webhook)

    assert "secret-of" not in "".join(traceback.format_exception(caught.value))


class Receiver(BaseHTTPRequestHandler):
    """Answers as its server was told, and quotes the path in its words."""

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(server.status)
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(f"no such path: {self.path}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(HTTPServer):
    """A receiver on loopback."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.status = status
        self.bodies: list[bytes] = []

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/{SECRET}"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    found = Server(request.param)
    thread = Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.mark.parametrize("server", [200], indirect=True)
def test_a_message_reaches_the_receiver(server: Server) -> None:
    deliver({"text": "ä"}, post_to(server.webhook), ManualClock(), 28)

    assert [json.loads(body) for body in server.bodies] == [{"text": "ä"}]


@pytest.mark.parametrize("server", [404], indirect=True)
def test_no_error_holds_the_webhook_even_where_the_answer_quotes_it(server: Server) -> None:
    with pytest.raises(Undelivered) as caught:
        deliver({}, post_to(server.webhook), ManualClock(), 28)

    text = "".join(traceback.format_exception(caught.value))
    assert "no such path" in text
    assert SECRET not in text


def test_no_error_of_the_way_there_holds_the_webhook() -> None:
    webhook = f"http://127.0.0.1:1/services/{SECRET}"

    with pytest.raises(Undelivered) as caught:
        deliver({}, post_to(webhook), ManualClock(), 3)

    assert SECRET not in "".join(traceback.format_exception(caught.value))
