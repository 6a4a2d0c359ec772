"""The targets as they are now: their health, and whose turn it is."""

from collections.abc import Callable, Mapping

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.pool import Pool
from seatrial.http.types import Address
from seatrial.services.elb.data.counters import Counters
from seatrial.services.elb.health import (
    CHECKING,
    DRAINING,
    NOT_IN_USE,
    REGISTERING,
    UNCHECKED,
    Health,
    Outcome,
    State,
    after,
)
from seatrial.services.elb.model import TargetGroup

Resolve = Callable[[Address], Address]


class Target(Pool):
    """One registered address of one group, or one that drains.

    Args:
        address: the address as registered.
        group: the group it is in.
        clock: the data plane's coarse clock.
        resolve: where the address is reached from here.
    """

    def __init__(self, address: Address, group: "Group", clock: CoarseClock, resolve: Resolve) -> None:
        super().__init__(clock)
        self.address = address
        self.name = "{}:{}".format(*address)
        self.group = group
        self.resolve = resolve
        self.in_flight = 0
        self.drained_at: float | None = None
        self._health = REGISTERING

    @property
    def health(self) -> Health:
        """As ``DescribeTargetHealth`` tells it."""
        return self._health

    @health.setter
    def health(self, health: Health) -> None:
        self._health = health
        self.group.changed()

    @property
    def where(self) -> Address:
        """See ``Pool.where``."""
        return self.resolve(self.address)

    @property
    def keeps_connections(self) -> bool:
        """See ``Pool.keeps_connections``."""
        return self.drained_at is None

    def drain(self) -> None:
        """No new requests from now on; those under way may end until the deregistration delay is over."""
        self.drained_at = self.clock.now + self.group.config.deregistration_delay
        self.health = DRAINING
        self.close_idle(0.0)

    def checked(self, outcome: Outcome) -> None:
        """A health check has ended."""
        if self.health.state in {State.INITIAL, State.HEALTHY, State.UNHEALTHY}:
            self.health = after(self.health, outcome, self.group.config.check)


class Group:
    """A target group: its targets, and whose turn it is.

    Args:
        config: what the API says of it.
        clock: the data plane's coarse clock.
        resolve: where an address is reached from here.
    """

    def __init__(self, config: TargetGroup, clock: CoarseClock, resolve: Resolve) -> None:
        self.config = config
        self.targets: dict[Address, Target] = {}
        self._clock = clock
        self._resolve = resolve
        self._turn = 0
        self._eligible: list[Target] | None = None  # until something changes
        self.configure(config)

    def configure(self, config: TargetGroup) -> None:
        """Follow a new configuration: register, deregister, begin or stop to be in use."""
        self.config = config
        for address in config.targets:
            known = self.targets.get(address)
            if known is None or known.drained_at is not None:
                self._register(address)
        for address, target in self.targets.items():
            if address not in config.targets and target.drained_at is None:
                target.drain()
        for target in self.targets.values():
            self._follow_use(target)

    def choose(self, wanted: str = "") -> Target | None:
        """The target of the next request; None where there is none.

        In turns, or the one with the fewest requests under way. Healthy targets only; but where no target is healthy,
        all of them ("fail open": "Health checks for Application Load Balancer target groups").

        Args:
            wanted: the target that the client sticks to, as ``IP:PORT``; taken if it is eligible.
        """
        eligible = self._eligible
        if eligible is None:
            registered = [target for target in self.targets.values() if target.drained_at is None]
            eligible = [target for target in registered if target.health.state is State.HEALTHY] or registered
            self._eligible = eligible
        if not eligible:
            return None
        for target in eligible if wanted else ():
            if target.name == wanted:
                return target
        if self.config.least_outstanding:
            return min(eligible, key=lambda target: target.in_flight)
        self._turn += 1
        return eligible[self._turn % len(eligible)]

    def changed(self) -> None:
        """A target came, went, or is in another health: who gets requests is to be found out again."""
        self._eligible = None

    def measure(self, counters: Counters) -> None:
        """Write down what is so now: connections, healthy and unhealthy targets."""
        registered = [target.health.state for target in self.targets.values() if target.drained_at is None]
        counters.healthy = registered.count(State.HEALTHY)
        counters.unhealthy = registered.count(State.UNHEALTHY)
        counters.active_connections = sum(target.connections for target in self.targets.values())

    def sweep(self) -> None:
        """End what drains when its time is over, and close connections that nobody uses."""
        now = self._clock.now
        for address, target in list(self.targets.items()):
            if target.drained_at is not None and target.drained_at <= now:
                del self.targets[address]
                self.changed()
                target.abandon()
            else:
                target.close_idle(60.0)

    def close(self) -> None:
        """The group is gone, or the data plane stops."""
        for target in self.targets.values():
            target.abandon()

    def _register(self, address: Address) -> None:
        known = self.targets.get(address)
        if known is None:
            self.targets[address] = Target(address, self, self._clock, self._resolve)
            self.changed()
        else:  # It drained, and comes back; what is under way there goes on.
            known.drained_at, known.health = None, REGISTERING

    def _follow_use(self, target: Target) -> None:
        if target.drained_at is not None:
            return
        if not self.config.in_use:
            target.health = NOT_IN_USE
        elif not self.config.check.enabled:
            target.health = UNCHECKED
        elif target.health in {NOT_IN_USE, UNCHECKED}:
            target.health = CHECKING


Groups = Mapping[str, Group]
