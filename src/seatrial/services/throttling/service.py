"""The quotas, plugged into the gateway before everybody else."""

from collections import Counter

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.throttling.buckets import Level, falls_to_others, refilled, taken
from seatrial.services.throttling.quotas import BY_OPERATION, Quota

_Key = tuple[str, str, str, str]


class Throttling(OwnService):
    """Answers, in everybody's place, what comes too fast.

    The buckets are not kept over a restart: they are full again after a few seconds anyway.

    Args:
        context: what the embedded AWS gives each service.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._levels: dict[_Key, Level] = {}
        self._calls: Counter[_Key] = Counter()

    def claims(self, request: AwsRequest) -> bool:
        """Whether the request is one too many; each request that is let through takes its token."""
        quota = BY_OPERATION.get((request.service, request.operation))
        if quota is None or request.in_process:
            return False
        key = (request.account_id, request.region, quota.service, quota.name)
        return self._used_by_others(key, quota) or not self._admitted(key, quota)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Say so in AWS's words."""
        return AwsResponse.error(request, "ThrottlingException", "Rate exceeded")

    def _admitted(self, key: _Key, quota: Quota) -> bool:
        level = refilled(self._levels.get(key), quota.rate, self._context.clock.monotonic())
        left = taken(level)
        self._levels[key] = left or level
        return left is not None

    def _used_by_others(self, key: _Key, quota: Quota) -> bool:
        share = self._context.faults.throttled_share() if quota.service == "ecs" else 0.0
        if not share:
            return False
        self._calls[key] += 1
        return falls_to_others(self._calls[key] - 1, share)
