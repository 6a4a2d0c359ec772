"""One release, two halves: the services and the front end under one version, one record, one rollback."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tagship.aws.fakes import BREAKER
from tagship.base.errors import AwsConflict, NotReady, ProgramFailed, Refused
from tagship.base.events import Event
from tagship.base.fakes import Call
from tagship.infra.outputs import SiteInfrastructure
from tagship.release.context import ReleaseOptions
from tagship.release.deploy import DeployRequest
from tagship.release.events import SiteReverted, StepStarted
from tagship.release.planning.steps import AwaitDrain, BuildImage, BuildSite, PublishSite, WatchRollouts
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tagship.site.bucket import SiteBucket
from tagship.site.status import SiteStatus, site_status
from tests.unit.release.harness import INFRASTRUCTURE, MANIFEST, WHO, Shop, asking, environment_manifest

SITE = """\
site:
  folder: web/dist
  build:
    context: web
    command: mkdir dist && cp src/* dist/
"""
ONE = {"index.html": "one app.11aa22bb.js", "app.11aa22bb.js": "1"}
TWO = {"index.html": "two app.33cc44dd.js", "app.33cc44dd.js": "2"}


class Front:
    """The shop with a front end whose source is what the test says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shop = Shop(
            infrastructure=replace(INFRASTRUCTURE, site=SiteInfrastructure(bucket="site", distribution="E1")),
            manifest=environment_manifest(MANIFEST + SITE),
        )

    def tag(self, name: str, files: Mapping[str, str]) -> DeployRequest:
        self.shop.sources.folder = self._folder / name
        source = self.shop.sources.folder / "web/src"
        source.mkdir(parents=True)
        for path, text in files.items():
            (source / path).write_text(text, encoding="utf-8")
        return asking(name)

    def ship(self, name: str, files: Mapping[str, str]) -> Verdict | None:
        return self.shop.deployer().deploy(self.tag(name, files)).verdict

    @property
    def page(self) -> str:
        found = self.shop.s3.objects.get(("site", "live/index.html"))
        return found.decode() if found else ""

    @property
    def versions(self) -> set[str]:
        revisions = [self.shop.ecs.revision(self.shop.revision_of(name)) for name in ("api", "worker")]
        return {revision.tags.get("tagship:version", "") for revision in revisions}


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def test_the_site_is_built_beside_the_images_and_published_when_all_services_serve(front: Front) -> None:
    outcome = front.shop.deployer().deploy(front.tag("v1.0.0", ONE))
    assert outcome.verdict is Verdict.RELEASED
    assert {BuildImage, BuildSite} <= {type(step) for step in outcome.plan.stages[0]}
    assert [type(step) for step in outcome.plan.steps][-3:] == [WatchRollouts, PublishSite, AwaitDrain]
    assert front.page == ONE["index.html"]


def test_visitors_get_the_site_while_old_tasks_still_drain(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.shop.ecs.plots["v1.1.0"] = (*("IN_PROGRESS",) * 300, "SUCCESSFUL")
    pages: list[tuple[str, ...]] = []

    def look(event: Event) -> None:
        if isinstance(event, StepStarted) and isinstance(event.step, AwaitDrain):
            statuses = {shop.ecs.service_deployments("shop-local", name)[0].status for name in ("api", "worker")}
            pages.append((front.page, *statuses))

    shop = front.shop
    deployer, request = shop.deployer(), replace(front.tag("v1.1.0", TWO), options=ReleaseOptions())
    with deployer._doors.events.listening(look):
        assert deployer.deploy(request).verdict is Verdict.RELEASED
    assert pages == [(TWO["index.html"], "IN_PROGRESS")]


def test_a_service_that_fails_while_old_tasks_drain_takes_the_site_back_too(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    failing = (*("IN_PROGRESS",) * 20, "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
    front.shop.ecs.plots["worker-v1.1.0"] = failing
    assert front.ship("v1.1.0", TWO) is Verdict.ROLLED_BACK
    assert (front.page, front.versions) == (ONE["index.html"], {"v1.0.0"})
    assert len(front.shop.heard(SiteReverted)) == 1
    newest = front.shop.ledger.records()[0]
    assert newest.site is not None
    assert (newest.site.published, newest.site.reverted) == (False, True)
    assert front.shop.deployer().deploy(asking("v1.0.0", dry_run=True)).plan.empty


def test_the_record_names_the_build_and_whether_it_was_published(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.ship("v1.1.0", TWO)
    newest, first = front.shop.ledger.records()
    assert first.site is not None
    assert newest.site is not None
    assert (newest.site.previous, newest.site.published, newest.site.files) == (first.site.build, True, 2)
    assert SiteBucket(front.shop.s3, "site").build(newest.site.build) is not None


def test_the_same_version_again_is_an_empty_plan(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.shop.s3.written.clear()
    assert front.shop.deployer().deploy(asking("v1.0.0")).plan.empty
    assert front.shop.s3.written == []


def test_a_version_with_the_same_files_publishes_nothing_new(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    invalidations = len(front.shop.edge.invalidations)
    front.ship("v1.1.0", ONE)
    assert len(front.shop.edge.invalidations) == invalidations


def test_a_build_that_fails_ends_the_release_before_anything_is_touched(front: Front) -> None:
    front.shop.manifest = environment_manifest(MANIFEST + SITE.replace("cp src/* dist/", "false"))
    outcome = front.shop.deployer().deploy(front.tag("v1.0.0", ONE))
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert isinstance(outcome.error, ProgramFailed)
    assert "update" not in front.shop.ecs.calls
    assert front.page == ""


def test_a_service_that_fails_leaves_the_site_as_it_was(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.shop.ecs.plots["worker-v1.1.0"] = BREAKER
    assert front.ship("v1.1.0", TWO) is Verdict.ROLLED_BACK
    assert (front.page, front.versions) == (ONE["index.html"], {"v1.0.0"})
    newest = front.shop.ledger.records()[0]
    assert newest.site is not None
    assert not newest.site.published


def test_a_site_that_cannot_be_published_takes_the_services_back(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    refused: list[tuple[str, ...]] = []

    def once(real: Call, distribution: str, paths: tuple[str, ...], reference: str) -> object:
        if not refused:
            refused.append(paths)
            raise AwsConflict("Too many invalidations are in progress.", code="TooManyInvalidationsInProgress")
        return real(distribution, paths, reference)

    front.shop.edge.on("invalidate", once)
    outcome = front.shop.deployer().deploy(front.tag("v1.1.0", TWO))
    assert outcome.verdict is Verdict.PUT_BACK
    assert isinstance(outcome.error, AwsConflict)
    assert (front.page, front.versions) == (ONE["index.html"], {"v1.0.0"})
    assert len(front.shop.heard(SiteReverted)) == 1
    newest = front.shop.ledger.records()[0]
    assert not newest.good
    assert newest.site is not None
    assert (newest.site.published, newest.site.reverted) == (False, True)
    assert all(service.reverted for service in newest.services.values())


def test_after_a_migration_that_contracts_the_services_stay_and_the_next_deploy_publishes(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    migrating = MANIFEST.replace("  api:\n", "  api:\n    migrate: {command: [up], kind: contract}\n")
    front.shop.manifest = environment_manifest(migrating + SITE)
    front.shop.edge.broken = True
    assert front.ship("v1.1.0", TWO) is Verdict.TIMED_OUT
    assert front.versions == {"v1.1.0"}
    front.shop.edge.broken = False
    outcome = front.shop.deployer().deploy(asking("v1.1.0"))
    assert [type(step) for step in outcome.plan.steps] == [WatchRollouts, WatchRollouts, PublishSite, AwaitDrain]
    assert (outcome.verdict, front.page) == (Verdict.RELEASED, TWO["index.html"])


def test_a_rollback_puts_services_and_site_back_and_builds_nothing(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.ship("v1.1.0", TWO)
    outcome = front.shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert outcome.verdict is Verdict.RELEASED
    assert [type(step) for step in outcome.plan.steps][-3:] == [WatchRollouts, PublishSite, AwaitDrain]
    assert (front.page, front.versions) == (ONE["index.html"], {"v1.0.0"})
    newest, _, first = front.shop.ledger.records()
    assert newest.site is not None
    assert first.site is not None
    assert newest.site.build == first.site.build


def test_a_rollback_whose_files_are_gone_is_refused_before_anything_is_touched(front: Front) -> None:
    front.ship("v1.0.0", ONE)
    front.ship("v1.1.0", TWO)
    content = next(key for (_, key), body in front.shop.s3.objects.items() if body == b"1" and "contents" in key)
    del front.shop.s3.objects["site", content]
    front.shop.ecs.calls.clear()
    with pytest.raises(Refused, match=r"`app\.11aa22bb\.js` of the site's build `[0-9a-f]{16}` is missing"):
        front.shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert front.shop.ecs.calls == []


def test_a_site_without_infrastructure_says_what_to_type(front: Front) -> None:
    front.shop.infrastructure = INFRASTRUCTURE
    with pytest.raises(NotReady, match="The site has no infrastructure yet") as caught:
        front.ship("v1.0.0", ONE)
    assert caught.value.hint == "tagship infra apply --env local"


def test_the_status_tells_the_live_build_and_a_publication_that_was_cut_off(front: Front) -> None:
    bucket = SiteBucket(front.shop.s3, "site")
    assert site_status(bucket) == SiteStatus("", 0, "")
    front.ship("v1.0.0", ONE)
    live = bucket.live()
    assert site_status(bucket) == SiteStatus(live.build, 2, "")
    bucket.mark(replace(live, publishing="0123456789abcdef"))
    assert site_status(bucket) == SiteStatus(live.build, 2, "0123456789abcdef")
    assert [type(step) for step in front.shop.deployer().deploy(asking("v1.0.0")).plan.steps] == [PublishSite]
