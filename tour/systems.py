"""The twenty systems of the architecture, and how each was seen. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

REAL: Final = "real"

SYSTEMS: Final[Mapping[str, str]] = {
    "terraform": "Terraform builds everything",
    "workflow": "a pushed tag runs CI/CD",
    "credentials": "CI has no long-lived credentials",
    "images": "images are built, tagged and pushed to ECR",
    "definition": "the task definition is rendered",
    "verdict": "a release is deployed and waited for",
    "fargate": "ECS on Fargate",
    "scaling": "tasks scale out and in",
    "secrets": "Secrets Manager holds the database's user and password",
    "aurora": "Aurora PostgreSQL has a writer and a reader endpoint",
    "readers": "Aurora spans zones and scales its readers",
    "vpn": "OpenVPN leads to the database",
    "cognito": "people sign up and sign in with Cognito",
    "alarms": "Slack hears of CPU thresholds",
    "scale-messages": "Slack hears of scale-out and scale-in",
    "grafana": "Grafana draws CloudFront and WAF logs",
    "waf": "WAF blocks attacks",
    "countries": "traffic and error rates by country",
    "site": "the front end is on S3 and CloudFront",
    "load-balancer": "the load balancer is in front, and logs",
}


@dataclass(frozen=True)
class Sight:
    """How a system was seen.

    Args:
        system: its key in ``SYSTEMS``.
        by: ``real``, or what stood in for it.
    """

    system: str
    by: str = REAL


def table(seen: Iterable[Sight]) -> list[tuple[str, str]]:
    """Each system in words, and how it was seen: ``real``, ``stand-in: …`` or ``not seen``."""
    found = {sight.system: sight.by for sight in seen}
    return [(text, _words(found.get(key))) for key, text in SYSTEMS.items()]


def _words(by: str | None) -> str:
    if by is None:
        return "not seen"
    return by if by == REAL else f"stand-in: {by}"
