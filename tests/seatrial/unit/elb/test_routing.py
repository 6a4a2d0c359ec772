import fnmatch
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.http.patterns import regex, status_codes, wildcard
from seatrial.http.types import RoutingInput
from seatrial.services.elb.control.configuration import rule
from seatrial.services.elb.data.routing import choose_group, decide, host_name
from seatrial.services.elb.model import FixedResponse, Forward, Listener, Rule, WeightedGroup

PLAIN = st.text(alphabet="ab/.*?-[", max_size=12)


def asked(path: str = "/", query: str = "", host: str = "shop.example", **changed: object) -> RoutingInput:
    fields = {"method": "GET", "headers": [], "source": "127.0.0.1", **changed}
    return RoutingInput(path=path, query=query, host=host, **fields)  # type: ignore[arg-type]


@given(PLAIN, st.text(alphabet="ab/.-[", max_size=12))
def test_stars_and_question_marks_match_as_in_a_shell(pattern: str, text: str) -> None:
    shell = fnmatch.translate(pattern.replace("[", "[[]"))
    assert bool(wildcard(pattern, case_sensitive=True).fullmatch(text)) == bool(re.match(shell, text))


@given(st.text(max_size=12))
def test_an_escaped_pattern_matches_itself_only(text: str) -> None:
    escaped = re.sub(r"([*?\\])", r"\\\1", text)
    assert wildcard(escaped, case_sensitive=True).fullmatch(text)
    assert not wildcard(escaped, case_sensitive=True).fullmatch(text + "x")


def test_many_stars_on_a_long_path_take_no_time() -> None:
    assert not wildcard("*a" * 40 + "b", case_sensitive=True).fullmatch("a" * 5000)


def test_the_first_rule_whose_conditions_all_hold_decides() -> None:
    def fixed(status: int, *conditions: Mapping[str, object]) -> Rule:
        return rule({"Conditions": conditions, "Actions": [_fixed(status)]})

    path, method = {"Field": "path-pattern", "Values": ["/a*"]}, {"Field": "http-request-method", "Values": ["POST"]}
    rules = (fixed(201, path, method), fixed(202, path), fixed(203))
    listener = Listener("l", "lb", "lb.example", 80, "HTTP", rules)
    assert decide(listener, asked("/ab", method="POST")).action == FixedResponse(201)
    assert decide(listener, asked("/ab")).action == FixedResponse(202)
    assert decide(listener, asked("/b")).action == FixedResponse(203)


def _fixed(status: int) -> Mapping[str, object]:
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str(status)}}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^/a$", "/a", True),
        ("^/a$", "/ab", False),
        ("b", "/abc", True),
        ("(?i)^/A", "/abc", True),
        ("^/a|^/b", "/b/c", True),
        ("(unclosed", "(unclosed", False),
    ],
)
def test_regular_expressions_are_found_anywhere(pattern: str, text: str, found: bool) -> None:  # noqa: FBT001 - a column
    assert bool(regex(pattern, case_sensitive=True).fullmatch(text)) is found


def test_a_client_stays_with_its_group_as_long_as_the_rule_forwards_to_it() -> None:
    forward = Forward((WeightedGroup("a", 0), WeightedGroup("b", 9)), 60)
    assert choose_group(forward, 0.5, "a") == WeightedGroup("a", 0)
    assert choose_group(forward, 0.5, "gone") == WeightedGroup("b", 9)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=5), st.floats(0, 1, exclude_max=True))
def test_every_draw_falls_on_a_group_with_weight(weights: list[int], draw: float) -> None:
    forward = Forward(tuple(WeightedGroup(str(at), weight) for at, weight in enumerate(weights)))
    chosen = choose_group(forward, draw)
    assert (chosen is None) == (sum(weights) == 0)
    assert chosen is None or chosen.weight > 0


def test_draws_that_are_spread_evenly_keep_the_weights() -> None:
    forward = Forward((WeightedGroup("a", 3), WeightedGroup("b", 1)))
    chosen = [choose_group(forward, draw / 100) for draw in range(100)]
    assert sum(group == WeightedGroup("a", 3) for group in chosen) == 75


@pytest.mark.parametrize(("host", "name"), [("a.b:80", "a.b"), ("a.b", "a.b"), ("[::1]:80", "[::1]"), ("", "")])
def test_a_host_is_named_without_its_port(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    ("matcher", "ranges"), [("200", ((200, 200),)), ("200-299", ((200, 299),)), ("200, 302", ((200, 200), (302, 302)))]
)
def test_matchers_are_lists_and_ranges(matcher: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert status_codes(matcher) == ranges
