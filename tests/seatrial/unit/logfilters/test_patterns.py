"""Case by case what AWS documents of filter patterns; the cases and their sources are in patterns.json."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.logs.pattern import parse
from seatrial.services.logs.values import InvalidPattern

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "patterns.json").read_text())
EVENTS: dict[str, str] = DATA["events"]
CASES: list[dict[str, Any]] = DATA["cases"]


def pairs(kind: str) -> list[tuple[str, str]]:
    return [(case["pattern"], EVENTS.get(event, event)) for case in CASES for event in case.get(kind, ())]


@pytest.mark.parametrize(("pattern", "event"), pairs("matches"))
def test_an_event_matches(pattern: str, event: str) -> None:
    assert parse(pattern).match(event) is not None


@pytest.mark.parametrize(("pattern", "event"), pairs("misses"))
def test_an_event_does_not_match(pattern: str, event: str) -> None:
    assert parse(pattern).match(event) is None


@pytest.mark.parametrize("case", [case for case in CASES if "extracted" in case], ids=lambda case: str(case["pattern"]))
def test_values_are_extracted(case: dict[str, Any]) -> None:
    event = EVENTS.get(case["matches"][0], case["matches"][0])
    assert parse(case["pattern"]).match(event) == case["extracted"]
    assert {name: parse(case["pattern"]).value(event, name) for name in case["extracted"]} == case["extracted"]


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: str(case["pattern"]))
def test_a_pattern_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidPattern) as refusal:
        parse(case["pattern"])
    assert str(refusal.value) == case["refused"]


def test_every_case_names_its_source() -> None:
    assert {case["source"] for case in CASES} == set(DATA["sources"])


def test_a_pattern_of_over_1024_characters_is_refused() -> None:
    with pytest.raises(InvalidPattern):
        parse("a" * 1025)


@given(st.text(alphabet='{}[]()$.*"%&|=<>!,-? aA1ISNULLTRUENOTEXISTS\\', max_size=30), st.text(max_size=20))
def test_whatever_is_written_is_a_pattern_or_is_refused(pattern: str, event: str) -> None:
    try:
        parse(pattern).match(event)
    except InvalidPattern:
        return


@given(st.text(alphabet="abc", min_size=1), st.text(), st.text())
def test_a_quoted_term_is_found_wherever_it_stands(term: str, before: str, after: str) -> None:
    assert parse(f'"{term}"').match(before + term + after) == {}
