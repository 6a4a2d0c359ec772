"""The lease, with several runs interleaved call by call, and with time that passes between any two calls."""

from collections.abc import Iterator
from threading import Semaphore, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.aws.fakes_site import FakeS3
from tagship.aws.s3 import StoredObject
from tagship.base.errors import LeaseHeld, Refused
from tagship.base.fakes import ManualClock
from tagship.release.records.ledger import LEASE, Ledger, Turn
from tagship.release.records.record import PREFIX, ReleaseRecord, draft_record, key_of

BUCKET = "bucket"
A_WHILE = LEASE.total_seconds() / 2

Schedule = list[tuple[int, bool]]
"""Who makes the next call to the store, and whether half a lease passes before."""

SCHEDULES = st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=60)


class Gated(FakeS3):
    """The same objects, but every call waits until the schedule lets its caller go on."""

    def __init__(self, shared: FakeS3, gate: Semaphore, reached: Semaphore) -> None:
        super().__init__(shared.objects)
        self._gate, self._reached = gate, reached

    def get(self, bucket: str, key: str) -> StoredObject | None:
        self._wait()
        return super().get(bucket, key)

    def keys(self, bucket: str, prefix: str) -> list[str]:
        self._wait()
        return super().keys(bucket, prefix)

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        self._wait()
        return super().put_new(bucket, key, body)

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        self._wait()
        return super().put_over(bucket, key, body, etag=etag)

    def _wait(self) -> None:
        self._reached.release()
        self._gate.acquire()


class Run:
    """Somebody who takes a turn, writes twice what has become of it, and ends it; one call to the store at a time.

    Args:
        number: of the run, which is its name in the record.
        shared: the objects.
        clock: everybody's.
        resumes: whether it goes on with a release that was cut off, where there is one.
    """

    def __init__(self, number: int, shared: FakeS3, clock: ManualClock, *, resumes: bool) -> None:
        self.who, self._resumes, self._shared = f"run {number}", resumes, shared
        self.over = self.holds = self.finished = False
        self.number = 0
        self.wrote_beside_a_newer = False
        self._gate, self._reached = Semaphore(0), Semaphore(0)
        self._ledger = Ledger(Gated(shared, self._gate, self._reached), BUCKET, clock)
        Thread(target=self._run, daemon=True).start()
        self._reached.acquire()

    def step(self) -> None:
        if not self.over:
            self._gate.release()
            self._reached.acquire()

    def _run(self) -> None:
        try:
            self._release()
        except (LeaseHeld, Refused):
            self.holds = False
        self.over = True
        self._reached.release()

    def _release(self) -> None:
        turn = self._turn()
        self.number, self.holds = turn.record.number, True
        for _ in range(2):
            turn.write()
            self._look()
        turn.finish("released", {})
        self._look()
        self.holds, self.finished = False, True

    def _turn(self) -> Turn:
        if self._resumes:
            return self._ledger._take_again(self._ledger.cut_off(), self.who)
        return self._ledger._take(draft_record("deploy", "v1.0.0", "abc", self.who))

    def _look(self) -> None:
        self.wrote_beside_a_newer |= max(self._shared.keys(BUCKET, PREFIX)) > key_of(self.number)


def play(runs: list[Run], schedule: Schedule, clock: ManualClock) -> Iterator[None]:
    """Step by step as the schedule says, and then each to its end."""
    for chosen, later in schedule:
        clock.sleep(A_WHILE if later else 0)
        runs[chosen % len(runs)].step()
        yield
    for run in runs:
        while not run.over:
            run.step()
            yield


@pytest.mark.parametrize("runs", [2, 5])
@given(schedule=SCHEDULES, resuming=st.sets(st.integers(0, 4)))
def test_however_runs_interleave_nobody_writes_beside_a_newer_release_and_no_record_is_lost(
    runs: int, schedule: Schedule, resuming: set[int]
) -> None:
    shared, clock = FakeS3(), ManualClock()
    everybody = [Run(number, shared, clock, resumes=number in resuming) for number in range(runs)]
    seen: set[str] = set()
    for _ in play(everybody, schedule, clock):
        now = set(shared.keys(BUCKET, PREFIX))
        assert seen <= now
        seen = now
    assert not any(run.wrote_beside_a_newer for run in everybody)
    assert sorted(seen) == [key_of(number) for number in range(1, len(seen) + 1)]
    finished = {run.number: run.who for run in everybody if run.finished}
    assert len(finished) == sum(run.finished for run in everybody)
    records = [ReleaseRecord.model_validate_json(body) for body in shared.objects.values()]
    assert {record.number: record.who for record in records if record.verdict} == finished


@pytest.mark.parametrize("runs", [2, 5])
@given(schedule=SCHEDULES)
def test_while_leases_last_there_are_never_two_holders(runs: int, schedule: Schedule) -> None:
    shared, clock = FakeS3(), ManualClock()
    everybody = [Run(number, shared, clock, resumes=False) for number in range(runs)]
    for _ in play(everybody, [(chosen, False) for chosen, _ in schedule], clock):
        assert sum(run.holds for run in everybody) <= 1
    assert any(run.finished for run in everybody)


def test_whoever_slept_through_its_lease_hears_of_it_at_the_next_write() -> None:
    shared, clock = FakeS3(), ManualClock()
    ledger = Ledger(shared, BUCKET, clock)
    slept = ledger._take(draft_record("deploy", "v1.0.0", "abc", "ann@desk"))
    clock.sleep(LEASE.total_seconds())
    ledger._take(draft_record("deploy", "v1.1.0", "def", "ben@desk"))
    with pytest.raises(LeaseHeld, match="lost its turn"):
        slept.write()
