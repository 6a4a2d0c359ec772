"""Lines of log are bounded, and who says little keeps its own."""

import pytest

from tagship.local.ministack_logs import shorten


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
