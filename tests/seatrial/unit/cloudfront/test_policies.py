"""What CloudFront's policies say, read from the API's answers."""

from typing import Any

import pytest

from seatrial.http.head import read_request
from seatrial.http.types import Peer
from seatrial.services.cloudfront.heads import LOOKED_AT, Trail, for_origin, with_policy
from seatrial.services.cloudfront.limits import refusal
from seatrial.services.cloudfront.model import Origin
from seatrial.services.cloudfront.policies import (
    AddedHeader,
    Forwarded,
    ResponsePolicy,
    Selection,
    read_cache_policy,
    read_forwarded,
    read_response_policy,
)

PEER = Peer("198.51.100.10", 46532)

ALL: dict[str, Any] = {
    "HeadersConfig": {"HeaderBehavior": "allViewer"},
    "CookiesConfig": {"CookieBehavior": "all"},
    "QueryStringsConfig": {"QueryStringBehavior": "all"},
}
BUT_HOST = {**ALL, "HeadersConfig": {"HeaderBehavior": "allExcept", "Headers": {"Quantity": 1, "Items": ["Host"]}}}
NONE = {
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}


@pytest.mark.parametrize(
    ("config", "host", "every_header", "every_cookie"),
    [(ALL, True, True, True), (BUT_HOST, False, True, True), (NONE, False, False, False)],
    ids=["all viewer", "all viewer except host", "none"],
)
def test_the_managed_policies_forward_what_they_are_named_for(
    config: dict[str, Any],
    host: bool,  # noqa: FBT001
    every_header: bool,  # noqa: FBT001
    every_cookie: bool,  # noqa: FBT001
) -> None:
    found = read_forwarded(config)
    assert (found.host, found.every_header, found.every_cookie) == (host, every_header, every_cookie)
    assert found.every_query is every_cookie


def test_what_either_policy_names_is_forwarded() -> None:
    found = Forwarded((Selection(frozenset({"accept"})), Selection(frozenset({"origin"}))))
    assert (found.header("accept"), found.header("origin"), found.header("cookie")) == (True, True, False)


@pytest.mark.parametrize(
    ("part", "name", "cacheable", "with_query"),
    [
        ("HeadersConfig", "HeaderBehavior", False, False),
        ("CookiesConfig", "CookieBehavior", False, False),
        ("QueryStringsConfig", "QueryStringBehavior", True, True),
    ],
)
def test_what_tells_answers_apart_is_read_from_the_policy(
    part: str,
    name: str,
    cacheable: bool,  # noqa: FBT001
    with_query: bool,  # noqa: FBT001
) -> None:
    config = {"MinTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": {part: {name: "whitelist"}}}
    found = read_cache_policy(config)
    assert (found.minimum, found.cacheable, found.with_query) == (1, cacheable, with_query)


def test_a_headers_policy_is_read_with_the_values_that_browsers_get() -> None:
    security = {
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": False},
        "ReferrerPolicy": {"ReferrerPolicy": "same-origin", "Override": False},
        "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 60,
            "IncludeSubdomains": True,
            "Preload": True,
            "Override": False,
        },
        "XSSProtection": {"Protection": True, "ModeBlock": True, "Override": False},
    }
    custom = {"Quantity": 1, "Items": [{"Header": "X-Mine", "Value": "1", "Override": False}]}
    removed = {"Quantity": 1, "Items": [{"Header": "Server"}]}
    found = read_response_policy(
        {"SecurityHeadersConfig": security, "CustomHeadersConfig": custom, "RemoveHeadersConfig": removed}
    )
    assert {each.name: each.value for each in found.added} == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'self'",
        "Strict-Transport-Security": "max-age=60; includeSubDomains; preload",
        "X-XSS-Protection": "1; mode=block",
        "X-Mine": "1",
    }
    assert [each.name for each in found.added if each.override] == ["X-Content-Type-Options"]
    assert found.removed == {"server"}


@pytest.mark.parametrize(
    ("override", "there", "after"),
    [
        (False, b"x-a: theirs\r\n", b"x-a: theirs\r\n"),
        (True, b"x-a: theirs\r\nX-A: again\r\n", b"X-A: ours\r\n"),
        (False, b"x-b: 1\r\n", b"x-b: 1\r\nX-A: ours\r\n"),
    ],
)
def test_a_header_is_added_over_the_origins_only_where_the_policy_says_so(
    override: bool,  # noqa: FBT001
    there: bytes,
    after: bytes,
) -> None:
    assert with_policy(there, ResponsePolicy((AddedHeader("X-A", "ours", override),))) == after


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        (b"GET", b"/", [(b"Host", b"a")], 0),
        (b"GET", b"/", [(b"Host", b"a"), (b"Content-Length", b"0")], 0),
        (b"GET", b"/", [(b"Host", b"a"), (b"Content-Length", b"2")], 403),
        (b"POST", b"/", [(b"Host", b"a"), (b"Content-Length", b"2")], 0),
        (b"GET", b"/" + b"x" * 8192, [(b"Host", b"a")], 413),
        (b"GET", b"/", [(b"Host", b"a"), (b"X", b"x" * 33_000)], 413),
        (b"GET", b"/", [], 400),
        (b"CONNECT", b"/", [(b"Host", b"a")], 400),
    ],
)
def test_a_request_may_be_what_the_quotas_allow(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    assert refusal(read_request(method, target, headers), "1.1", upgrade=False) == status


def test_a_query_of_which_nothing_is_forwarded_leaves_no_question_mark() -> None:
    head = read_request(b"GET", b"/a?b=1", [(b"Host", b"shop")])
    parts = for_origin(head, Origin("lb", ("lb", 80)), Forwarded(), peer=PEER, trail=Trail("d1", "id"))
    assert parts[0] == b"GET /a HTTP/1.1\r\n"
    assert b"Host: lb\r\n" in parts[1]


AND_CLOUDFRONTS = {
    **ALL,
    "HeadersConfig": {
        "HeaderBehavior": "allViewerAndWhitelistCloudFront",
        "Headers": {
            "Quantity": 3,
            "Items": ["CloudFront-Forwarded-Proto", "CloudFront-Viewer-Address", "CloudFront-Viewer-City"],
        },
    },
}


def asked(config: dict[str, Any], peer: Peer, *sent: tuple[bytes, bytes]) -> dict[str, str]:
    head = read_request(b"GET", b"/", [(b"Host", b"shop.example"), *sent], LOOKED_AT)
    parts = for_origin(head, Origin("lb", ("lb", 80)), read_forwarded(config), peer=peer, trail=Trail("d1", "id"))
    lines = b"".join(parts[1:]).decode().splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


@pytest.mark.parametrize(("tls", "scheme"), [("", "http"), ("TLSv1.3", "https")])
def test_an_origin_learns_the_viewers_host_scheme_and_address_where_a_policy_names_cloudfronts_headers(
    tls: str, scheme: str
) -> None:
    # Developer guide, "Add CloudFront request headers": the address is IP:PORT.
    found = asked(AND_CLOUDFRONTS, Peer("198.51.100.10", 46532, tls=tls))

    assert found["Host"] == "shop.example"
    assert found["CloudFront-Forwarded-Proto"] == scheme
    assert found["CloudFront-Viewer-Address"] == "198.51.100.10:46532"
    assert "CloudFront-Viewer-City" not in found  # not known here


def test_what_a_viewer_says_of_itself_in_cloudfronts_headers_reaches_no_origin() -> None:
    forged = ((b"cloudfront-forwarded-proto", b"gopher"), (b"CloudFront-Viewer-Address", b"10.0.0.1:1"))

    assert asked(AND_CLOUDFRONTS, PEER, *forged)["CloudFront-Viewer-Address"] == "198.51.100.10:46532"
    assert "gopher" not in asked(AND_CLOUDFRONTS, PEER, *forged).values()
    assert not [name for name in asked(ALL, PEER, *forged) if name.lower().startswith("cloudfront-")]
