"""A file that cannot be read is put aside and said, and never written over."""

import sqlite3
from pathlib import Path

import pytest

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.damage import notices, put_aside
from seatrial.core.faults import Faults
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.ground.errors import EmbeddedAwsUnavailable
from seatrial.ministack.log_journal import STATE, LogJournal
from seatrial.services.cloudwatch.history import History
from seatrial.services.cloudwatch.metric_store import MetricStore
from seatrial.services.ecs.containers.fakes import FakeAws
from seatrial.services.registry.watcher import EcrWatcher

GARBAGE = b"this is no database, and never was one " * 200


def aside(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.damaged-*"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_file_is_put_aside_with_the_time_of_its_last_change_and_what_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    for name in ("metrics.sqlite", "metrics.sqlite-wal", "metrics.sqlite-shm"):
        (tmp_path / name).write_bytes(b"x")
    moved = put_aside(path)
    assert moved.name.startswith("metrics.sqlite.damaged-20")
    assert len(aside(tmp_path)) == 3
    path.write_bytes(b"y")
    assert put_aside(path) != moved
    assert len(notices(tmp_path)) == 2


def test_a_notice_says_what_is_missing_where_it_is_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ministack" / "secretsmanager.json"
    path.parent.mkdir()
    path.write_bytes(b"{")
    kept = put_aside(path)
    (notice,) = notices(tmp_path)
    assert "`secretsmanager.json` was damaged" in notice
    assert str(kept) in notice
    assert "seatrial down" in notice


def test_without_its_own_state_nothing_is_started_and_the_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(GARBAGE)
    with pytest.raises(EmbeddedAwsUnavailable) as refused:
        Store(path)
    assert "`seatrial reset`" in str(refused.value.hint)
    assert (path.read_bytes(), aside(tmp_path)) == (GARBAGE, [])


def test_a_state_that_was_cut_is_damaged_too(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    store = Store(path)
    store.put_all("task", {str(number): "x" * 1000 for number in range(500)})
    store.close()
    cut(path)
    with pytest.raises(EmbeddedAwsUnavailable, match="damaged"):
        Store(path)


@pytest.mark.parametrize("opened", [MetricStore, History])
def test_what_was_measured_is_missed_by_nobody_enough_to_stand_still(
    tmp_path: Path, opened: type[MetricStore] | type[History]
) -> None:
    path = tmp_path / "measured.sqlite"
    path.write_bytes(GARBAGE)
    opened(path)
    (kept,) = (item for item in aside(tmp_path) if not item.name.endswith(("-wal", "-shm")))
    assert kept.read_bytes() == GARBAGE
    assert sqlite3.connect(path).execute("PRAGMA quick_check").fetchone() == ("ok",)


def put(body: bytes) -> AwsRequest:
    return AwsRequest("POST", "/", headers={"x-amz-target": "Logs_20140328.PutLogEvents"}, body=body, service="logs")


def written(directory: Path, *bodies: bytes) -> Path:
    journal = LogJournal(directory)
    journal.open()
    for body in bodies:
        journal.append(put(body))
    journal.close()
    return directory / f"{STATE}.0.journal"


def read(directory: Path) -> list[bytes]:
    journal = LogJournal(directory)
    found = [request.body for request in journal.open()]
    journal.close()
    return found


@pytest.mark.parametrize(
    "spoilt", [b"\xff\x00", b"{}", b"5", b'{"path": "/"}', b'{"body": 1, "path": "/", "headers": {}}']
)
def test_a_journal_with_a_spoilt_line_gives_back_the_others(tmp_path: Path, spoilt: bytes) -> None:
    path = written(tmp_path, b"one", b"two", b"three")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + spoilt + b"\n" + lines[2])
    for _ in range(2):
        assert read(tmp_path) == [b"one", b"three"]
    (kept,) = aside(tmp_path)
    assert spoilt in kept.read_bytes()


def test_what_follows_half_a_line_is_a_line_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, b"one", b"two")
    path.write_bytes(path.read_bytes()[:-20])
    journal = LogJournal(tmp_path)
    assert [request.body for request in journal.open()] == [b"one"]
    journal.append(put(b"three"))
    journal.close()
    assert read(tmp_path) == [b"one", b"three"]
    assert aside(tmp_path) == []


async def test_layers_stay_while_the_manifests_that_name_them_are_in_a_damaged_file(tmp_path: Path) -> None:
    settings = InstanceSettings(home=tmp_path)
    store = Store(settings.directory / "state.sqlite")
    watcher = EcrWatcher(
        ServiceContext(settings, SystemClock(), store, aws=FakeAws(), bus=EventBus(), faults=Faults(store)), "secret"
    )
    layer = settings.directory / "registry" / "blobs" / "sha256" / ("0" * 64)
    damaged = settings.directory / "ministack" / "ecr.json"
    for path in (layer, damaged):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"{")
    kept = put_aside(damaged)
    await watcher.start()
    assert layer.exists()
    kept.unlink()
    await watcher.start()
    assert not layer.exists()
    store.close()
