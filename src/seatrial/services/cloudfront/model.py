"""Distributions as the data plane needs them, read from the API's own answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from re import Pattern
from typing import Any, Final
from urllib.parse import unquote

from seatrial.access.hosts import Hosts
from seatrial.core.incoming import name_of
from seatrial.http.patterns import wildcard
from seatrial.services.cloudfront.policies import (
    WITHOUT_POLICIES,
    CachePolicy,
    Forwarded,
    Policies,
    ResponsePolicy,
    items,
)

READ_TIMEOUT: Final = 30
KEEPALIVE_TIMEOUT: Final = 5
_THIS_MACHINE: Final = Hosts()
_BALANCERS_NAME: Final = re.compile(r"[^.]+\.[a-z0-9-]+\.elb\.amazonaws\.com", re.IGNORECASE)

HTTPS: Final = "https"
"""The port that all names share, among the ports of distributions; no distribution has such an id."""

ListenerKey = tuple[str, int]
"""A load balancer, by its ARN or its DNS name, and the port of one of its listeners."""


@dataclass(frozen=True)
class Behavior:
    """Which requests go to which origin, and what passes on both ways.

    ``pattern`` of the default behavior is empty.
    """

    pattern: str
    origin: str
    policy: CachePolicy
    methods: frozenset[str]
    forwarded: Forwarded = WITHOUT_POLICIES
    response: ResponsePolicy | None = None

    @cached_property
    def _compiled(self) -> Pattern[str]:
        # A leading slash is optional (developer guide, "Path pattern").
        return wildcard(f"/{self.pattern.removeprefix('/')}", case_sensitive=True)

    def fits(self, path: str) -> bool:
        """Whether a path is this behavior's."""
        return not self.pattern or bool(self._compiled.fullmatch(path))


@dataclass(frozen=True)
class Origin:
    """A load balancer as an origin.

    Args:
        domain: the domain name under which it is asked.
        listener: which of its listeners is asked.
        tls: whether by HTTPS.
        path: the path that is put before the viewer's.
        headers: the headers that CloudFront adds.
        timeout: seconds that an answer, or its next part, may take.
        keepalive: seconds for which a connection is kept.
    """

    domain: str
    listener: ListenerKey
    tls: bool = False
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    timeout: int = READ_TIMEOUT
    keepalive: int = KEEPALIVE_TIMEOUT


@dataclass(frozen=True)
class Distribution:
    """One distribution; ``origins`` holds its load balancers by id, and no bucket."""

    id: str
    domain: str
    aliases: tuple[str, ...]
    behaviors: tuple[Behavior, ...]
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def answers_to(self, host: str) -> bool:
        """Whether a ``Host`` is this distribution's: its name, an alias, or this machine's, for which its port stands.

        ``*.shop.example`` is every name that ends with ``.shop.example`` ("Use custom URLs by adding alternate domain
        names").
        """
        name = name_of(host)
        return self.is_called(name) or _THIS_MACHINE.is_this_machine(name)

    def is_called(self, name: str) -> bool:
        """Whether a name, in lower case and without port, is this distribution's on AWS: its own, or an alias."""
        return name == self.domain.lower() or any(_covers(alias.lower(), name) for alias in self.aliases)

    def behavior(self, path: str) -> Behavior:
        """The first that fits; the default one is the last.

        Args:
            path: the path, as sent. Patterns match what it stands for ("Cache behavior settings", path pattern).
        """
        plain = unquote(path, "latin-1") if "%" in path else path
        return next(behavior for behavior in self.behaviors if behavior.fits(plain))


@dataclass(frozen=True)
class Https:
    """The port that stands for 443 of every name.

    Args:
        certificate: the file with a private key and a certificate for all of them.
        user_pools: names of user pools, for which the control plane answers.
        bridge: the address at which containers reach this machine; None where they have none.
    """

    certificate: str
    user_pools: frozenset[str] = frozenset()
    bridge: str | None = None


@dataclass(frozen=True)
class Configuration:
    """Everything the data plane follows, at one moment.

    Args:
        distributions: those that are enabled.
        listeners: the loopback ports of load balancers' listeners.
        control_plane: the loopback port that answers for buckets.
        token: what it asks for.
        https: how the port that all names share is served; None without one.
    """

    distributions: tuple[Distribution, ...] = ()
    listeners: Mapping[ListenerKey, int] = field(default_factory=dict)
    control_plane: int = 0
    token: str = field(default="", repr=False)
    https: Https | None = None


def read(summary: Mapping[str, Any], policies: Policies, vpc_origins: Mapping[str, Mapping[str, Any]]) -> Distribution:
    """A distribution.

    Args:
        summary: its ``DistributionSummary``.
        policies: the policies that it names, at least.
        vpc_origins: the ``VpcOriginEndpointConfig`` of each that it names, by id.
    """
    ordered = [_behavior(item, policies) for item in items(summary.get("CacheBehaviors"))]
    origins = {item["Id"]: _origin(item, vpc_origins) for item in items(summary["Origins"])}
    return Distribution(
        id=summary["Id"],
        domain=summary["DomainName"],
        aliases=tuple(items(summary.get("Aliases"))),
        behaviors=(*ordered, _behavior(summary["DefaultCacheBehavior"], policies)),
        origins={identity: origin for identity, origin in origins.items() if origin},
    )


def named(summary: Mapping[str, Any], policy: str) -> set[str]:
    """The policies that a distribution names; ``policy`` is the member that does, such as ``CachePolicyId``."""
    behaviors = [summary["DefaultCacheBehavior"], *items(summary.get("CacheBehaviors"))]
    return {behavior[policy] for behavior in behaviors if behavior.get(policy)}


def vpc_origin_ids(summary: Mapping[str, Any]) -> set[str]:
    """The VPC origins that a distribution names."""
    return {item["VpcOriginConfig"]["VpcOriginId"] for item in items(summary["Origins"]) if item.get("VpcOriginConfig")}


def _covers(alias: str, name: str) -> bool:
    return name.endswith(alias[1:]) if alias.startswith("*.") else name == alias


def _behavior(item: Mapping[str, Any], policies: Policies) -> Behavior:
    cached, asked = item.get("CachePolicyId", ""), item.get("OriginRequestPolicyId", "")
    return Behavior(
        pattern=item.get("PathPattern", ""),
        origin=item["TargetOriginId"],
        policy=policies.cache.get(cached, CachePolicy()),
        methods=frozenset(items(item.get("AllowedMethods"))) or frozenset({"GET", "HEAD"}),
        forwarded=_combined(policies, cached, asked) if cached else WITHOUT_POLICIES,
        response=policies.response.get(item.get("ResponseHeadersPolicyId", "")),
    )


def _combined(policies: Policies, *identities: str) -> Forwarded:
    found = [policies.forwarded[identity] for identity in identities if identity in policies.forwarded]
    return Forwarded(
        tuple(selection for each in found for selection in each.headers),
        tuple(selection for each in found for selection in each.cookies),
        tuple(selection for each in found for selection in each.queries),
        frozenset(name for each in found for name in each.added),
    )


def _origin(item: Mapping[str, Any], vpc_origins: Mapping[str, Mapping[str, Any]]) -> Origin | None:
    """A load balancer; None where it is none."""
    inside = item.get("VpcOriginConfig")
    if inside:
        endpoint = vpc_origins.get(inside["VpcOriginId"], {})
        return _reached(item, inside, endpoint, endpoint.get("Arn", ""))
    custom = item.get("CustomOriginConfig")
    if custom and _BALANCERS_NAME.fullmatch(item["DomainName"]):
        return _reached(item, custom, custom, item["DomainName"])
    return None


def _reached(item: Mapping[str, Any], times: Mapping[str, Any], ports: Mapping[str, Any], balancer: str) -> Origin:
    # The viewer comes by HTTPS, so that "match-viewer" asks by HTTPS too.
    tls = ports.get("OriginProtocolPolicy") != "http-only"
    return Origin(
        domain=item["DomainName"],
        listener=(balancer, int(ports.get("HTTPSPort" if tls else "HTTPPort", 0))),
        tls=tls,
        path=item.get("OriginPath", ""),
        headers=tuple((header["HeaderName"], header["HeaderValue"]) for header in items(item.get("CustomHeaders"))),
        timeout=times.get("OriginReadTimeout", READ_TIMEOUT),
        keepalive=times.get("OriginKeepaliveTimeout", KEEPALIVE_TIMEOUT),
    )
