"""What a release says when something goes wrong: each row of docs/failure-matrix.md.

The rows that take long, and all others again, are run by ``make matrix``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.conftest import free_port
from tests.functional.failures.cases import CASES, Case
from tests.functional.failures.fakes import FAKE_CASES, FakeCase
from tests.functional.failures.harness import Harness

MATRIX = (Path(__file__).parents[2] / "docs/failure-matrix.md").read_text(encoding="utf-8")
QUICK = [case for case in CASES if case.quick]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with Harness(tmp_path_factory.mktemp("failures") / "harness", free_port(), free_port()) as harness:
        yield harness


@pytest.mark.functional
@pytest.mark.docker
@pytest.mark.terraform
@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", QUICK, ids=[case.title for case in QUICK])
def test_a_release_that_meets_it_ends_as_it_should(harness: Harness, case: Case) -> None:
    before = harness.serving
    seen = case.act(harness)
    assert case.wrong(seen, before) == [], seen.text


@pytest.mark.parametrize("case", FAKE_CASES, ids=[case.title for case in FAKE_CASES])
def test_a_release_that_is_told_of_it_ends_as_it_should(case: FakeCase) -> None:
    outcome, causes, as_before = case.act()
    assert outcome.verdict is not None
    assert (outcome.verdict.words, outcome.verdict.exit_code) == (case.verdict, case.exit_code)
    assert causes == ({case.cause} if case.cause else set())
    assert as_before == case.as_before


def test_the_matrix_has_a_row_for_every_case() -> None:
    rows = set(re.findall(r"^\| ([^|]+?) \|", MATRIX, re.MULTILINE))
    assert {case.title for case in (*CASES, *FAKE_CASES)} <= rows
    assert len(CASES) + len(FAKE_CASES) >= 24
