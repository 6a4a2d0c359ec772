"""Lines of log are bounded, and who says little keeps its own."""

import copy
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.ministack.logs import MOST_EVENTS, MOST_RECORDS, LogMemory, shorten


class Groups(dict[str, Any]):
    """As MiniStack keeps them."""

    def all_items(self) -> list[tuple[str, Any]]:
        return list(self.items())


def emulated(*lengths: int) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """MiniStack's module with streams of so many lines, each of which it keeps as a record too."""
    streams = {f"s{at}": {"events": [{"n": n} for n in range(length)]} for at, length in enumerate(lengths)}
    return SimpleNamespace(
        _log_groups=Groups(app={"streams": streams}),
        _log_records=SimpleNamespace(_data={at: {} for at in range(sum(lengths))}),
        _log_events_lock=threading.Lock(),
    )


def lengths(groups: Groups) -> list[int]:
    return [len(stream["events"]) for stream in groups["app"]["streams"].values()]


@pytest.mark.parametrize(
    ("before", "most", "after"),
    [
        ([3, 2], 5, [3, 2]),
        ([9, 2], 6, [4, 2]),
        ([9, 9], 6, [2, 4]),
        ([1000, 1, 0], 10, [9, 1, 0]),
        ([1, 1, 1], 0, [0, 0, 0]),
        ([], 5, []),
    ],
)
def test_the_longest_streams_lose_their_oldest_lines(before: list[int], most: int, after: list[int]) -> None:
    streams = [list(range(length)) for length in before]
    shorten(streams, most)
    assert [len(stream) for stream in streams] == after
    assert streams == [list(range(length))[length - left :] for length, left in zip(before, after, strict=True)]


def test_a_burst_of_one_stream_leaves_the_lines_of_the_others_and_its_own_last_ones() -> None:
    module = emulated(MOST_EVENTS + 5, 10)
    LogMemory(module).bound()
    assert lengths(module._log_groups) == [MOST_EVENTS - 10, 10]
    assert module._log_groups["app"]["streams"]["s0"]["events"][0] == {"n": 15}
    assert list(module._log_records._data)[-1] == MOST_EVENTS + 14
    assert len(module._log_records._data) == MOST_RECORDS


def test_a_copy_of_the_state_shares_the_lines_and_not_their_lists() -> None:
    module = emulated(3, 2)
    state = LogMemory(module).copied(lambda: {"log_groups": copy.deepcopy(module._log_groups)})
    for stream in module._log_groups["app"]["streams"].values():
        stream["events"].append({"n": "later"})
    assert (lengths(state["log_groups"]), lengths(module._log_groups)) == ([3, 2], [4, 3])
    ours, theirs = (groups["app"]["streams"]["s0"]["events"] for groups in (module._log_groups, state["log_groups"]))
    assert ours[0] is theirs[0]


def test_a_stream_that_a_function_makes_while_the_state_is_copied_keeps_its_own_lines_and_the_others_theirs() -> None:
    module = emulated(3, 2)

    def makes_one_and_deletes_one() -> dict[str, Any]:
        streams = module._log_groups["app"]["streams"]
        first = streams.pop("s0")
        streams["new"] = {"events": [{"n": "new"}]}
        state = {"log_groups": copy.deepcopy(module._log_groups)}
        streams["s0"] = first
        return state

    state = LogMemory(module).copied(makes_one_and_deletes_one)
    kept = {name: stream["events"] for name, stream in state["log_groups"]["app"]["streams"].items()}
    assert kept == {"s1": [{"n": 0}, {"n": 1}], "new": [{"n": "new"}]}
    assert lengths(module._log_groups) == [2, 1, 3]


def test_functions_that_make_streams_meanwhile_keep_nobody_from_an_answer() -> None:
    module, ended = emulated(*[1] * 50), threading.Event()

    def make_and_delete() -> None:
        streams = module._log_groups["app"]["streams"]
        while not ended.is_set():
            streams["new"] = {"events": []}
            del streams["new"]

    function, usual = threading.Thread(target=make_and_delete), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that the threads take turns at every step
    function.start()
    try:
        for _ in range(500):
            LogMemory(module).bound()
    finally:
        ended.set()
        function.join()
        sys.setswitchinterval(usual)
    assert lengths(module._log_groups) == [1] * 50


def test_a_copy_that_fails_loses_no_line() -> None:
    module = emulated(3, 2)

    def changed_meanwhile() -> None:
        raise RuntimeError("dictionary changed size during iteration")

    with pytest.raises(RuntimeError):
        LogMemory(module).copied(changed_meanwhile)
    assert lengths(module._log_groups) == [3, 2]
    assert not module._log_events_lock.locked()
