"""Reads and writes release records; gives a release its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from secrets import token_hex
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING, Protocol

from tagship.base.errors import AwsConflict, LeaseHeld, Refused, TagshipError
from tagship.base.events import Events
from tagship.release.records.reader import Records, RecordSource
from tagship.release.records.record import (
    HIGHEST,
    ProbeRecord,
    ReleaseRecord,
    ServiceRecord,
    SiteRecord,
    StepRecord,
    UnreadableRecord,
    key_of,
    parse,
)

if TYPE_CHECKING:
    from tagship.aws.s3 import StoredObject
    from tagship.base.clock import Clock

LEASE = timedelta(seconds=90)
"""How long a turn lasts without being renewed: longer than any network hiccup, short enough to wait out."""

_RENEWALS = 3
"""Renewals within one lease."""


class Store(RecordSource, Protocol):
    """The calls of ``aws/s3.py`` that records need."""

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        """Create; raises AwsConflict where it exists; returns the ETag."""
        ...

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        """Replace; raises AwsConflict where the ETag is another; returns the new ETag."""
        ...


class Turn:
    """A release's own record while it runs: renewed in the background, and written at every change."""

    def __init__(
        self, record: ReleaseRecord, etag: str, *, store: Store, bucket: str, now: Callable[[], datetime]
    ) -> None:
        self.record = record
        self._etag = etag
        self._store, self._bucket, self._now = store, bucket, now
        self._writing = Lock()
        self._over = Flag()

    def write(self, **changes: object) -> ReleaseRecord:
        """Change the record and store it.

        Raises:
            LeaseHeld: somebody took the turn, because this release did not renew it in time.
        """
        with self._writing:
            record = self.record.model_copy(update={"expires_at": self._now() + LEASE, **changes})
            self._etag = self._put(record)
            self.record = record
            return record

    def _put(self, record: ReleaseRecord) -> str:
        """Replace the record, which must be as this run has left it; returns the new ETag.

        Where a request's answer was lost, or Ctrl-C came before it, the ETag is another although nobody else wrote.
        """
        try:
            return self._store.put_over(self._bucket, record.key, _text(record), etag=self._etag)
        except AwsConflict as error:
            found = self._store.get(self._bucket, record.key)
            if found is None or not _of_run(found, record.run):
                raise LeaseHeld(
                    f"Another process changed the record of release {record.number}; this release has lost its turn.",
                    hint="tagship status",
                ) from error
        self._etag = found.etag
        return self._put(record)

    def finish(
        self,
        verdict: str,
        services: Mapping[str, ServiceRecord],
        probe: ProbeRecord | None = None,
        *,
        site: SiteRecord | None = None,
        steps: tuple[StepRecord, ...] = (),
    ) -> ReleaseRecord:
        """Write down how it ended; from here on the record does not change."""
        self.close()
        known = {"verdict": verdict, "services": services, "probe": probe, "site": site, "steps": steps}
        return self.write(**known, finished_at=self._now())

    def renew_until_closed(self) -> None:
        """Renew the lease, again and again; ends when the turn is closed."""
        while not self._over.wait(LEASE.total_seconds() / _RENEWALS):
            try:
                self.write()
            except TagshipError:
                # The next write of the release itself will say so where it can be acted upon.
                continue

    def close(self) -> None:
        """Stop renewing."""
        self._over.set()


class Ledger:
    """The records of one environment.

    Args:
        store: where they lie.
        bucket: the environment's.
        clock: counts seconds; what time it is, S3 says.
        events: hear of what cannot be read.
    """

    def __init__(self, store: Store, bucket: str, clock: Clock, events: Events | None = None) -> None:
        self._store, self._bucket = store, bucket
        self._records = Records(store, bucket, clock, events=events or Events(), lease=LEASE)

    def now(self) -> datetime:
        """The time that leases are counted in: S3's own, whatever this machine's clock says."""
        return self._records.now()

    def records(self, limit: int | None = None) -> list[ReleaseRecord]:
        """The newest records, newest first."""
        return list(islice(self._records.readable(), limit))

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Keys of the records that were read so far and could not be understood."""
        return self._records.unreadable

    def record(self, number: int) -> ReleaseRecord | None:
        """One record."""
        found = self._records.read(number)
        return found.record if found else None

    def cut_off(self, number: int | None = None) -> ReleaseRecord:
        """The release whose run was cut off.

        Args:
            number: which; None is the newest.

        Raises:
            Refused: there is none, it has ended, or a newer one has taken its turn.
            LeaseHeld: somebody still runs it, or may: its lease has not run out.
        """
        newest = self.newest()
        found = newest if number is None else self.record(number)
        if found is None or newest is None:
            raise Refused(f"There is no release {number or ''}".rstrip() + " to resume.", hint="tagship history")
        if found.verdict:
            raise Refused(f"Release {found.number} has ended: {found.verdict}.", hint="tagship history")
        if found.number != newest.number:
            raise Refused(
                (f"Release {newest.number} is newer than release {found.number}, which cannot be resumed."),
                hint="tagship history",
            )
        if found.finished_at is not None:
            # Whoever takes a turn closes the record first: the next number may be made at this moment.
            raise Refused(
                f"Release {found.number} cannot be resumed: another release has taken its turn.",
                hint=f"tagship deploy {found.version}",
            )
        if found.running(self.now()):
            raise _held(found)
        return found

    def newest(self) -> ReleaseRecord | None:
        """The newest record, running or not."""
        return next(iter(self.records(limit=1)), None)

    def newest_and_serving(self) -> tuple[ReleaseRecord | None, ReleaseRecord | None]:
        """The newest record, and the newest that came to serve; each record is read once."""
        newest: ReleaseRecord | None = None
        for record in self._records.readable():
            newest = newest or record
            if record.good:
                return newest, record
        return newest, None

    def require_free(self) -> None:
        """Nobody holds the turn now.

        Raises:
            LeaseHeld: another release is running; says who and since when.
        """
        self._newest_that_ended(self._records.numbers())

    def serving(self) -> ReleaseRecord | None:
        """The newest record that came to serve."""
        return next((record for record in self._records.readable() if record.good), None)

    @contextmanager
    def turn(self, draft: ReleaseRecord) -> Iterator[Turn]:
        """Take the next number and hold it while the release runs.

        Raises:
            LeaseHeld: another release is running; says who and since when.
            Refused: no number is left for it.
        """
        turn = self._take(draft)
        with self._kept(turn):
            yield turn

    @contextmanager
    def turn_again(self, cut_off: ReleaseRecord, who: str) -> Iterator[Turn]:
        """Take over the turn of a run that was cut off, under its number.

        Raises:
            LeaseHeld: somebody else was faster.
        """
        turn = self._take_again(cut_off, who)
        with self._kept(turn):
            yield turn

    @contextmanager
    def _kept(self, turn: Turn) -> Iterator[None]:
        renewing = Thread(target=turn.renew_until_closed, name="lease", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            turn.close()
            renewing.join()

    def _newest_that_ended(self, numbers: Sequence[int]) -> ReleaseRecord | None:
        """The newest record, whose run has ended or vanished.

        Raises:
            LeaseHeld: it goes on; or the newest of all cannot be read, and is so young that it may.
        """
        newest = self._records.read(numbers[0]) if numbers else None
        if newest and newest.record is None and newest.young:
            raise LeaseHeld(
                f"The record of release {numbers[0]} cannot be read, and was written less than "
                f"{LEASE.total_seconds():.0f} seconds ago: another release may be running.",
                hint="Try again in two minutes, or use a newer tagship",
            )
        record = newest.record if newest else None
        if record and record.running(self.now()):
            raise _held(record)
        return record

    def _take(self, draft: ReleaseRecord) -> Turn:
        numbers = self._records.numbers()
        newest = self._newest_that_ended(numbers)
        now, number = self.now(), self._next(numbers)
        if newest and newest.abandoned(now):
            self._take_away(newest)
        record = draft.model_copy(
            update={"number": number, "run": token_hex(8), "expires_at": now + LEASE, "started_at": now}
        )
        try:
            etag = self._store.put_new(self._bucket, record.key, _text(record))
        except AwsConflict as error:
            found = self._store.get(self._bucket, record.key)
            if found is None or not _of_run(found, record.run):  # else the answer to our own request was lost
                raise _held(self.newest() or record) from error
            etag = found.etag
        return self._turn(record, etag)

    def _next(self, numbers: Sequence[int]) -> int:
        """The number after the newest; a longer one would make a key that nobody takes for a record's.

        Raises:
            Refused: there is none.
        """
        if numbers and numbers[0] >= HIGHEST:
            key = key_of(numbers[0])
            raise Refused(
                f"`{key}` of the bucket `{self._bucket}` has the highest number that a record can have, so the next "
                "release gets none. Records are numbered from 1: another tool wrote it.",
                hint=f"aws s3 mv s3://{self._bucket}/{key} s3://{self._bucket}/{key}.bak, then run the command again",
            )
        return numbers[0] + 1 if numbers else 1

    def _take_again(self, cut_off: ReleaseRecord, who: str) -> Turn:
        turn = self._turn(cut_off, self._etag_of(cut_off))
        turn.write(who=who, run=token_hex(8))
        return turn

    def _turn(self, record: ReleaseRecord, etag: str) -> Turn:
        return Turn(record, etag, store=self._store, bucket=self._bucket, now=self.now)

    def _take_away(self, abandoned: ReleaseRecord) -> None:
        """End the turn of a run that did not renew it: it may only have slept, and must hear of it when it writes."""
        closed = abandoned.model_copy(update={"finished_at": self.now(), "run": ""})
        try:
            self._store.put_over(self._bucket, closed.key, _text(closed), etag=self._etag_of(abandoned))
        except AwsConflict as error:
            raise _held(abandoned) from error

    def _etag_of(self, record: ReleaseRecord) -> str:
        """The ETag of a record that is still as it was read.

        Raises:
            LeaseHeld: it is not; whoever changed it holds the turn.
        """
        found = self._records.read(record.number)
        if found is None or found.record != record:
            raise _held(record)
        return found.etag


def _of_run(found: StoredObject, run: str) -> bool:
    try:
        return parse(found.body).run == run
    except UnreadableRecord:
        return False


def _text(record: ReleaseRecord) -> bytes:
    return record.model_dump_json(indent=1).encode()


def _held(record: ReleaseRecord) -> LeaseHeld:
    return LeaseHeld(
        f"Release {record.number} ({record.kind} of {record.version}) is running: started by {record.who} "
        f"at {record.started_at:%H:%M:%S} UTC, its turn ends at {record.expires_at:%H:%M:%S} UTC unless renewed.",
        hint=f"tagship wait {record.number}",
    )
