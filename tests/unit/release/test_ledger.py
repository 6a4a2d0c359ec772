from datetime import timedelta
from threading import Semaphore, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.aws.fakes_site import FakeS3
from tagship.base.errors import AwsUnreachable, LeaseHeld
from tagship.base.fakes import ManualClock
from tagship.release.records.ledger import LEASE, Ledger
from tagship.release.records.record import ReleaseRecord, draft_record

DRAFT = draft_record("deploy", "v1.0.0", "abc", "ann@desk")


def ledger_of(s3: FakeS3, clock: ManualClock) -> Ledger:
    return Ledger(s3, "bucket", clock)


def test_records_are_numbered_from_one_and_listed_newest_first() -> None:
    ledger = ledger_of(FakeS3(), ManualClock())
    for _ in range(12):
        with ledger.turn(DRAFT) as turn:
            turn.finish("released", {})
    assert [record.number for record in ledger.records()] == list(range(12, 0, -1))
    assert [record.number for record in ledger.records(limit=3)] == [12, 11, 10]


def test_a_turn_that_nobody_renews_passes_to_the_next_when_it_expires() -> None:
    s3, clock = FakeS3(), ManualClock()
    ledger_of(s3, clock)._take(DRAFT)
    clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(LeaseHeld):
        ledger_of(s3, clock)._take(DRAFT)
    clock.sleep(1)
    assert ledger_of(s3, clock)._take(DRAFT).record.number == 2


def test_a_renewed_turn_is_not_taken() -> None:
    s3, clock = FakeS3(), ManualClock()
    turn = ledger_of(s3, clock)._take(DRAFT)
    clock.sleep(LEASE.total_seconds() - 1)
    turn.write()
    clock.sleep(2)
    with pytest.raises(LeaseHeld):
        ledger_of(s3, clock)._take(DRAFT)


def test_a_record_that_another_hand_changed_is_not_written_over() -> None:
    s3, clock = FakeS3(), ManualClock()
    turn = ledger_of(s3, clock)._take(DRAFT)
    there = s3.objects["bucket", turn.record.key]
    s3.objects["bucket", turn.record.key] = there.replace(turn.record.run.encode(), b"another")
    with pytest.raises(LeaseHeld, match="lost its turn"):
        turn.finish("released", {})


def test_a_request_whose_answer_was_lost_does_not_lose_the_turn() -> None:
    s3, clock = FakeS3(), ManualClock()

    class Lossy(FakeS3):
        """Does what it is asked, and every answer but those to questions is lost at first: the SDK asks again."""

        def put_new(self, bucket: str, key: str, body: bytes) -> str:
            super().put_new(bucket, key, body)
            return super().put_new(bucket, key, body)

        def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
            if super().get(bucket, key).etag == etag and b"lost" in body:  # type: ignore[union-attr]
                super().put_over(bucket, key, body, etag=etag)
                raise AwsUnreachable("No answer.")
            return super().put_over(bucket, key, body, etag=etag)

    turn = ledger_of(Lossy(s3.objects), clock)._take(DRAFT)
    for words in ("lost", "lost too"):
        with pytest.raises(AwsUnreachable):
            turn.write(verdict=words)
    turn.finish("released", {})
    assert [record.verdict for record in ledger_of(s3, clock).records()] == ["released"]


def test_a_record_of_a_newer_tagship_is_read_without_what_it_adds() -> None:
    body = DRAFT.model_dump_json().replace('"version"', '"from_the_future":[1],"version"', 1)
    assert ReleaseRecord.model_validate_json(body) == DRAFT


def test_an_abandoned_record_is_told_from_a_running_one() -> None:
    clock = ManualClock()
    record = ledger_of(FakeS3(), clock)._take(DRAFT).record
    assert record.running(clock.now())
    later = clock.now() + LEASE + timedelta(seconds=1)
    assert record.abandoned(later)
    assert not record.running(later)


class Stepped(FakeS3):
    """The same objects, but every call waits until the schedule lets its caller go on."""

    def __init__(self, shared: FakeS3, gate: Semaphore, reached: Semaphore) -> None:
        super().__init__(shared.objects)
        self.gate, self.reached = gate, reached

    def keys(self, bucket: str, prefix: str) -> list[str]:
        self._wait()
        return super().keys(bucket, prefix)

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        self._wait()
        return super().put_new(bucket, key, body)

    def _wait(self) -> None:
        self.reached.release()
        self.gate.acquire()


class Contender:
    """Somebody who tries to take a turn, one call to the store at a time."""

    def __init__(self, shared: FakeS3) -> None:
        self.won, self.over = False, False
        self._gate, self._reached = Semaphore(0), Semaphore(0)
        self._ledger = ledger_of(Stepped(shared, self._gate, self._reached), ManualClock())
        self._thread = Thread(target=self._try, daemon=True)
        self._thread.start()
        self._reached.acquire()

    def step(self) -> None:
        if not self.over:
            self._gate.release()
            self._reached.acquire()

    def _try(self) -> None:
        try:
            self._ledger._take(DRAFT)
            self.won = True
        except LeaseHeld:
            self.won = False
        self.over = True
        self._reached.release()


@given(contenders=st.integers(2, 5), schedule=st.lists(st.integers(0, 4), max_size=20))
def test_whoever_tries_and_however_they_interleave_exactly_one_gets_the_turn(
    contenders: int, schedule: list[int]
) -> None:
    shared = FakeS3()
    everybody = [Contender(shared) for _ in range(contenders)]
    for chosen in schedule:
        everybody[chosen % contenders].step()
    for contender in everybody:
        while not contender.over:
            contender.step()
    assert sum(contender.won for contender in everybody) == 1
    assert len(shared.objects) == 1
