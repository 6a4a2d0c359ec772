"""Which load balancers send to a target group: ``LoadBalancerArns`` of ``DescribeTargetGroups``. Pure.

AWS names every load balancer with a listener or a rule that forwards to the group (API reference, ``TargetGroup``);
MiniStack's answer leaves the list empty.
"""

import re
from collections.abc import Iterable, Mapping

from seatrial.services.elb.data.routing import forwarded_to
from seatrial.services.elb.model import Listener

_MEMBER = re.compile(
    r"<TargetGroupArn>(?P<group>[^<]+)</TargetGroupArn>(?P<between>(?:(?!<TargetGroupArn>).)*?)"
    r"<LoadBalancerArns\s*(?:/>|>.*?</LoadBalancerArns>)",
    re.DOTALL,
)


def attachments(listeners: Iterable[Listener]) -> dict[str, set[str]]:
    """The load balancers' ARNs by target group."""
    found: dict[str, set[str]] = {}
    for listener in listeners:
        for group in forwarded_to(listener):
            found.setdefault(group, set()).add(load_balancer_of(listener.arn))
    return found


def load_balancer_of(listener: str) -> str:
    """``…:loadbalancer/app/NAME/ID`` of ``…:listener/app/NAME/ID/LISTENER``."""
    return listener.rpartition("/")[0].replace(":listener/", ":loadbalancer/")


def with_load_balancers(answer: str, attached: Mapping[str, Iterable[str]]) -> str:
    """The answer of ``DescribeTargetGroups`` with the lists filled in."""

    def filled(match: re.Match[str]) -> str:
        members = "".join(f"<member>{arn}</member>" for arn in sorted(attached.get(match["group"], ())))
        listed = f"<LoadBalancerArns>{members}</LoadBalancerArns>"
        return f"<TargetGroupArn>{match['group']}</TargetGroupArn>{match['between']}{listed}"

    return _MEMBER.sub(filled, answer)
