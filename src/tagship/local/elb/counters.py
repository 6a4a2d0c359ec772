"""What is counted of a target group or a load balancer: plain numbers, read by whoever publishes metrics."""

from dataclasses import dataclass, field, replace


@dataclass
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

    def target_answered(self, status: int, seconds: float) -> None:
        """A target's answer began."""
        self.target_codes[status] = self.target_codes.get(status, 0) + 1
        self.response_seconds += seconds
        self.responses += 1
        self.slowest_seconds = max(seconds, self.slowest_seconds)

    def answered_itself(self, status: int) -> None:
        """The load balancer answered in the target's place."""
        self.own_codes[status] = self.own_codes.get(status, 0) + 1

    def copy(self) -> "Counters":
        """The numbers of this moment."""
        return replace(self, target_codes=dict(self.target_codes), own_codes=dict(self.own_codes))


class Tally:
    """One request, counted for its load balancer and, once it is known, for its target group."""

    def __init__(self, load_balancer: Counters) -> None:
        self._counters = [load_balancer]
        self._begin(load_balancer)

    def add(self, group: Counters) -> None:
        """The request goes to a target of this group."""
        self._counters.append(group)
        self._begin(group)

    def target_answered(self, status: int, seconds: float) -> None:
        """A target's answer began, so many seconds after the request was sent."""
        for counters in self._counters:
            counters.target_answered(status, seconds)

    def answered_itself(self, status: int) -> None:
        """The load balancer answered in the target's place."""
        for counters in self._counters:
            counters.answered_itself(status)

    def not_connected(self) -> None:
        """A connection to a target could not be made."""
        for counters in self._counters:
            counters.connection_errors += 1

    def retried(self) -> None:
        """The request was sent again."""
        for counters in self._counters:
            counters.retried += 1

    def end(self) -> None:
        """The request is over."""
        for counters in self._counters:
            counters.in_flight -= 1
        self._counters = []

    def _begin(self, counters: Counters) -> None:
        counters.requests += 1
        counters.in_flight += 1
