"""Posts to Slack's incoming webhook, within a time. The webhook is a secret: no error and no log line holds it.

Source: Slack's reference, "Sending messages using incoming webhooks" and "Rate limits" (429 with Retry-After).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tagship.base.clock import Clock
from tagship.base.errors import TagshipError
from tagship.notify.function.message import Json

_OK: Final = 200
_SLOWER: Final = 429
_THEIR_FAULT: Final = 500
_PATIENCE: Final = 10.0
"""Seconds for one answer."""

_THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
_WORDS: Final = 100


class Undelivered(TagshipError):
    """Slack did not take a message; Lambda tries again."""


@dataclass(frozen=True)
class Answer:
    """What came back; ``after`` is how many seconds to wait before the next try, as Slack asks for."""

    status: int
    words: str
    after: float | None = None


Post = Callable[[bytes, float], Answer]
"""Posts a body, with a time for the answer; raises ``OSError`` or ``HTTPException``."""


def post_to(webhook: str) -> Post:
    """What posts to this webhook.

    Raises:
        Undelivered: it is no address of a webhook.
    """
    try:
        parts = urlsplit(webhook.strip())
        secure, port = parts.scheme == "https", parts.port
    except ValueError:
        parts, secure, port = urlsplit(""), False, None
    if not parts.hostname or not (secure or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)):
        # Not raised where the parser's error is at hand: that one quotes the webhook.
        raise Undelivered("The webhook's secret has no URL that begins with https://.")
    return lambda body, patience: _posted(parts, port, body, patience)


def deliver(payload: Json, post: Post, clock: Clock, deadline: float) -> None:
    """Post until Slack takes it.

    Args:
        payload: the message.
        post: see ``post_to``.
        clock: tells time and waits.
        deadline: the deadline, by the clock's monotonic time; nothing is begun that would not end before it.

    Raises:
        Undelivered: Slack refused it, or time ran out.
    """
    body = json.dumps(payload).encode()
    for pause in _pauses():
        answer = _tried(post, body, min(_PATIENCE, deadline - clock.monotonic()))
        if answer.status == _OK:
            return
        if answer.status != _SLOWER and 0 < answer.status < _THEIR_FAULT:
            raise Undelivered(f"Slack returned {answer.status}: {answer.words}")
        wait = pause if answer.after is None else answer.after
        if clock.monotonic() + wait + 1 > deadline:
            said = f"Slack returned {answer.status}: {answer.words}" if answer.status else answer.words
            raise Undelivered(f"Slack did not accept the message in time. {said}")
        clock.sleep(wait)


def _pauses() -> Iterator[float]:
    pause = 1.0
    while True:
        yield pause
        pause = min(2 * pause, 8.0)


def _tried(post: Post, body: bytes, patience: float) -> Answer:
    """Of an error only its kind: some quote the address that they were given."""
    try:
        return post(body, max(patience, 0.1))
    except (OSError, HTTPException) as error:
        return Answer(0, f"Slack cannot be reached ({type(error).__name__}).")


def _posted(parts: SplitResult, port: int | None, body: bytes, patience: float) -> Answer:
    connection = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(
        parts.hostname or "", port, timeout=patience
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        words = answer.read(4 * _WORDS).decode("utf-8", "replace")
        return Answer(answer.status, _without(words, parts)[:_WORDS], _seconds(answer.headers.get("Retry-After")))
    finally:
        connection.close()


def _without(words: str, parts: SplitResult) -> str:
    """What an answer says, without the secret half of the address, should it be quoted."""
    return words.replace(parts.path, "…") if len(parts.path) > 1 else words


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
