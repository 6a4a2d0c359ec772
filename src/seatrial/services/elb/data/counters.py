"""What is counted of load balancers and their target groups: plain numbers, read by whoever publishes metrics.

A request counts for a target group once a target was chosen for it, as in AWS's ``RequestCount`` ("CloudWatch metrics
for your Application Load Balancer"); what the load balancer answers itself counts for the load balancer in any case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seatrial.services.elb.data.histogram import Histogram


@dataclass(slots=True)
class Counters:
    """The numbers of one target group behind one load balancer; counted since the data plane's process began.

    Args:
        requests: number of requests for which a target was chosen (``RequestCount``).
        in_flight: number of requests that are under way now.
        target_codes: answers of targets by status code.
        own_codes: answers of the load balancer in a target's place by status code; 460 where the client went away.
        connection_errors: connections to targets that could not be made.
        retried: requests sent again on a fresh connection, because the target had closed the one that waited.
        new_connections: connections made to targets.
        active_connections: connections to targets now, those that wait for a request included.
        response_times: seconds from the request's last byte to the answer's first (``TargetResponseTime``).
        healthy: registered targets that are healthy now.
        unhealthy: registered targets that are unhealthy now.
    """

    requests: int = 0
    in_flight: int = 0
    target_codes: dict[int, int] = field(default_factory=dict)
    own_codes: dict[int, int] = field(default_factory=dict)
    connection_errors: int = 0
    retried: int = 0
    new_connections: int = 0
    active_connections: int = 0
    response_times: Histogram = field(default_factory=Histogram)
    healthy: int = 0
    unhealthy: int = 0

    def begin(self) -> None:
        """A target was chosen for a request."""
        self.requests += 1
        self.in_flight += 1

    def end(self) -> None:
        """A request is over."""
        self.in_flight -= 1

    def target_answered(self, status: int, seconds: float) -> None:
        """A target's answer began."""
        self.target_codes[status] = self.target_codes.get(status, 0) + 1
        self.response_times.add(seconds)

    def answered_itself(self, status: int) -> None:
        """The load balancer answered in the target's place."""
        self.own_codes[status] = self.own_codes.get(status, 0) + 1

    def since(self, earlier: "Counters") -> "Counters":
        """What was counted after an earlier report; what is said of "now" stays as it is."""
        return replace(
            self,
            requests=self.requests - earlier.requests,
            target_codes=_less(self.target_codes, earlier.target_codes),
            own_codes=_less(self.own_codes, earlier.own_codes),
            connection_errors=self.connection_errors - earlier.connection_errors,
            retried=self.retried - earlier.retried,
            new_connections=self.new_connections - earlier.new_connections,
            response_times=self.response_times.since(earlier.response_times),
        )


@dataclass(slots=True)
class BalancerCounters:
    """The numbers of one load balancer; counted since the data plane's process began.

    Args:
        name: the name of the load balancer.
        own_codes: everything that it answered itself, by status code (``HTTPCode_ELB_…``); redirects, fixed
            responses and 460 for clients that went away included.
        redirects: answers by a redirect action (``HTTP_Redirect_Count``).
        fixed_responses: answers by a fixed-response action (``HTTP_Fixed_Response_Count``).
        new_connections: connections that clients have made.
        active_connections: connections of clients now.
        received_bytes: bytes received from clients, heads and bodies.
        sent_bytes: bytes sent to clients, heads and bodies; with ``received_bytes``, AWS's ``ProcessedBytes``.
        tls_errors: handshakes that failed (``ClientTLSNegotiationErrorCount``).
        groups: the groups by the target group's ARN; every group that a rule forwards to is there.
    """

    name: str = ""
    own_codes: dict[int, int] = field(default_factory=dict)
    redirects: int = 0
    fixed_responses: int = 0
    new_connections: int = 0
    active_connections: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    tls_errors: int = 0
    groups: dict[str, Counters] = field(default_factory=dict)

    def group(self, arn: str) -> Counters:
        """The counters of one of its target groups."""
        known = self.groups.get(arn)
        if known is None:
            known = self.groups[arn] = Counters()
        return known

    def answered_itself(self, status: int) -> None:
        """The load balancer answered a request itself."""
        self.own_codes[status] = self.own_codes.get(status, 0) + 1

    @property
    def requests(self) -> int:
        """Requests for which a target was chosen, in any group (``RequestCount``)."""
        return sum(group.requests for group in self.groups.values())

    def since(self, earlier: "BalancerCounters") -> "BalancerCounters":
        """What was counted after an earlier report; what is said of "now" stays as it is."""
        none = Counters()
        return replace(
            self,
            own_codes=_less(self.own_codes, earlier.own_codes),
            redirects=self.redirects - earlier.redirects,
            fixed_responses=self.fixed_responses - earlier.fixed_responses,
            new_connections=self.new_connections - earlier.new_connections,
            received_bytes=self.received_bytes - earlier.received_bytes,
            sent_bytes=self.sent_bytes - earlier.sent_bytes,
            tls_errors=self.tls_errors - earlier.tls_errors,
            groups={arn: group.since(earlier.groups.get(arn, none)) for arn, group in self.groups.items()},
        )


@dataclass(frozen=True)
class Report:
    """What the data plane has counted, at one moment.

    Args:
        run: which of the data plane's processes counted; another one began at 0 again.
        load_balancers: the load balancers by ARN.
    """

    run: int
    load_balancers: Mapping[str, BalancerCounters]

    def since(self, earlier: "Report | None") -> "Report":
        """What was counted after an earlier report: all of it where that one is None, or of another process."""
        if earlier is None or earlier.run != self.run:
            return self
        none = BalancerCounters()
        return Report(
            self.run,
            {arn: one.since(earlier.load_balancers.get(arn, none)) for arn, one in self.load_balancers.items()},
        )


def _less(now: Mapping[int, int], before: Mapping[int, int]) -> dict[int, int]:
    differences = {code: times - before.get(code, 0) for code, times in now.items()}
    return {code: times for code, times in differences.items() if times}
