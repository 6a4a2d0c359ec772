"""A version is one commit: what was built under a tag is not shipped as what the tag names now."""

from dataclasses import replace
from pathlib import Path

import pytest

from tagship.aws.fakes import BREAKER
from tagship.base.errors import Refused
from tagship.image.source import Source, SourceRequest
from tagship.infra.outputs import SiteInfrastructure
from tagship.release.records.record import draft_record
from tagship.release.records.verdict import Verdict
from tagship.site.bucket import SiteBucket
from tests.unit.release.harness import (
    COMMIT,
    INFRASTRUCTURE,
    MANIFEST,
    WHO,
    FakeSources,
    Shop,
    asking,
    environment_manifest,
)

MOVED = "f" * 40


class TookTooLong(Exception):
    """Ends a turn."""


class MovedTag(FakeSources):
    """The tag is at another commit than before."""

    def resolve(self, request: SourceRequest) -> Source:
        return replace(super().resolve(request), commit=MOVED, next_tag="v1.0.1")


def moved(shop: Shop) -> Shop:
    shop.sources = MovedTag(shop.sources.folder)
    return shop


def refusal(shop: Shop, version: str = "v1.0.0") -> Refused:
    with pytest.raises(Refused) as refused:
        shop.deployer().deploy(asking(version))
    return refused.value


def test_a_tag_that_was_moved_after_its_release_is_refused_with_both_commits_and_the_next_tag() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    before = dict(shop.s3.objects)
    refused = refusal(moved(shop))
    assert "`v1.0.0` was moved: the image of `api` was built from 0123456789ab" in refused.message
    assert "the tag points at ffffffffffff now" in refused.message
    assert (refused.hint or "").startswith("git tag v1.0.1 ffffffffffff")
    assert shop.s3.objects == before, "the turn was taken"


def test_a_tag_that_was_moved_after_it_was_rolled_back_is_refused() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.ROLLED_BACK
    assert "`v1.1.0` was moved" in refusal(moved(shop), "v1.1.0").message


def test_a_dry_run_refuses_a_moved_tag_as_well() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    with pytest.raises(Refused, match="was moved"):
        moved(shop).deployer().deploy(asking("v1.0.0", dry_run=True))


def test_a_tag_may_be_moved_as_long_as_nothing_was_built_for_it() -> None:
    shop = moved(Shop())
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert {request.revision for request in shop.builder.requests} == {MOVED}


def test_an_image_that_does_not_say_its_commit_is_refused_and_told_how_to_label_it() -> None:
    shop = Shop()
    shop.ecr.images["shop-local/api", "v1.0.0"] = "sha256:strange"
    refused = refusal(shop)
    assert "so its commit is unknown" in refused.message
    assert f"--label org.opencontainers.image.revision={COMMIT}" in (refused.hint or "")


def test_an_image_that_another_tool_built_from_the_tags_commit_is_taken() -> None:
    shop = Shop()
    shop.ecr.images["shop-local/api", "v1.0.0"] = "sha256:theirs"
    url = INFRASTRUCTURE.services["api"].repository_url
    shop.registry.commits[url, "v1.0.0"] = COMMIT
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert [request.service for request in shop.builder.requests] == ["worker"]


def test_what_the_newest_record_says_of_its_own_images_is_not_asked_for_again() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    assert shop.deployer().deploy(asking("v1.0.0")).plan.empty
    assert shop.registry.asked == []


def test_a_release_that_goes_on_is_refused_where_its_tag_was_moved_meanwhile() -> None:
    shop = Shop()
    with pytest.raises(TookTooLong), shop.ledger.turn(draft_record("deploy", "v1.0.0", COMMIT, WHO)):
        raise TookTooLong
    cut_off = shop.ledger.records()[0]
    with pytest.raises(Refused, match="release 1 was built from 0123456789ab"):
        moved(shop).deployer().resume(cut_off, asking("v1.0.0"))


def test_a_site_of_a_moved_tag_is_refused_as_an_image_is(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/index.html").write_text("one")
    shop = Shop(
        infrastructure=replace(INFRASTRUCTURE, site=SiteInfrastructure(bucket="site", distribution="E1")),
        manifest=environment_manifest(MANIFEST + "site: {folder: web}\n"),
        sources=FakeSources(tmp_path),
    )
    shop.deployer().deploy(asking("v1.0.0"))
    kept = SiteBucket(shop.s3, "site").version("v1.0.0")
    assert kept is not None
    assert kept.commit == COMMIT
    assert "the site was built from 0123456789ab" in refusal(moved(shop)).message
