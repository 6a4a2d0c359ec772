"""Amazon EventBridge for the events of AWS's own services: matched and delivered in the background, in order."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from seatrial.core.bus import Announcement
from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.eventbridge.inputs import payload
from seatrial.services.eventbridge.rules import Rules
from seatrial.services.eventbridge.targets import Delivery, Targets

WAITING_AT_MOST = 10_000
"""Events that wait to be matched, and deliveries that wait for one target; what comes then is dropped and logged."""
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.5
STOP_SECONDS = 2.0
_STAYS_MISSING = ("NotFound", "NonExistent", "AccessDenied", "NoSuch")
_NOTHING_CHANGES = {"PutEvents", "TestEventPattern", "PutPartnerEvents"}

_log = logging.getLogger("seatrial")


class EventBridge(OwnService):
    """Delivers what is announced on the bus; watches for changes of the rules.

    Each target has a lane of its own, so that one that is slow or gone holds up nobody else.

    Args:
        context: what the embedded AWS gives each service.
        pause: seconds before the first repetition; doubles with each further one.
    """

    def __init__(self, context: ServiceContext, *, pause: float = FIRST_PAUSE_SECONDS) -> None:
        self._context = context
        self._pause = pause
        self._rules = Rules(context.aws, context.clock)
        self._targets = Targets(context.aws, context.clock)
        self._arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WAITING_AT_MOST)
        self._lanes: dict[str, asyncio.Queue[Delivery]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def observes(self, request: AwsRequest) -> bool:
        """Changes of rules and targets."""
        return request.service == "events" and request.is_mutating and request.operation not in _NOTHING_CHANGES

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:  # noqa: ARG002 - any of them
        """A rule may have changed."""
        self._rules.forget()
        return response

    async def start(self) -> None:
        """Take what is announced from now on."""
        self._work(self._match_for_ever(), "eventbridge")
        self._context.bus.connect(self.take)

    async def stop(self) -> None:
        """Take no more; what waits has a moment to be delivered."""
        self._context.bus.connect(None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._arrived.join()
                await asyncio.gather(*(lane.join() for lane in self._lanes.values()))
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def take(self, announced: Announcement) -> None:
        """Put an event in line; one of an account that this endpoint does not serve is nobody's."""
        account = next((arn.split(":")[4] for arn in announced.resources if arn.count(":") >= 5), "")  # noqa: PLR2004
        if account not in {"", self._context.settings.account_id}:
            return
        try:
            self._arrived.put_nowait(self._event(announced))
        except asyncio.QueueFull:
            _log.warning("Too many events wait: one of %s is lost.", announced.source)

    def _event(self, announced: Announcement) -> dict[str, Any]:
        """The event as every target and every pattern sees it (user guide, "AWS service event metadata")."""
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": announced.detail_type,
            "source": announced.source,
            "account": self._context.settings.account_id,
            "time": self._now(),
            "region": announced.region,
            "resources": list(announced.resources),
            "detail": dict(announced.detail),
        }

    async def _match_for_ever(self) -> None:
        while True:
            event = await self._arrived.get()
            try:
                await self._match_patiently(event)
            except Exception:  # noqa: BLE001 - one event's trouble must not end the others' delivery
                _log.exception("Event %s could not be matched", event["id"])
            finally:
                self._arrived.task_done()

    async def _match_patiently(self, event: Mapping[str, Any]) -> None:
        """Rules that cannot be read right now are read again, so that a throttled moment loses no event."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return await self._match(event)
            except AwsCallError:
                await asyncio.sleep(self._pause * 2**attempt)
        return await self._match(event)

    async def _match(self, event: Mapping[str, Any]) -> None:
        for rule in await self._rules.matching(event["region"], event):
            for target in rule.targets:
                if self._targets.supports(target["Arn"]):
                    text = payload(target, event, rule.name, self._now())
                    self._send(Delivery(target, text, event["region"], event["id"]))

    def _send(self, delivery: Delivery) -> None:
        lane = self._lanes.get(delivery.arn)
        if lane is None:
            lane = self._lanes[delivery.arn] = asyncio.Queue(WAITING_AT_MOST)
            self._work(self._deliver_for_ever(lane), f"eventbridge-{delivery.arn}")
        try:
            lane.put_nowait(delivery)
        except asyncio.QueueFull:
            _log.warning("Too many events wait for %s: one is lost.", delivery.arn)

    async def _deliver_for_ever(self, lane: "asyncio.Queue[Delivery]") -> None:
        while True:
            delivery = await lane.get()
            try:
                await self._deliver(delivery)
            except Exception:  # noqa: BLE001 - as above
                _log.exception("Event %s could not be delivered to %s", delivery.event_id, delivery.arn)
            finally:
                lane.task_done()

    async def _deliver(self, delivery: Delivery) -> None:
        for attempt in range(ATTEMPTS):
            try:
                return await self._targets.send(delivery)
            except AwsCallError as error:
                if attempt == ATTEMPTS - 1 or any(word in error.code for word in _STAYS_MISSING):
                    return await self._targets.send_to_dead_letter_queue(delivery, error)
            await asyncio.sleep(self._pause * 2**attempt)
        return None

    def _work(self, work: Any, name: str) -> None:  # noqa: ANN401 - a coroutine
        worker = asyncio.get_running_loop().create_task(work, name=name)
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    def _now(self) -> str:
        return self._context.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
