"""A CloudWatch by itself: a clock that tests set, an AWS that writes down what it is asked, a bus that listens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import get_session

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError, InProcessAws
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import Clock
from seatrial.services.cloudwatch.service import CloudWatch

REGION = "eu-central-1"
START = datetime(2026, 11, 25, 2, 10, tzinfo=UTC)


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    at: float = START.timestamp()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class HeardAws:
    """Takes every call; those of ``refused`` operations fail."""

    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        if operation in self.refused:
            raise AwsCallError("NotFound", "Topic does not exist", 404)
        self.calls.append((service, operation, {"region": region, **params}))
        return {}


@dataclass
class HeardBus:
    """Takes every event."""

    events: list[tuple[str, str, list[str], Mapping[str, Any], str]] = field(default_factory=list)

    def announce(
        self, source: str, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any], *, region: str
    ) -> None:
        self.events.append((source, detail_type, list(resources), detail, region))


class Harness:
    """A CloudWatch, and what is around it."""

    def __init__(self, home: Path, minute: float = 60.0, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SetClock()
        self.aws, self.bus = HeardAws(), HeardBus()
        self.settings = InstanceSettings(home=home, region=REGION, minute=minute)
        self.store = Store(self.settings.directory / "state.sqlite")
        self.context = ServiceContext(
            settings=self.settings,
            clock=self.clock,
            store=self.store,
            aws=cast("InProcessAws", self.aws),
            bus=cast("EventBus", self.bus),
            faults=Faults(self.store),
        )
        self.cloudwatch = CloudWatch(self.context)

    async def call(
        self,
        operation: str,
        /,
        region: str = REGION,
        protocol: str = "query",
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        """Call an operation through a protocol of botocore's."""
        model = get_session().get_service_model("cloudwatch").operation_model(operation)
        written = create_serializer(protocol).serialize_to_request(params, model)
        body = written["body"]
        headers = {name.lower(): str(value) for name, value in written["headers"].items()}
        packed = urlencode(body).encode() if isinstance(body, dict) else body
        request = AwsRequest(
            "POST", written["url_path"], {}, headers, packed, "monitoring", operation, region, self.settings.account_id
        )
        assert self.cloudwatch.claims(request)
        answer = await self.cloudwatch.handle(request)
        shape: Any = model.output_shape
        parsed: dict[str, Any] = create_parser(protocol).parse(
            {"status_code": answer.status, "headers": answer.headers, "body": answer.body}, shape
        )
        if answer.status >= 300:
            raise AwsCallError(parsed["Error"]["Code"], parsed["Error"]["Message"], answer.status)
        return parsed
