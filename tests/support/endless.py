"""What lies where a file should, and never ends or never answers when it is opened."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Endless:
    """Args:
    kind: what it is called.
    put: lays it at a path.
    linked: whether what lies there is a link to it.
    """

    kind: str
    put: Callable[[Path], object]
    linked: bool = False

    def __str__(self) -> str:
        return f"{'a link to ' * self.linked}{self.kind}"


def _socket(path: Path) -> None:
    """By a name relative to its folder: a socket's may have 107 bytes (unix(7))."""
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            made.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)


def _linked_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("behind"))
    path.symlink_to("behind")


ENDLESS: Final = (
    Endless("a named pipe", os.mkfifo),
    Endless("a named pipe", _linked_pipe, linked=True),
    Endless("a socket", _socket),
    Endless("a device", lambda path: path.symlink_to("/dev/zero"), linked=True),
)
