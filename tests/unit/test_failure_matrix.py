"""The exit codes of ``docs/failure-matrix.md`` are those that the errors have."""

import re
from pathlib import Path

import pytest

from tagship.base.errors import LeaseHeld, LocalAwsUnavailable, ManifestInvalid, ProgramMissing, Refused, StateLocked
from tagship.base.errors import TagshipError as Error

PAGE = (Path(__file__).parents[2] / "docs/failure-matrix.md").read_text(encoding="utf-8")
SAID = PAGE.partition("## What tagship prints")[2]
CODES = {row[0]: int(row[1]) for row in re.findall(r"^\| ([^|]+) \| [^\n]* \| (\d+) \| [^|]+ \|$", SAID, re.MULTILINE)}

ERRORS: dict[str, type[Error]] = {
    "no manifest": ManifestInvalid,
    "an unknown key": ManifestInvalid,
    "an unknown environment": ManifestInvalid,
    "the embedded AWS is not running": LocalAwsUnavailable,
    "no Terraform": ProgramMissing,
    "the Terraform state is locked": StateLocked,
    "two deploys at once": LeaseHeld,
    "an older version than the live one": Refused,
}


@pytest.mark.parametrize("row", ERRORS)
def test_a_row_has_the_exit_code_of_its_error(row: str) -> None:
    assert CODES[row] == ERRORS[row].exit_code


def test_every_exit_code_of_the_page_is_one_that_there_is() -> None:
    there_are = {each.exit_code for each in descendants(Error)} | set(range(10, 20))

    assert set(CODES.values()) <= there_are


def descendants(error: type[Error]) -> set[type[Error]]:
    return {error}.union(*(descendants(each) for each in error.__subclasses__()))
