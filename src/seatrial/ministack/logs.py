"""How many lines of log MiniStack keeps in memory: by itself each of them twice, and for ever."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final

MOST_EVENTS: Final = 100_000
"""Lines of all streams together, 45 MB of usual ones. AWS keeps all; a laptop has other things to remember."""

MOST_RECORDS: Final = 10_000
"""Lines in the form that ``GetLogRecord`` answers, which queries make again: the most results of one query."""


class LogMemory:
    """What MiniStack remembers of CloudWatch Logs.

    Args:
        module: ``ministack.services.cloudwatch_logs``.
    """

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - MiniStack is untyped
        self._module = module

    def bound(self) -> None:
        """Forget what is too much. To be called on the loop."""
        with self._module._log_events_lock:  # noqa: SLF001 - see docs/architecture.md
            streams = _streams(self._module._log_groups)  # noqa: SLF001 - as above
            shorten([stream["events"] for stream in streams.values()], MOST_EVENTS)
        records = self._module._log_records._data  # noqa: SLF001 - as above
        for pointer in list(islice(records, max(0, len(records) - MOST_RECORDS))):
            records.pop(pointer, None)

    def copied(self, get_state: Callable[[], Any]) -> Any:  # noqa: ANN401 - MiniStack is untyped
        """MiniStack's copy of this state, but the lines are shared: they never change, and are nearly all of it.

        Args:
            get_state: MiniStack's own, which copies everything, for half a second.
        """
        with self._module._log_events_lock:  # noqa: SLF001 - as above
            streams = _streams(self._module._log_groups)  # noqa: SLF001 - as above
            events = {where: stream["events"] for where, stream in streams.items()}
            try:
                for stream in streams.values():
                    stream["events"] = []
                state = get_state()
            finally:
                for where, stream in streams.items():
                    stream["events"] = events[where]
            for where, stream in _streams(state["log_groups"]).items():
                # One that a thread of MiniStack's has made meanwhile has its own lines.
                stream["events"] = events[where].copy() if where in events else stream["events"]
        return state


def _streams(groups: Any) -> dict[tuple[Any, str], dict[str, Any]]:  # noqa: ANN401 - MiniStack is untyped
    """Every stream by the key of its group and its name; a copy, for MiniStack's threads make and delete some."""
    return {
        (group, name): stream for group, found in groups.all_items() for name, stream in list(found["streams"].items())
    }


def shorten(streams: Sequence[list[Any]], most: int) -> None:
    """Take the oldest lines, which are the first, from the longest streams, until so many are left of all together.

    Who says little keeps its lines, however much another one says.
    """
    excess = sum(map(len, streams)) - most
    while excess > 0:
        longest = max(streams, key=len)
        gone = min(excess, (len(longest) + 1) // 2)
        del longest[:gone]
        excess -= gone
