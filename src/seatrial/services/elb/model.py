"""What a load balancer is configured to do: immutable values, read once from the ELBv2 API, then only looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType

from seatrial.http.types import Address


@dataclass(frozen=True)
class WeightedGroup:
    """One of the target groups that a rule forwards to; a weight of 0 gets nothing."""

    arn: str
    weight: int = 1


@dataclass(frozen=True)
class Forward:
    """Send the request to a target of one of these groups.

    Args:
        groups: the groups with their weights.
        stickiness_seconds: how long a client stays with its group; 0 where it does not.
    """

    groups: tuple[WeightedGroup, ...]
    stickiness_seconds: int = 0


@dataclass(frozen=True)
class Redirect:
    """Answer with another URL, by 301 or 302.

    ``#{protocol}``, ``#{host}``, ``#{port}``, ``#{path}`` and ``#{query}`` stand for the request's.
    """

    status: int = 301
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True)
class FixedResponse:
    """Answer with this."""

    status: int = 200
    content_type: str = "text/plain"
    body: str = ""


@dataclass(frozen=True)
class SignIn:
    """Let nobody pass who has not signed in, unless told else.

    Args:
        kind: ``authenticate-cognito`` or ``authenticate-oidc``.
        then: what becomes of the request of somebody who has.
        client_id: the id of the identity provider's client.
        client_secret: the secret of that client.
        pool: ARN of the Cognito user pool; empty with another identity provider.
        issuer: the issuer of the identity provider.
        authorization_endpoint: where people are sent to sign in.
        token_endpoint: where a code becomes a token.
        user_info_endpoint: where a token becomes claims.
        scope: the scope that is asked for.
        cookie: the beginning of the session cookies' names.
        session_seconds: how long a session lasts.
        unauthenticated: ``authenticate``, ``allow`` or ``deny``.
        extra: more parameters of the request to the authorization endpoint.
        key: private key by which cookies and claims are signed, in PEM.
    """

    kind: str
    then: "Forward | Redirect | FixedResponse | Unsupported"
    client_id: str
    client_secret: str = field(default="", repr=False)
    pool: str = ""
    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    user_info_endpoint: str = ""
    scope: str = "openid"
    cookie: str = "AWSELBAuthSessionCookie"
    session_seconds: int = 604800
    unauthenticated: str = "authenticate"
    extra: tuple[tuple[str, str], ...] = ()
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Unsupported:
    """An action that the embedded AWS does not perform: answered with 501."""

    kind: str


Action = Forward | Redirect | FixedResponse | SignIn | Unsupported


@dataclass(frozen=True)
class PathIs:
    """The path, query excluded, matches one of these; case counts."""

    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class HostIs:
    """The host name, port excluded, matches one of these; case does not count."""

    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class HeaderIs:
    """A header of this name (lower case) matches one of these; case does not count."""

    name: bytes
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class MethodIs:
    """The method is one of these; case counts, no wildcards."""

    methods: frozenset[str]


@dataclass(frozen=True)
class QueryHas:
    """A parameter matches one of these pairs; a key of None stands for any key; case does not count."""

    pairs: tuple[tuple[re.Pattern[str] | None, re.Pattern[str]], ...]


@dataclass(frozen=True)
class SourceIs:
    """The client's address is in one of these networks."""

    networks: tuple[IPv4Network | IPv6Network, ...]


Condition = PathIs | HostIs | HeaderIs | MethodIs | QueryHas | SourceIs


@dataclass(frozen=True)
class Rule:
    """If every condition holds, this action; ``priority`` is 0 for the default rule."""

    arn: str
    conditions: tuple[Condition, ...]
    action: Action
    priority: int = 0


@dataclass(frozen=True)
class Listener:
    """One port of a load balancer.

    Args:
        arn: the ARN of the listener.
        load_balancer: its name, as in ``web``.
        dns_name: the DNS name of the load balancer.
        port: the port it has on AWS: 80, 443.
        protocol: ``HTTP`` or ``HTTPS``.
        rules: the rules by priority, the default rule last.
        idle_timeout: seconds without a byte after which a connection is closed.
        server_header: whether the load balancer's own answers name it.
        forwarding: ``append``, ``preserve`` or ``remove`` ``X-Forwarded-For``.
        load_balancer_arn: its ARN.
        certificate_arn: the ARN of an HTTPS listener's certificate, as configured.
        certificate: the file with the private key and the certificate that an HTTPS listener is served with here.
        logged: whether there is to be an access log.
        drops_odd_names: whether headers pass only with names of letters, digits and hyphens.
    """

    arn: str
    load_balancer: str
    dns_name: str
    port: int
    protocol: str
    rules: tuple[Rule, ...]
    idle_timeout: float = 60.0
    server_header: bool = True
    forwarding: str = "append"
    load_balancer_arn: str = ""
    certificate_arn: str = ""
    certificate: str = ""
    logged: bool = False
    drops_odd_names: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """How the health of a group's targets is checked.

    Args:
        path: the path, such as ``/healthz``.
        port: None for the port that gets the traffic.
        interval: seconds from one check to the next.
        timeout: seconds until a check has failed.
        healthy_threshold: checks passed in a row that make an unhealthy target healthy.
        unhealthy_threshold: checks failed in a row that make a target unhealthy.
        codes: the status codes that pass, as inclusive ranges.
        enabled: always so on AWS, unless the targets are Lambda functions.
    """

    path: str = "/"
    port: int | None = None
    interval: float = 30.0
    timeout: float = 5.0
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    codes: tuple[tuple[int, int], ...] = ((200, 200),)
    enabled: bool = True


@dataclass(frozen=True)
class TargetGroup:
    """Targets, and how they are checked, chosen and let go.

    Args:
        arn: the ARN of the group.
        name: the name of the group.
        port: the port for targets that are registered without one.
        targets: registered addresses; the same address is one target.
        check: the health check of its targets.
        in_use: whether a rule of a listener forwards to the group.
        deregistration_delay: seconds that requests under way get after their target was deregistered.
        stickiness_seconds: how long a client stays with its target; 0 where it does not.
        least_outstanding: choose the target with the fewest requests under way instead of in turns.
        unhealthy: hosts of targets whose health checks are answered with 503, whatever the target says: a fault.
    """

    arn: str
    name: str
    port: int = 80
    targets: tuple[Address, ...] = ()
    check: HealthCheck = HealthCheck()
    in_use: bool = True
    deregistration_delay: float = 300.0
    stickiness_seconds: int = 0
    least_outstanding: bool = False
    unhealthy: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LogBucket:
    """Where a load balancer's access log goes: the bucket's name, and the beginning of the keys, if any."""

    name: str
    prefix: str = ""


@dataclass(frozen=True)
class Configuration:
    """Everything the data plane follows, at one moment.

    Args:
        listeners: the listeners of Application Load Balancers.
        groups: the groups by ARN.
        log_buckets: the log buckets by the load balancer's ARN, of those that are to have an access log.
    """

    listeners: tuple[Listener, ...] = ()
    groups: Mapping[str, TargetGroup] = field(default_factory=lambda: MappingProxyType({}))
    log_buckets: Mapping[str, LogBucket] = field(default_factory=lambda: MappingProxyType({}))
