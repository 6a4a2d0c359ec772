"""A distribution as the data plane needs it, read from the API's own answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from re import Pattern
from typing import Any, Final

from tagship.local.elb.patterns import wildcard

_TTL_WITHOUT_POLICY: Final = 86_400
_READ_TIMEOUT: Final = 30


@dataclass(frozen=True)
class CachePolicy:
    """How long answers are kept, in seconds, and whether the query string tells them apart.

    ``cacheable`` is false where headers or cookies tell them apart too: such answers are not kept here, so that they
    are never wrong.
    """

    minimum: int = 0
    default: int = _TTL_WITHOUT_POLICY
    maximum: int = 31_536_000
    with_query: bool = False
    cacheable: bool = True

    @property
    def disabled(self) -> bool:
        """Whether nothing is ever kept."""
        return self.maximum == 0 or not self.cacheable


@dataclass(frozen=True)
class Behavior:
    """Which requests go to which origin.

    ``pattern`` of the default behavior is empty.
    """

    pattern: str
    origin: str
    policy: CachePolicy
    methods: frozenset[str]

    @cached_property
    def _compiled(self) -> Pattern[str]:
        # A leading slash is optional (developer guide, "Path pattern").
        return wildcard(f"/{self.pattern.removeprefix('/')}", case_sensitive=True)

    def fits(self, path: str) -> bool:
        """Whether a path is this behavior's."""
        return not self.pattern or bool(self._compiled.fullmatch(path))


@dataclass(frozen=True)
class CustomOrigin:
    """An origin that speaks HTTP: its name, the port that is asked, its headers, and how long an answer may take."""

    domain: str
    port: int
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    timeout: int = _READ_TIMEOUT


@dataclass(frozen=True)
class Distribution:
    """One distribution; ``origins`` holds those that speak HTTP, by id, and no bucket."""

    id: str
    domain: str
    aliases: tuple[str, ...]
    behaviors: tuple[Behavior, ...]
    origins: Mapping[str, CustomOrigin] = field(default_factory=dict)

    def behavior(self, path: str) -> Behavior:
        """The first that fits; the default one is the last."""
        return next(behavior for behavior in self.behaviors if behavior.fits(path))


def read(summary: Mapping[str, Any], policies: Mapping[str, CachePolicy]) -> Distribution:
    """A distribution from its ``DistributionSummary``, with cache policies by id."""
    ordered = [_behavior(item, policies) for item in _items(summary.get("CacheBehaviors"))]
    default = _behavior(summary["DefaultCacheBehavior"], policies)
    origins = {item["Id"]: _origin(item) for item in _items(summary["Origins"]) if item.get("CustomOriginConfig")}
    return Distribution(
        id=summary["Id"],
        domain=summary["DomainName"],
        aliases=tuple(_items(summary.get("Aliases"))),
        behaviors=(*ordered, default),
        origins=origins,
    )


def policy_ids(summary: Mapping[str, Any]) -> set[str]:
    """The cache policies that a distribution names."""
    behaviors = [summary["DefaultCacheBehavior"], *_items(summary.get("CacheBehaviors"))]
    return {behavior["CachePolicyId"] for behavior in behaviors if behavior.get("CachePolicyId")}


def read_policy(config: Mapping[str, Any]) -> CachePolicy:
    """A cache policy from its ``CachePolicyConfig``."""
    keyed = config.get("ParametersInCacheKeyAndForwardedToOrigin", {})
    headers = keyed.get("HeadersConfig", {}).get("HeaderBehavior", "none")
    cookies = keyed.get("CookiesConfig", {}).get("CookieBehavior", "none")
    query = keyed.get("QueryStringsConfig", {}).get("QueryStringBehavior", "none")
    return CachePolicy(
        minimum=int(config.get("MinTTL", 0)),
        default=int(config.get("DefaultTTL", _TTL_WITHOUT_POLICY)),
        maximum=int(config.get("MaxTTL", CachePolicy.maximum)),
        with_query=query != "none",
        cacheable=headers == cookies == "none",
    )


def _behavior(item: Mapping[str, Any], policies: Mapping[str, CachePolicy]) -> Behavior:
    return Behavior(
        pattern=item.get("PathPattern", ""),
        origin=item["TargetOriginId"],
        policy=policies.get(item.get("CachePolicyId", ""), CachePolicy()),
        methods=frozenset(_items(item.get("AllowedMethods"))) or frozenset({"GET", "HEAD"}),
    )


def _origin(item: Mapping[str, Any]) -> CustomOrigin:
    custom = item["CustomOriginConfig"]
    # The viewer comes by HTTPS, so that "match-viewer" asks by HTTPS too.
    plain = custom["OriginProtocolPolicy"] == "http-only"
    headers = _items(item.get("CustomHeaders"))
    return CustomOrigin(
        domain=item["DomainName"],
        port=custom["HTTPPort"] if plain else custom["HTTPSPort"],
        path=item.get("OriginPath", ""),
        headers=tuple((header["HeaderName"], header["HeaderValue"]) for header in headers),
        timeout=custom.get("OriginReadTimeout", _READ_TIMEOUT),
    )


def _items(block: Mapping[str, Any] | None) -> list[Any]:
    """The items of one of CloudFront's lists, which are ``{"Quantity": 1, "Items": […]}`` or without items."""
    return list((block or {}).get("Items") or [])
