"""The names under which the embedded AWS is asked. A page whose name was made to resolve to loopback has another."""

import re
from dataclasses import dataclass, field

_SUFFIXES = (
    # Reserved for this machine (RFC 6761 §6.3): nobody can own a name below it.
    ".localhost",
    ".host.docker.internal",
    # Amazon's own, which SDKs make of buckets, accounts and user pools; only Amazon says what they resolve to.
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazoncognito.com",
    ".api.aws",
    ".cloudfront.net",
    ".on.aws",
)

_REGION = r"[a-z]{2}(-[a-z]+)+-\d"
_USER_POOLS = re.compile(
    rf"cognito-(idp|identity)(-fips)?\.{_REGION}\.amazonaws\.com(\.cn)?"
    rf"|[a-z0-9-]+\.auth(-fips)?\.{_REGION}\.amazoncognito\.com"
)
"""The whole name, for one that holds another service's is that service's.

Source: AWS general reference, "Amazon Cognito Identity endpoints and quotas"; Cognito developer guide, "Using the
Amazon Cognito domain for your user pool".
"""


@dataclass(frozen=True)
class Hosts:
    """The names that are answered to, whatever the port: it may have been forwarded.

    Args:
        bridge: the address at which containers reach us; None where they use ``host.docker.internal``.
    """

    bridge: str | None = None
    _names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = {"127.0.0.1", "localhost", "host.docker.internal", *([self.bridge] if self.bridge else [])}
        object.__setattr__(self, "_names", frozenset(names))

    def is_plain(self, host: str) -> bool:
        """Whether it is a name of this machine, which says nothing of bucket, account or service."""
        return host in self._names

    def is_this_machine(self, host: str) -> bool:
        """Whether it is a plain name, or one below ``localhost``."""
        return self.is_plain(host) or host.endswith(".localhost")

    def is_user_pools(self, host: str) -> bool:
        """Whether it may be a user pool's: no other name is asked without a signature, such as that of a bucket."""
        return self.is_plain(host) or bool(_USER_POOLS.fullmatch(host))

    def answers_to(self, host: str) -> bool:
        """Whether a name, without port, is one of ours."""
        return host in self._names or (host.endswith(_SUFFIXES) and "," not in host)
