"""Pointers of Git LFS: what git holds instead of a large file (git-lfs, docs/spec.md)."""

import re
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1024
"""A pointer is shorter than this."""

_FIRST: Final = rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\n"
_POINTER: Final = re.compile(rb"\A" + _FIRST + rb"(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n?")


@dataclass(frozen=True)
class Pointer:
    """What the content is: its SHA-256 and its bytes."""

    sha256: str
    size: int

    @property
    def place(self) -> Path:
        """Where the content is kept, relative to a store."""
        return Path("objects", self.sha256[:2], self.sha256[2:4], self.sha256)

    def is_in(self, file: Path) -> bool:
        """Whether a file is there, and is that content."""
        if not file.is_file() or file.stat().st_size != self.size:
            return False
        with file.open("rb") as content:
            return file_digest(content, "sha256").hexdigest() == self.sha256


def read(content: bytes) -> Pointer | None:
    """The pointer that a file is; None where it is another file."""
    found = _POINTER.match(content)
    return Pointer(found[1].decode(), int(found[2])) if found else None
