"""Event patterns as AWS documents them; the cases are in ``patterns.json``."""

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.services.eventbridge.patterns import PatternError, matches

FILE = json.loads((Path(__file__).parent / "patterns.json").read_text())


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["claim"])
def test_a_pattern_matches_what_aws_documents(case: dict[str, Any]) -> None:
    for event in case["yes"]:
        assert matches(case["pattern"], event), event
    for event in case["no"]:
        assert not matches(case["pattern"], event), event


@pytest.mark.parametrize("case", FILE["refused"], ids=lambda case: case["claim"])
def test_what_is_no_pattern_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(PatternError):
        matches(case["pattern"], {"a": 1})
