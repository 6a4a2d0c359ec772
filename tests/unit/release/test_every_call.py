"""A release that ends at every call with which it changes anything: by a ``kill -9``, and by Ctrl-C.

Whatever was done by then, `status` tells that it is not over, and each of the ways on that the operations page names
leads to one version everywhere: services, pages and record.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tagship.release.records.ledger import LEASE
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, environment_manifest, source_of
from tests.unit.release.test_site import ONE, SITE, TWO, Front

MIGRATING = MANIFEST.replace("    port: 8000\n", "    port: 8000\n    migrate: {command: [migrate, up]}\n")
CHANGING = frozenset(
    {"register", "run_task", "update_service", "roll_back", "stop_task", "build_and_push"}
    | {"put", "put_new", "put_over", "copy", "delete", "invalidate"}
)


class Killed(BaseException):
    """The process is gone: nothing more is asked, nothing more is written."""


@dataclass
class Cut:
    """Raises something when so many calls have changed something; after ``Killed`` every call does.

    Args:
        after: how many, from 0: before the first of them.
        raises: what.
    """

    after: int
    raises: type[BaseException] = Killed
    calls: int = 0

    def through(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any door's
            if self.raises is Killed and self.calls >= self.after:
                raise Killed
            answer = call(*given, **named)
            self.calls += call.__name__ in CHANGING
            if self.calls == self.after and call.__name__ in CHANGING:
                raise self.raises
            return answer

        return called


class Door:
    """A door that may be cut."""

    def __init__(self, fake: object, cut: Cut) -> None:
        self._fake, self._cut = fake, cut

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        found = getattr(self._fake, name)
        return self._cut.through(found) if callable(found) else found


def behind(cut: Cut, shop: Shop) -> Shop:
    """The same app, with doors that may be cut."""
    found = copy(shop)
    found.ecs, found.s3 = cast("Any", Door(shop.ecs, cut)), cast("Any", Door(shop.s3, cut))
    found.edge, found.builder = cast("Any", Door(shop.edge, cut)), cast("Any", Door(shop.builder, cut))
    return found


def front_of(folder: Path) -> Front:
    """Two good releases, so that going back has somewhere to go that would be wrong."""
    front = Front(folder)
    front.shop.manifest = environment_manifest(MIGRATING + SITE)
    for name in ("v0.9.0", "v1.0.0"):
        assert front.ship(name, ONE) is Verdict.RELEASED
    return front


def ends_early(front: Front, cut: Cut) -> bool:
    """Deploy v1.1.0 until then; whether the process ended without a word."""
    shop, request = front.shop, front.tag("v1.1.0", TWO)
    try:
        behind(cut, shop).deployer().deploy(request)
    except (Killed, KeyboardInterrupt):
        return True
    finally:
        shop.clock.sleep(LEASE.total_seconds())
    return False


def moved(front: Front) -> bool:
    return front.versions != {"v1.0.0"} or front.page != ONE["index.html"]


def told(shop: Shop) -> bool:
    """Whether `status` tells of a release that is not over."""
    newest = shop.status_reader().read().newest
    open_verdicts = ("", Verdict.TIMED_OUT.words)
    return bool(newest and newest.number == 3 and newest.verdict in open_verdicts)


def goes_on(front: Front) -> None:
    shop = front.shop
    newest, deployer = shop.ledger.newest(), shop.deployer()
    if newest and newest.number == 3 and not newest.verdict:
        outcome = deployer.resume(newest, asking("v1.1.0"))
    else:
        outcome = deployer.deploy(asking("v1.1.0"))
    assert outcome.plan.empty or outcome.verdict is Verdict.RELEASED
    assert (front.versions, front.page) == ({"v1.1.0"}, TWO["index.html"])


def ships_the_next(front: Front) -> None:
    assert front.ship("v1.2.0", ONE) is Verdict.RELEASED
    assert (front.versions, front.page) == ({"v1.2.0"}, ONE["index.html"])


def goes_back(front: Front) -> None:
    shop = front.shop
    newest, unfinished = shop.ledger.newest(), told(shop)
    assert newest is not None
    outcome = shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert outcome.plan.empty or outcome.verdict is Verdict.RELEASED
    # What served before the release that is not over, or that came to serve; else before the one that serves.
    back = "v1.0.0" if newest.number == 3 and (unfinished or newest.good) else "v0.9.0"
    assert (front.versions, front.page) == ({back}, ONE["index.html"])


WAYS_ON = (goes_on, ships_the_next, goes_back)
MOST = 31


def test_the_cases_below_reach_every_call_that_changes_anything(tmp_path: Path) -> None:
    cut = Cut(after=10_000)
    assert not ends_early(front_of(tmp_path), cut)
    assert 20 < cut.calls <= MOST


def test_a_build_that_outlives_its_run_does_not_write_where_the_next_one_builds(tmp_path: Path) -> None:
    front = front_of(tmp_path)
    front.tag("v1.1.0", TWO)
    sources = front.shop.sources
    with sources.tree(source_of("v1.1.0")) as cut_off, sources.tree(source_of("v1.1.0")) as next_one:
        (cut_off / "web/dist").mkdir()
        assert [path.name for path in (next_one / "web").iterdir()] == ["src"]


@pytest.mark.parametrize("way_on", WAYS_ON)
@pytest.mark.parametrize("after", range(MOST + 1))
def test_a_release_that_is_killed_after_any_change_is_told_and_ends_in_one_version(
    after: int, way_on: Callable[[Front], None], tmp_path: Path
) -> None:
    front = front_of(tmp_path)
    if not ends_early(front, Cut(after)):
        return
    newest = front.shop.ledger.newest()
    assert newest is not None
    assert told(front.shop) or not moved(front) or (newest.number == 3 and newest.good)
    way_on(front)
    assert front.shop.deployer().deploy(asking(next(iter(front.versions)), dry_run=True)).plan.empty


@pytest.mark.parametrize("after", range(1, MOST + 1))
def test_a_release_that_a_person_interrupts_after_any_change_says_truly_what_serves(after: int, tmp_path: Path) -> None:
    front = front_of(tmp_path)
    ends_early(front, Cut(after, KeyboardInterrupt))
    newest = front.shop.ledger.newest()
    assert newest is not None
    if newest.number == 3 and newest.good:
        assert (front.versions, front.page) == ({"v1.1.0"}, TWO["index.html"])
    elif not told(front.shop):
        assert not moved(front)
    goes_on(front)
