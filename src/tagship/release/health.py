"""Whether users are served: how many tasks of a service are healthy, of how many there should be.

Judged by what ECS and the load balancer show now, never by what a release intended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final

from tagship.base.parallel import run_parallel

if TYPE_CHECKING:  # records tell states, and whoever reads them asks ECS nothing
    from tagship.aws.ecs_shapes import Ecs, EcsService
    from tagship.aws.elb import Elb, TargetHealth
    from tagship.base.clock import Clock
    from tagship.infra.outputs import Infrastructure
    from tagship.manifest.service import Service

_NOT_IN_USE: Final = "Target.NotInUse"
_A_SECOND: Final = 10
"""Load balancing allows ten calls a second, to everybody (API reference, "Request throttling")."""


class State(Enum):
    """How a service is for its users."""

    UP = "up"
    OFF = "off"
    """It has no tasks, and its schedule in the manifest allows that."""
    DEGRADED = "degraded"
    """Fewer healthy tasks than there should be, or ECS has given up and replaces none of them."""
    DOWN = "down"
    """No healthy task: requests are answered with 503, or go to unhealthy tasks (load balancer guide, "fail open")."""


@dataclass(frozen=True)
class Health:
    """One service, now.

    Args:
        service: its name in the manifest.
        healthy: targets that the load balancer calls healthy.
        desired: how many tasks ECS should run.
        gave_up: whether ECS has given up: its newest deployment FAILED, and it starts no more tasks.
        may_rest: whether the manifest's schedule allows it to have no tasks.
        unrouted: whether no rule of the load balancer leads to it: that is Terraform's, and no release mends it.
    """

    service: str
    healthy: int
    desired: int
    gave_up: bool = False
    may_rest: bool = False
    unrouted: bool = False

    @property
    def state(self) -> State:
        """How it is for its users."""
        if self.desired == 0 and self.may_rest:
            return State.OFF
        if self.healthy == 0:
            return State.DOWN
        return State.DEGRADED if self.healthy < self.desired or self.gave_up else State.UP

    @property
    def well(self) -> bool:
        """Whether there is nothing to mend."""
        return self.state in (State.UP, State.OFF)

    @property
    def stuck(self) -> bool:
        """Whether it should have tasks, and a new deployment is needed to get them."""
        return self.desired > 0 and (self.healthy == 0 or self.gave_up)

    @property
    def says(self) -> str:
        """``0 of 2 tasks healthy, and ECS has given up: it starts no more tasks``."""
        if self.desired == 0:
            return "it has no tasks: its desired count is 0"
        words = f"{self.healthy} of {self.desired} {'task' if self.desired == 1 else 'tasks'} healthy"
        if self.unrouted:
            return f"{words}: no rule of the load balancer forwards requests to them"
        return f"{words}, and ECS has stopped starting tasks" if self.gave_up else words


def health_of(name: str, service: EcsService, targets: Iterable[TargetHealth], *, may_rest: bool = False) -> Health:
    """Count; pure.

    A group of which every target is ``Target.NotInUse`` is one that no listener uses (ELB API, ``TargetHealth``).
    """
    targets = tuple(targets)
    unrouted = bool(targets) and all(target.reason == _NOT_IN_USE for target in targets)
    healthy = sum(target.state == "healthy" for target in targets)
    gave_up = any(each.state == "PRIMARY" and each.rollout_state == "FAILED" for each in service.rollouts)
    return Health(name, healthy, service.desired, gave_up, may_rest, unrouted)


def observe_health(
    infrastructure: Infrastructure, names: Sequence[str], *, ecs: Ecs, elb: Elb, clock: Clock
) -> tuple[Health, ...]:
    """How these services are now: one call for ten of them and one for each target group, ten of those a second.

    Raises:
        AwsError: AWS does not tell.
    """
    places = {name: infrastructure.services[name] for name in names}
    if not places:
        return ()
    services = dict(
        zip(places, ecs.services(infrastructure.cluster, [place.service for place in places.values()]), strict=True)
    )
    found: dict[str, Health] = {}

    def see(name: str) -> None:
        found[name] = health_of(name, services[name], elb.target_health(places[name].target_group_arn))

    for first in range(0, len(names), _A_SECOND):
        if len(names) > _A_SECOND:
            clock.sleep(1.0)
        run_parallel([partial(see, name) for name in names[first : first + _A_SECOND]], _A_SECOND)
    return tuple(found[name] for name in names)


def may_rest(service: Service | None) -> bool:
    """Whether the manifest's schedule lets it have no tasks at some time of the day."""
    schedule = service.scaling.schedule if service and service.scaling else ()
    return any(each.min == 0 for each in schedule)
