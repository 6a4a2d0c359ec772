"""A context that is laid out in a folder has what git knows of its files, and nothing that is to stay out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagship.base.errors import Refused
from tagship.image import dockerignore
from tagship.image.context import Context
from tagship.image.layout import lay_out, sizes
from tests.support.endless import ENDLESS, Endless

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def context(folder: Path, ignored: bytes = b"") -> Context:
    return Context(folder, "docker/Dockerfile", b"FROM x\n", dockerignore.parse(ignored), CREATED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "app"
    (found / "docker").mkdir(parents=True)
    (found / "docker/Dockerfile").write_bytes(b"FROM x\n")
    (found / "a.txt").write_text("abc")
    (found / "a.txt").chmod(0o600)
    (found / "run.sh").write_text("")
    (found / "run.sh").chmod(0o700)
    (found / "nowhere").symlink_to("absent")
    (tmp_path / "to").mkdir()
    return found


def test_modes_times_and_links_are_those_of_the_archive(folder: Path) -> None:
    to = folder.parent / "to"
    assert lay_out(context(folder), to, b"FROM y\n").read_bytes() == b"FROM y\n"
    found = {
        path.relative_to(to / "context").as_posix(): oct(path.lstat().st_mode & 0o777)
        for path in (to / "context").rglob("*")
        if not path.is_symlink()
    }
    assert found == {"a.txt": "0o644", "run.sh": "0o755", "docker": "0o755", "docker/Dockerfile": "0o644"}
    assert (to / "context/nowhere").readlink() == Path("absent")
    assert {path.lstat().st_mtime for path in (to / "context").rglob("*")} == {CREATED.timestamp()}


def test_nothing_is_left_out_a_second_time(folder: Path) -> None:
    (folder / ".dockerignore").write_text("a.txt\n")
    place = lay_out(context(folder, b"docker\n"), folder.parent / "to", b"")
    assert place.with_name("Dockerfile.dockerignore").read_text().startswith("#")
    assert (folder.parent / "to/context/a.txt").exists()
    assert not (folder.parent / "to/context/docker").exists()


@pytest.mark.parametrize("what", [each for each in ENDLESS if not each.linked], ids=str)
def test_what_is_no_regular_file_is_refused_and_not_opened(folder: Path, what: Endless) -> None:
    what.put(folder / "data")
    with pytest.raises(Refused, match=f"`data` in the build context cannot be sent: it is {what.kind}"):
        lay_out(context(folder), folder.parent / "to", b"")


def test_the_biggest_come_first(folder: Path) -> None:
    (folder / "big").write_text("abcdef")
    assert sizes(context(folder)) == [("big", 6), ("a.txt", 3), ("run.sh", 0)]
