"""Sets the lower bound of a service's scaling, once the service has its first tasks; see ``lacks_lower_bound``."""

from tagship.base.errors import AwsError
from tagship.infra.outputs import Infrastructure
from tagship.release.context import ReleaseContext
from tagship.release.doors import Doors
from tagship.release.events import LowerBound
from tagship.release.planning.steps import SetMinCapacity


def apply_step(context: ReleaseContext, step: SetMinCapacity) -> str:
    """Do the step; returns in words what came of it."""
    return set_min_capacity(context.doors, context.wanted.infrastructure, step.service, step.tasks)


def set_min_capacity(doors: Doors, infrastructure: Infrastructure, service: str, tasks: int) -> str:
    """Set the bound where there is one that is smaller; returns in words what came of it.

    What serves, serves: where AWS refuses, that is told and nothing fails.
    """
    cluster, name = infrastructure.cluster, infrastructure.services[service].service
    try:
        bounds = doors.scaling.bounds(cluster, [name]).get(name)
        if bounds is None or not bounds.least < tasks <= bounds.most:
            return "left as it is"
        doors.scaling.set_min_capacity(cluster, name, tasks)
    except AwsError as error:
        doors.events.emit(LowerBound(service, tasks, refused=error.message))
        return "refused"
    doors.events.emit(LowerBound(service, tasks))
    return "set"
