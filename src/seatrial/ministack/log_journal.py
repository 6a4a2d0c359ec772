"""What CloudWatch Logs was asked since its state was last written, in a file that only grows.

MiniStack writes a service's state as a whole: 20,000 lines of log took 290 ms to copy, on the loop, and 170 ms to
encode, after each line. Its answers to CloudWatch Logs follow from the requests alone, so the requests are enough.
"""

import contextlib
import json
import os
import re
from pathlib import Path
from typing import BinaryIO

from seatrial.core.damage import put_aside
from seatrial.core.service import AwsRequest

STATE = "cloudwatch_logs"
"""The name of MiniStack's state, and of its file without ``.json``."""

MARK = "__seatrial_journal__"
"""In the state's file: the number of the first journal that is not in it."""

_HEADERS = ("authorization", "content-type", "x-amz-target", "smithy-protocol")
_MARKED = re.compile(rb'^\{"' + MARK.encode() + rb'": (\d+)')


class LogJournal:
    """Numbered files; a line is a request.

    Args:
        directory: where MiniStack's state is.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: BinaryIO | None = None
        self.number = 0

    def open(self) -> list[AwsRequest]:
        """Begin; returns what the state does not hold yet, in order."""
        first = self._first()
        there = [number for number in self._numbers() if number >= first]
        self.number = max([first, *there])
        left = [request for number in there for request in self._read(number)]
        self._cut_half_a_line()
        self._begin()
        return left

    def append(self, request: AwsRequest) -> None:
        """The request has been answered; from now on it outlives the process.

        Raises:
            OSError: it does not, because the disk is full; the file is as before.
        """
        if self._file is None:
            return
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        # Bodies of the CBOR protocol are no text; escapes keep their bytes.
        body = request.body.decode("utf-8", "surrogateescape")
        line = json.dumps({"path": request.path, "headers": headers, "body": body})
        whole = self._file.tell()
        try:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
        except OSError:
            self._begin_again(whole)
            raise

    @property
    def size(self) -> int:
        """Bytes of the present file."""
        return self._file.tell() if self._file else 0

    def rotate(self) -> int:
        """The state is copied now: what comes is in a new file, whose number belongs into the state's file."""
        self.close()
        self.number += 1
        self._begin()
        return self.number

    def forget(self, before: int) -> None:
        """The state that holds what came before is on disk."""
        for number in self._numbers():
            if number < before:
                self._path(number).unlink(missing_ok=True)

    def close(self) -> None:
        """Write no more."""
        file, self._file = self._file, None
        if file:
            file.close()

    def _begin_again(self, size: int) -> None:
        """Half a line would spoil the next one."""
        with contextlib.suppress(OSError):
            self.close()
        os.truncate(self._path(self.number), size)
        self._begin()

    def _cut_half_a_line(self) -> None:
        """What the process wrote when it was killed: nobody had an answer, and the next line must not join it."""
        path = self._path(self.number)
        content = path.read_bytes() if path.exists() else b""
        if content and not content.endswith(b"\n"):
            os.truncate(path, content.rfind(b"\n") + 1)

    def _begin(self) -> None:
        self._file = self._path(self.number).open("ab")

    def _first(self) -> int:
        path = self._directory / f"{STATE}.json"
        if not path.exists():
            return 0
        with path.open("rb") as file:
            found = _MARKED.match(file.read(64))
        return int(found[1]) if found else 0

    def _numbers(self) -> list[int]:
        return sorted(int(path.name.split(".")[1]) for path in self._directory.glob(f"{STATE}.*.journal"))

    def _path(self, number: int) -> Path:
        return self._directory / f"{STATE}.{number}.journal"

    def _read(self, number: int) -> list[AwsRequest]:
        """The requests of a journal; where a line is none, the file is put aside, and the others go on in a new one."""
        path = self._path(number)
        lines = path.read_bytes().split(b"\n")[:-1]  # What follows the last newline was never whole.
        requests = [_request(line) for line in lines]
        if None in requests:
            put_aside(path)
            whole = (line + b"\n" for line, request in zip(lines, requests, strict=True) if request)
            path.write_bytes(b"".join(whole))
        return [request for request in requests if request]


def _request(line: bytes) -> AwsRequest | None:
    try:
        entry = json.loads(line)
        body = entry["body"].encode("utf-8", "surrogateescape")
        return AwsRequest("POST", entry["path"], headers=dict(entry["headers"]), body=body, service="logs")
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
