"""Everything outside that a release touches, for one environment."""

from dataclasses import dataclass

from tagship.aws.cloudfront import AwsCloudFront
from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.elb import AwsElb
from tagship.aws.scaling import AwsAutoScaling
from tagship.aws.standing import AwsStanding
from tagship.base.events import Events
from tagship.base.process import Processes
from tagship.image.builder import BuildRequest
from tagship.image.registry import OciRegistry
from tagship.release.doors import Doors
from tagship.site.build import SiteBuilder
from tagship.site.doors import SiteDoors
from tagship.wiring.connection import Connection


def release_doors(connection: Connection) -> Doors:
    """Join the doors; no call is made yet."""
    return Doors(
        ecs=AwsEcs(connection.aws),
        ecr=AwsEcr(connection.aws),
        elb=AwsElb(connection.aws),
        logs=connection.logs,
        standing=AwsStanding(connection.aws),
        scaling=AwsAutoScaling(connection.aws),
        secrets=connection.secret_doors(),
        builder=_Docker(connection.events, connection.processes),
        registry=OciRegistry(),
        site=SiteDoors(
            connection.s3, AwsCloudFront(connection.aws), SiteBuilder(connection.processes, connection.events)
        ),
        clock=connection.clock,
        events=connection.events,
    )


@dataclass(frozen=True)
class _Docker:
    """A ``Builder`` that is imported where something is built: most releases have little to build, and some nothing."""

    events: Events
    processes: Processes

    def build_and_push(self, request: BuildRequest) -> str:
        """See ``Builder.build_and_push``."""
        from tagship.image.build import DockerBuilder
        from tagship.image.buildx import Buildx
        from tagship.image.engine import DockerEngine

        return DockerBuilder(DockerEngine(), self.events, Buildx(self.processes)).build_and_push(request)
