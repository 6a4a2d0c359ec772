"""A release whose run is cut off, at every moment; and going on with it."""

from dataclasses import replace

import pytest

from tagship.base.errors import AwsUnreachable, LeaseHeld, Refused
from tagship.base.events import Event
from tagship.release.records.ledger import LEASE
from tagship.release.records.verdict import Verdict
from tagship.release.watching.wait import wait
from tests.unit.release.harness import MANIFEST, Shop, asking, environment_manifest

MIGRATING = MANIFEST.replace("    port: 8000\n", "    port: 8000\n    migrate: {command: [migrate, up]}\n")


class Killed(BaseException):
    """The process is gone: nothing more is written."""


def shop_of(*versions: str) -> Shop:
    shop = Shop(manifest=environment_manifest(MIGRATING))
    for version in versions:
        shop.deployer().deploy(asking(version))
    return shop


def cut_off_after(shop: Shop, events: int) -> bool:
    """Deploy v1.1.0 until so many events were told, as a ``kill -9`` would end it; whether it was cut off."""
    left = events
    alive = shop.s3

    def kill(_: Event) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            shop.s3.on("put_over", unreachable)
            raise Killed

    def unreachable(*_: object, **__: object) -> str:
        raise AwsUnreachable("gone")

    deployer = shop.deployer()
    try:
        with deployer._doors.events.listening(kill):
            deployer.deploy(asking("v1.1.0"))
    except (Killed, AwsUnreachable):
        shop.s3 = replace(alive)
        return True
    return False


@pytest.mark.parametrize("events", range(2, 40))
def test_a_release_that_is_cut_off_anywhere_is_finished_under_its_own_number(events: int) -> None:
    shop = shop_of("v1.0.0")
    if not cut_off_after(shop, events):
        return
    shop.clock.sleep(LEASE.total_seconds())
    cut_off = shop.ledger.cut_off()
    outcome = shop.deployer().resume(cut_off, asking("v1.1.0"))
    assert outcome.verdict is Verdict.RELEASED
    (record, _) = shop.ledger.records()
    assert (record.number, record.version, record.verdict) == (cut_off.number, "v1.1.0", "released")
    for name in ("api", "worker"):
        assert shop.ecs.revision(shop.revision_of(name)).tags["tagship:version"] == "v1.1.0"
    assert shop.deployer().deploy(asking("v1.1.0", dry_run=True)).plan.empty


def test_the_cases_above_reach_every_step() -> None:
    shop = shop_of("v1.0.0")
    told = len(shop.told)
    shop.deployer().deploy(asking("v1.1.0"))
    assert 20 < len(shop.told) - told < 40


def test_a_release_that_somebody_may_still_run_is_not_taken_over() -> None:
    shop = shop_of("v1.0.0")
    assert cut_off_after(shop, 5)
    with pytest.raises(LeaseHeld):
        shop.ledger.cut_off()


def test_a_release_that_has_ended_has_nothing_to_go_on_with() -> None:
    with pytest.raises(Refused, match="Release 1 has ended: released"):
        shop_of("v1.0.0").ledger.cut_off(1)
    with pytest.raises(Refused, match="There is no release"):
        Shop().ledger.cut_off()


def test_two_who_go_on_at_once_are_one_too_many() -> None:
    shop = shop_of("v1.0.0")
    assert cut_off_after(shop, 5)
    shop.clock.sleep(LEASE.total_seconds())
    cut_off = shop.ledger.cut_off()
    with shop.ledger.turn_again(cut_off, "ben@laptop"), pytest.raises(LeaseHeld):
        shop.deployer().resume(cut_off, asking("v1.1.0"))


def test_waiting_ends_with_the_verdict_or_when_the_run_was_cut_off() -> None:
    shop = shop_of("v1.0.0")
    ended = wait(shop.ledger, None, clock=shop.clock, events=shop.doors.events, patience=60)
    assert ended.verdict == "released"
    assert cut_off_after(shop, 5)
    began = shop.clock.elapsed
    found = wait(shop.ledger, 2, clock=shop.clock, events=shop.doors.events, patience=3600)
    assert not found.verdict
    assert shop.clock.elapsed - began < LEASE.total_seconds() + 5
    with pytest.raises(Refused):
        wait(shop.ledger, 7, clock=shop.clock, events=shop.doors.events, patience=1)
