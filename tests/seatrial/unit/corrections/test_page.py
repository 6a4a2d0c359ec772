"""What the page about conformance tells is what the code tells."""

from collections.abc import Callable
from typing import Any

import pytest

from seatrial.ministack.corrections.catalogue import ADDITIONS, CORRECTIONS
from tests.seatrial.unit.corrections.page import PAGE, page, parts

MAKERS = (*CORRECTIONS, *ADDITIONS)


def test_the_page_is_made_of_the_docstrings() -> None:
    again = "run: python tests/seatrial/unit/corrections/page.py"
    assert PAGE.read_text(encoding="utf-8") == page(), again


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_correction_says_what_aws_answers_and_where_that_is_written(make: Callable[..., Any]) -> None:
    claim, reason = parts(make)
    assert claim.endswith(".")
    assert reason.startswith("AWS: ")
    assert any(word in reason for word in ("reference", "guide", "Guide", "well-formed")), reason


def test_no_two_corrections_have_one_name() -> None:
    assert len({make.__name__ for make in MAKERS}) == len(MAKERS)
