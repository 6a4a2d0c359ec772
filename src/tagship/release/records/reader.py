"""Reads the records of an environment's bucket: whatever lies there, and whatever this machine's clock says.

Anybody may put something below the prefix, and a newer tagship may write what this one does not understand. What cannot
be read is named once, and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from tagship.release.records.record import PREFIX, ReleaseRecord, UnreadableRecord, key_of, parse

if TYPE_CHECKING:
    from tagship.aws.s3 import StoredObject
    from tagship.base.clock import Clock
    from tagship.base.events import Events

_RECORD: Final = re.compile(rf"{PREFIX}([0-9]{{8}})\.json")


class RecordSource(Protocol):
    """The calls of ``aws/s3.py`` that reading needs."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """An object, or None."""
        ...

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Keys that begin so, ascending."""
        ...


@dataclass(frozen=True)
class Found:
    """What lies under a record's key.

    Args:
        record: None where it cannot be read.
        etag: the ETag of the object.
        young: whether it was written within a lease, by S3's time.
    """

    record: ReleaseRecord | None
    etag: str
    young: bool


class Records:
    """The records, newest first.

    Args:
        source: where they lie.
        bucket: the environment's.
        clock: counts seconds between two of S3's answers.
        events: hear of what cannot be read.
        lease: how long a turn lasts from the moment at which S3 took its last renewal.
    """

    def __init__(self, source: RecordSource, bucket: str, clock: Clock, *, events: Events, lease: timedelta) -> None:
        self._source, self._bucket, self._clock, self._events, self._lease = source, bucket, clock, events, lease
        self._told: set[str] = set()
        self._answered: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """S3's time, as of its last answer; this machine's where it has not answered yet."""
        if self._answered is None:
            return self._clock.now()
        answered, at = self._answered
        return answered + timedelta(seconds=self._clock.monotonic() - at)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Keys of what was read so far and is no record."""
        return tuple(sorted(self._told))

    def numbers(self) -> list[int]:
        """The numbers of all records, newest first, those that cannot be read too."""
        found = (_RECORD.fullmatch(key) for key in self._source.keys(self._bucket, PREFIX))
        return sorted((int(match[1]) for match in found if match), reverse=True)

    def read(self, number: int) -> Found | None:
        """One of them, or None where there is none. Its number is its key's, whatever it says of itself.

        A turn that is not renewed ends a lease after S3 took what was last written of it: S3's time is everybody's.
        """
        key = key_of(number)
        if not _RECORD.fullmatch(key):
            return None
        entry = self._source.get(self._bucket, key)
        if entry is None:
            return None
        if entry.answered:
            self._answered = entry.answered, self._clock.monotonic()
        young = entry.modified is not None and self.now() < entry.modified + self._lease
        try:
            record = parse(entry.body).model_copy(update={"number": number})
        except UnreadableRecord as error:
            self._report_unreadable(key, str(error))
            return Found(None, entry.etag, young)
        if entry.modified:
            record = record.model_copy(update={"expires_at": entry.modified + self._lease})
        return Found(record, entry.etag, young)

    def readable(self) -> Iterator[ReleaseRecord]:
        """Those that can be read, newest first, each when it is asked for."""
        for number in self.numbers():
            found = self.read(number)
            if found and found.record:
                yield found.record

    def _report_unreadable(self, key: str, why: str) -> None:
        from tagship.release.events import RecordUnreadable  # noqa: PLC0415 - `history` reads this file, and seldom tells

        if key not in self._told:
            self._told.add(key)
            self._events.emit(RecordUnreadable(key, why))
