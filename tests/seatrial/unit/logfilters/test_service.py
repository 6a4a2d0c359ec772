import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.logs.search import MOST
from seatrial.services.logs.service import LogFilters

REGION = "eu-central-1"


@dataclass
class Logs:
    """What MiniStack knows: filters, and events in the order of their times."""

    filters: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def call(self, _service: str, operation: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.asked.append(operation)
        if operation == "DescribeMetricFilters":
            first = not params.get("nextToken")
            page = self.filters[:1] if first else self.filters[1:]
            return {"metricFilters": page} | ({"nextToken": "1"} if first and len(self.filters) > 1 else {})
        assert operation == "FilterLogEvents"
        later = [event for event in self.events if event["timestamp"] >= params.get("startTime", 0)]
        return {"events": later[: params["limit"]]}


@dataclass
class Recorded:
    data: list[tuple[str, str, Datum]] = field(default_factory=list)

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        self.data += [(region, namespace, item) for item in data]


@dataclass
class Harness:
    service: LogFilters
    logs: Logs
    recorded: Recorded

    async def done(self, operation: str, **params: Any) -> None:  # noqa: ANN401 - AWS's
        """MiniStack has answered this."""
        asked = request(operation, **params)
        assert self.service.observes(asked)
        answer = AwsResponse.of_json({})
        assert await self.service.amend_response(asked, answer) is answer

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        asked = request(operation, **params)
        assert self.service.claims(asked)
        return (await self.service.handle(asked)).json()


def request(operation: str, **params: Any) -> AwsRequest:  # noqa: ANN401 - AWS's
    return AwsRequest(
        method="POST",
        path="/",
        headers={"x-amz-target": f"Logs_20140328.{operation}"},
        body=json.dumps(params).encode(),
        service="logs",
        operation=operation,
        region=REGION,
        account_id="000000000000",
    )


@pytest_asyncio.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    store, logs, recorded = Store(tmp_path / "state.sqlite"), Logs(), Recorded()
    context = ServiceContext(
        settings=InstanceSettings(home=tmp_path),
        clock=SystemClock(),
        store=store,
        aws=logs,
        bus=EventBus(),
        faults=Faults(store),
    )
    service = LogFilters(context, recorded)
    await service.start()
    yield Harness(service, logs, recorded)
    store.close()


def errors(group: str = "/app", created: int = 0) -> dict[str, Any]:
    transformation = {"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}
    return {
        "logGroupName": group,
        "filterPattern": "ERROR",
        "creationTime": created,
        "metricTransformations": [transformation],
    }


async def test_logged_lines_are_counted_by_the_filters_of_their_group(harness: Harness) -> None:
    harness.logs.filters = [errors(), errors("/other")]
    events = [{"timestamp": 60_000, "message": message} for message in ("ERROR a", "fine", "ERROR b")]
    await harness.done("PutLogEvents", logGroupName="/app", logStreamName="s", logEvents=events)
    await harness.service.stop()
    assert harness.recorded.data == [(REGION, "App", Datum("Errors", 60, {1: 2}))]


async def test_filters_are_read_once_until_they_change(harness: Harness) -> None:
    event = {"timestamp": 60_000, "message": "ERROR"}
    for _ in range(3):
        await harness.done("PutLogEvents", logGroupName="/app", logStreamName="s", logEvents=[event])
    await harness.service.stop()
    assert harness.logs.asked == ["DescribeMetricFilters"]
    harness.logs.filters = [errors()]
    await harness.service.start()
    await harness.done("PutMetricFilter", logGroupName="/app")
    await harness.done("PutLogEvents", logGroupName="/app", logStreamName="s", logEvents=[event])
    await harness.service.stop()
    assert len(harness.recorded.data) == 1


async def test_a_filter_sees_no_events_from_before_it_was_made(harness: Harness) -> None:
    harness.logs.filters = [errors(created=10**15)]
    await harness.done("PutLogEvents", logGroupName="/app", logEvents=[{"timestamp": 1, "message": "ERROR"}])
    await harness.service.stop()
    assert harness.recorded.data == []


async def test_one_call_that_breaks_does_not_end_the_counting(harness: Harness) -> None:
    harness.logs.filters = [errors()]
    await harness.done("PutLogEvents", logGroupName="/app", logEvents=[{"timestamp": "when?", "message": "ERROR"}])
    await harness.done("PutLogEvents", logGroupName="/app", logEvents=[{"timestamp": 60_000, "message": "ERROR"}])
    await harness.service.stop()
    assert len(harness.recorded.data) == 1


async def test_a_pattern_is_tested_against_messages(harness: Harness) -> None:
    answer = await harness.call("TestMetricFilter", filterPattern="[a, b]", logEventMessages=["one", "one two"])
    assert answer == {
        "matches": [{"eventNumber": 1, "eventMessage": "one two", "extractedValues": {"$a": "one", "$b": "two"}}]
    }
    with pytest.raises(AwsCallError, match="InvalidParameterException"):
        await harness.call("TestMetricFilter", filterPattern="{", logEventMessages=["one"])
    await harness.service.stop()


async def test_a_filter_that_aws_would_refuse_never_reaches_ministack(harness: Harness) -> None:
    good = {"metricName": "n", "metricNamespace": "App", "metricValue": "1"}
    assert not harness.service.claims(request("PutMetricFilter", filterPattern="ERROR", metricTransformations=[good]))
    with pytest.raises(AwsCallError, match="Invalid character"):
        await harness.call("PutMetricFilter", filterPattern="ERROR:", metricTransformations=[good])
    await harness.service.stop()


def stored(count: int, *, every: int = 1) -> list[dict[str, Any]]:
    """So many events, ``every`` of which share a time."""
    return [
        {"timestamp": n // every, "message": f"{'ERROR' if n % 3 == 0 else 'fine'} {n}", "logStreamName": f"s{n % 2}"}
        for n in range(count)
    ]


@pytest.mark.parametrize("every", [1, 7, 5_000])
async def test_a_search_finds_each_event_that_matches_exactly_once_whatever_its_pages(
    harness: Harness, every: int
) -> None:
    harness.logs.events = stored(9_000, every=every)
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        answer = await harness.call("FilterLogEvents", logGroupName="/app", filterPattern="ERROR", limit=700, **token)
        assert len(answer["events"]) <= 700
        found += answer["events"]
        if "nextToken" not in answer:
            break
        token = {"nextToken": answer["nextToken"]}
    assert found == [event for event in harness.logs.events if event["message"].startswith("ERROR")]
    await harness.service.stop()


async def test_a_search_without_a_pattern_has_pages_too(harness: Harness) -> None:
    harness.logs.events = stored(MOST + 5)
    first = await harness.call("FilterLogEvents", logGroupName="/app")
    rest = await harness.call("FilterLogEvents", logGroupName="/app", nextToken=first["nextToken"])
    assert first["events"] + rest["events"] == harness.logs.events
    assert "nextToken" not in rest
    await harness.service.stop()


async def test_a_search_keeps_to_streams_whose_names_begin_so(harness: Harness) -> None:
    harness.logs.events = stored(6)
    answer = await harness.call("FilterLogEvents", logGroupName="/app", logStreamNamePrefix="s1")
    assert [event["message"] for event in answer["events"]] == ["fine 1", "ERROR 3", "fine 5"]
    await harness.service.stop()


@pytest.mark.parametrize(
    "asked",
    [{"filterPattern": "{"}, {"nextToken": "nonsense"}, {"logStreamNames": ["a"], "logStreamNamePrefix": "a"}],
    ids=str,
)
async def test_a_search_is_refused_as_aws_refuses_it(harness: Harness, asked: dict[str, Any]) -> None:
    with pytest.raises(AwsCallError, match="InvalidParameterException"):
        await harness.call("FilterLogEvents", logGroupName="/app", **asked)
    await harness.service.stop()
