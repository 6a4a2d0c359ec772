"""The service-linked roles of a first-time account, made before Terraform needs them.

AWS makes such a role itself with the first call that needs it, and fails that very call while the role is not known
everywhere: the first ``CreateCluster`` of ECS and the first ``CreateDBCluster`` of RDS in an account end so.
Sources: ECS developer guide, "Using service-linked roles for Amazon ECS"; Aurora user guide, "Using service-linked
roles for Amazon Aurora".
"""

from collections.abc import Iterator

from tagship.base.errors import AwsDenied
from tagship.infra.clients import ServiceRoles
from tagship.manifest.model import EnvironmentManifest


def services(manifest: EnvironmentManifest) -> Iterator[str]:
    """The services whose roles an environment needs, as IAM calls them. Pure."""
    yield "ecs.amazonaws.com"
    yield "elasticloadbalancing.amazonaws.com"
    if any(service.scaling for service in manifest.services.values()):
        yield "ecs.application-autoscaling.amazonaws.com"
    if manifest.database:
        yield "rds.amazonaws.com"
        if manifest.database.readers.max > manifest.database.readers.min:
            yield "rds.application-autoscaling.amazonaws.com"


def ensure(roles: ServiceRoles, manifest: EnvironmentManifest) -> tuple[str, ...]:
    """Make those that are missing; returns for which services.

    Whoever may not make any goes on without: in an account that has them, nobody needs the right, and in another one
    AWS's own error says which right is missing.
    """
    made = []
    for service in services(manifest):
        try:
            if roles.ensure(service):
                made.append(service)
        except AwsDenied:
            break
    return tuple(made)
