"""What our own services remember: written through to SQLite before a call is answered."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any


class Store:
    """JSON values by kind and key; every write is on disk, in the order of the calls, when the call returns.

    WAL with ``synchronous=NORMAL``: a ``kill -9`` loses nothing; a power cut may lose the last moment, never more.
    May be used from any thread.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS entries"
            " (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def get(self, kind: str, key: str) -> Any | None:  # noqa: ANN401 - JSON
        """The value, or None where there is none."""
        with self._lock:
            row = self._database.execute("SELECT value FROM entries WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> dict[str, Any]:
        """Every value of a kind by key, sorted by key."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, value FROM entries WHERE kind = ? ORDER BY key", (kind,)
            ).fetchall()
        return {key: json.loads(value) for key, value in rows}

    def put(self, kind: str, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """Write a value."""
        self.put_all(kind, {key: value})

    def put_all(self, kind: str, values: Mapping[str, Any]) -> None:
        """Write values: all of them or none."""
        rows = [(kind, key, json.dumps(value)) for key, value in values.items()]
        with self.together():
            self._database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)

    def delete(self, kind: str, *keys: str) -> None:
        """Forget these; nothing happens to those that are not there."""
        self._delete((kind, key) for key in keys)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Writes inside happen all or not at all; may be nested."""
        with self._lock:
            outermost = not self._database.in_transaction
            if outermost:
                self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if outermost:
                    self._database.execute("ROLLBACK")
                raise
            if outermost:
                self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _delete(self, rows: Iterable[tuple[str, str]]) -> None:
        with self.together():
            self._database.executemany("DELETE FROM entries WHERE kind = ? AND key = ?", rows)
