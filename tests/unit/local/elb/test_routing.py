import fnmatch
import re
from collections.abc import Mapping
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.local.elb.configuration import rule
from tagship.local.elb.model import FixedResponse, Forward, Listener, Redirect, Rule, SourceIs, WeightedGroup
from tagship.local.elb.patterns import status_codes, wildcard
from tagship.local.elb.routing import Asked, choose_group, decide, holds, host_name, location

PLAIN = st.text(alphabet="ab/.*?-[", max_size=12)


def asked(path: str = "/", query: str = "", host: str = "shop.example", **changed: object) -> Asked:
    fields = {"method": "GET", "headers": [], "source": "127.0.0.1", **changed}
    return Asked(path=path, query=query, host=host, **fields)  # type: ignore[arg-type]


def meets(condition: Mapping[str, object], request: Asked) -> bool:
    return holds(rule({"Conditions": [condition], "Actions": []}).conditions[0], request)


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


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("/img/*", "/img/a/b", True),
        ("/img/*", "/img", False),
        ("/IMG/*", "/img/a", False),
        ("/?/x", "/a/x", True),
        ("/?/x", "//x", False),
    ],
)
def test_paths_match_with_their_case(pattern: str, path: str, found: bool) -> None:  # noqa: FBT001 - a column
    assert meets({"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}, asked(path)) is found


def test_hosts_match_without_case_and_port() -> None:
    condition = {"Field": "host-header", "Values": ["*.Shop.example"]}
    assert meets(condition, asked(host="api.SHOP.example:8080"))
    assert not meets(condition, asked(host="shop.example"))


def test_headers_match_by_any_of_their_values() -> None:
    condition = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["beta*"]}}
    assert meets(condition, asked(headers=[(b"x-kind", b"old"), (b"X-KIND", b"BETA-1")]))
    assert not meets(condition, asked())


def test_methods_match_exactly() -> None:
    condition = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]}}
    assert meets(condition, asked())
    assert not meets(condition, asked(method="POST"))


def test_query_strings_match_by_key_and_value_or_value_alone() -> None:
    values = [{"Key": "version", "Value": "v1"}, {"Value": "*exa*"}]
    condition = {"Field": "query-string", "QueryStringConfig": {"Values": values}}
    assert meets(condition, asked(query="a=b&VERSION=V1"))
    assert meets(condition, asked(query="anything=hexagon"))
    assert not meets(condition, asked(query="version=v2"))
    assert not meets(condition, asked())


def test_sources_match_by_network() -> None:
    assert holds(SourceIs((ip_network("127.0.0.0/8"),)), asked())
    assert not holds(SourceIs((ip_network("10.0.0.0/8"),)), asked())


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
    ("redirect", "url"),
    [
        (Redirect(protocol="HTTPS", port="443"), "https://shop.example:8081/a?b=c"),
        (Redirect(host="www.#{host}"), "http://www.shop.example:80/a?b=c"),
        (Redirect(protocol="HTTPS", port="8443"), "https://shop.example:8443/a?b=c"),
        (Redirect(path="/new/#{path}", query=""), "http://shop.example:8080/new/a"),
    ],
)
def test_redirects_fill_in_what_was_asked_and_stay_on_this_machine(redirect: Redirect, url: str) -> None:
    listener = Listener("l", "lb", "lb.example", 80, "HTTP", ())
    assert location(redirect, asked("/a", "b=c"), listener, {80: ("http", 8080), 443: ("https", 8081)}) == url


@pytest.mark.parametrize(
    ("matcher", "ranges"), [("200", ((200, 200),)), ("200-299", ((200, 299),)), ("200, 302", ((200, 200), (302, 302)))]
)
def test_matchers_are_lists_and_ranges(matcher: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert status_codes(matcher) == ranges
