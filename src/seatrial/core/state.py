"""What our own services remember: written through to SQLite before a call is answered."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from seatrial.core.damage import open_database


class Store:
    """JSON values by kind and key; every write is on disk, in the order of the calls, when the call returns.

    WAL with ``synchronous=NORMAL``: a ``kill -9`` loses nothing; a power cut may lose the last moment, never more.
    What cannot be written, because the disk is full, is an ``sqlite3.OperationalError``, and nothing of it is kept.
    May be used from any thread.

    Args:
        path: the path of the file.
        make_room: called where the disk is full; whether it is worth another try.

    Raises:
        EmbeddedAwsUnavailable: the file is damaged.
    """

    def __init__(self, path: Path, make_room: Callable[[], bool] = lambda: False) -> None:
        self._make_room = make_room
        self._lock = RLock()
        self._begun: list[tuple[str, list[tuple[str, ...]]]] = []
        self._database = open_database(path, needed=True)
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
        with self.transaction():
            self._write("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)

    def delete(self, kind: str, *keys: str) -> None:
        """Forget these; nothing happens to those that are not there."""
        with self.transaction():
            self._write("DELETE FROM entries WHERE kind = ? AND key = ?", [(kind, key) for key in keys])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes inside happen all or not at all; may be nested."""
        with self._lock:
            outermost = not self._database.in_transaction
            if outermost:
                self._begun.clear()
                self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                if outermost:
                    self._commit()
            except BaseException:
                # SQLite takes back by itself what met a full disk.
                if outermost and self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _write(self, sql: str, rows: Iterable[tuple[str, ...]]) -> None:
        self._begun.append((sql, list(rows)))
        try:
            self._database.executemany(*self._begun[-1])
        except sqlite3.OperationalError as error:
            self._begin_again(error)

    def _commit(self) -> None:
        try:
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._begin_again(error)
            self._database.execute("COMMIT")

    def _begin_again(self, error: sqlite3.OperationalError) -> None:
        """After a full disk, which has SQLite take a transaction back, do the same with the room that is made."""
        if self._database.in_transaction or not self._make_room():
            raise error
        self._database.execute("BEGIN IMMEDIATE")
        for sql, rows in self._begun:
            self._database.executemany(sql, rows)
