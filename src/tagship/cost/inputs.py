"""What of an environment costs money, as plain values."""

from dataclasses import dataclass
from typing import Final

SERVERLESS: Final = "serverless"
"""The instance of a database that is paid by capacity."""


@dataclass(frozen=True)
class Tasks:
    """Tasks of one service: CPU units of Fargate (1024 are one vCPU), MiB, and how many run; ``most`` by scaling."""

    name: str
    cpu: int
    memory: int
    count: int
    most: int


@dataclass(frozen=True)
class Database:
    """An Aurora cluster.

    Args:
        instance: a class such as ``db.r7g.large``, or ``serverless``.
        instances: the writer and its readers, those that scaling adds not among them.
        least: ACUs that each instance keeps; serverless only.
        most: ACUs that each may grow to; serverless only.
    """

    instance: str
    instances: int
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True)
class CostInputs:
    """One environment.

    Args:
        region: such as ``eu-central-1``.
        nat_gateways: how many.
        load_balancers: how many.
        public_addresses: public IPv4 addresses in use: of NAT gateways, of tasks without one, of the VPN.
        tasks: every service, Grafana's too.
        database: None where there is none.
        endpoints: interface endpoints, times the zones that each stands in.
        firewalls: number of rules of each web ACL; a managed group is one.
        alarms: CloudWatch alarms.
        secrets: secrets in Secrets Manager.
        keys: keys of one's own in KMS.
        hosted_zones: zones in Route 53.
        vpn: the EC2 instance type of the VPN, or None.
        vpn_disk: its disk, in GB.
        edge: whether CloudFront is the front door.
        site: whether there is a bucket of files.
        traffic: whether logs are kept in S3 and asked with Athena.
    """

    region: str
    nat_gateways: int = 0
    load_balancers: int = 1
    public_addresses: int = 0
    tasks: tuple[Tasks, ...] = ()
    database: Database | None = None
    endpoints: int = 0
    firewalls: tuple[int, ...] = ()
    alarms: int = 0
    secrets: int = 0
    keys: int = 0
    hosted_zones: int = 0
    vpn: str | None = None
    vpn_disk: int = 0
    edge: bool = False
    site: bool = False
    traffic: bool = False
