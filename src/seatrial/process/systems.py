"""Of each system of an architecture on AWS: whether it is real here, a stand-in, or not there. Data; pure.

``status`` prints the table, and ``docs/seatrial/systems.md`` is made of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

Kind = Literal["real", "stand-in", "not there"]
"""``real``: what is asked for happens, to your own containers, requests and data. ``stand-in``: something else does
the work. ``not there``: the API takes, keeps and tells it, and nothing else happens."""


@dataclass(frozen=True)
class System:
    """One system.

    Args:
        name: the name as AWS calls it.
        kind: how it is here.
        by: what does the work; where nothing does, what is kept.
        differs: what is otherwise than on AWS.
        engine: whether nothing of it happens without a Docker engine.
    """

    name: str
    kind: Kind
    by: str
    differs: str
    engine: bool = False


def _real(name: str, by: str, differs: str, *, engine: bool = False) -> System:
    return System(name, "real", by, differs, engine)


def _stand_in(name: str, by: str, differs: str, *, engine: bool = False) -> System:
    return System(name, "stand-in", by, differs, engine)


def _absent(name: str, by: str, differs: str) -> System:
    return System(name, "not there", by, differs)


SYSTEMS: Final = (
    _absent(
        "VPC", "subnets, routes, NAT, security groups", "two Docker networks are its zones; all tasks reach each other"
    ),
    _absent("VPC flow logs", "the flow log", "no connection is written down"),
    _real("ECS", "containers, which seatrial schedules", "two zones of one machine; no AZ rebalancing", engine=True),
    _real("ELB", "seatrial's own load balancer", "on loopback; certificates are signed by this machine"),
    _real("ECR", "seatrial's own registry", "images are not scanned; lifecycle policies are applied once an hour"),
    _real("Application Auto Scaling", "seatrial, from what containers use", "no predictive scaling"),
    _stand_in("Aurora", "one PostgreSQL container a cluster", "readers are the writer; no failover", engine=True),
    _real("Secrets Manager", "MiniStack", "values lie on this disk as they are; nothing is rotated"),
    _real("S3", "MiniStack, files on this disk", "no replication, no other storage classes"),
    _real("CloudFront", "seatrial's own edge", "one place instead of hundreds; no access logs"),
    _absent("WAF", "web ACLs and their rules", "no request is judged: what AWS blocks with 403 passes"),
    _stand_in("Cognito", "MiniStack's user pools and sign-in pages", "no mail and no SMS is sent"),
    _real("CloudWatch metrics and alarms", "seatrial, from what runs", "metrics of its own systems only"),
    _real("CloudWatch Logs", "MiniStack; lines of containers by seatrial", "the last 100,000 lines of all streams"),
    _real("EventBridge", "MiniStack's rules; events by seatrial", "events of ECS and CloudWatch only"),
    _stand_in("Lambda", "a container with the runtime, in Lambda's limits", "on this machine's processor", engine=True),
    _stand_in("SNS", "MiniStack", "e-mail and SMS are not sent; functions and queues are reached"),
    _real("Slack alerts", "the function itself, in its container", "it posts to your webhook, as on AWS", engine=True),
    _real("Grafana", "Grafana's container", "its image is fetched from a registry, never built", engine=True),
    _stand_in("Athena", "MiniStack", "logs of CloudFront and WAF are not written, so there is little to ask"),
    _stand_in("IAM", "seatrial decides, MiniStack stores", "your own credentials may do all; a few conditions unknown"),
    _absent("CI deploy role", "the role and GitHub's provider", "GitHub cannot reach this machine"),
    _absent("VPN", "the instance, its address and its secret", "no host boots; connect to the database's own port"),
    _stand_in("KMS", "MiniStack's keys", "nothing on this disk is encrypted by them"),
    _absent("Route 53", "zones and records", "no name is answered; use the addresses that `status` names"),
    _stand_in("ACM", "certificates of this machine's authority", "no browser trusts it unless you let it"),
)
"""In the order of a request's way, then what watches it, then who may do what."""


def systems(*, engine: bool) -> tuple[System, ...]:
    """Every system as it is on this machine.

    Args:
        engine: whether a Docker engine answers.
    """
    return tuple(_without_engine(each) if each.engine and not engine else each for each in SYSTEMS)


def _without_engine(system: System) -> System:
    return replace(system, kind="not there", by=system.by, differs="no Docker engine answers")


def rows(found: Iterable[System]) -> list[tuple[str, str, str, str]]:
    """A table's rows: the system, how it is, by what, and what differs."""
    return [(each.name, each.kind, each.by, each.differs) for each in found]
