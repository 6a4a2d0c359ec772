"""The log metric filters, plugged into the gateway: whoever logs is answered first, and its events counted then."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.logs.metrics import MetricFilter, evaluate, filters_of, refusal
from seatrial.services.logs.pattern import parse
from seatrial.services.logs.search import asking_ministack, search
from seatrial.services.logs.values import InvalidPattern

_OK = 200
_WATCHED = {"PutLogEvents", "PutMetricFilter", "DeleteMetricFilter", "DeleteLogGroup"}
_log = logging.getLogger("seatrial")


class Recorder(Protocol):
    """What takes metrics: ``CloudWatch``."""

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        """See ``CloudWatch.record``."""
        ...


@dataclass(frozen=True)
class _Ingested:
    """A call of ``PutLogEvents`` that was answered; ``at`` is in milliseconds since 1970."""

    body: bytes
    region: str
    at: float


class LogFilters(OwnService):
    """Evaluates metric filters, tests patterns and searches logs by them. MiniStack keeps filters and logs.

    Args:
        context: what the embedded AWS gives each service.
        recorder: takes the metrics.
    """

    def __init__(self, context: ServiceContext, recorder: Recorder) -> None:
        self._context = context
        self._recorder = recorder
        self._filters: dict[str, dict[str, list[MetricFilter]]] = {}
        self._ingested: asyncio.Queue[_Ingested | None] = asyncio.Queue()
        self._work: asyncio.Task[None] | None = None

    def claims(self, request: AwsRequest) -> bool:
        """See ``OwnService.claims``."""
        if request.service != "logs" or "x-amz-target" not in request.headers:
            return False
        if request.operation == "FilterLogEvents":
            return not asking_ministack()
        if request.operation == "PutMetricFilter":
            return _refusal(request.json()) is not None
        return request.operation == "TestMetricFilter"

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        asked = request.json()
        if request.operation == "FilterLogEvents":
            return AwsResponse.of_json(await search(self._context.aws, asked, request.region))
        if request.operation == "PutMetricFilter":
            raise AwsCallError("InvalidParameterException", _refusal(asked) or "")
        return AwsResponse.of_json(_tested(asked))

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        ours = request.account_id == self._context.settings.account_id
        return request.service == "logs" and request.operation in _WATCHED and ours

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.amend_response``: only take note, for the caller waits."""
        if response.status != _OK:
            return response
        if request.operation == "PutLogEvents":
            now = self._context.clock.now().timestamp() * 1000
            self._ingested.put_nowait(_Ingested(request.body, request.region, now))
        else:
            self._filters.pop(request.region, None)
        return response

    async def start(self) -> None:
        """See ``OwnService.start``."""
        self._work = asyncio.get_running_loop().create_task(self._evaluate_for_ever())

    async def stop(self) -> None:
        """Evaluate what was logged, and end."""
        self._ingested.put_nowait(None)
        if self._work:
            await self._work

    async def _evaluate_for_ever(self) -> None:
        while (ingested := await self._ingested.get()) is not None:
            try:
                await self._evaluate(ingested)
            except Exception:  # noqa: BLE001 - the next events are to be counted all the same
                _log.exception("Log events could not be held against metric filters")

    async def _evaluate(self, ingested: _Ingested) -> None:
        filters = await self._filters_in(ingested.region)
        if not filters:
            return
        period = self._context.settings.scaled(60)
        counted = await asyncio.to_thread(_counted, ingested, filters, period)
        for namespace, data in counted.items():
            self._recorder.record(namespace, data, region=ingested.region)

    async def _filters_in(self, region: str) -> dict[str, list[MetricFilter]]:
        """The region's filters by log group; read once after each change."""
        while region not in self._filters:
            # Noted before it is read, so that a change meanwhile takes it away again.
            reading: dict[str, list[MetricFilter]] = defaultdict(list)
            self._filters[region] = reading
            try:
                described = await self._describe(region)
            except AwsCallError:
                self._filters.pop(region, None)
                raise
            for item in described:
                reading[item["logGroupName"]] += filters_of([item])
        return self._filters[region]

    async def _describe(self, region: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            answer = await self._context.aws.call("logs", "DescribeMetricFilters", region=region, **token)
            found += answer.get("metricFilters", [])
            if not answer.get("nextToken"):
                return found
            token = {"nextToken": answer["nextToken"]}


def _counted(ingested: _Ingested, filters: Mapping[str, list[MetricFilter]], period: float) -> dict[str, list[Datum]]:
    """For a thread: a batch may have ten thousand events."""
    asked = json.loads(ingested.body)
    there = [item for item in filters.get(asked.get("logGroupName", ""), ()) if item.created <= ingested.at]
    return evaluate(there, asked.get("logEvents", ()), period, ingested.at / 1000) if there else {}


def _refusal(asked: Mapping[str, Any]) -> str | None:
    return refusal(asked.get("filterPattern") or "", asked.get("metricTransformations") or ())


def _tested(asked: Mapping[str, Any]) -> dict[str, Any]:
    """``TestMetricFilter``; events are numbered from 0, as in the examples of the API reference."""
    try:
        pattern = parse(asked.get("filterPattern") or "")
    except InvalidPattern as error:
        raise AwsCallError("InvalidParameterException", str(error)) from error
    events = enumerate(asked.get("logEventMessages", ()))
    matched = [(number, message, pattern.match(message)) for number, message in events]
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": dict(extracted)}
            for number, message, extracted in matched
            if extracted is not None
        ]
    }
