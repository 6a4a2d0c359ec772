"""The entries of one load balancer's access log, compressed in memory until they are delivered."""

import logging
import zlib

BATCH = 64 * 1024
"""Characters that are compressed together."""

FULL = 4 * 1024 * 1024
"""Compressed bytes of a file; AWS too delivers several files for a period with much traffic."""

MOST = 8
"""Files that are kept; entries are lost where nobody fetches them ("best-effort basis")."""

_GZIP = 31
_FAST = 1
_log = logging.getLogger("seatrial")


class AccessLog:
    """Takes entries, gives files.

    Args:
        name: the name of the load balancer.
        full: compressed bytes of a file.
    """

    def __init__(self, name: str, full: int = FULL) -> None:
        self._name = name
        self._full = full
        self._lines: list[str] = []
        self._waiting = 0
        self._files: list[bytes] = []
        self._lost = 0
        self._new_file()

    def write(self, line: str) -> None:
        """One more entry."""
        if len(self._files) >= MOST:
            self._lost += 1
            return
        self._lines.append(line)
        self._waiting += len(line)
        if self._waiting >= BATCH:
            self._compress()

    def take(self, *, everything: bool) -> list[bytes]:
        """The files, each compressed by gzip; they are the caller's now.

        Args:
            everything: whether the one that is not full yet is taken too.
        """
        if everything:
            self._compress()
            if self._size:
                self._finish_file()
        files, self._files = self._files, []
        if self._lost:
            _log.warning("The access log of `%s` grew too fast: %d entries are lost.", self._name, self._lost)
            self._lost = 0
        return files

    def _compress(self) -> None:
        if not self._lines:
            return
        text = "\n".join([*self._lines, ""]).encode("utf-8", "replace")
        self._lines.clear()
        self._waiting = 0
        self._parts.append(self._compressor.compress(text))
        self._size += len(self._parts[-1]) or 1
        if self._size >= self._full:
            self._finish_file()

    def _finish_file(self) -> None:
        self._files.append(b"".join([*self._parts, self._compressor.flush()]))
        self._new_file()

    def _new_file(self) -> None:
        self._compressor = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP)
        self._parts: list[bytes] = []
        self._size = 0
