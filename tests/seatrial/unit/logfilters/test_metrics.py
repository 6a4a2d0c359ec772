from typing import Any

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.logs.metrics import evaluate, filters_of, refusal

APACHE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534'


def counted(pattern: str, *messages: str, at: int = 61_000, **transformation: Any) -> list[Datum]:  # noqa: ANN401 - AWS's
    given = {"metricName": "Errors", "metricNamespace": "App", "metricValue": "1", **transformation}
    filters = filters_of([{"filterPattern": pattern, "metricTransformations": [given]}])
    data = evaluate(filters, [{"timestamp": at, "message": message} for message in messages], 60, 10**6)
    return data.get("App", [])


def test_each_event_that_matches_adds_the_value_in_the_period_of_its_own_time() -> None:
    assert counted("ERROR", "ERROR 1", "fine", "ERROR 2") == [Datum("Errors", 60, {1: 2})]


def test_without_a_match_nothing_is_reported_unless_there_is_a_default_value() -> None:
    assert counted("ERROR", "fine") == []
    assert counted("ERROR", "fine", "fine", defaultValue=0.0) == [Datum("Errors", 60, {0: 2})]


def test_the_default_value_stands_beside_the_matches_so_that_the_average_is_a_rate() -> None:
    assert counted("ERROR", "ERROR", "fine", defaultValue=0.0, unit="Count") == [
        Datum("Errors", 60, {1: 1, 0: 1}, unit="Count")
    ]


def test_a_value_is_taken_from_a_json_field() -> None:
    assert counted("{ $.latency = * }", '{"latency": 12.5}', '{"latency": 3}', metricValue="$.latency") == [
        Datum("Errors", 60, {12.5: 1, 3: 1})
    ]
    assert counted("{ $.latency = * }", '{"latency": "slow"}', metricValue="$.latency") == []


def test_a_value_is_taken_from_a_field_between_blanks() -> None:
    pattern = "[ip, user, username, timestamp, request, status_code, bytes]"
    assert counted(pattern, APACHE, metricValue="$bytes") == [Datum("Errors", 60, {1534: 1})]


def test_dimensions_are_taken_from_the_event_and_one_that_lacks_them_is_left_out() -> None:
    dimensions = {"Code": "$.code", "Host": "$.host"}
    events = ('{"code": 500, "host": "a"}', '{"code": 502, "host": "a"}', '{"code": 500}')
    assert counted("{ $.code = 5* }", *events, dimensions=dimensions) == [
        Datum("Errors", 60, {1: 1}, {"Code": "500", "Host": "a"}),
        Datum("Errors", 60, {1: 1}, {"Code": "502", "Host": "a"}),
    ]


def test_periods_follow_the_length_of_a_minute() -> None:
    transformations = [{"metricName": "n", "metricNamespace": "App", "metricValue": "1"}]
    filters = filters_of([{"filterPattern": "", "metricTransformations": transformations}])
    events = [{"timestamp": at, "message": "x"} for at in (1000, 2900, 3100)]
    assert evaluate(filters, events, 2.0, 10**6) == {"App": [Datum("n", 0, {1: 1}), Datum("n", 2, {1: 2})]}


def test_an_event_that_is_late_by_less_than_a_minute_counts_when_it_comes() -> None:
    transformations = [{"metricName": "n", "metricNamespace": "App", "metricValue": "1"}]
    filters = filters_of([{"filterPattern": "", "metricTransformations": transformations}])
    events = [{"timestamp": at, "message": "x"} for at in (100, 1900, 9000)]
    assert evaluate(filters, events, 2.0, 2.2) == {
        "App": [Datum("n", 0, {1: 1}), Datum("n", 2, {1: 1}), Datum("n", 8, {1: 1})]
    }


def test_a_filter_that_cannot_be_read_counts_nothing() -> None:
    assert counted("{ broken", "ERROR") == []


def refused(pattern: str = "{ $.a = 1 }", **transformation: Any) -> str | None:  # noqa: ANN401 - AWS's
    return refusal(pattern, [{"metricName": "n", "metricNamespace": "App", "metricValue": "1", **transformation}])


def test_a_filter_is_refused_as_aws_refuses_it() -> None:
    assert refused() is None
    assert refused(metricValue="$.a", defaultValue=0) is None
    assert refused("ERROR:") == "Invalid character(s) in term 'ERROR:'"
    exclusive = "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
    assert refused(defaultValue=0, dimensions={"A": "$.a"}) == exclusive
    assert "at most 3" in str(refused(dimensions=dict.fromkeys("ABCD", "$.a")))
    assert "JSON" in str(refused("ERROR", dimensions={"A": "$.a"}))
    assert "neither a number" in str(refused(metricValue="many"))
