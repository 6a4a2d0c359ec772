"""Bodies are read and unpacked within bounds."""

import gzip

import pytest

from seatrial.core.asgi import Disconnected, Message
from seatrial.core.wire.bodies import TooLarge, limit_of, read_within, replayed, too_large, unpacked


def sending(*parts: bytes) -> tuple[list[bytes], "object"]:
    left = list(parts)

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    return left, receive


async def test_what_comes_beyond_the_limit_is_not_read() -> None:
    left, receive = sending(*[b"x" * 10] * 100)
    with pytest.raises(TooLarge):
        await read_within(receive, {}, 35)  # type: ignore[arg-type]
    assert len(left) == 96


async def test_what_is_announced_beyond_the_limit_is_not_begun() -> None:
    left, receive = sending(b"x")
    with pytest.raises(TooLarge):
        await read_within(receive, {"content-length": "36"}, 35)  # type: ignore[arg-type]
    assert len(left) == 1


async def test_a_body_within_it_is_whole_and_can_be_received_again() -> None:
    assert await read_within(replayed(b"hello"), {"content-length": "5"}, 5) == b"hello"


async def test_a_client_that_went_away_is_told_of() -> None:
    with pytest.raises(Disconnected):
        await read_within(sending(b"x")[1], {}, 35)  # type: ignore[arg-type]


def test_a_small_gzip_of_something_large_is_refused() -> None:
    packed = gzip.compress(b"a" * 10_000_000)
    assert len(packed) < 20_000
    with pytest.raises(TooLarge):
        unpacked(packed, 1_000_000)


def test_what_is_packed_within_the_limit_is_unpacked_and_what_is_none_stays() -> None:
    assert unpacked(gzip.compress(b"a" * 100), 100) == b"a" * 100
    assert unpacked(b"no gzip", 100) == b"no gzip"
    assert unpacked(gzip.compress(b"cut")[:-9], 100) == gzip.compress(b"cut")[:-9]


def test_it_is_said_as_aws_says_it() -> None:
    assert too_large("sqs", limit_of("sqs")).body == b"HTTP content length exceeded 1662976 bytes."
    of_lambda = too_large("lambda", limit_of("lambda"))
    assert (of_lambda.status, of_lambda.headers["x-amzn-errortype"]) == (413, "RequestEntityTooLargeException")
    assert of_lambda.json() == {"message": "Request must be smaller than 70167211 bytes"}
