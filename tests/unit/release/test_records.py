"""What lies below `releases/`, whatever it is; and the lease, whatever a machine's clock says."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tagship.aws.fakes_site import FakeS3
from tagship.aws.s3 import StoredObject
from tagship.base.errors import LeaseHeld, Refused
from tagship.base.events import Event, Events
from tagship.base.fakes import ManualClock
from tagship.cli.narration import narrate
from tagship.release.events import RecordUnreadable
from tagship.release.records.ledger import LEASE, Ledger
from tagship.release.records.record import PREFIX, ServiceRecord, draft_record, parse
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tagship.release.watching.wait import wait
from tests.unit.release.harness import WHO, Shop, asking

DRAFT = draft_record("deploy", "v1.0.0", "abc", "ann@desk")
START = datetime(2026, 1, 1, tzinfo=UTC)

STRAY = ("notes.txt", "zz/", "", "1.json", "000000003.json", "00000009.json.bak", "zz/00000007.json")

UNREADABLE = {
    "cut": b'{"number": 2, "kind": "deploy", "ver',
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"hello",
    "another JSON": b"[1, 2]",
    "nothing of a record": b"{}",
    "binary": b"\x80\x02\xff\x00",
    "a version of another kind": b'{"number": 2, "kind": "deploy", "version": 7}',
}


def shop_with(key: str, body: bytes) -> Shop:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.s3.objects["bucket", f"{PREFIX}{key}"] = body
    return shop


@pytest.mark.parametrize("key", STRAY)
def test_what_is_no_record_by_its_name_is_nobodys_business(key: str) -> None:
    shop = shop_with(key, b"hello")
    told: list[Event] = []
    ledger = Ledger(shop.s3, "bucket", shop.clock, Events(told.append))
    assert [record.number for record in ledger.records()] == [1]
    assert told == []
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    assert [record.number for record in ledger.records()] == [2, 1]


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("stopped by a person", Verdict.STOPPED),
        ("timed out, still going", Verdict.TIMED_OUT),
        ("put back", Verdict.PUT_BACK),
    ],
)
def test_a_verdict_in_the_words_of_old_records_is_read_and_shown_in_the_new_ones(
    written: str, verdict: Verdict
) -> None:
    old = DRAFT.model_copy(update={"verdict": written, "services": {"api": ServiceRecord(digest="", revision="")}})
    kept = parse(old.model_dump_json().replace('"verdict":""', f'"verdict":"{written}"').encode())
    assert (kept.verdict, kept.services["api"].verdict) == (verdict.words, verdict.words)
    assert Verdict.of_words(kept.verdict) is verdict


def test_the_keys_of_old_records_are_read_and_written_as_the_new_ones() -> None:
    service = '{"digest": "", "revision": "", "taken_back": true, "served": 8.5}'
    site = '{"build": "b1", "put_back": true}'
    old = f'"services": {{"api": {service}}}, "site": {site}, "steps": [{{"says": "migrate `api`", "seconds": 1}}]'
    kept = parse((DRAFT.model_dump_json(exclude={"services", "site", "steps"})[:-1] + f", {old}}}").encode())
    assert kept.site is not None
    assert (kept.services["api"].reverted, kept.services["api"].live_after, kept.site.reverted) == (True, 8.5, True)
    assert [step.step for step in kept.steps] == ["migrate `api`"]
    assert parse(kept.model_dump_json().encode()) == kept
    assert not {"taken_back", "served", "put_back", "says"} & set(re.findall(r'"(\w+)":', kept.model_dump_json()))


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_record_that_cannot_be_read_is_named_in_one_line_and_passed_over_everywhere(what: str) -> None:
    shop = shop_with("00000002.json", UNREADABLE[what])
    told: list[Event] = []
    ledger = Ledger(shop.s3, "bucket", shop.clock, Events(told.append))
    assert [record.number for record in ledger.records()] == [1]
    assert ledger.record(2) is None
    ((line,),) = [narrate(event) for event in told if isinstance(event, RecordUnreadable)]
    assert "`releases/00000002.json`" in line
    assert "\n" not in line
    assert shop.status_reader(ledger).read().newest == ledger.record(1)
    assert wait(ledger, None, clock=shop.clock, events=Events(), patience=1).number == 1
    assert shop.deployer().deploy(asking("v1.1.0", dry_run=True)).plan.steps
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    assert [record.number for record in ledger.records()] == [3, 1]
    assert shop.rollbacker().roll_back(RollbackRequest(WHO)).verdict is Verdict.RELEASED
    assert [record.version for record in ledger.records()] == ["v1.0.0", "v1.1.0", "v1.0.0"]
    assert len(told) == 1


@pytest.mark.parametrize("body", [b"", DRAFT.model_copy(update={"verdict": "released"}).model_dump_json().encode()])
def test_where_no_number_is_left_for_the_next_release_the_key_in_the_way_is_named(body: bytes) -> None:
    shop = shop_with("99999999.json", body)
    before = dict(shop.s3.objects)
    with pytest.raises(Refused, match=r"`releases/99999999\.json` of the bucket `bucket` has the highest") as refused:
        shop.deployer().deploy(asking("v1.1.0"))
    away = "aws s3 mv s3://bucket/releases/99999999.json s3://bucket/releases/99999999.json.bak"
    assert refused.value.hint == f"{away}, then run the command again"
    assert shop.s3.objects == before


def test_once_the_record_with_the_highest_number_is_moved_away_as_told_releases_go_on() -> None:
    shop = shop_with("99999999.json.bak", b"")
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    assert [record.number for record in shop.ledger.records()] == [2, 1]


def test_the_last_number_of_eight_digits_can_be_had_and_a_longer_one_is_no_records() -> None:
    shop = shop_with("99999998.json", b"")
    assert shop.ledger._take(DRAFT).record.number == 99999999
    s3 = FakeS3()
    s3.put_new("bucket", f"{PREFIX}100000000.json", DRAFT.model_dump_json().encode())
    assert Ledger(s3, "bucket", ManualClock()).record(100_000_000) is None


def test_a_record_of_a_kind_and_a_verdict_that_a_newer_tagship_writes_is_shown_as_it_is() -> None:
    body = DRAFT.model_copy(update={"number": 2, "verdict": "released in part"}).model_dump_json()
    shop = shop_with("00000002.json", body.replace('"deploy"', '"promotion"').encode())
    newest, before = shop.ledger.records()
    assert (newest.kind, newest.verdict, newest.good) == ("promotion", "released in part", False)
    assert shop.ledger.serving() == before
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED


def test_a_record_has_the_number_of_its_key_whatever_it_says_of_itself() -> None:
    body = DRAFT.model_copy(update={"number": 77, "verdict": "released"}).model_dump_json().encode()
    shop = shop_with("00000002.json", body)
    assert [record.number for record in shop.ledger.records()] == [2, 1]
    assert wait(shop.ledger, 2, clock=shop.clock, events=Events(), patience=1).number == 2
    assert shop.ledger.record(77) is None
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    assert [record.number for record in shop.ledger.records()] == [3, 2, 1]


def test_a_run_that_was_cut_off_is_closed_under_its_key_whatever_number_it_says() -> None:
    s3 = TimedS3()
    ledger = Ledger(s3, "bucket", s3.clock)
    s3.put_new("bucket", f"{PREFIX}00000002.json", DRAFT.model_copy(update={"number": 77}).model_dump_json().encode())
    s3.clock.sleep(LEASE.total_seconds())
    assert ledger._take(DRAFT).record.number == 3
    assert ledger.record(2).finished_at is not None  # type: ignore[union-attr]
    assert [record.number for record in ledger.records()] == [3, 2]


@pytest.mark.parametrize("number", [0, 77, -1])
def test_a_release_that_is_not_there_is_missed_by_its_number(number: int) -> None:
    shop = shop_with("notes.txt", b"hello")
    with pytest.raises(Refused, match=rf"There is no release {number}\."):
        wait(shop.ledger, number, clock=shop.clock, events=Events(), patience=1)


def test_where_nothing_was_released_there_is_nothing_to_wait_for() -> None:
    with pytest.raises(Refused, match=r"There is no release yet\."):
        wait(Shop().ledger, None, clock=ManualClock(), events=Events(), patience=1)


@dataclass
class TimedS3(FakeS3):
    """Objects that know when S3 took them, by S3's own clock."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    times: dict[str, datetime] = field(default_factory=dict)

    def get(self, bucket: str, key: str) -> StoredObject | None:
        found = super().get(bucket, key)
        return found and StoredObject(found.body, found.etag, self.times.get(key, START), self.clock.now())

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        etag = super().put_new(bucket, key, body)
        self.times[key] = self.clock.now()
        return etag

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        new = super().put_over(bucket, key, body, etag=etag)
        self.times[key] = self.clock.now()
        return new


class Off(ManualClock):
    """A machine whose clock is off; seconds pass as for everybody."""

    def __init__(self, true: ManualClock, off: timedelta) -> None:
        super().__init__(START + off)
        self._true, self._off = true, off

    def now(self) -> datetime:
        return self._true.now() + self._off

    def monotonic(self) -> float:
        return self._true.monotonic()


OFF = [timedelta(seconds=100), timedelta(days=1), -timedelta(seconds=100), -timedelta(days=1), timedelta()]


@pytest.mark.parametrize("ours", OFF)
@pytest.mark.parametrize("theirs", OFF)
def test_however_wrong_two_clocks_are_a_turn_lasts_as_long_as_it_is_renewed_and_no_longer(
    ours: timedelta, theirs: timedelta
) -> None:
    s3 = TimedS3()
    holder, other = (Ledger(s3, "bucket", Off(s3.clock, off)) for off in (ours, theirs))
    turn = holder._take(DRAFT)
    for _ in range(5):
        s3.clock.sleep(LEASE.total_seconds() - 1)
        with pytest.raises(LeaseHeld):
            other._take(DRAFT)
        with pytest.raises(LeaseHeld):
            other.require_free()
        turn.write()
    s3.clock.sleep(LEASE.total_seconds())
    other.require_free()
    assert other._take(DRAFT).record.number == 2
    with pytest.raises(LeaseHeld, match="lost its turn"):
        turn.write()


@pytest.mark.parametrize("off", OFF)
def test_a_record_tells_the_time_by_s3(off: timedelta) -> None:
    s3 = TimedS3()
    ledger = Ledger(s3, "bucket", Off(s3.clock, off))
    ledger._take(DRAFT).finish("released", {})
    s3.clock.sleep(3600)
    turn = ledger._take(DRAFT)
    assert turn.record.started_at == START + timedelta(hours=1)
    assert turn.finish("released", {}).finished_at == START + timedelta(hours=1)


def test_a_record_that_cannot_be_read_and_is_young_may_be_a_release_that_runs() -> None:
    s3 = TimedS3()
    ledger = Ledger(s3, "bucket", s3.clock)
    s3.put_new("bucket", f"{PREFIX}00000001.json", b"[]")
    with pytest.raises(LeaseHeld, match="another release may be running"):
        ledger._take(DRAFT)
    s3.clock.sleep(LEASE.total_seconds())
    assert ledger._take(DRAFT).record.number == 2


def test_a_run_that_lost_its_turn_is_not_running_from_the_moment_on_at_which_it_was_closed() -> None:
    s3 = TimedS3()
    ledger = Ledger(s3, "bucket", s3.clock)
    ledger._take(DRAFT)
    s3.clock.sleep(LEASE.total_seconds())
    ledger._take(DRAFT)
    lost = ledger.record(1)
    assert lost is not None
    assert lost.abandoned(ledger.now())
    assert not lost.running(ledger.now())


def test_a_run_whose_turn_was_taken_is_not_gone_on_with_although_no_newer_record_is_there_yet() -> None:
    s3 = TimedS3()
    ledger = Ledger(s3, "bucket", s3.clock)
    ledger._take(DRAFT)
    s3.clock.sleep(LEASE.total_seconds())
    ledger._take_away(ledger.cut_off())
    with pytest.raises(Refused, match="another release has taken its turn") as refused:
        ledger.cut_off()
    assert refused.value.hint == f"tagship deploy {DRAFT.version}"
    ledger.require_free()
