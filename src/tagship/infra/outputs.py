"""What Terraform built, as a release needs it: ``infra/outputs.json`` in the environment's bucket.

Terraform writes the object itself (``terraform/root/outputs.tf``), so reading it takes one GET and no Terraform.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from tagship.base.errors import NotReady

KEY = "infra/outputs.json"
"""Where the document lies in the environment's bucket."""

SYSTEMS = ("database", "auth", "alerts", "dashboards", "traffic", "vpn", "deploy")
"""What may stand around the services."""

SCHEMA = 1
"""The shape of the document; another number was written by another tagship."""


@dataclass(frozen=True)
class ServiceInfrastructure:
    """What stands for one service: names, ARNs and the container's port.

    ``secrets`` is what ECS takes out of Secrets Manager for the container: environment variable to ``valueFrom``;
    ``variables`` are plain ones. Both are about the systems around the service.
    """

    service: str
    task_family: str
    container: str
    repository_url: str
    execution_role_arn: str
    task_role_arn: str
    log_group: str
    target_group_arn: str
    port: int
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteInfrastructure:
    """What stands for the front end: its bucket's name and its CloudFront distribution's id."""

    bucket: str
    distribution: str


@dataclass(frozen=True)
class Infrastructure:
    """What stands for one environment.

    ``url`` is the front door as AWS names it (``http://…elb.amazonaws.com``, with a site ``https://….cloudfront.net``);
    ``services`` is keyed by the service's name in the manifest; ``systems`` has addresses and ARNs of what stands
    around them, by the system's name there.
    """

    region: str
    account_id: str
    url: str
    cluster: str
    services: Mapping[str, ServiceInfrastructure]
    site: SiteInfrastructure | None = None
    systems: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def parse(document: bytes | None, *, environment: str) -> Infrastructure:
    """Read ``infra/outputs.json``; None is "there is no such object".

    Raises:
        NotReady: nothing was applied yet, or another version of tagship wrote the document.
    """
    if document is None:
        raise _not_ready(f"The environment `{environment}` has no infrastructure yet.", environment)
    try:
        found = json.loads(document)
        if found["schema"] != SCHEMA:
            raise _foreign(f"has schema {found['schema']}; this tagship reads schema {SCHEMA}", environment)
        return _infrastructure(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _foreign(f"cannot be read ({_cause(error)})", environment) from error


def _infrastructure(found: dict[str, Any]) -> Infrastructure:
    services = {name: _service(values) for name, values in found["services"].items()}
    return Infrastructure(
        region=found["region"],
        account_id=found["account_id"],
        url=found["url"],
        cluster=found["cluster"],
        services=services,
        site=_site(found.get("site")),
        systems={name: found[name] for name in SYSTEMS if found.get(name)},
    )


def _site(values: dict[str, Any] | None) -> SiteInfrastructure | None:
    return SiteInfrastructure(bucket=values["bucket"], distribution=values["distribution"]) if values else None


def _service(values: dict[str, Any]) -> ServiceInfrastructure:
    """Unknown keys are passed over: a newer Terraform root may say more."""
    every = fields(ServiceInfrastructure)
    needed = {each.name for each in every if each.default_factory is MISSING}
    return ServiceInfrastructure(
        **{each.name: values[each.name] for each in every if each.name in values or each.name in needed}
    )


def _cause(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _foreign(problem: str, environment: str) -> NotReady:
    return _not_ready(f"`{KEY}` of the environment `{environment}` {problem}.", environment)


def _not_ready(message: str, environment: str) -> NotReady:
    return NotReady(message, hint=f"tagship infra apply --env {environment}")
