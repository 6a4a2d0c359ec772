"""CloudWatch, plugged into the gateway."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tagship.local.cloudwatch import metric_calls
from tagship.local.cloudwatch.data import Act, Datum
from tagship.local.cloudwatch.metric_store import MetricStore
from tagship.local.cloudwatch.metrics import Metrics
from tagship.local.cloudwatch.periods import Minutes
from tagship.local.context import LocalContext
from tagship.local.protocols import Codec, RefusedCall
from tagship.local.service import AwsRequest, AwsResponse, OwnService

Params = Mapping[str, Any]
Operation = Callable[[Params, str], dict[str, Any]]

SIGNING_NAME = "monitoring"


class CloudWatch(OwnService):
    """CloudWatch of one embedded AWS.

    Args:
        context: of the embedded AWS.
    """

    def __init__(self, context: LocalContext) -> None:
        self._context = context
        self._codec = Codec("cloudwatch")
        minutes = Minutes(context.settings.minute)
        self._store = MetricStore(context.settings.directory / "metrics.sqlite")
        self._metrics = Metrics(self._store, minutes)
        self._acts: dict[str, Act] = {}
        self._operations: dict[str, Operation] = {
            "PutMetricData": lambda params, region: metric_calls.put_metric_data(
                self._metrics, params, region, self._now()
            ),
            "GetMetricStatistics": lambda params, region: metric_calls.get_metric_statistics(
                self._metrics, params, region
            ),
            "ListMetrics": lambda params, region: metric_calls.list_metrics(self._metrics, params, region, self._now()),
        }

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        """Take metrics of AWS's own services, such as ``AWS/ECS``; they are on disk when this returns."""
        self._metrics.record(region, namespace, data)

    def obey(self, prefix: str, act: Act) -> None:
        """From now on ``act`` is awaited for alarm actions whose ARN begins with ``prefix``."""
        self._acts[prefix] = act

    def answers(self, request: AwsRequest) -> bool:
        """See ``OwnService.answers``."""
        return request.service == SIGNING_NAME and request.operation in self._operations

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        try:
            params = self._codec.read(request)
            return self._codec.answer(request, self._operations[request.operation](params, request.region))
        except RefusedCall as refused:
            return self._codec.error(request, refused.code, refused.message, refused.status)

    async def stop(self) -> None:
        """See ``OwnService.stop``."""
        self._store.close()

    def _now(self) -> float:
        return self._context.clock.now().timestamp()
