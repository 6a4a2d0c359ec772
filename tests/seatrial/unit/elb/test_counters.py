from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.elb.data.counters import BalancerCounters, Counters, Report
from seatrial.services.elb.data.histogram import Histogram, merged

SECONDS = st.floats(1e-5, 3600)


def histogram(*seconds: float) -> Histogram:
    made = Histogram()
    for one in seconds:
        made.add(one)
    return made


@given(st.lists(SECONDS, min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_within_two_percent_of_the_truth(seconds: list[float], share: float) -> None:
    ordered = sorted(seconds)
    truth = next(one for at, one in enumerate(ordered, 1) if at >= share * len(ordered))
    assert abs(histogram(*seconds).percentile(share) / truth - 1) < 0.02


@given(st.lists(SECONDS, max_size=50), st.lists(SECONDS, max_size=50))
def test_what_came_after_a_copy_is_what_was_added(before: list[float], after: list[float]) -> None:
    whole = histogram(*before)
    copy = whole.copy()
    for one in after:
        whole.add(one)
    assert whole.since(copy).values() == histogram(*after).values()
    assert merged([copy, whole.since(copy)]).buckets == whole.buckets


def test_a_histogram_stays_small_whatever_it_is_told() -> None:
    made = histogram(0.0, *(1.001**exponent * 1e-7 for exponent in range(25_000)))
    assert len(made.buckets) < 1300
    assert Histogram().percentile(0.99) == 0.0


def counted() -> Report:
    balancer = BalancerCounters("shop", {503: 1}, received_bytes=10, active_connections=3)
    balancer.group("tg").begin()
    balancer.group("tg").target_answered(200, 0.5)
    return Report(1, {"lb": balancer})


def test_the_first_report_of_a_process_is_what_happened_since_it_began() -> None:
    now = counted()
    assert now.since(None) is now
    assert now.since(Report(0, now.load_balancers)) is now


def test_only_what_is_new_is_told_and_what_is_so_now_stays() -> None:
    before, now = counted(), counted()
    group = now.load_balancers["lb"].group("tg")
    group.target_answered(502, 1.0)
    group.healthy = 2
    now.load_balancers["lb"].group("new").begin()
    balancer = now.since(before).load_balancers["lb"]
    assert (balancer.own_codes, balancer.received_bytes, balancer.active_connections) == ({}, 0, 3)
    assert (balancer.groups["tg"].target_codes, balancer.groups["tg"].healthy) == ({502: 1}, 2)
    assert (balancer.groups["tg"].requests, balancer.groups["tg"].in_flight) == (0, 1)
    assert balancer.groups["tg"].response_times.count == 1
    assert balancer.groups["new"] == Counters(requests=1, in_flight=1)
    assert balancer.requests == 1
