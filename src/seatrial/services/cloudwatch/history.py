"""What happened to alarms: kept for 14 days, in a SQLite file that is written through."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from seatrial.core.damage import open_database

KEPT_DAYS = 14
_MOST = 100_000


@dataclass(frozen=True)
class HistoryItem:
    """One thing that happened to an alarm.

    Args:
        arn: the ARN of the alarm.
        alarm_type: ``MetricAlarm``, ``CompositeAlarm``.
        at: seconds since 1970.
        kind: ``ConfigurationUpdate``, ``StateUpdate``, ``Action``.
        summary: AWS's sentence.
        data: JSON.
    """

    arn: str
    alarm_type: str
    at: float
    kind: str
    summary: str
    data: str


@dataclass
class History:
    """All of it; every item is on disk when ``add`` returns.

    Args:
        path: the path of the file.
    """

    path: Path
    _lock: RLock = field(default_factory=RLock, init=False)

    def __post_init__(self) -> None:
        """Open the file."""
        self._database = open_database(self.path, needed=False)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY, arn TEXT, alarm_type TEXT, at REAL,"
            " kind TEXT, summary TEXT, data TEXT)"
        )
        self._database.execute("CREATE INDEX IF NOT EXISTS by_arn ON history (arn, at)")

    def add(self, item: HistoryItem) -> None:
        """Take an item."""
        with self._lock:
            self._database.execute(
                "INSERT INTO history (arn, alarm_type, at, kind, summary, data) VALUES (?, ?, ?, ?, ?, ?)",
                (item.arn, item.alarm_type, item.at, item.kind, item.summary, item.data),
            )

    def read(self, prefix: str, start: float, end: float) -> list[HistoryItem]:
        """The items of alarms whose ARN begins with a text, of a stretch of time, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT arn, alarm_type, at, kind, summary, data FROM history"
                " WHERE substr(arn, 1, ?) = ? AND at >= ? AND at <= ? ORDER BY at, number",
                (len(prefix), prefix, start, end),
            ).fetchall()
        return [HistoryItem(*row) for row in rows]

    def prune(self, now: float) -> None:
        """Forget what is older than 14 days, and of the rest all but the newest 100,000."""
        with self._lock:
            self._database.execute(
                "DELETE FROM history WHERE at < ? OR number <= (SELECT max(number) FROM history) - ?",
                (now - KEPT_DAYS * 86400, _MOST),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
