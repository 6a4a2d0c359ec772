"""The faults that are set now."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from seatrial.core.faults.kinds import Order
from seatrial.core.faults.model import STRIKE_TASKS, Fault, Strike, TaskFaults, task_faults
from seatrial.core.state import Store
from seatrial.ground.clock import Clock, SystemClock

KIND = "faults.fault"
"""The kind under which the store keeps each fault, by its id."""

Listener = Callable[[Fault], None]


class Faults:
    """The faults that are set, kept over restarts.

    Args:
        store: the store of the embedded AWS.
        clock: tells when a fault ends; the machine's own unless given.
    """

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()
        self._faults = {identity: Fault.model_validate(value) for identity, value in store.all(KIND).items()}
        self._listeners: list[Listener] = []
        self._unhealthy: set[str] = set()
        self._health_listeners: list[Callable[[], None]] = []

    def listen(self, listener: Listener) -> None:
        """Be told, on the event loop, of each fault that is set, and of each that is about to strike."""
        self._listeners.append(listener)

    def all(self) -> list[Fault]:
        """The faults that are set, the oldest first; those that have ended by themselves are forgotten."""
        now = self._now()
        if over := [identity for identity, fault in self._faults.items() if fault.over(now)]:
            self._forget(*over)
        return sorted(self._faults.values(), key=lambda fault: int(fault.id))

    def set(self, order: Order) -> Fault:
        """Set a fault."""
        now = self._now()
        # What an engine's restart takes is how long the fault lasts.
        lasts = order.seconds if order.kind == "engine-restart" else order.lasts
        fault = Fault(
            id=str(1 + max((int(fault.id) for fault in self.all()), default=0)),
            kind=order.kind,
            service=order.service,
            seconds=order.seconds,
            share=order.share,
            tasks=order.tasks,
            zone=order.zone,
            created_at=now,
            until=None if lasts is None else now + lasts,
        )
        self._save(fault)
        self._notify(fault)
        return fault

    def clear(self, identity: str | None = None) -> int:
        """Clear one fault, or all; returns how many. What has affected a task stays with the task."""
        cleared = [fault.id for fault in self.all() if identity in {None, fault.id}]
        self._forget(*cleared)
        return len(cleared)

    def done(self, fault: Fault) -> None:
        """A fault has done what it was to do."""
        self._forget(fault.id)

    def strike_task(self, names: Collection[str]) -> TaskFaults | None:
        """What affects a task of these names that starts now; it counts as hit."""
        striking = [fault for fault in self.all() if fault.kind in STRIKE_TASKS and fault.concerns(names)]
        for fault in striking:
            self._count(fault)
        return task_faults(striking)

    def no_capacity(self, names: Collection[str]) -> bool:
        """Whether no task of these names can be placed."""
        return any(fault.kind == "no-capacity" and fault.concerns(names) for fault in self._current())

    def lost_zones(self) -> frozenset[str]:
        """The availability zones that are lost."""
        return frozenset(fault.zone or "" for fault in self._current() if fault.kind == "zone")

    def cut_off(self, zone: str) -> None:
        """A task in this lost zone is not reached any more; it counts as hit."""
        for fault in self._current():
            if fault.zone == zone:
                self._count(fault)

    def throttled_share(self) -> float:
        """Which part of ECS's quotas another caller uses; 0 where there is none."""
        return max((fault.share or 0 for fault in self._current() if fault.kind == "throttle"), default=0)

    def engine_away(self) -> bool:
        """Whether the Docker engine is taken to be restarting; may be asked from any thread."""
        return any(fault.kind == "engine-restart" for fault in self._current())

    def deployed(self, service: Mapping[str, Any]) -> None:
        """A service was updated; where that began a deployment, another deployer may be about to start one too.

        Args:
            service: the service, in the shape that ``UpdateService`` answers.
        """
        names = {service["serviceName"], service["serviceArn"]}
        deployments = sorted(service["deployments"], key=lambda item: float(item["createdAt"]))
        for fault in self._current():
            if fault.kind != "other-deployer" or fault.strike or not fault.concerns(names):
                continue
            newest, before = deployments[-1], deployments[:-1]
            if before and float(newest["createdAt"]) >= fault.created_at:
                fault.strike = Strike(
                    service_arn=service["serviceArn"],
                    cluster_arn=service["clusterArn"],
                    definition_arn=before[-1]["taskDefinition"],
                    at=self._now() + (fault.seconds or 0),
                )
                fault.hit += 1
                self._save(fault)
                self._notify(fault)

    def listen_to_health(self, listener: Callable[[], None]) -> None:
        """Be told, on the event loop, when ``unhealthy`` has changed."""
        self._health_listeners.append(listener)

    @property
    def unhealthy(self) -> frozenset[str]:
        """Addresses whose health checks are answered with 503."""
        return frozenset(self._unhealthy)

    def mark_unhealthy(self, address: str) -> None:
        """From now on the health checks of the task at this address are answered with 503."""
        if address not in self._unhealthy:
            self._unhealthy.add(address)
            self._notify_health()

    def recover(self, address: str) -> None:
        """The task at this address is gone."""
        if address in self._unhealthy:
            self._unhealthy.discard(address)
            self._notify_health()

    def _notify_health(self) -> None:
        for listener in self._health_listeners:
            listener()

    def _current(self) -> list[Fault]:
        """As ``all``, in any order, without forgetting anything: cheap, and safe from any thread."""
        if not self._faults:
            return []
        now = self._now()
        return [fault for fault in list(self._faults.values()) if not fault.over(now)]

    def _count(self, fault: Fault) -> None:
        fault.hit += 1
        if fault.tasks is not None:
            fault.tasks -= 1
        if fault.tasks == 0:
            self._forget(fault.id)
        else:
            self._save(fault)

    def _save(self, fault: Fault) -> None:
        self._faults[fault.id] = fault
        self._store.put(KIND, fault.id, fault.model_dump(mode="json"))

    def _forget(self, *identities: str) -> None:
        for identity in identities:
            self._faults.pop(identity, None)
        self._store.delete(KIND, *identities)

    def _notify(self, fault: Fault) -> None:
        for listener in self._listeners:
            listener(fault)

    def _now(self) -> float:
        return self._clock.now().timestamp()
