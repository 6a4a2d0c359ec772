"""What a push asks for."""

import shlex

import pytest

from tagship.base.errors import AwsError, ManifestInvalid, NotReady, ProgramFailed, Refused, TagshipError
from tagship.pipeline.pushed import MEANINGS, ending, read
from tagship.release.records.verdict import Verdict

OLD, NEW, NONE = "a" * 40, "b" * 40, "0" * 40


def made(*tags: str) -> list[str]:
    return [f"{NONE} {NEW} refs/tags/{tag}\n" for tag in tags]


def test_of_several_versions_the_newest_ships_and_the_others_are_named_with_what_to_type() -> None:
    push = read(made("v0.10.0-rc.1", "v0.9.0", "v0.10.0", "v0.2.0"))
    assert push.ships == "v0.10.0"
    (word,) = push.words
    assert word.startswith(
        "`v0.10.0-rc.1`, `v0.9.0`, `v0.2.0`: accepted but not shipped, because only the newest version"
    )
    assert word.endswith("To ship one of them anyway: tagship deploy v0.10.0-rc.1 --allow-older")


def test_of_fifty_versions_a_few_are_named_and_the_rest_counted() -> None:
    push = read(made(*(f"v0.5.{number}" for number in range(50))))
    assert push.ships == "v0.5.49"
    assert (
        "`v0.5.48`, `v0.5.47`, `v0.5.46`, `v0.5.45`, `v0.5.44` and 44 more: accepted but not shipped"
    ) in push.words[0]
    assert len(push.tags) == 50


def test_a_moved_tag_is_deployed_again_for_deploy_to_refuse() -> None:
    assert read([f"{OLD} {NEW} refs/tags/v1.0.0"]).ships == "v1.0.0"


def test_a_deleted_tag_ships_nothing_and_says_nothing() -> None:
    push = read([f"{OLD} {NONE} refs/tags/v1.0.0"])
    assert (push.ships, push.refused, push.words, push.tags) == (None, False, (), {})


@pytest.mark.parametrize("branch", ["main", "v1.0.0", "feature/x"])
def test_a_branch_alone_is_answered_with_what_would_ship(branch: str) -> None:
    push = read([f"{NONE} {NEW} refs/heads/{branch}"])
    assert (push.ships, push.refused) == (None, False)
    assert push.words == (
        f"`{branch}`: pushing a branch ships nothing; push a version tag: git tag v1.2.3 && git push local v1.2.3",
    )


def test_a_branch_beside_a_version_needs_no_word() -> None:
    push = read([f"{NONE} {NEW} refs/heads/main", *made("v1.0.0")])
    assert (push.ships, push.words) == ("v1.0.0", ())


def test_a_tag_that_is_no_version_is_taken_and_answered() -> None:
    push = read(made("release-5"))
    assert (push.ships, push.refused) == (None, False)
    assert push.words[0].endswith("To ship it anyway: tagship deploy release-5 --allow-any-tag")


@pytest.mark.parametrize("tag", ["v1.0", "v1.0.0+b5", "v01.2.3", "v1.0.0;id", "v1.2.3.4", "v1/2", "v1.0.0 "])
def test_a_tag_that_was_meant_as_a_version_and_is_none_is_refused(tag: str) -> None:
    push = read(made(tag))
    assert (push.ships, push.refused) == (None, True)
    assert "is not a semantic version" in push.words[0]


@pytest.mark.parametrize(
    "tag", ["v1.0.0+b5", "release/v1.0.0", "api@1.2.3", "v1.0.0;id", "v1.0.0$(id)", "é", "a" * 129]
)
def test_no_word_tells_to_ship_what_cannot_name_an_image(tag: str) -> None:
    assert "--allow-any-tag" not in read(made(tag)).words[0]


@pytest.mark.parametrize("tag", ["v1.0.0;id", "$(id)", "a'b", "-rf"])
def test_a_command_in_words_is_quoted_for_a_shell(tag: str) -> None:
    command = ending(tag, 4).rpartition(": ")[2]
    assert shlex.split(command) == ["git", "push", "local", tag]


def test_success_is_one_short_sentence() -> None:
    assert ending("v1.0.0", 0) == "`v1.0.0`: released."


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (4, "a prerequisite is missing"),
        (7, "an error from AWS"),
        (130, "interrupted"),
        (-9, "ended by a signal"),
    ],
)
def test_a_failure_tells_its_exit_code_what_it_means_and_that_the_push_is_refused(code: int, meaning: str) -> None:
    said = ending("v1.0.0", code)
    assert f"exit code {code}: {meaning}." in said
    assert "NOT RELEASED, so the push is refused" in said
    assert said.endswith("git push local v1.0.0")


@pytest.mark.parametrize("code", [3, 5])
def test_what_the_same_push_cannot_change_is_not_to_be_pushed_again(code: int) -> None:
    said = ending("v1.0.0", code)
    assert said.endswith("NOT RELEASED, so the push is refused; the next step is printed above.")


def test_a_release_that_still_drains_is_not_to_be_tried_again() -> None:
    assert ending("v1.0.0", 10) == "`v1.0.0`: `tagship deploy` ended with exit code 10: released, still draining."


@pytest.mark.parametrize("verdict", [each for each in Verdict if not each.good])
def test_after_a_verdict_the_next_step_is_that_of_the_deploy_and_no_other(verdict: Verdict) -> None:
    said = ending("v1.0.0", verdict.exit_code)
    assert f"{verdict.words}. NOT RELEASED, so the push is refused" in said
    assert said.endswith("the next step is printed above.")
    assert "git push" not in said


def test_the_meanings_are_those_of_the_errors_and_the_verdicts() -> None:
    verdicts = {verdict.exit_code: verdict.words for verdict in Verdict if verdict.exit_code}
    errors = {error.exit_code for error in (ManifestInvalid, NotReady, Refused, ProgramFailed, AwsError, TagshipError)}
    assert {code: MEANINGS[code] for code in verdicts} == verdicts
    assert set(MEANINGS) == {0, 2, 130, *errors, *verdicts}
