"""CloudFront's policies as the data plane needs them, read from the API's own answers. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

TTL_WITHOUT_POLICY: Final = 86_400

CLOUDFRONTS_OWN: Final = "cloudfront-"
"""How the names of the headers begin that CloudFront makes."""

_NAMING_CLOUDFRONTS_OWN: Final = frozenset({"whitelist", "allViewerAndWhitelistCloudFront"})
"""The behaviors of a policy's headers that name some of them."""


@dataclass(frozen=True)
class CachePolicy:
    """How long answers are kept, in seconds, and whether the query string tells them apart.

    ``cacheable`` is false where headers or cookies tell them apart too: such answers are not kept here, so that they
    are never wrong.
    """

    minimum: int = 0
    default: int = TTL_WITHOUT_POLICY
    maximum: int = 31_536_000
    with_query: bool = False
    cacheable: bool = True

    @property
    def disabled(self) -> bool:
        """Whether nothing is ever kept."""
        return self.maximum == 0 or not self.cacheable


@dataclass(frozen=True)
class Selection:
    """Which of the viewer's headers, cookies or query strings an origin gets.

    Args:
        names: the names, in lower case for headers.
        others: whether it is all but those.
    """

    names: frozenset[str] = frozenset()
    others: bool = False

    def includes(self, name: str) -> bool:
        """Whether the one of this name is among them."""
        return (name in self.names) is not self.others


NOTHING: Final = Selection()
EVERYTHING: Final = Selection(others=True)


@dataclass(frozen=True)
class Forwarded:
    """What an origin gets of a viewer's request: what the cache policy or the origin request policy names.

    Each is a tuple of selections, and what one of them takes is forwarded (developer guide, "Control origin requests
    with a policy"). ``added`` are the headers that CloudFront itself makes for the origin, in lower case (developer
    guide, "Add CloudFront request headers").
    """

    headers: tuple[Selection, ...] = ()
    cookies: tuple[Selection, ...] = ()
    queries: tuple[Selection, ...] = ()
    added: frozenset[str] = frozenset()

    def header(self, name: str) -> bool:
        """Whether a header is forwarded; its name in lower case."""
        return any(selection.includes(name) for selection in self.headers)

    def cookie(self, name: str) -> bool:
        """Whether a cookie is forwarded."""
        return any(selection.includes(name) for selection in self.cookies)

    def query(self, name: str) -> bool:
        """Whether a parameter of the query string is forwarded."""
        return any(selection.includes(name) for selection in self.queries)

    @cached_property
    def host(self) -> bool:
        """Whether the origin gets the viewer's ``Host`` instead of its own name."""
        return self.header("host")

    @cached_property
    def every_header(self) -> bool:
        """Whether all headers are forwarded, ``Host`` aside."""
        return any(selection.others and selection.names <= {"host"} for selection in self.headers)

    @cached_property
    def every_cookie(self) -> bool:
        """Whether all cookies are forwarded."""
        return EVERYTHING in self.cookies

    @cached_property
    def every_query(self) -> bool:
        """Whether the query string is forwarded as it is."""
        return EVERYTHING in self.queries


WITHOUT_POLICIES: Final = Forwarded((Selection(frozenset({"host"}), others=True),), (EVERYTHING,), (EVERYTHING,))
"""Behaviors of the old kind, with ``ForwardedValues``: everything is forwarded here."""


@dataclass(frozen=True)
class AddedHeader:
    """A header that a response headers policy adds; where the origin sends it, only if ``override``."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class ResponsePolicy:
    """A response headers policy: what is added, and the names, in lower case, of what is removed."""

    added: tuple[AddedHeader, ...] = ()
    removed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Policies:
    """Every policy that the distributions name, by id."""

    cache: Mapping[str, CachePolicy] = field(default_factory=dict)
    forwarded: Mapping[str, Forwarded] = field(default_factory=dict)
    response: Mapping[str, ResponsePolicy] = field(default_factory=dict)


def read_cache_policy(config: Mapping[str, Any]) -> CachePolicy:
    """A cache policy from its ``CachePolicyConfig``."""
    keyed = config.get("ParametersInCacheKeyAndForwardedToOrigin", {})
    headers = keyed.get("HeadersConfig", {}).get("HeaderBehavior", "none")
    cookies = keyed.get("CookiesConfig", {}).get("CookieBehavior", "none")
    query = keyed.get("QueryStringsConfig", {}).get("QueryStringBehavior", "none")
    return CachePolicy(
        minimum=int(config.get("MinTTL", 0)),
        default=int(config.get("DefaultTTL", TTL_WITHOUT_POLICY)),
        maximum=int(config.get("MaxTTL", CachePolicy.maximum)),
        with_query=query != "none",
        cacheable=headers == cookies == "none",
    )


def read_forwarded(config: Mapping[str, Any]) -> Forwarded:
    """What is forwarded by an ``OriginRequestPolicyConfig``, or by what a cache policy puts into its key."""
    headers, cookies = config.get("HeadersConfig", {}), config.get("CookiesConfig", {})
    queries = config.get("QueryStringsConfig", {})
    behavior, names = headers.get("HeaderBehavior"), [name.lower() for name in items(headers.get("Headers"))]
    made = names if behavior in _NAMING_CLOUDFRONTS_OWN else ()
    return Forwarded(
        (_selection(behavior, names),),
        (_selection(cookies.get("CookieBehavior"), items(cookies.get("Cookies"))),),
        (_selection(queries.get("QueryStringBehavior"), items(queries.get("QueryStrings"))),),
        frozenset(name for name in made if name.startswith(CLOUDFRONTS_OWN)),
    )


def read_response_policy(config: Mapping[str, Any]) -> ResponsePolicy:
    """A response headers policy from its ``ResponseHeadersPolicyConfig``; without CORS, and without server timing."""
    custom = [
        AddedHeader(item["Header"], item["Value"], item["Override"])
        for item in items(config.get("CustomHeadersConfig"))
    ]
    removed = frozenset(item["Header"].lower() for item in items(config.get("RemoveHeadersConfig")))
    return ResponsePolicy((*_security(config.get("SecurityHeadersConfig") or {}), *custom), removed)


def items(block: Mapping[str, Any] | None) -> list[Any]:
    """The items of one of CloudFront's lists, which are ``{"Quantity": 1, "Items": […]}`` or without items."""
    return list((block or {}).get("Items") or [])


def _selection(kind: str | None, names: Iterable[str]) -> Selection:
    if kind == "whitelist":
        return Selection(frozenset(names))
    if kind == "allExcept":
        return Selection(frozenset(names), others=True)
    return NOTHING if kind in {None, "none"} else EVERYTHING


def _security(config: Mapping[str, Any]) -> list[AddedHeader]:
    """The headers of a ``ResponseHeadersPolicySecurityHeadersConfig``."""
    return [
        AddedHeader(header, value(config[part]), config[part]["Override"])
        for part, header, value in _SECURITY
        if part in config
    ]


def _strict_transport(part: Mapping[str, Any]) -> str:
    words = [f"max-age={part['AccessControlMaxAgeSec']}"]
    words += ["includeSubDomains"] if part.get("IncludeSubdomains") else []
    words += ["preload"] if part.get("Preload") else []
    return "; ".join(words)


def _xss_protection(part: Mapping[str, Any]) -> str:
    if not part["Protection"]:
        return "0"
    words = ["1", *(["mode=block"] if part.get("ModeBlock") else [])]
    words += [f"report={part['ReportUri']}"] if part.get("ReportUri") else []
    return "; ".join(words)


_SECURITY: Final[tuple[tuple[str, str, Callable[[Mapping[str, Any]], str]], ...]] = (
    ("ContentTypeOptions", "X-Content-Type-Options", lambda _: "nosniff"),
    ("FrameOptions", "X-Frame-Options", lambda part: str(part["FrameOption"])),
    ("ReferrerPolicy", "Referrer-Policy", lambda part: str(part["ReferrerPolicy"])),
    ("ContentSecurityPolicy", "Content-Security-Policy", lambda part: str(part["ContentSecurityPolicy"])),
    ("StrictTransportSecurity", "Strict-Transport-Security", _strict_transport),
    ("XSSProtection", "X-XSS-Protection", _xss_protection),
)
"""The member of the configuration, the header, and its value from that member."""
