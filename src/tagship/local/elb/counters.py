"""What is counted of a target group or a load balancer: plain numbers, read by whoever publishes metrics.

A request counts once: for its target group, or for the load balancer where it goes to none. A load balancer's
numbers are its own and those of its groups, added up when they are asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Counters:
    """Counted since the start; only the data plane's thread writes.

    Args:
        requests: begun.
        in_flight: under way now.
        target_codes: answers of targets by status code.
        own_codes: answers of the load balancer itself by status code; 460 where the client went away.
        connection_errors: connections to targets that could not be made.
        retried: requests sent again on a fresh connection, because the target had closed the one that waited.
        response_seconds: from the request's last byte sent to the first byte of the answer, all of them added.
        responses: how many ``response_seconds`` adds up.
        slowest_seconds: the slowest of them.
    """

    requests: int = 0
    in_flight: int = 0
    target_codes: dict[int, int] = field(default_factory=dict)
    own_codes: dict[int, int] = field(default_factory=dict)
    connection_errors: int = 0
    retried: int = 0
    response_seconds: float = 0.0
    responses: int = 0
    slowest_seconds: float = 0.0

    def begin(self) -> None:
        """A request is routed."""
        self.requests += 1
        self.in_flight += 1

    def end(self) -> None:
        """A request is over."""
        self.in_flight -= 1

    def target_answered(self, status: int, seconds: float) -> None:
        """A target's answer began."""
        self.target_codes[status] = self.target_codes.get(status, 0) + 1
        self.response_seconds += seconds
        self.responses += 1
        if seconds > self.slowest_seconds:  # noqa: PLR1730 - half the time of `max`, for every request
            self.slowest_seconds = seconds

    def answered_itself(self, status: int) -> None:
        """The load balancer answered in the target's place."""
        self.own_codes[status] = self.own_codes.get(status, 0) + 1

    def copy(self) -> "Counters":
        """The numbers of this moment."""
        return replace(self, target_codes=dict(self.target_codes), own_codes=dict(self.own_codes))


def added(counters: Iterable[Counters]) -> Counters:
    """All of them as one."""
    total = Counters()
    for one in counters:
        for name in ("requests", "in_flight", "connection_errors", "retried", "response_seconds", "responses"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.slowest_seconds = max(total.slowest_seconds, one.slowest_seconds)
        for status, times in one.target_codes.items():
            total.target_codes[status] = total.target_codes.get(status, 0) + times
        for status, times in one.own_codes.items():
            total.own_codes[status] = total.own_codes.get(status, 0) + times
    return total
