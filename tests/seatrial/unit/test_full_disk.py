"""Where the disk is full, the embedded AWS does not start, and says why and what to do."""

import socket
import sqlite3
from errno import EACCES, EDQUOT, ENOSPC
from pathlib import Path

import pytest

from seatrial.core.disk_space import SPARE_BYTES
from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import DiskFull, EmbeddedAwsUnavailable
from seatrial.ground.fakes import ManualClock
from seatrial.ground.process import Command, SystemProcesses
from seatrial.process.full_disk import disk_full, full_disk_told
from seatrial.process.instance import up, why_it_ended

LOG = Path("/nowhere/local/server.log")


class NoRoom(SystemProcesses):
    """Programs cannot be started, for not even their log can be opened."""

    def start_detached(self, command: Command, *, log: Path) -> int:  # noqa: ARG002 - its shape
        raise OSError(ENOSPC, "No space left on device", str(log))


def test_a_full_disk_is_said_with_what_to_do_next(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = InstanceSettings(tmp_path, port=taken.getsockname()[1])
    with pytest.raises(DiskFull) as raised:
        up(settings, NoRoom(), ManualClock(), lambda _: None)
    assert raised.value.message == (
        f"No space is left on the disk of `{settings.directory}`, so the embedded AWS cannot start. "
        "Nothing of it is lost."
    )
    assert "`seatrial up`" in str(raised.value.hint)
    assert raised.value.exit_code == 4


@pytest.mark.parametrize("number", [ENOSPC, EDQUOT])
def test_a_user_whose_part_of_the_disk_is_full_is_told_the_same(number: int) -> None:
    with pytest.raises(DiskFull), full_disk_told(LOG.parent):
        raise OSError(number, "full")


def test_a_database_that_cannot_grow_is_a_full_disk(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "state.sqlite")
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(DiskFull), full_disk_told(tmp_path):
        database.execute("CREATE TABLE entries (kind TEXT)")
    database.close()


def test_what_is_no_full_disk_is_said_as_it_is() -> None:
    with pytest.raises(PermissionError), full_disk_told(LOG.parent):
        raise OSError(EACCES, "Permission denied")


@pytest.mark.parametrize(
    ("lines", "free"),
    [
        (["WARNING seatrial: something", disk_full(LOG.parent).message], 1 << 30),
        ([], 0),
        (["Traceback (most recent call last):"], SPARE_BYTES - 1),
    ],
)
def test_a_server_that_found_the_disk_full_is_not_quoted(lines: list[str], free: int) -> None:
    """It may have had no room even for its last words."""
    assert isinstance(why_it_ended(lines, LOG, free), DiskFull)


def test_a_server_that_ended_for_another_reason_is_quoted() -> None:
    found = why_it_ended(["first", "last"], LOG, 1 << 30)
    assert isinstance(found, EmbeddedAwsUnavailable)
    assert found.message == "The embedded AWS ended while it was starting:\n  first\n  last"
    assert found.hint == f"Read `{LOG}`."
