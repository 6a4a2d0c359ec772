"""Everything outside that a release touches: the doors of ``aws/``, builders, the clock, and who listens."""

from dataclasses import dataclass

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs
from tagship.aws.elb import Elb
from tagship.aws.logs import Logs
from tagship.aws.scaling import AutoScaling
from tagship.aws.standing import Standing
from tagship.base.clock import Clock
from tagship.base.events import Events
from tagship.image.builder import Builder
from tagship.image.registry import Registry
from tagship.secret.doors import SecretDoors
from tagship.site.doors import SiteDoors


@dataclass(frozen=True)
class Doors:
    """Everything outside that a release touches."""

    ecs: Ecs
    ecr: Ecr
    elb: Elb
    logs: Logs
    standing: Standing
    scaling: AutoScaling
    secrets: SecretDoors
    builder: Builder
    registry: Registry
    site: SiteDoors
    clock: Clock
    events: Events
