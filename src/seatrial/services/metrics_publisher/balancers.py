"""The metrics of load balancers: ``AWS/ApplicationELB``. Pure.

Source: user guide for Application Load Balancers, "CloudWatch metrics for your Application Load Balancer": names,
dimensions, and the reporting criteria: most are reported only where there is a nonzero value; ``RequestCount`` and
``RequestCountPerTarget`` always, the host counts wherever health is checked. Of the dimensions with
``AvailabilityZone`` there are none here.
"""

from collections.abc import Iterator, Mapping

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.elb.data.counters import BalancerCounters, Counters, Report
from seatrial.services.elb.data.histogram import merged

NAMESPACE = "AWS/ApplicationELB"
_ELB_CODES = (500, 502, 503, 504)

Dimensions = Mapping[str, str]


def by_region(report: Report, at: float) -> dict[str, list[Datum]]:
    """What is published, by region.

    Args:
        report: what was counted in the round (``Report.since``).
        at: the time of the samples.
    """
    found: dict[str, list[Datum]] = {}
    for arn, counters in report.load_balancers.items():
        region, name = arn.split(":")[3], arn.partition(":loadbalancer/")[2]
        found.setdefault(region, []).extend(_balancer(counters, {"LoadBalancer": name}, at))
        for group, counted in counters.groups.items():
            found[region].extend(_group(counted, name, "targetgroup/" + group.partition(":targetgroup/")[2], at))
    return found


def _balancer(counters: BalancerCounters, where: Dimensions, at: float) -> Iterator[Datum]:
    groups = list(counters.groups.values())
    yield _requests(counters.requests, where, at)
    yield from _both(groups, where, at)
    for kind in (3, 4, 5):
        yield from _each(f"HTTPCode_ELB_{kind}XX_Count", _of_class(counters.own_codes, kind), where, at)
    for code in _ELB_CODES:
        yield from _each(f"HTTPCode_ELB_{code}_Count", counters.own_codes.get(code, 0), where, at)
    yield from _each("HTTP_Redirect_Count", counters.redirects, where, at)
    yield from _each("HTTP_Fixed_Response_Count", counters.fixed_responses, where, at)
    yield from _each("ClientTLSNegotiationErrorCount", counters.tls_errors, where, at)
    new = counters.new_connections + sum(group.new_connections for group in groups)
    active = counters.active_connections + sum(group.active_connections for group in groups)
    yield from _sum("NewConnectionCount", new, where, at)
    yield from _sum("ActiveConnectionCount", active, where, at)
    yield from _sum("ProcessedBytes", counters.received_bytes + counters.sent_bytes, where, at)


def _group(counters: Counters, balancer: str, group: str, at: float) -> Iterator[Datum]:
    where = {"LoadBalancer": balancer, "TargetGroup": group}
    yield _requests(counters.requests, where, at)
    yield from _both([counters], where, at)
    # A load balancer with no healthy target sends requests to all of them.
    if targets := counters.healthy or counters.unhealthy:
        share = {counters.requests / targets: 1.0}
        yield Datum("RequestCountPerTarget", at, share, {"TargetGroup": group}, "Count")
        yield Datum("RequestCountPerTarget", at, share, where, "Count")
    yield Datum("HealthyHostCount", at, {float(counters.healthy): 1.0}, where, "Count")
    yield Datum("UnHealthyHostCount", at, {float(counters.unhealthy): 1.0}, where, "Count")


def _both(groups: list[Counters], where: Dimensions, at: float) -> Iterator[Datum]:
    """What is published of load balancers and of target groups alike."""
    for kind in (2, 3, 4, 5):
        answers = sum(_of_class(group.target_codes, kind) for group in groups)
        yield from _each(f"HTTPCode_Target_{kind}XX_Count", answers, where, at)
    errors = sum(group.connection_errors for group in groups)
    yield from _sum("TargetConnectionErrorCount", errors, where, at)
    times = merged(group.response_times for group in groups)
    if times.count:
        samples = {seconds: float(count) for seconds, count in times.values()}
        yield Datum("TargetResponseTime", at, samples, where, "Seconds")


def _requests(count: int, where: Dimensions, at: float) -> Datum:
    """Each request is a sample of 1: "Minimum, Maximum, and Average all return 1"."""
    return Datum("RequestCount", at, {1.0: float(count)} if count else {0.0: 1.0}, where, "Count")


def _each(name: str, count: int, where: Dimensions, at: float) -> Iterator[Datum]:
    if count:
        yield Datum(name, at, {1.0: float(count)}, where, "Count")


def _sum(name: str, total: int, where: Dimensions, at: float) -> Iterator[Datum]:
    if total:
        yield Datum(name, at, {float(total): 1.0}, where, "Bytes" if name.endswith("Bytes") else "Count")


def _of_class(codes: Mapping[int, int], kind: int) -> int:
    return sum(times for code, times in codes.items() if code // 100 == kind)
