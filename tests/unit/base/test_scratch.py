import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tagship.base.scratch import remove_left, scratch

PREFIX: Final = "tagship-scratch-test-"
LATER: Final = 2_000_000_000.0
"""Every folder of today is old then."""

HOLDS = """
import sys
from tagship.base.scratch import scratch
with scratch(sys.argv[1]) as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(within: Path, *, killed: bool) -> Iterator[Path]:
    """A folder of another process, which lives on, or was killed."""
    around = {**os.environ, "TMPDIR": str(within)}
    words = [sys.executable, "-c", HOLDS, PREFIX]
    with subprocess.Popen(words, env=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        folder = Path(run.stdout.readline().strip())
        if killed:
            run.send_signal(signal.SIGKILL)
            run.wait()
        yield folder
        run.stdin.close()


def test_a_folder_is_there_while_the_block_runs_and_gone_after_it_however_it_ends() -> None:
    seen = []

    def interrupted() -> None:
        with scratch(PREFIX) as folder:
            (folder / "file").touch()
            seen.append(folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [folder.exists() for folder in seen] == [False]


def test_what_a_killed_run_has_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    with another_run(tmp_path, killed=True) as left:
        assert (left / "file").exists()
        remove_left(tmp_path, PREFIX, LATER)
        assert not left.exists()


def test_what_another_run_uses_stays_however_old_it_is(tmp_path: Path) -> None:
    with another_run(tmp_path, killed=False) as used:
        remove_left(tmp_path, PREFIX, LATER)
        assert (used / "file").exists()


def test_what_was_made_a_moment_ago_stays_for_its_lock_may_be_about_to_come(tmp_path: Path) -> None:
    young = tmp_path / f"{PREFIX}young"
    young.mkdir()
    remove_left(tmp_path, PREFIX, young.stat().st_mtime + 1)
    assert young.exists()


def test_a_link_is_not_followed_and_other_names_stay(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(theirs)
    (tmp_path / f"{PREFIX}file").touch()
    remove_left(tmp_path, PREFIX, LATER)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["theirs", f"{PREFIX}link", f"{PREFIX}file"])
