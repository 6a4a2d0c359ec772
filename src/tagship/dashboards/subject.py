"""What there is to show of one environment. Pure."""

from dataclasses import dataclass
from typing import Final

LOAD_BALANCER: Final = "@load_balancer@"
"""Stands for the end of the load balancer's ARN, which only Terraform knows: the root replaces it."""

DISTRIBUTION: Final = "@distribution@"
"""Stands for the distribution's id, which only Terraform knows: the root replaces it."""


@dataclass(frozen=True)
class Subject:
    """One environment, by the names that its metrics and logs carry.

    Args:
        app: the app.
        environment: which of its environments.
        region: where its services run; CloudFront's own metrics are elsewhere, and the dashboard knows where.
        cluster: the ECS cluster.
        database: the Aurora cluster's identifier; None without a database.
        serverless: whether the database's capacity moves.
        traffic: whether CloudFront's logs can be asked (the table ``edge``).
        firewall: whether the firewall's logs can be asked (the table ``firewall``).
    """

    app: str
    environment: str
    region: str
    cluster: str
    database: str | None = None
    serverless: bool = False
    traffic: bool = False
    firewall: bool = False

    @property
    def title(self) -> str:
        """The dashboard's title."""
        return f"{self.app} {self.environment}"
