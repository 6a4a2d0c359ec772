"""What Terraform built, as a release needs it: ``infra/outputs.json`` in the environment's bucket.

Terraform writes the object itself (``terraform/root/outputs.tf``), so reading it takes one GET and no Terraform.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tagship.base.errors import NotReady

KEY = "infra/outputs.json"
"""Where the document lies in the environment's bucket."""

SCHEMA = 1
"""The shape of the document; another number was written by another tagship."""


@dataclass(frozen=True)
class ServiceInfrastructure:
    """What stands for one service: names, ARNs and the container's port."""

    service: str
    task_family: str
    container: str
    repository_url: str
    execution_role_arn: str
    task_role_arn: str
    log_group: str
    target_group_arn: str
    port: int


@dataclass(frozen=True)
class SiteInfrastructure:
    """What stands for the front end: its bucket's name and its CloudFront distribution's id."""

    bucket: str
    distribution: str


@dataclass(frozen=True)
class Infrastructure:
    """What stands for one environment.

    ``url`` is the front door as AWS names it (``http://…elb.amazonaws.com``, with a site ``https://….cloudfront.net``);
    ``services`` is keyed by the service's name in the manifest.
    """

    region: str
    account_id: str
    url: str
    cluster: str
    services: Mapping[str, ServiceInfrastructure]
    site: SiteInfrastructure | None = None


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
    )


def _site(values: dict[str, Any] | None) -> SiteInfrastructure | None:
    return SiteInfrastructure(bucket=values["bucket"], distribution=values["distribution"]) if values else None


def _service(values: dict[str, Any]) -> ServiceInfrastructure:
    """Unknown keys are passed over: a newer Terraform root may say more."""
    return ServiceInfrastructure(**{field.name: values[field.name] for field in fields(ServiceInfrastructure)})


def _cause(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _foreign(problem: str, environment: str) -> NotReady:
    return _not_ready(f"`{KEY}` of the environment `{environment}` {problem}.", environment)


def _not_ready(message: str, environment: str) -> NotReady:
    return NotReady(message, hint=f"tagship infra apply --env {environment}")
