"""This terminal, given to a program in a container: keys go there as they are, and Ctrl-C with them."""

import os
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

_CHUNK = 4096


class TerminalWindow:
    """Standard input and output; where they are a terminal, raw while the block runs."""

    def __init__(self) -> None:
        self._input = sys.stdin.fileno()
        self._before: list[Any] | None = None

    def __enter__(self) -> Self:
        if os.isatty(self._input):
            import termios
            import tty

            self._before = termios.tcgetattr(self._input)
            tty.setraw(self._input)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            import termios

            termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)

    def typed(self) -> Iterator[bytes]:
        """See ``Window.typed``."""
        while keys := os.read(self._input, _CHUNK):
            yield keys
        yield b"\x04"  # What ends a program that reads a terminal.

    def show(self, data: bytes) -> None:
        """See ``Window.show``."""
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def size(self) -> tuple[int, int]:
        """See ``Window.size``."""
        try:
            found = os.get_terminal_size(sys.stdout.fileno())
        except OSError:
            return 0, 0
        return found.lines, found.columns
