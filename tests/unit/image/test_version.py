"""Which tags are versions."""

import re
import shlex

import pytest

from tagship.base.errors import Refused
from tagship.image.version import in_order, next_patch, parse, require_image_tag, require_version, unknown_tag, untagged


@pytest.mark.parametrize("tag", ["v0.1.0", "v10.20.30", "v1.0.0-rc.1", "v1.2.3-alpha"])
def test_v_and_a_semantic_version_is_a_version(tag: str) -> None:
    assert str(parse(tag)) == tag[1:]


@pytest.mark.parametrize("tag", ["1.2.3", "v1", "v1.2", "v1.2.3.4", "v01.2.3", "v1.2.3+build", "vnext", "V1.2.3", ""])
def test_anything_else_is_none(tag: str) -> None:
    assert parse(tag) is None
    with pytest.raises(Refused, match="is not a semantic version"):
        require_version(tag, [])


def test_versions_are_ordered_as_numbers_and_a_candidate_comes_before_its_release() -> None:
    assert in_order(["v0.10.0", "v0.9.0", "latest", "v1.0.0", "v1.0.0-rc.1"]) == [
        "v0.9.0",
        "v0.10.0",
        "v1.0.0-rc.1",
        "v1.0.0",
    ]


def test_the_next_patch_follows_the_newest_version() -> None:
    assert next_patch(["v0.9.9", "v0.10.1"]) == "v0.10.2"
    assert next_patch([]) == "v0.1.0"


@pytest.mark.parametrize("tag", ["release/1.0", "a b", "-x", "x" * 129])
def test_a_tag_that_no_registry_accepts_is_refused(tag: str) -> None:
    with pytest.raises(Refused, match="cannot name an image"):
        require_image_tag(tag, [])


def test_an_unknown_tag_names_the_nearest_and_the_latest() -> None:
    error = unknown_tag("v0.3.1", [f"v0.{minor}.0" for minor in range(12)])
    assert "There is no tag `v0.3.1`." in error.message
    assert "Did you mean `v0.3.0`?" in error.message
    assert "The latest are `v0.11.0`, `v0.10.0`, `v0.9.0`, `v0.8.0`, `v0.7.0`." in error.message
    assert (error.hint or "").startswith("`git tag v0.3.1`")


def test_an_unknown_tag_that_is_no_version_suggests_the_next_one() -> None:
    assert "`git tag v0.2.1`" in (unknown_tag("newest", ["v0.2.0"]).hint or "")


def test_without_any_version_the_first_is_suggested() -> None:
    error = unknown_tag("v1", [])
    assert "There is no version tag yet." in error.message
    assert "`git tag v0.1.0`" in (error.hint or "")


def test_an_untagged_commit_may_be_tagged_or_an_older_tag_named() -> None:
    error = untagged("abcdef1234567", ["v0.1.0"])
    assert "`abcdef1`" in error.message
    assert error.hint == "`git tag v0.1.1` tags it, or deploy an existing one: `tagship deploy v0.1.0`."


@pytest.mark.parametrize("tag", ["v1.0.0+b5", "release/v1.0.0", "api@1.2.3", "v1.0.0;id", "v1.0.0$(id)", "-x y"])
def test_no_hint_tells_to_insist_on_what_cannot_name_an_image(tag: str) -> None:
    for refuse in (require_version, require_image_tag):
        with pytest.raises(Refused) as refused:
            refuse(tag, ["v0.1.0", tag])
        hint = refused.value.hint or ""
        assert "--allow-any-tag" not in hint
        command = re.findall(r"`([^`]*)`", hint)[0]
        assert shlex.split(command) == ["git", "tag", "v0.1.1", tag]


def test_a_tag_that_can_name_an_image_may_be_insisted_on() -> None:
    with pytest.raises(Refused) as refused:
        require_version("nightly", [])
    assert "`tagship deploy nightly --allow-any-tag`" in (refused.value.hint or "")
