"""What builds an environment: Terraform with everything around it, for one environment."""

import os
from pathlib import Path

from tagship.aws.cognito import AwsUserPools
from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.elb import AwsElb
from tagship.aws.leftovers import AwsLeftovers
from tagship.aws.rds import AwsDatabases
from tagship.aws.roles import AwsServiceRoles
from tagship.infra.asking import Asker
from tagship.infra.clients import InfraClients
from tagship.infra.environment import Access
from tagship.infra.mirror import Surroundings
from tagship.infra.tools import InfraTools
from tagship.manifest.system_names import SystemNames
from tagship.probe import status_of
from tagship.site.bucket import LIVE
from tagship.wiring.connection import Connection
from tagship.wiring.local import LocalAws
from tagship.wiring.root_files import root_files


def infra_tools(connection: Connection) -> InfraTools:
    """What plans, applies and destroys the infrastructure."""
    return InfraTools(
        manifest=connection.manifest,
        names=connection.names,
        account=connection.account,
        access=Access(connection.access.region, connection.access.endpoint_url, connection.access.as_variables()),
        checkout=connection.folder,
        workspace_name=connection.address.folder,
        around=Surroundings(os.environ, Path.home()),
        s3=connection.s3,
        task_definitions=AwsEcs(connection.aws),
        clients=InfraClients(
            registries=AwsEcr(connection.aws),
            databases=AwsDatabases(connection.aws),
            leftovers=AwsLeftovers(connection.aws),
            user_pools=AwsUserPools(connection.aws),
            tasks=AwsEcs(connection.aws),
            asker=Asker(
                AwsElb(connection.aws),
                status_of,
                connection.manifest,
                lambda: _way_to_tasks(connection),
                lambda: _published(connection),
            ),
            roles=AwsServiceRoles(connection.aws),
        ),
        files=root_files(
            connection.manifest, SystemNames(connection.names, connection.account, connection.manifest.region)
        ),
        processes=connection.processes,
        clock=connection.clock,
        events=connection.events,
    )


def _published(connection: Connection) -> tuple[str, ...]:
    """The paths of the live front end's files."""
    bucket = connection.names.site_bucket(connection.account, connection.manifest.region)
    return tuple(key.removeprefix(LIVE) for key in connection.s3.etags(bucket, LIVE))


def _way_to_tasks(connection: Connection) -> str | None:
    """The front door, or None where this machine reaches containers by their own addresses."""
    if connection.local and LocalAws().reaches_containers():
        return None
    return connection.infrastructure().url
