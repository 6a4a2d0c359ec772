"""Why git does nothing in a folder. The words are git's own (2.39 to 2.47)."""

from pathlib import Path

import pytest

from tagship.base.repository import no_repository

HERE = Path("/srv/app")
MAKE = "`git init`"


@pytest.mark.parametrize("where", ["/srv/app", "'/srv/an app'"])
def test_a_folder_of_another_user_gets_gits_own_advice_and_never_a_new_repository(where: str) -> None:
    said = (
        "fatal: detected dubious ownership in repository at '/srv/app'\n"
        f"To add an exception for this directory, call:\n\n\tgit config --global --add safe.directory {where}\n"
    )
    error = no_repository(HERE, said, make=MAKE)
    assert error.hint == f"git config --global --add safe.directory {where}"
    assert "belongs to another user" in error.message


def test_where_there_is_none_it_says_how_to_make_one() -> None:
    error = no_repository(HERE, "fatal: not a git repository (or any of the parent directories): .git", make=MAKE)
    assert error.hint == MAKE


def test_what_is_wrong_otherwise_is_quoted_and_no_repository_is_made() -> None:
    error = no_repository(HERE, "fatal: invalid gitfile format: .git\n", make=MAKE)
    assert (error.message, error.hint) == (
        "No git command works in `/srv/app`: fatal: invalid gitfile format: .git",
        None,
    )
