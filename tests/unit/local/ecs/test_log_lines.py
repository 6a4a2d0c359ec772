from hypothesis import given
from hypothesis import strategies as st

from tagship.local.ecs.log_lines import (
    BATCH_BYTES,
    BATCH_EVENTS,
    EVENT_BYTES,
    LineCutter,
    batches,
    event_of,
    milliseconds,
)

STAMP = b"2026-11-23T09:22:01.123456789Z "


def test_each_line_has_its_own_time_in_milliseconds() -> None:
    assert milliseconds("1970-01-01T00:00:01.5Z") == 1500
    assert milliseconds("1970-01-01T00:00:01Z") == 1000
    assert event_of(STAMP + b"hello world\r") == {"timestamp": 1795425721123, "message": "hello world"}


def test_an_empty_line_is_left_out_because_cloudwatch_refuses_it() -> None:
    assert event_of(STAMP) is None
    assert event_of(b"") is None


def test_the_last_words_need_no_newline() -> None:
    cutter = LineCutter()
    assert cutter.feed(STAMP + b"one\n" + STAMP + b"tw") == [event_of(STAMP + b"one")]
    assert cutter.feed(b"o") == []
    assert cutter.end() == [event_of(STAMP + b"two")]


@given(st.lists(st.text(alphabet="abc é", min_size=1, max_size=9).filter(str.strip), max_size=20), st.data())
def test_lines_are_the_same_wherever_the_stream_is_cut(lines: list[str], data: st.DataObject) -> None:
    stream = b"".join(STAMP + line.encode() + b"\n" for line in lines)
    cutter, events = LineCutter(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        events += cutter.feed(stream[:size])
        stream = stream[size:]
    assert [event["message"] for event in events + cutter.end()] == lines


def test_batches_keep_within_what_cloudwatch_takes() -> None:
    events = [{"timestamp": 1, "message": "x"}] * (BATCH_EVENTS + 1)
    assert [len(batch) for batch in batches(events)] == [BATCH_EVENTS, 1]
    big = [{"timestamp": 1, "message": "x" * (BATCH_BYTES // 2)}] * 2
    assert [len(batch) for batch in batches(big)] == [1, 1]


def test_a_batch_is_in_the_order_of_time() -> None:
    events = [{"timestamp": time, "message": "x"} for time in (3, 1, 2)]
    assert [event["timestamp"] for batch in batches(events) for event in batch] == [1, 2, 3]


def test_a_line_too_long_for_an_event_is_cut() -> None:
    event = event_of(STAMP + b"x" * (EVENT_BYTES + 1))
    assert event is not None
    assert len(event["message"]) == EVENT_BYTES
