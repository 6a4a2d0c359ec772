from typing import Any

import pytest

from seatrial.services.cloudfront.model import named, read, vpc_origin_ids
from seatrial.services.cloudfront.policies import CachePolicy, Policies

BALANCER = "shop-1.eu-central-1.elb.amazonaws.com"

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
                "DomainName": BALANCER,
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
POLICIES = Policies({"kept": CachePolicy(minimum=1), "never": CachePolicy(0, 0, 0)})


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
    assert read(SUMMARY, POLICIES, {}).behavior(path).pattern == pattern


def test_load_balancers_are_asked_by_ourselves_and_buckets_are_not() -> None:
    found = read(SUMMARY, POLICIES, {})
    assert list(found.origins) == ["services"]
    origin = found.origins["services"]
    assert origin.listener == (BALANCER, 80)
    assert (origin.domain, origin.tls, origin.timeout, origin.headers) == (BALANCER, False, 60, (("X-From", "us"),))
    assert found.aliases == ("shop.example",)


@pytest.mark.parametrize(
    ("policy", "listener", "tls"), [("http-only", ("arn:lb", 8080), False), ("https-only", ("arn:lb", 8443), True)]
)
def test_a_vpc_origin_is_the_listener_of_its_load_balancer_whatever_its_name(
    policy: str,
    listener: tuple[str, int],
    tls: bool,  # noqa: FBT001
) -> None:
    inside = {"Id": "services", "DomainName": "shop.example", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
    summary = {**SUMMARY, "Origins": {"Quantity": 1, "Items": [inside]}}
    endpoint = {"Arn": "arn:lb", "HTTPPort": 8080, "HTTPSPort": 8443, "OriginProtocolPolicy": policy}
    origin = read(summary, POLICIES, {"vo_1": endpoint}).origins["services"]
    assert (origin.domain, origin.listener, origin.tls) == ("shop.example", listener, tls)
    assert vpc_origin_ids(summary) == {"vo_1"}


def test_methods_are_get_and_head_unless_more_are_allowed() -> None:
    admin, api, _ = read(SUMMARY, POLICIES, {}).behaviors
    assert set(admin.methods) == {"GET", "HEAD", "POST"}
    assert set(api.methods) == {"GET", "HEAD"}


def test_the_policies_that_are_named_are_known() -> None:
    assert named(SUMMARY, "CachePolicyId") == {"kept", "never"}
    assert named(SUMMARY, "OriginRequestPolicyId") == set()


def test_a_path_is_matched_by_what_it_stands_for() -> None:
    assert read(SUMMARY, POLICIES, {}).behavior("/%61pi/x").pattern == "api/?"


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("d1.cloudfront.net", True),
        ("D1.cloudfront.net:443", True),
        ("shop.example", True),
        ("a.b.shops.example", True),
        ("127.0.0.1:4570", True),
        ("localhost", True),
        ("shop.localhost:4570", True),
        ("shops.example", False),
        ("evilshops.example", False),
        ("www.shop.example", False),
        ("127.0.0.1.evil.example", False),
        ("shop.example, evil.example", False),
        ("d2.cloudfront.net", False),
        ("", False),
    ],
)
def test_a_distribution_answers_to_its_names_and_to_this_machines(host: str, *, ours: bool) -> None:
    # Developer guide, "Use wildcards in alternate domain names": ``*.`` is any depth of names below.
    summary = {**SUMMARY, "Aliases": {"Quantity": 2, "Items": ["shop.example", "*.shops.example"]}}
    assert read(summary, POLICIES, {}).answers_to(host) == ours
