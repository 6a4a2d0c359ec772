"""From the ELBv2 API's answers to what the data plane follows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any

from seatrial.http.patterns import regex, status_codes, wildcard
from seatrial.services.elb.data.routing import forwarded_to
from seatrial.services.elb.model import (
    Action,
    Condition,
    Configuration,
    FixedResponse,
    Forward,
    HeaderIs,
    HealthCheck,
    HostIs,
    Listener,
    LogBucket,
    MethodIs,
    PathIs,
    QueryHas,
    Redirect,
    Rule,
    SignIn,
    SourceIs,
    TargetGroup,
    Unsupported,
    WeightedGroup,
)

Shape = Mapping[str, Any]

_LAST = 1_000_000
"""Behind every priority that AWS allows (1 to 50,000): the default rule's."""


@dataclass(frozen=True)
class Described:
    """The API's answers, as AWS's reference shapes them.

    Args:
        load_balancers: ``LoadBalancer``.
        load_balancer_attributes: the load balancer attributes by ARN, attribute by attribute.
        listeners: ``Listener``.
        listener_attributes: the listener attributes by ARN.
        rules: ``Rule``, by the listener's ARN.
        groups: ``TargetGroup``.
        group_attributes: the group attributes by ARN.
        targets: ``TargetDescription``, by the group's ARN.
    """

    load_balancers: Sequence[Shape] = ()
    load_balancer_attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    listeners: Sequence[Shape] = ()
    listener_attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rules: Mapping[str, Sequence[Shape]] = field(default_factory=dict)
    groups: Sequence[Shape] = ()
    group_attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    targets: Mapping[str, Sequence[Shape]] = field(default_factory=dict)


def merge_regions(regions: Sequence[Described]) -> Described:
    """Several regions as one; ARNs keep them apart."""
    balancers, listeners, groups = (
        [shape for described in regions for shape in getattr(described, name)]
        for name in ("load_balancers", "listeners", "groups")
    )
    by_arn = [
        {arn: found for described in regions for arn, found in getattr(described, name).items()}
        for name in ("load_balancer_attributes", "listener_attributes", "rules", "group_attributes", "targets")
    ]
    of_balancers, of_listeners, rules, of_groups, targets = by_arn
    return Described(balancers, of_balancers, listeners, of_listeners, rules, groups, of_groups, targets)


def configuration(described: Described) -> Configuration:
    """What the data plane follows: listeners of Application Load Balancers, and every target group."""
    balancers = {shape["LoadBalancerArn"]: shape for shape in described.load_balancers}
    listeners = tuple(
        _listener(shape, balancers[shape["LoadBalancerArn"]], described)
        for shape in described.listeners
        if balancers.get(shape["LoadBalancerArn"], {}).get("Type", "application") == "application"
        and shape["LoadBalancerArn"] in balancers
    )
    used = {arn for listener in listeners for arn in forwarded_to(listener)}
    groups = {shape["TargetGroupArn"]: _group(shape, described, used) for shape in described.groups}
    buckets = {arn: _log_bucket(described.load_balancer_attributes.get(arn, {})) for arn in balancers}
    return Configuration(
        listeners,
        MappingProxyType(groups),
        MappingProxyType({arn: bucket for arn, bucket in buckets.items() if bucket}),
    )


def with_unhealthy(configuration: Configuration, hosts: frozenset[str]) -> Configuration:
    """The same, with the targets on these hosts unhealthy."""
    if not hosts:
        return configuration
    groups = {
        arn: replace(group, unhealthy=frozenset(host for host, _ in group.targets if host in hosts))
        for arn, group in configuration.groups.items()
    }
    return replace(configuration, groups=MappingProxyType(groups))


def rule(shape: Shape) -> Rule:
    """One rule."""
    conditions = tuple(_condition(condition) for condition in shape.get("Conditions", ()))
    priority = _priority(shape)
    action = _action(shape.get("Actions", ()))
    return Rule(shape.get("RuleArn", ""), conditions, action, 0 if priority == _LAST else priority)


def _listener(shape: Shape, balancer: Shape, described: Described) -> Listener:
    attributes = described.load_balancer_attributes.get(shape["LoadBalancerArn"], {})
    own = described.listener_attributes.get(shape["ListenerArn"], {})
    rules = sorted(described.rules.get(shape["ListenerArn"], ()), key=_priority)
    if not any(_priority(known) == _LAST for known in rules):
        rules.append({"Actions": shape.get("DefaultActions", ())})
    return Listener(
        arn=shape["ListenerArn"],
        load_balancer=balancer["LoadBalancerName"],
        dns_name=balancer["DNSName"],
        port=shape["Port"],
        protocol=shape.get("Protocol", "HTTP"),
        rules=tuple(map(rule, rules)),
        idle_timeout=float(attributes.get("idle_timeout.timeout_seconds", "60")),
        server_header=own.get("routing.http.response.server.enabled", "true") != "false",
        forwarding=attributes.get("routing.http.xff_header_processing.mode", "append"),
        load_balancer_arn=shape["LoadBalancerArn"],
        certificate_arn=next((given["CertificateArn"] for given in shape.get("Certificates", ())), ""),
        logged=_log_bucket(attributes) is not None,
        drops_odd_names=attributes.get("routing.http.drop_invalid_header_fields.enabled") == "true",
    )


def _log_bucket(attributes: Mapping[str, str]) -> LogBucket | None:
    name = attributes.get("access_logs.s3.bucket", "")
    if not name or attributes.get("access_logs.s3.enabled") != "true":
        return None
    return LogBucket(name, attributes.get("access_logs.s3.prefix", "").strip("/"))


def _priority(shape: Shape) -> int:
    priority = str(shape.get("Priority", "default"))
    return int(priority) if priority.isdigit() else _LAST


def _condition(shape: Shape) -> Condition:
    kind = shape["Field"]
    if kind == "path-pattern":
        return PathIs(_patterns(shape, "PathPatternConfig", case_sensitive=True))
    if kind == "host-header":
        return HostIs(_patterns(shape, "HostHeaderConfig"))
    if kind == "http-request-method":
        return MethodIs(frozenset(_given(shape, "HttpRequestMethodConfig")))
    if kind == "source-ip":
        return SourceIs(tuple(ip_network(value, strict=False) for value in _given(shape, "SourceIpConfig")))
    if kind == "query-string":
        return QueryHas(tuple(_pair(pair) for pair in shape.get("QueryStringConfig", {}).get("Values", ())))
    header = shape.get("HttpHeaderConfig", {})
    return HeaderIs(header.get("HttpHeaderName", "").lower().encode(), _patterns(shape, "HttpHeaderConfig"))


def _given(shape: Shape, config: str) -> Sequence[str]:
    values: Sequence[str] = shape.get(config, {}).get("Values") or shape.get("Values", ())
    return values


def _patterns(shape: Shape, config: str, *, case_sensitive: bool = False) -> tuple[Any, ...]:
    regexes = shape.get(config, {}).get("RegexValues") or shape.get("RegexValues", ())
    return (
        *(wildcard(value, case_sensitive=case_sensitive) for value in _given(shape, config)),
        *(regex(value, case_sensitive=case_sensitive) for value in regexes),
    )


def _pair(shape: Shape) -> tuple[Any, Any]:
    key = shape.get("Key")
    return (wildcard(key, case_sensitive=False) if key else None, wildcard(shape["Value"], case_sensitive=False))


def _action(shapes: Sequence[Shape]) -> Action:
    # Actions that authenticate come before the last one; a request that nobody can authenticate must not pass.
    ordered = sorted(shapes, key=lambda shape: int(shape.get("Order", 1)))
    last = next((shape for shape in reversed(ordered) if not shape["Type"].startswith("authenticate")), {})
    first = next((shape for shape in ordered if shape["Type"].startswith("authenticate")), None)
    return _single(last) if first is None else _sign_in(first, _single(last))


def _sign_in(shape: Shape, then: "Forward | Redirect | FixedResponse | Unsupported") -> SignIn:
    """What the API says of it; the service adds what Cognito says, and the key."""
    cognito = shape.get("AuthenticateCognitoConfig") or {}
    config = cognito or shape.get("AuthenticateOidcConfig") or {}
    return SignIn(
        kind=shape["Type"],
        then=then,
        client_id=config.get("UserPoolClientId") or config.get("ClientId", ""),
        client_secret=config.get("ClientSecret", ""),
        pool=config.get("UserPoolArn", ""),
        issuer=config.get("Issuer", ""),
        authorization_endpoint=config.get("AuthorizationEndpoint", ""),
        token_endpoint=config.get("TokenEndpoint", ""),
        user_info_endpoint=config.get("UserInfoEndpoint", ""),
        scope=config.get("Scope") or "openid",
        cookie=config.get("SessionCookieName") or "AWSELBAuthSessionCookie",
        session_seconds=int(config.get("SessionTimeout") or 604800),
        unauthenticated=config.get("OnUnauthenticatedRequest") or "authenticate",
        extra=_extra(config.get("AuthenticationRequestExtraParams") or {}),
    )


def _extra(given: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - a map as the query protocol writes it, or as JSON
    entries = given.get("entry", given)
    if isinstance(entries, Mapping):
        return tuple((str(name), str(value)) for name, value in entries.items())
    return tuple((str(entry["key"]), str(entry["value"])) for entry in entries)


def _single(shape: Shape) -> "Forward | Redirect | FixedResponse | Unsupported":
    kind = shape.get("Type", "")
    if kind == "forward":
        return _forward(shape)
    if kind == "redirect":
        return redirect(shape.get("RedirectConfig", {}))
    if kind == "fixed-response":
        fixed = shape.get("FixedResponseConfig", {})
        content_type = fixed.get("ContentType", "text/plain")
        return FixedResponse(int(fixed.get("StatusCode", 200)), content_type, fixed.get("MessageBody") or "")
    return Unsupported(kind)


def _forward(shape: Shape) -> Forward:
    config = shape.get("ForwardConfig") or {}
    weighted = config.get("TargetGroups") or [{"TargetGroupArn": shape.get("TargetGroupArn", ""), "Weight": 1}]
    groups = tuple(WeightedGroup(group["TargetGroupArn"], int(group.get("Weight", 1))) for group in weighted)
    sticky = config.get("TargetGroupStickinessConfig") or {}
    enabled = str(sticky.get("Enabled", "false")).lower() == "true"
    return Forward(groups, int(sticky.get("DurationSeconds", 0)) if enabled else 0)


def redirect(config: Shape) -> Redirect:
    """``RedirectActionConfig``."""
    return Redirect(
        301 if config.get("StatusCode", "HTTP_301") == "HTTP_301" else 302,
        config.get("Protocol", "#{protocol}"),
        config.get("Host", "#{host}"),
        config.get("Port", "#{port}"),
        config.get("Path", "/#{path}"),
        config.get("Query", "#{query}"),
    )


def _group(shape: Shape, described: Described, used: set[str]) -> TargetGroup:
    arn = shape["TargetGroupArn"]
    attributes = described.group_attributes.get(arn, {})
    sticky = attributes.get("stickiness.enabled") == "true" and attributes.get("stickiness.type") == "lb_cookie"
    addresses = [
        (target["Id"], int(target.get("Port", shape.get("Port", 80)))) for target in described.targets.get(arn, ())
    ]
    return TargetGroup(
        arn=arn,
        name=shape["TargetGroupName"],
        port=int(shape.get("Port", 80)),
        targets=tuple(dict.fromkeys(addresses)),
        check=check_of(shape),
        in_use=arn in used,
        deregistration_delay=float(attributes.get("deregistration_delay.timeout_seconds", "300")),
        stickiness_seconds=int(attributes.get("stickiness.lb_cookie.duration_seconds", "86400")) if sticky else 0,
        least_outstanding=attributes.get("load_balancing.algorithm.type") == "least_outstanding_requests",
    )


def check_of(shape: Shape) -> HealthCheck:
    """The health check of a ``TargetGroup``."""
    port = str(shape.get("HealthCheckPort", "traffic-port"))
    return HealthCheck(
        path=shape.get("HealthCheckPath", "/"),
        port=int(port) if port.isdigit() else None,
        interval=float(shape.get("HealthCheckIntervalSeconds", 30)),
        timeout=float(shape.get("HealthCheckTimeoutSeconds", 5)),
        healthy_threshold=int(shape.get("HealthyThresholdCount", 5)),
        unhealthy_threshold=int(shape.get("UnhealthyThresholdCount", 2)),
        codes=status_codes(shape.get("Matcher", {}).get("HttpCode", "200")),
        enabled=bool(shape.get("HealthCheckEnabled", True)),
    )
