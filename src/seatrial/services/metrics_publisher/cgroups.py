"""What the Linux kernel counts of a container, read from the files of its control group.

Source: the kernel's documentation, "Control Group v2" and "Memory Resource Controller" (v1). ECS counts memory as the
Amazon ECS agent does: what is used without the cache of files (``agent/stats/utils_unix.go``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_NANO = 1_000_000_000
_MICRO = 1_000_000


@dataclass(frozen=True)
class ContainerUse:
    """A container's use.

    Args:
        seconds: seconds of processor time since it began.
        memory: bytes now, without the cache of files.
    """

    seconds: float
    memory: int


class Groups:
    """The control groups of this machine.

    Args:
        root: where they are mounted.
    """

    def __init__(self, root: Path = _ROOT) -> None:
        self._root = root
        self._known: tuple[str, Callable[[Path, str], ContainerUse]] | None = None

    def read(self, container: str) -> ContainerUse | None:
        """A container's use; None where this machine has no such container, or keeps its groups elsewhere."""
        tried = [self._known] if self._known else [(name, read) for read in (_first, _second) for name in _NAMES]
        for name, read in tried:
            try:
                counted = read(self._root, name.format(container))
            except (OSError, ValueError, KeyError):
                continue
            self._known = name, read
            return counted
        return None


_NAMES = ("docker/{}", "system.slice/docker-{}.scope")
"""What Docker calls the groups, with its drivers ``cgroupfs`` and ``systemd``."""


def _first(root: Path, name: str) -> ContainerUse:
    """Version 1 of control groups: one tree for each controller."""
    seconds = int((root / "cpuacct" / name / "cpuacct.usage").read_text()) / _NANO
    memory = root / "memory" / name
    cache = _table(memory / "memory.stat")["total_cache"]
    return ContainerUse(seconds, max(0, int((memory / "memory.usage_in_bytes").read_text()) - cache))


def _second(root: Path, name: str) -> ContainerUse:
    """Version 2: one tree."""
    seconds = _table(root / name / "cpu.stat")["usage_usec"] / _MICRO
    cache = _table(root / name / "memory.stat")["file"]
    return ContainerUse(seconds, max(0, int((root / name / "memory.current").read_text()) - cache))


def _table(path: Path) -> dict[str, int]:
    """A file of lines ``name number``."""
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}
