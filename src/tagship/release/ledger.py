"""Reads and writes release records; gives a release its turn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from threading import Event as Flag
from threading import Lock, Thread
from typing import Protocol

from tagship.aws.s3 import StoredObject
from tagship.base.clock import Clock
from tagship.base.errors import AwsConflict, LeaseHeld, Refused, TagshipError
from tagship.release.record import PREFIX, ProbeRecord, ReleaseRecord, ServiceRecord, SiteRecord, StepRecord, key_of

LEASE = timedelta(seconds=90)
"""How long a turn lasts without being renewed: longer than any network hiccup, short enough to wait out."""

_RENEWALS = 3
"""Renewals within one lease."""


class Store(Protocol):
    """The calls of ``aws/s3.py`` that records need."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """An object, or None."""
        ...

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        """Create; raises AwsConflict where it exists; returns the ETag."""
        ...

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        """Replace; raises AwsConflict where the ETag is another; returns the new ETag."""
        ...

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Keys that begin so, ascending."""
        ...


class Turn:
    """A release's own record while it runs: renewed in the background, and written at every change."""

    def __init__(self, record: ReleaseRecord, etag: str, *, store: Store, bucket: str, clock: Clock) -> None:
        self.record = record
        self._etag = etag
        self._store, self._bucket, self._clock = store, bucket, clock
        self._writing = Lock()
        self._over = Flag()

    def write(self, **changes: object) -> ReleaseRecord:
        """Change the record and store it.

        Raises:
            LeaseHeld: somebody took the turn, because this release did not renew it in time.
        """
        with self._writing:
            now = self._clock.now()
            record = self.record.model_copy(update={"expires_at": now + LEASE, **changes})
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
                    f"Another hand changed the record of release {record.number}; this release has lost its turn.",
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
        return self.write(**known, finished_at=self._clock.now())

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
    """The records of one environment."""

    def __init__(self, store: Store, bucket: str, clock: Clock) -> None:
        self._store, self._bucket, self._clock = store, bucket, clock

    def records(self, limit: int | None = None) -> list[ReleaseRecord]:
        """The newest records, newest first."""
        keys = list(reversed(self._store.keys(self._bucket, PREFIX)))[:limit]
        found = (self._store.get(self._bucket, key) for key in keys)
        return [ReleaseRecord.model_validate_json(entry.body) for entry in found if entry]

    def record(self, number: int) -> ReleaseRecord | None:
        """One record."""
        entry = self._store.get(self._bucket, key_of(number))
        return ReleaseRecord.model_validate_json(entry.body) if entry else None

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
            raise Refused(f"There is no release {number or ''}".rstrip() + " to go on with.", hint="tagship history")
        if found.verdict:
            raise Refused(f"Release {found.number} has ended: {found.verdict}.", hint="tagship history")
        if found.number != newest.number:
            raise Refused(f"Release {newest.number} came after release {found.number}.", hint="tagship history")
        if found.running(self._clock.now()):
            raise _held(found)
        return found

    def newest(self) -> ReleaseRecord | None:
        """The newest record, running or not."""
        return next(iter(self.records(limit=1)), None)

    def require_free(self) -> None:
        """Nobody holds the turn now.

        Raises:
            LeaseHeld: another release is running; says who and since when.
        """
        newest = self.newest()
        if newest and newest.running(self._clock.now()):
            raise _held(newest)

    def serving(self) -> ReleaseRecord | None:
        """The newest record that came to serve."""
        return next((record for record in self._lazily() if record.good), None)

    @contextmanager
    def turn(self, draft: ReleaseRecord) -> Iterator[Turn]:
        """Take the next number and hold it while the release runs.

        Raises:
            LeaseHeld: another release is running; says who and since when.
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

    def _take(self, draft: ReleaseRecord) -> Turn:
        now = self._clock.now()
        newest = self.newest()
        if newest and newest.running(now):
            raise _held(newest)
        if newest and newest.abandoned(now):
            self._take_away(newest)
        number = newest.number + 1 if newest else 1
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
        return Turn(record, etag, store=self._store, bucket=self._bucket, clock=self._clock)

    def _take_again(self, cut_off: ReleaseRecord, who: str) -> Turn:
        turn = Turn(cut_off, self._etag_of(cut_off), store=self._store, bucket=self._bucket, clock=self._clock)
        turn.write(who=who, run=token_hex(8))
        return turn

    def _take_away(self, abandoned: ReleaseRecord) -> None:
        """End the turn of a run that did not renew it: it may only have slept, and must hear of it when it writes."""
        closed = abandoned.model_copy(update={"finished_at": self._clock.now(), "run": ""})
        try:
            self._store.put_over(self._bucket, closed.key, _text(closed), etag=self._etag_of(abandoned))
        except AwsConflict as error:
            raise _held(abandoned) from error

    def _etag_of(self, record: ReleaseRecord) -> str:
        """The ETag of a record that is still as it was read.

        Raises:
            LeaseHeld: it is not; whoever changed it holds the turn.
        """
        entry = self._store.get(self._bucket, record.key)
        if entry is None or ReleaseRecord.model_validate_json(entry.body) != record:
            raise _held(record)
        return entry.etag

    def _lazily(self) -> Iterator[ReleaseRecord]:
        for key in reversed(self._store.keys(self._bucket, PREFIX)):
            if entry := self._store.get(self._bucket, key):
                yield ReleaseRecord.model_validate_json(entry.body)


def _of_run(found: StoredObject, run: str) -> bool:
    return ReleaseRecord.model_validate_json(found.body).run == run


def _text(record: ReleaseRecord) -> bytes:
    return record.model_dump_json(indent=1).encode()


def _held(record: ReleaseRecord) -> LeaseHeld:
    return LeaseHeld(
        f"Release {record.number} ({record.kind} of {record.version}) is running: started by {record.who} "
        f"at {record.started_at:%H:%M:%S} UTC, its turn ends at {record.expires_at:%H:%M:%S} UTC unless renewed.",
        hint=f"tagship wait {record.number}",
    )
