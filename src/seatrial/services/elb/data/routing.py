"""Which rule a request meets, and which target group it goes to: decided here, by pure functions."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import unquote_plus

from seatrial.http.types import Headers, RoutingInput
from seatrial.services.elb.model import (
    Condition,
    Forward,
    HeaderIs,
    HostIs,
    Listener,
    MethodIs,
    PathIs,
    QueryHas,
    Redirect,
    Rule,
    SignIn,
    WeightedGroup,
)


def decide(listener: Listener, asked: RoutingInput) -> Rule:
    """The first rule whose conditions all hold."""
    for rule in listener.rules:
        if all(holds(condition, asked) for condition in rule.conditions):
            return rule
    raise LookupError(listener.arn)  # A listener always has a default rule, and that has no conditions.


def holds(condition: Condition, asked: RoutingInput) -> bool:
    """Whether a request meets one condition."""
    if isinstance(condition, PathIs):
        return _any(condition.patterns, asked.path)
    if isinstance(condition, HostIs):
        return _any(condition.patterns, host_name(asked.host))
    if isinstance(condition, MethodIs):
        return asked.method in condition.methods
    if isinstance(condition, HeaderIs):
        return any(_any(condition.patterns, value) for value in _values(asked.headers, condition.name))
    if isinstance(condition, QueryHas):
        return _query_has(condition, asked.query)
    address = ip_address(asked.source)
    return any(address in network for network in condition.networks)


def host_name(host: str) -> str:
    """``Host`` without its port; an IPv6 literal keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def choose_group(forward: Forward, draw: float, sticks_to: str = "") -> WeightedGroup | None:
    """The group that a draw falls on, in proportion to the weights.

    Args:
        forward: where the rule forwards to.
        draw: a number from 0 up to, not including, 1.
        sticks_to: the ARN of the group that the client stays with, if the rule forwards to it.

    Returns:
        None where every weight is 0; the load balancer answers 503 then.
    """
    groups = forward.groups
    if len(groups) == 1:
        return groups[0] if groups[0].weight else None
    for group in groups if sticks_to else ():
        if group.arn == sticks_to:
            return group
    point = draw * sum(group.weight for group in groups)
    for group in groups:
        point -= group.weight
        if point < 0:
            return group
    return None


def forwarded_to(listener: Listener) -> set[str]:
    """The ARNs of the groups that a listener's rules forward to."""
    actions = [rule.action.then if isinstance(rule.action, SignIn) else rule.action for rule in listener.rules]
    return {group.arn for action in actions if isinstance(action, Forward) for group in action.groups}


def location(redirect: Redirect, asked: RoutingInput, listener: Listener, doors: Mapping[int, tuple[str, int]]) -> str:
    """The URL that a redirect names.

    A redirect to another listener of the same load balancer leads to that listener's loopback port: that is where it
    answers on this machine.

    Args:
        redirect: the redirect with its placeholders.
        asked: what fills them.
        listener: the one that was asked.
        doors: ``http`` or ``https`` and the loopback port of each of the load balancer's listeners, by its port on AWS.
    """
    host = host_name(asked.host)
    parts = {
        "protocol": listener.protocol.lower(),
        "host": host,
        "port": str(listener.port),
        "path": asked.path.removeprefix("/"),
        "query": asked.query,
    }

    def fill(template: str) -> str:
        return re.sub(r"#\{(protocol|host|port|path|query)\}", lambda found: parts[found[1]], template)

    protocol, port = fill(redirect.protocol).lower(), fill(redirect.port)
    if fill(redirect.host) == host and int(port) in doors:
        protocol, port = doors[int(port)][0], str(doors[int(port)][1])
    query = fill(redirect.query)
    return f"{protocol}://{fill(redirect.host)}:{port}{fill(redirect.path)}" + (f"?{query}" if query else "")


def _any(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _query_has(condition: QueryHas, query: str) -> bool:
    parameters = [part.partition("=")[::2] for part in query.split("&") if part]
    return any(
        (key is None or key.fullmatch(unquote_plus(name))) and value.fullmatch(unquote_plus(found))
        for key, value in condition.pairs
        for name, found in parameters
    )
