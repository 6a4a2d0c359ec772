"""Access logs, brought to S3 every five minutes, as AWS does."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from secrets import token_hex

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.services.elb.control.plane import DataPlaneClient
from seatrial.services.elb.data.access_log.entry import NODE
from seatrial.services.elb.model import LogBucket

PERIOD = 300.0
"""Seconds of AWS's time from one delivery to the next ("Access log files")."""

LOOK = 5.0
"""Seconds between two looks at whether a file is full before its time."""

_log = logging.getLogger("seatrial")


class LogDelivery:
    """Delivers the access logs of the load balancers that are to have some.

    Args:
        context: what the embedded AWS gives each service.
        plane: the data plane, which has the logs.
    """

    def __init__(self, context: ServiceContext, plane: DataPlaneClient) -> None:
        self._context = context
        self._plane = plane
        self._buckets: Mapping[str, LogBucket] = {}
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Deliver what there is, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._buckets:
            await self._deliver(self._context.clock.now(), everything=True)

    async def follow(self, buckets: Mapping[str, LogBucket], *, anew: bool) -> None:
        """From now on, logs go there; each new place gets AWS's test file.

        Args:
            buckets: the buckets by the load balancer's ARN.
            anew: whether these were told before the embedded AWS was started, so that the test files are there.
        """
        before, self._buckets = self._buckets, dict(buckets)
        if buckets:
            self._wanted.set()
        else:
            self._wanted.clear()
        for arn, bucket in buckets.items():
            if before.get(arn) != bucket and not anew:
                now = self._context.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
                text = f"Enable AccessLog for ELB: {resource_of(arn)} at {now}\n"
                await self._put(arn, bucket, trial_file(arn, bucket), text.encode())

    async def _run(self) -> None:
        period = max(self._context.settings.scaled(PERIOD), 0.1)
        while True:
            await self._wanted.wait()
            now = self._context.clock.now().timestamp()
            end = (now // period + 1) * period
            while (left := end - self._context.clock.now().timestamp()) > 0:
                await asyncio.sleep(min(left, LOOK))
                if left > LOOK:
                    await self._deliver(self._context.clock.now(), everything=False)
            await self._deliver(datetime.fromtimestamp(end, UTC), everything=True)

    async def _deliver(self, end: datetime, *, everything: bool) -> None:
        try:
            for arn, files in (await self._plane.take_logs(everything=everything)).items():
                if bucket := self._buckets.get(arn):
                    for content in files:
                        await self._put(arn, bucket, log_file(arn, bucket, end, token_hex(4)), content)
        except Exception:  # noqa: BLE001 - the next period is to be tried all the same
            _log.exception("Access logs could not be delivered")

    async def _put(self, arn: str, bucket: LogBucket, key: str, content: bytes) -> None:
        region = arn.split(":")[3]
        try:
            await self._context.aws.call("s3", "PutObject", region=region, Bucket=bucket.name, Key=key, Body=content)
        except AwsCallError as error:
            _log.warning("The access log of `%s` cannot be written to `%s`: %s", resource_of(arn), bucket.name, error)


def resource_of(arn: str) -> str:
    """``app/NAME/ID`` of ``…:loadbalancer/app/NAME/ID``."""
    return arn.partition("loadbalancer/")[2]


def trial_file(arn: str, bucket: LogBucket) -> str:
    """The key of the file by which AWS tries the bucket when access logs are enabled."""
    return f"{_root(arn, bucket)}/ELBAccessLogTestFile"


def log_file(arn: str, bucket: LogBucket, end: datetime, random: str) -> str:
    """The key of a log file.

    Args:
        arn: the ARN of the load balancer.
        bucket: where it goes.
        end: the end of the period.
        random: tells files of one period apart.
    """
    region, account = arn.split(":")[3:5]
    name = resource_of(arn).replace("/", ".")
    return (
        f"{_root(arn, bucket)}/elasticloadbalancing/{region}/{end:%Y/%m/%d}/"
        f"{account}_elasticloadbalancing_{region}_{name}_{end:%Y%m%dT%H%MZ}_{NODE}_{random}.log.gz"
    )


def _root(arn: str, bucket: LogBucket) -> str:
    prefix = f"{bucket.prefix}/" if bucket.prefix else ""
    return f"{prefix}AWSLogs/{arn.split(':')[4]}"
