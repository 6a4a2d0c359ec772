"""A line of a container is one event, with its own time and nothing else inside, however Docker cuts it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.ecs.containers.log_frames import (
    PART_BYTES,
    STDERR,
    STDOUT,
    FrameReader,
    Message,
    Reader,
    Seen,
    TerminalReader,
)
from seatrial.services.ecs.logs.lines import (
    BATCH_BYTES,
    BATCH_EVENTS,
    EVENT_BYTES,
    LineCutter,
    batches,
    events_of,
    milliseconds,
)

STAMP = b"2026-11-23T09:22:01.123456789Z"


def parts_of(line: bytes, source: int = STDOUT) -> list[Message]:
    """A line as Docker's json-file driver keeps it: in parts of 16 KiB, each with a time of its own."""
    cut = [line[at : at + PART_BYTES] for at in range(0, len(line), PART_BYTES)]
    return [(source, STAMP + b" " + part) for part in cut]


def frame(message: Message) -> bytes:
    return struct.pack(">BxxxL", message[0], len(message[1])) + message[1]


def messages_of(reader: Reader, stream: bytes, size: int) -> list[Message]:
    parts = (stream[at : at + size] for at in range(0, len(stream), size))
    return [message for part in parts for message in reader.feed(part)] + list(reader.end())


def texts(messages: list[Message]) -> list[str]:
    cutter = LineCutter()
    events = [event for message in messages for event in cutter.feed(message)]
    return [event["message"] for event in events + cutter.end()]


def test_each_line_has_its_own_time_in_milliseconds() -> None:
    assert milliseconds("1970-01-01T00:00:01.5Z") == 1500
    assert milliseconds("1970-01-01T00:00:01Z") == 1000
    assert events_of(STAMP, b"hello world\r\n") == [{"timestamp": 1795425721123, "message": "hello world"}]


def test_an_empty_line_is_left_out_because_cloudwatch_refuses_it() -> None:
    assert events_of(STAMP, b"\n") == []
    assert texts([(STDOUT, STAMP + b" \n"), (STDOUT, b"")]) == []


def test_the_last_words_need_no_newline() -> None:
    assert texts([(STDOUT, STAMP + b" one\n"), (STDOUT, STAMP + b" two")]) == ["one", "two"]


@pytest.mark.parametrize("length", [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 40_010, EVENT_BYTES])
def test_a_line_that_fits_is_one_event_without_dockers_times_inside(length: int) -> None:
    line = "A" * length
    assert texts(parts_of(line.encode() + b"\n")) == [line]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_a_longer_line_is_several_events_as_awss_driver_cuts_it(ending: bytes) -> None:
    assert [len(text) for text in texts(parts_of(b"x" * 300_000 + ending))] == [262_118, 300_000 - 262_118]
    assert [len(text) for text in texts(parts_of(b"x" * 2 * EVENT_BYTES + ending))] == [262_118, 262_118]


def test_a_long_line_is_cut_between_two_characters() -> None:
    line = "€" * 200_000
    cut = texts(parts_of(line.encode() + b"\n"))
    assert "".join(cut) == line
    assert all(EVENT_BYTES - 3 < len(text.encode()) <= EVENT_BYTES for text in cut[:-1])


def test_bytes_that_are_no_text_make_no_event_too_large() -> None:
    cut = texts(parts_of(b"\xff\x80" * 300_000 + b"\n"))
    assert max(len(text.encode()) for text in cut) <= EVENT_BYTES
    assert sum(len(text) for text in cut) == 600_000


def test_an_endless_line_is_never_held_whole() -> None:
    cutter, held = LineCutter(), 0
    for message in parts_of(b"x" * (8 << 20)):
        held += len(message[1]) - len(STAMP) - 1
        held -= sum(len(event["message"]) for event in cutter.feed(message))
        assert held <= EVENT_BYTES


def test_a_word_on_stderr_does_not_get_into_a_long_line_on_stdout() -> None:
    first, *rest = parts_of(b"x" * 20_000 + b"\n")
    assert texts([first, (STDERR, STAMP + b" warning\n"), *rest]) == ["warning", "x" * 20_000]


@given(st.lists(st.binary(max_size=40), max_size=12), st.integers(1, 60))
def test_messages_are_the_same_wherever_the_stream_is_cut(contents: list[bytes], size: int) -> None:
    sent = [(STDOUT + number % 2, content) for number, content in enumerate(contents)]
    assert messages_of(FrameReader(), b"".join(frame(message) for message in sent), size) == sent


def test_what_the_engine_says_of_itself_is_no_line_of_the_container() -> None:
    assert messages_of(FrameReader(), frame((3, b"Error grabbing logs")) + frame((STDOUT, b"x")), 7) == [(STDOUT, b"x")]


@pytest.mark.parametrize("size", [1000, 4097, 1 << 20])
def test_a_terminals_long_line_has_no_times_inside_either(size: int) -> None:
    lines = [b"short\r\n", b"A" * 40_010 + b"\r\n", b"B" * 2 * PART_BYTES + b"\r\n", b"last words"]
    stream = b"".join(content for line in lines for _, content in parts_of(line))
    read = texts(messages_of(TerminalReader(), stream, size))
    assert read == ["short", "A" * 40_010, "B" * 2 * PART_BYTES, "last words"]


def test_batches_keep_within_what_cloudwatch_takes() -> None:
    events = [{"timestamp": 1, "message": "x"}] * (BATCH_EVENTS + 1)
    assert [len(batch) for batch in batches(events)] == [BATCH_EVENTS, 1]
    big = [{"timestamp": 1, "message": "x" * (BATCH_BYTES // 2)}] * 2
    assert [len(batch) for batch in batches(big)] == [1, 1]


def test_a_batch_is_in_the_order_of_time() -> None:
    events = [{"timestamp": time, "message": "x"} for time in (3, 1, 2)]
    assert [event["timestamp"] for batch in batches(events) for event in batch] == [1, 2, 3]


def test_what_a_first_reading_missed_is_in_the_second_once_though_parts_share_their_time() -> None:
    # moby, daemon/logger/copier.go: the parts of a line have the time of its first one.
    earlier = (STDOUT, b"2026-11-23T09:22:00.000000000Z begin\n")
    whole = [earlier, *parts_of(b"B" * 3 * PART_BYTES), (STDERR, b"2026-11-23T09:22:02.000000000Z end\n")]
    for read in range(len(whole) + 1):
        seen = Seen()
        seen.note(whole[:read])
        assert list(seen.missed(whole)) == whole[read:]


def test_a_second_reading_begins_at_the_latest_time_to_the_nanosecond() -> None:
    seen = Seen()
    assert seen.since is None
    seen.note([(STDOUT, STAMP + b" a\n"), (STDERR, b"2026-11-23T09:22:01.000000001Z b\n")])
    assert seen.since == "1795425721.123456789"
