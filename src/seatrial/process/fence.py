"""The control plane starts no programs but its own.

MiniStack would run functions, jobs and scripts that come by its API as processes of the person. Functions run in
containers and isolates instead; whatever else tries is refused here, for every service and every release of MiniStack.
"""

import sys
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from seatrial.ground.process import Command

OURS: Final = "seatrial."
"""What the modules of our own processes begin with."""

_STARTS: Final = {"os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "os.forkpty"}
"""Audit events of the other ways to start a program (Python's audit events table)."""

_CREDENTIALS: Final = "docker-credential-"
"""Programs in which Docker keeps passwords; its SDK asks them."""


def raise_fence() -> None:
    """From now on this process starts nothing else; for good, as an audit hook cannot be taken away."""
    sys.addaudithook(_audit)


def is_ours(argv: Sequence[str]) -> bool:
    """Whether a program is one of ours, or one that Docker's SDK asks for a password. Pure."""
    words = [str(word) for word in argv]
    if words and PurePath(words[0]).name.startswith(_CREDENTIALS):
        return True
    return Command(tuple(words)).module_name.startswith(OURS)


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _STARTS:
        raise PermissionError(f"The embedded AWS may not start programs ({event}).")
    if event == "subprocess.Popen":
        program, argv = arguments[:2]
        words = [argv] if isinstance(argv, str) else list(argv)  # type: ignore[call-overload]
        if not is_ours(words) or program not in (None, words[0]):
            raise PermissionError(f"The embedded AWS may not start this program: {words[:1]}")
