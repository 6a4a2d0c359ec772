"""What visitors get while a build is published, and afterwards."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.base.errors import AwsConflict, Refused, TagshipError
from tagship.site.bucket import SiteVersion
from tagship.site.changes import EVERYTHING, changes
from tagship.site.listing import SiteBuild, SiteFile
from tagship.site.publish import KEPT, EdgeAwaited
from tests.unit.site.harness import COMMIT, ONE, TWO, Harness


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path)


def test_files_come_before_the_pages_that_name_them(harness: Harness) -> None:
    harness.keep("v1", {**ONE, "z.22cc33dd.js": "", "a.html": ""})
    harness.s3.written.clear()
    known = harness.bucket.version("v1")
    assert known is not None
    harness.publisher.publish(known.build, "v1")
    order = [key.removeprefix("live/") for key in harness.s3.written if key.startswith("live/")]
    assert set(order[:2]) == {"app.11aa22bb.js", "z.22cc33dd.js"}
    assert order[2] == "logo.svg"
    assert set(order[3:]) == {"a.html", "index.html", "old.html"}


def test_a_page_that_is_open_still_finds_its_files_and_a_page_that_is_no_more_is_gone(harness: Harness) -> None:
    harness.ship("v1", ONE)
    harness.ship("v2", TWO)
    assert harness.live == {**TWO, "app.11aa22bb.js": "1"}


def test_only_what_differs_is_sent_and_put(harness: Harness) -> None:
    harness.ship("v1", ONE)
    harness.s3.written.clear()
    harness.ship("v2", {**ONE, "index.html": "changed"})
    sent = [key for key in harness.s3.written if key.startswith(("contents/", "live/"))]
    assert len(sent) == 2
    assert sent[1] == "live/index.html"


def test_only_what_keeps_its_name_is_invalidated(harness: Harness) -> None:
    harness.ship("v1", ONE)
    harness.ship("v2", TWO)
    assert harness.edge.invalidations[1] == ("/", "/index.html", "/new.png", "/old.html")


def test_publishing_the_same_again_does_nothing(harness: Harness) -> None:
    harness.ship("v1", ONE)
    again = harness.ship("v1.0.1", ONE)
    assert (again.files, again.gone, again.invalidated, again.swept) == (0, 0, 0, 0)
    assert len(harness.edge.invalidations) == 1


def test_an_earlier_build_is_live_again_without_being_built_or_sent(harness: Harness) -> None:
    harness.ship("v1", ONE)
    harness.ship("v2", TWO)
    harness.s3.written.clear()
    first = harness.bucket.version("v1")
    assert first is not None
    harness.publisher.publish(first.build, "back")
    assert {path: harness.live[path] for path in ONE} == ONE
    assert not [key for key in harness.s3.written if key.startswith("contents/")]
    assert harness.live["app.33cc44dd.js"] == "2"


def test_what_no_kept_build_names_is_swept(harness: Harness) -> None:
    builds = []
    for number in range(KEPT + 2):
        files = {"index.html": f"{number}", f"app.{number:07}a.js": f"{number}"}
        builds.append(harness.keep(f"v{number}", files))
        harness.publisher.publish(builds[-1].id, f"v{number}")
    assert "app.0000001a.js" not in harness.live
    assert "app.0000002a.js" in harness.live
    assert harness.bucket.version("v1") is None
    assert harness.bucket.live().kept == tuple(build.id for build in reversed(builds[2:]))


def test_a_build_that_was_kept_and_never_published_is_swept_by_the_next_publication(harness: Harness) -> None:
    harness.keep("v1", ONE)
    harness.ship("v2", TWO)
    assert harness.bucket.version("v1") is None


def test_a_version_of_which_nobody_wrote_down_the_commit_is_built_again(harness: Harness) -> None:
    build = harness.keep("v1", ONE)
    assert harness.bucket.version("v1") == SiteVersion("v1", build.id, COMMIT)
    harness.s3.objects["site", "versions/v1.json"] = json.dumps({"build": build.id}).encode()
    assert harness.bucket.version("v1") is None


def test_a_build_that_is_not_kept_is_refused_before_anything_is_touched(harness: Harness) -> None:
    with pytest.raises(Refused, match="no longer stored"):
        harness.publisher.publish("0123456789abcdef", "v1")
    assert harness.s3.written == []


def test_content_that_is_gone_is_named(harness: Harness) -> None:
    build = harness.keep("v1", ONE)
    content = next(file.sha256 for file in build.files if file.path == "logo.svg")
    harness.s3.delete("site", [f"contents/{content}"])
    assert harness.bucket.missing(build) == ("logo.svg",)


def test_after_a_publication_that_was_cut_off_everything_is_invalidated(harness: Harness) -> None:
    harness.edge.broken = True
    with pytest.raises(AwsConflict):
        harness.ship("v1", ONE)
    harness.edge.broken = False
    harness.ship("v1", ONE)
    assert harness.edge.invalidations == [EVERYTHING]
    assert harness.bucket.live().publishing == ""


def test_the_edge_is_waited_for_and_told(harness: Harness) -> None:
    harness.edge.slow = 3
    harness.ship("v1", ONE)
    assert [type(event) for event in harness.told].count(EdgeAwaited) == 2


def test_an_edge_that_never_gets_ready_ends_the_publication(harness: Harness) -> None:
    harness.edge.slow = 10**6
    with pytest.raises(TagshipError, match="has not deployed the distribution within 20 minutes"):
        harness.ship("v1", ONE)


def test_a_name_that_looks_like_a_hash_and_changes_its_content_is_treated_as_an_ordinary_one(harness: Harness) -> None:
    harness.ship("v1", ONE)
    harness.ship("v2", {**ONE, "app.11aa22bb.js": "other"})
    assert harness.edge.invalidations[1] == ("/app.11aa22bb.js",)
    assert "s-maxage" in harness.s3.headers["site", "live/app.11aa22bb.js"].cache_control


def test_more_than_a_hundred_changes_are_one_invalidation(harness: Harness) -> None:
    harness.ship("v1", {"index.html": "", **{f"page-{number}.html": "" for number in range(101)}})
    assert harness.edge.invalidations == [EVERYTHING]


def test_paths_are_invalidated_as_they_stand_in_urls(harness: Harness) -> None:
    harness.ship("v1", {"index.html": "", "über uns.html": ""})
    assert "/%C3%BCber%20uns.html" in harness.edge.invalidations[0]


def test_the_list_of_a_build_can_be_read_by_anyone(harness: Harness) -> None:
    build = harness.keep("v1", ONE)
    listed = json.loads(harness.s3.objects["site", f"builds/{build.id}.json"])
    assert {file["path"] for file in listed["files"]} == set(ONE)


PATHS = st.sampled_from(["index.html", "a.html", "docs/index.html", "app.11aa22bb.js", "logo.svg", "b.css"])
FILES = st.dictionaries(PATHS, st.sampled_from("xyz"), min_size=1)


def build_of(files: dict[str, str]) -> SiteBuild:
    return SiteBuild(tuple(SiteFile(path, 1, text * 64, text * 32) for path, text in files.items()))


@given(st.lists(FILES, min_size=1, max_size=4))
def test_after_a_publication_nothing_is_left_to_do(history: list[dict[str, str]]) -> None:
    served: dict[str, str] = {}
    for files in history:
        found = changes(build_of(files), served)
        for placed in (found.hashed, found.assets, found.pages):
            served |= {path: file.md5 for path, (file, _) in placed.items()}
        served = {path: md5 for path, md5 in served.items() if path not in found.gone}
    last = changes(build_of(history[-1]), served)
    assert (last.count, last.gone, last.stale) == (0, (), ())
    assert {path: served[path] for path in build_of(history[-1]).served} == {
        path: file.md5 for path, file in build_of(history[-1]).served.items()
    }
