"""What a push asks for."""

import pytest

from tagship.base.errors import AwsError, ManifestInvalid, NotReady, ProgramFailed, Refused, TagshipError
from tagship.pipeline.pushed import MEANINGS, ending, tags_to_deploy
from tagship.release.verdict import Verdict

OLD, NEW, NONE = "a" * 40, "b" * 40, "0" * 40


def test_version_tags_are_deployed_in_version_order() -> None:
    lines = [f"{NONE} {NEW} refs/tags/{tag}\n" for tag in ("v0.10.0", "v0.9.0", "v0.10.0-rc.1")]
    assert tags_to_deploy(lines) == ["v0.9.0", "v0.10.0-rc.1", "v0.10.0"]


def test_a_moved_tag_is_deployed_again() -> None:
    assert tags_to_deploy([f"{OLD} {NEW} refs/tags/v1.0.0"]) == ["v1.0.0"]


@pytest.mark.parametrize(
    "line",
    [
        f"{OLD} {NONE} refs/tags/v1.0.0",
        f"{NONE} {NEW} refs/heads/main",
        f"{NONE} {NEW} refs/heads/v1.0.0",
        f"{NONE} {NEW} refs/tags/latest",
    ],
)
def test_deleted_tags_branches_and_other_tags_ship_nothing(line: str) -> None:
    assert tags_to_deploy([line]) == []


def test_a_tag_that_only_looks_like_a_version_is_left_to_deploy_to_refuse() -> None:
    lines = [f"{NONE} {NEW} refs/tags/{tag}" for tag in ("v1.0.0", "vnext")]
    assert tags_to_deploy(lines) == ["vnext", "v1.0.0"]


def test_success_is_one_short_sentence() -> None:
    assert ending("v1.0.0", 0) == "`v1.0.0`: released."


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(5, "refused"), (11, "rolled back by ECS"), (130, "interrupted"), (-9, "ended by a signal"), (99, "unknown")],
)
def test_a_failure_tells_its_exit_code_what_it_means_and_how_to_try_again(code: int, meaning: str) -> None:
    said = ending("v1.0.0", code)
    assert f"exit code {code}: {meaning}." in said
    assert said.endswith("tagship deploy v1.0.0")


def test_a_release_that_still_drains_is_not_to_be_tried_again() -> None:
    assert ending("v1.0.0", 10) == "`v1.0.0`: `tagship deploy` ended with exit code 10: released, still draining."


@pytest.mark.parametrize("code", [17, 18])
def test_whoever_pushed_an_outage_is_told_the_way_out_and_not_to_push_again(code: int) -> None:
    assert ending("v1.0.0", code).endswith("To bring the last version that was live back: tagship recover")


def test_the_meanings_are_those_of_the_errors_and_the_verdicts() -> None:
    verdicts = {verdict.exit_code: verdict.words for verdict in Verdict if verdict.exit_code}
    errors = {error.exit_code for error in (ManifestInvalid, NotReady, Refused, ProgramFailed, AwsError, TagshipError)}
    assert {code: MEANINGS[code] for code in verdicts} == verdicts
    assert set(MEANINGS) == {0, 2, 130, *errors, *verdicts}
