from typing import Any

import pytest

from tagship.local.cloudfront.model import CachePolicy, policy_ids, read, read_policy

SUMMARY: dict[str, Any] = {
    "Id": "E1",
    "DomainName": "d1.cloudfront.net",
    "Enabled": True,
    "Aliases": {"Quantity": 1, "Items": ["shop.example"]},
    "Origins": {
        "Quantity": 2,
        "Items": [
            {"Id": "site", "DomainName": "b.s3.eu-central-1.amazonaws.com", "S3OriginConfig": {}},
            {
                "Id": "services",
                "DomainName": "lb.example",
                "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-From", "HeaderValue": "us"}]},
                "CustomOriginConfig": {
                    "HTTPPort": 80,
                    "HTTPSPort": 443,
                    "OriginProtocolPolicy": "http-only",
                    "OriginReadTimeout": 60,
                },
            },
        ],
    },
    "DefaultCacheBehavior": {"TargetOriginId": "site", "CachePolicyId": "kept"},
    "CacheBehaviors": {
        "Quantity": 2,
        "Items": [
            {
                "PathPattern": "/api/admin/*",
                "TargetOriginId": "services",
                "CachePolicyId": "never",
                "AllowedMethods": {"Quantity": 3, "Items": ["GET", "HEAD", "POST"]},
            },
            {"PathPattern": "api/?", "TargetOriginId": "services", "CachePolicyId": "never"},
        ],
    },
}
POLICIES = {"kept": CachePolicy(minimum=1), "never": CachePolicy(0, 0, 0)}


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/api/admin/x/y", "/api/admin/*"),
        ("/api/x", "api/?"),
        ("/api/xy", ""),
        ("/API/x", ""),
        ("/", ""),
    ],
)
def test_the_first_pattern_that_fits_answers_and_the_default_all_others(path: str, pattern: str) -> None:
    assert read(SUMMARY, POLICIES).behavior(path).pattern == pattern


def test_only_origins_that_speak_http_are_asked_by_ourselves() -> None:
    found = read(SUMMARY, POLICIES)
    assert list(found.origins) == ["services"]
    origin = found.origins["services"]
    assert (origin.domain, origin.port, origin.timeout, origin.headers) == ("lb.example", 80, 60, (("X-From", "us"),))
    assert found.aliases == ("shop.example",)


def test_methods_are_get_and_head_unless_more_are_allowed() -> None:
    admin, api, _ = read(SUMMARY, POLICIES).behaviors
    assert set(admin.methods) == {"GET", "HEAD", "POST"}
    assert set(api.methods) == {"GET", "HEAD"}


def test_the_policies_that_are_named_are_known() -> None:
    assert policy_ids(SUMMARY) == {"kept", "never"}


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
    found = read_policy(config)
    assert (found.minimum, found.cacheable, found.with_query) == (1, cacheable, with_query)
