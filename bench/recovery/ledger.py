"""Calls as Terraform makes them, written down: what was answered must be there after a kill, the rest whole or not."""

import itertools
import json
import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tests.contract.conftest import RunningAws

ROLE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
BUCKET = "ledger"
GROUP = "/ledger"
Make = Callable[[str], object]
Look = Callable[[str], Any]


class Ledger:
    """Makes one thing after the other, in a thread, until it is stopped or the endpoint is gone."""

    def __init__(self, aws: RunningAws, vpc: str) -> None:
        self._aws = aws
        self._vpc = vpc
        self._numbers = itertools.count()
        self._answered: list[tuple[str, str]] = []
        self._open: tuple[str, str] | None = None
        self._unknown: list[tuple[str, str]] = []
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        aws.client("logs").create_log_group(logGroupName=GROUP)

    def begin(self) -> None:
        """Make things from now on."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._make_all, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Make no more."""
        self._ending.set()
        if self._thread:
            self._thread.join()
        if self._open:
            self._unknown.append(self._open)
            self._open = None

    @property
    def answered(self) -> int:
        """How many calls were answered."""
        return len(self._answered)

    def broken(self) -> list[str]:
        """What was answered and is not there, and what was not answered and is there in part."""
        kinds = self._kinds()
        lost = [
            f"{kind} {name} lost" for kind, name in self._answered if kinds[kind][1](name) != self._whole(kind, name)
        ]
        half = [
            f"{kind} {name} half"
            for kind, name in self._unknown
            if kinds[kind][1](name) not in (None, self._whole(kind, name))
        ]
        return lost + half

    def _make_all(self) -> None:
        kinds = self._kinds()
        for kind in itertools.cycle(kinds):
            if self._ending.is_set():
                return
            self._open = (kind, f"{kind}-{next(self._numbers)}")
            try:
                kinds[kind][0](self._open[1])
            except (BotoCoreError, ClientError, HTTPClientError, OSError):
                return
            self._answered.append(self._open)
            self._open = None

    @staticmethod
    def _whole(kind: str, name: str) -> object:
        return ROLE if kind == "role" else {"project": name} if kind in {"group", "family"} else name

    def _kinds(self) -> dict[str, tuple[Make, Look]]:
        """By kind: how one is made, and how it is seen; None where it is not there."""
        s3, secrets, ssm = (self._aws.client(name) for name in ("s3", "secretsmanager", "ssm"))
        iam, elb, ecs, logs = (self._aws.client(name) for name in ("iam", "elbv2", "ecs", "logs"))
        tags = self._tags
        return {
            "object": (
                lambda name: s3.put_object(Bucket=BUCKET, Key=name, Body=name.encode()),
                _or_none(lambda name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read().decode()),
            ),
            "secret": (
                lambda name: secrets.create_secret(Name=name, SecretString=name),
                _or_none(lambda name: secrets.get_secret_value(SecretId=name)["SecretString"]),
            ),
            "parameter": (
                lambda name: ssm.put_parameter(Name=name, Value=name, Type="String"),
                _or_none(lambda name: ssm.get_parameter(Name=name)["Parameter"]["Value"]),
            ),
            "role": (
                lambda name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(ROLE)),
                _or_none(lambda name: iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]),
            ),
            "group": (
                lambda name: elb.create_target_group(
                    Name=name,
                    Protocol="HTTP",
                    Port=80,
                    VpcId=self._vpc,
                    TargetType="ip",
                    Tags=tags(name, "Key", "Value"),
                ),
                _or_none(lambda name: self._group_tags(elb, name)),
            ),
            "family": (
                lambda name: ecs.register_task_definition(
                    family=name,
                    containerDefinitions=[{"name": "app", "image": "app", "memory": 64}],
                    tags=tags(name, "key", "value"),
                ),
                _or_none(lambda name: self._family_tags(ecs, name)),
            ),
            "line": (
                lambda name: self._log(logs, name),
                _or_none(
                    lambda name: logs.get_log_events(logGroupName=GROUP, logStreamName=name)["events"][0]["message"]
                ),
            ),
        }

    @staticmethod
    def _tags(name: str, key: str, value: str) -> list[dict[str, str]]:
        return [{key: "project", value: name}]

    @staticmethod
    def _group_tags(elb: Any, name: str) -> dict[str, str]:  # noqa: ANN401 - boto3's own
        arn = elb.describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"]
        found = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    @staticmethod
    def _family_tags(ecs: Any, name: str) -> dict[str, str]:  # noqa: ANN401 - boto3's own
        found = ecs.describe_task_definition(taskDefinition=name, include=["TAGS"]).get("tags", [])
        return {tag["key"]: tag["value"] for tag in found}

    @staticmethod
    def _log(logs: Any, name: str) -> None:  # noqa: ANN401 - boto3's own
        logs.create_log_stream(logGroupName=GROUP, logStreamName=name)
        logs.put_log_events(
            logGroupName=GROUP, logStreamName=name, logEvents=[{"timestamp": 1_800_000_000_000, "message": name}]
        )

    @staticmethod
    def _line(logs: Any, name: str) -> str:  # noqa: ANN401 - boto3's own
        message: str = logs.get_log_events(logGroupName=GROUP, logStreamName=name)["events"][0]["message"]
        return message


def _or_none(look: Look) -> Look:
    def looked(name: str) -> Any:  # noqa: ANN401 - whatever is looked at
        try:
            return look(name)
        except (ClientError, IndexError):
            return None

    return looked
