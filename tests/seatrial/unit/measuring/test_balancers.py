from seatrial.services.cloudwatch.data import Datum
from seatrial.services.elb.data.counters import BalancerCounters, Counters, Report
from seatrial.services.metrics_publisher.balancers import by_region

ARN = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:"
BALANCER, GROUP = "app/web/0123456789abcdef", "targetgroup/web/fedcba9876543210"
LB, TG = {"LoadBalancer": BALANCER}, {"TargetGroup": GROUP}
BOTH = LB | TG

Found = dict[tuple[str, tuple[str, ...]], Datum]


def published(counters: BalancerCounters) -> Found:
    """By name and the names of the dimensions."""
    (region, data), *others = by_region(Report(1, {f"{ARN}loadbalancer/{BALANCER}": counters}), 60).items()
    assert (region, others) == ("eu-west-1", [])
    assert all({**datum.dimensions}.items() <= BOTH.items() and datum.at == 60 for datum in data)
    return {(datum.name, tuple(sorted(datum.dimensions))): datum for datum in data}


def behind(**counted: object) -> BalancerCounters:
    counters = Counters(**counted)  # type: ignore[arg-type]
    return BalancerCounters(name="web", groups={ARN + GROUP: counters})


def test_without_requests_only_what_aws_always_reports_is_there() -> None:
    found = published(behind(healthy=2))
    assert {(name, dimensions): dict(datum.samples) for (name, dimensions), datum in found.items()} == {
        ("RequestCount", ("LoadBalancer",)): {0: 1},
        ("RequestCount", ("LoadBalancer", "TargetGroup")): {0: 1},
        ("RequestCountPerTarget", ("TargetGroup",)): {0: 1},
        ("RequestCountPerTarget", ("LoadBalancer", "TargetGroup")): {0: 1},
        ("HealthyHostCount", ("LoadBalancer", "TargetGroup")): {2: 1},
        ("UnHealthyHostCount", ("LoadBalancer", "TargetGroup")): {0: 1},
    }


def test_each_request_is_a_sample_of_one() -> None:
    found = published(behind(requests=30, healthy=2))
    assert found["RequestCount", ("LoadBalancer",)] == Datum("RequestCount", 60, {1: 30}, LB, "Count")
    assert found["RequestCountPerTarget", ("TargetGroup",)] == Datum("RequestCountPerTarget", 60, {15: 1}, TG, "Count")


def test_where_no_target_is_healthy_the_requests_are_shared_by_all_and_without_targets_by_none() -> None:
    assert published(behind(requests=30, unhealthy=3))["RequestCountPerTarget", ("TargetGroup",)].samples == {10: 1}
    assert ("RequestCountPerTarget", ("TargetGroup",)) not in published(behind(requests=30))


def test_answers_are_counted_by_class_of_targets_and_of_the_load_balancer_apart() -> None:
    counters = behind(target_codes={200: 5, 204: 1, 302: 2, 404: 3, 500: 4})
    counters.own_codes = {301: 1, 460: 2, 502: 3, 503: 4, 504: 5}
    found = published(counters)
    for dimensions in (("LoadBalancer",), ("LoadBalancer", "TargetGroup")):
        target = {code: dict(found[f"HTTPCode_Target_{code}XX_Count", dimensions].samples) for code in range(2, 6)}
        assert target == {2: {1: 6}, 3: {1: 2}, 4: {1: 3}, 5: {1: 4}}
    own = {name: dict(datum.samples) for (name, _), datum in found.items() if name.startswith("HTTPCode_ELB_")}
    assert own == {
        "HTTPCode_ELB_3XX_Count": {1: 1},
        "HTTPCode_ELB_4XX_Count": {1: 2},
        "HTTPCode_ELB_5XX_Count": {1: 12},
        "HTTPCode_ELB_502_Count": {1: 3},
        "HTTPCode_ELB_503_Count": {1: 4},
        "HTTPCode_ELB_504_Count": {1: 5},
    }


def test_response_times_keep_their_distribution() -> None:
    counters = Counters()
    for _ in range(99):
        counters.target_answered(200, 0.010)
    counters.target_answered(200, 2.0)
    found = published(BalancerCounters(groups={ARN + GROUP: counters}))
    for dimensions in (("LoadBalancer",), ("LoadBalancer", "TargetGroup")):
        datum = found["TargetResponseTime", dimensions]
        assert datum.unit == "Seconds"
        assert [(round(value, 1), times) for value, times in sorted(datum.samples.items())] == [(0.0, 99), (2.0, 1)]


def test_connections_of_both_sides_and_bytes_of_clients_are_added() -> None:
    counters = behind(new_connections=2, active_connections=3, connection_errors=4)
    counters.new_connections, counters.active_connections = 10, 20
    counters.received_bytes, counters.sent_bytes = 100, 1000
    counters.redirects, counters.fixed_responses, counters.tls_errors = 5, 6, 7
    found = published(counters)
    assert found["NewConnectionCount", ("LoadBalancer",)].samples == {12: 1}
    assert found["ActiveConnectionCount", ("LoadBalancer",)].samples == {23: 1}
    assert found["ProcessedBytes", ("LoadBalancer",)] == Datum("ProcessedBytes", 60, {1100: 1}, LB, "Bytes")
    assert found["TargetConnectionErrorCount", ("LoadBalancer", "TargetGroup")].samples == {4: 1}
    assert found["HTTP_Redirect_Count", ("LoadBalancer",)].samples == {1: 5}
    assert found["HTTP_Fixed_Response_Count", ("LoadBalancer",)].samples == {1: 6}
    assert found["ClientTLSNegotiationErrorCount", ("LoadBalancer",)].samples == {1: 7}
