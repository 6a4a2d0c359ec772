"""What the table of limits and the evaluation of rights cost one call of the AWS API.

In one process, without a socket: the same signed request goes through guard, gateway and emulator, by turns as the
account (for which no policies are looked at) and as a role, with the table and without. Prints medians and ratios of
the processor's time in the one thread that answers, which other programs do not lengthen as they do a clock's.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from seatrial.access.keys import ensure_keys
from seatrial.core.asgi import Message, call_app
from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.process.assembly import EmbeddedAws
from seatrial.services.constraints import Constraints

ROUNDS: Final = 300
REGION: Final = "eu-central-1"
ROLE: Final = "bench"
EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
CALLS: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "`DescribeVpcs` of EC2": ("ec2", "describe_vpcs", {}),
    "`DescribeLogGroups`": ("logs", "describe_log_groups", {"logGroupNamePrefix": "/bench"}),
    "`GetSecretValue`": ("secretsmanager", "get_secret_value", {"SecretId": "bench"}),
    "`PutRetentionPolicy`, which is written to disk": (
        "logs",
        "put_retention_policy",
        {"logGroupName": "/bench", "retentionInDays": 30},
    ),
}


@dataclass(frozen=True)
class Way:
    """How a call is made: as whom, and whether the table is asked."""

    role: bool
    table: bool


WAYS: Final = tuple(Way(role, table) for role in (False, True) for table in (False, True))


def signed(call: tuple[str, str, dict[str, Any]], endpoint: str, keys: Mapping[str, str]) -> tuple[Message, bytes]:
    """A call as boto3 sends it: the ASGI scope, and the body."""
    service, method, params = call
    sent: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, _Empty(b"<Empty/>" if service == "ec2" else b"{}"))

    client: Any = boto3.client(service, region_name=REGION, endpoint_url=endpoint, **keys)  # type: ignore[call-overload]
    client.meta.events.register("before-send", keep)
    getattr(client, method)(**params)
    url, body = urlsplit(sent[0].url), sent[0].body or b""
    headers = {"host": url.netloc, **sent[0].headers}
    encoded = [
        (name.lower().encode(), value if isinstance(value, bytes) else str(value).encode())
        for name, value in headers.items()
    ]
    scope: Message = {
        "type": "http",
        "method": sent[0].method,
        "path": unquote(url.path) or "/",
        "raw_path": (url.path or "/").encode(),
        "query_string": url.query.encode(),
        "headers": encoded,
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "http_version": "1.1",
        "extensions": {},
    }
    return scope, body if isinstance(body, bytes) else body.encode()


@dataclass(frozen=True)
class _Empty:
    """The body of an answer that says nothing."""

    text: bytes

    def stream(self, **_: object) -> list[bytes]:
        return [self.text]


async def prepare(aws: EmbeddedAws) -> Mapping[bool, dict[str, str]]:
    """Have what the calls ask for; returns the credentials of the role and of the account."""
    call = aws.context.aws.call
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    arn = f"arn:aws:iam::{aws.context.settings.account_id}:role/{ROLE}"
    await call("iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=_document(trust))
    await call("iam", "PutRolePolicy", RoleName=ROLE, PolicyName="all", PolicyDocument=_document(EVERYTHING))
    await call("logs", "CreateLogGroup", region=REGION, logGroupName="/bench")
    await call("secretsmanager", "CreateSecret", region=REGION, Name="bench", SecretString="x")
    session = (await call("sts", "AssumeRole", RoleArn=arn, RoleSessionName="bench"))["Credentials"]
    own = ensure_keys(aws.context.settings.directory)
    return {
        True: {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"],
        },
        False: {"aws_access_key_id": own.access_key, "aws_secret_access_key": own.secret_key},
    }


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def measured(aws: EmbeddedAws, call: tuple[str, str, dict[str, Any]], keys: Mapping[bool, dict[str, str]]) -> Any:  # noqa: ANN401 - medians by way
    """Milliseconds of processor of a call, by way: the ways take turns, and each round begins with another."""
    services: list[Any] = aws.app._app._services  # type: ignore[attr-defined]  # noqa: SLF001 - the switch is the bench's
    with_table = list(services)
    without = [service for service in services if not isinstance(service, Constraints)]
    asked = {role: signed(call, aws.context.settings.endpoint, keys[role]) for role in (True, False)}
    taken: dict[Way, list[float]] = {way: [] for way in WAYS}
    for number in range(ROUNDS):
        for way in (*WAYS[number % 4 :], *WAYS[: number % 4]):
            services[:] = with_table if way.table else without
            scope, body = asked[way.role]
            began = time.thread_time()
            answer = await call_app(aws.app, dict(scope), body)
            taken[way].append(1000 * (time.thread_time() - began))
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                sys.exit(f"{way}: {answer.status} {answer.body!r}")
    services[:] = with_table
    return {way: median(values) for way, values in taken.items()}


async def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory(prefix="tagship-bench-") as home:
        settings = InstanceSettings(Path(home), 4597, 8597)
        settings.directory.mkdir(parents=True)
        aws = EmbeddedAws(settings, SystemClock(), None)
        await aws.start()
        try:
            keys = await prepare(aws)
            print("| call | account, no table | account, table | role, no table | role, table | all of it |")
            print("|---|---|---|---|---|---|")
            for name, call in CALLS.items():
                found = await measured(aws, call, keys)
                cells = " | ".join(f"{found[way]:.2f}" for way in WAYS)
                print(f"| {name} | {cells} | {found[WAYS[3]] / found[WAYS[0]]:.2f} times |")
        finally:
            await aws.stop()
    print(f"Milliseconds of processor, medians of {ROUNDS}; load {os.getloadavg()[0]:.0f}.")


if __name__ == "__main__":
    asyncio.run(main())
