from collections.abc import Iterator
from pathlib import Path

import pytest

from tagship.local.state import Store


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
        with store.together():
            store.put("task", "new", 2)
            store.delete("task", "kept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert store.all("task") == {"kept": 1}


def test_an_empty_list_of_values_is_nothing_to_do(store: Store) -> None:
    store.put_all("task", {})
    assert store.all("task") == {}
