import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.core.state import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path)
    yield store
    store.close()


def test_what_is_put_is_on_disk_before_the_file_is_closed(store: Store, path: Path) -> None:
    store.put("task", "1", {"status": "RUNNING"})
    other = Store(path)
    assert other.get("task", "1") == {"status": "RUNNING"}
    other.close()


def test_kinds_do_not_see_each_other(store: Store) -> None:
    store.put("task", "1", "a task")
    store.put("service", "1", "a service")
    assert store.all("task") == {"1": "a task"}


def test_what_was_never_put_or_is_deleted_is_none(store: Store) -> None:
    store.put("task", "1", {})
    store.delete("task", "1", "never there")
    assert store.get("task", "1") is None
    assert store.all("task") == {}


def test_writes_together_happen_all_or_not_at_all(store: Store) -> None:
    store.put("task", "kept", 1)

    def fail_halfway() -> None:
        with store.transaction():
            store.put("task", "new", 2)
            store.delete("task", "kept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert store.all("task") == {"kept": 1}


def test_an_empty_list_of_values_is_nothing_to_do(store: Store) -> None:
    store.put_all("task", {})
    assert store.all("task") == {}


def full_at_once(store: Store) -> None:
    """From now on the file cannot grow, as on a full disk."""
    store._database.execute("PRAGMA max_page_count = 1")


def put_together(store: Store, values: dict[str, str]) -> None:
    with store.transaction():
        for key, value in values.items():
            store.put("task", key, value)


def test_what_does_not_fit_on_the_disk_is_not_kept_and_is_no_success(store: Store) -> None:
    store.put("task", "1", "kept")
    full_at_once(store)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        put_together(store, {"1": "changed", "2": "x" * 100_000})
    assert store.all("task") == {"1": "kept"}


def test_where_room_is_made_a_transaction_is_done_again_from_its_begin(path: Path) -> None:
    made: list[Store] = []

    def make_room() -> bool:
        made[0]._database.execute("PRAGMA max_page_count = 100000")
        return True

    store = Store(path, make_room)
    made.append(store)
    full_at_once(store)
    with store.transaction():
        put_together(store, {"1": "first", "2": "x" * 100_000})
        store.delete("task", "1")
    assert list(store.all("task")) == ["2"]
    store.close()
