"""What a rehearsal may want faster than AWS does it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from seatrial.core.settings import seconds_of


@dataclass(frozen=True)
class EcsSettings:
    """The scheduler's times, in seconds; the defaults are AWS's where AWS documents them.

    Args:
        healthy_after: RUNNING this long counts as healthy where a task has neither load balancer nor container
            health check (API reference, ``minimumHealthyPercent``: 40 s).
        activation: how long a task stays ACTIVATING before it is registered with its load balancer. On AWS a target
            gets its first request only after three things that take their time: the scheduler, which looks at a service
            about every ten seconds, registers it (ACTIVATING is where that happens: developer guide, "task lifecycle");
            the load balancer completes the registration (``Elb.RegistrationInProgress``); then the target passes its
            first health check, made every ``HealthCheckIntervalSeconds``, 30 s by default (Elastic Load Balancing,
            "Health checks for target groups"). AWS guarantees none of these times. Ten seconds stand for the first two,
            so that an application which ends within them, as one that crashes 5 s after its start, gets no request;
            one that passes its first check and crashes then fails requests here as it does there.
        confirmed_after: checks that pass this long make a task healthy; AWS's scheduler looks at a service about every
            ten seconds, so that old tasks do not stop in the moment of the first good answer.
        alarm_interval: seconds between two readings of a deployment's CloudWatch alarms.
        busy_interval: seconds between two looks at a service that is changing.
        idle_interval: seconds between two looks at a service in its steady state.
        retry_base: seconds waited after the first failed task; doubles with each further one (AWS throttles too, in an
            undocumented curve up to 27 minutes).
        retry_limit: the longest such wait.
        stopped_kept: how long stopped tasks can be described (AWS: about an hour).
        reconcile_interval: seconds between two comparisons of Docker's containers with the tasks.
    """

    healthy_after: float = 40.0
    activation: float = 10.0
    confirmed_after: float = 3.0
    alarm_interval: float = 2.0
    busy_interval: float = 0.5
    idle_interval: float = 5.0
    retry_base: float = 0.5
    retry_limit: float = 60.0
    stopped_kept: float = 3600.0
    reconcile_interval: float = 30.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "EcsSettings":
        """Read ``SEATRIAL_ECS_HEALTHY_AFTER``, ``…_ACTIVATION`` and ``…_CONFIRMED_AFTER``, in seconds."""
        return cls(
            healthy_after=seconds_of(environment, "SEATRIAL_ECS_HEALTHY_AFTER", cls.healthy_after),
            activation=seconds_of(environment, "SEATRIAL_ECS_ACTIVATION", cls.activation),
            confirmed_after=seconds_of(environment, "SEATRIAL_ECS_CONFIRMED_AFTER", cls.confirmed_after),
        )
