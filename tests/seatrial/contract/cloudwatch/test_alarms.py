"""Alarms end to end, through boto3 and a running embedded AWS whose minute takes a second."""

import io
import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config

from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import REGION, RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import eventually

ALARM = {
    "AlarmName": "story-high",
    "Namespace": "story",
    "MetricName": "load",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 1,
    "Threshold": 80.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


@pytest.fixture
def fast_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAws]:
    """An embedded AWS of this test's own, whose minute takes a second."""
    settings = replace(fresh_settings(tmp_path_factory.mktemp("home")), minute=1.0)
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def state(aws: RunningAws) -> str:
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=["story-high"])["MetricAlarms"]
    value: str = alarm["StateValue"]
    return value


def inbox(aws: RunningAws) -> tuple[str, Callable[[], list[dict[str, Any]]]]:
    """A topic, and what arrives from it in a queue; messages are given once."""
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic: str = sns.create_topic(Name="story")["TopicArn"]
    queue = sqs.create_queue(QueueName="story")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def arrived() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    return topic, arrived


HANDLER = "def handler(event, context):\n    raise ValueError('as it should')\n"


def packed_handler() -> bytes:
    """A function that fails, as Lambda takes its code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.py", HANDLER)
    return archive.getvalue()


def test_what_a_lambda_function_does_is_measured(local_aws: RunningAws) -> None:
    functions = local_aws.client("lambda")
    functions.create_function(
        FunctionName="measured",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/none",
        Handler="index.handler",
        Code={"ZipFile": packed_handler()},
    )
    assert "FunctionError" in functions.invoke(FunctionName="measured", Payload=b"{}")
    cloudwatch = local_aws.client("cloudwatch")
    now = datetime.now(UTC)

    def errors() -> float:
        found = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": "measured"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in found))

    assert eventually(errors) == 1.0
    functions.delete_function(FunctionName="measured")


def test_an_alarm_reaches_its_topic_and_survives_kill_9(fast_aws: RunningAws) -> None:
    cloudwatch = fast_aws.client("cloudwatch")
    topic, arrived = inbox(fast_aws)
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[topic], OKActions=[topic])
    eventually(lambda: state(fast_aws) == "OK")
    cloudwatch.put_metric_data(Namespace="story", MetricData=[{"MetricName": "load", "Value": 92.1}])
    found: list[dict[str, Any]] = []

    def heard() -> bool:
        found.extend(arrived())
        return any(json.loads(message["Message"])["NewStateValue"] == "ALARM" for message in found)

    eventually(heard)
    assert 'ALARM: "story-high" in EU (Frankfurt)' in [message["Subject"] for message in found]
    eventually(lambda: state(fast_aws) == "OK")

    before = cloudwatch.describe_alarm_history(AlarmName="story-high")["AlarmHistoryItems"]
    pid = instance.status(fast_aws.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not instance.status(fast_aws.settings).running)
    start(fast_aws.settings)
    after = fast_aws.client("cloudwatch").describe_alarm_history(AlarmName="story-high")["AlarmHistoryItems"]
    assert {item["HistorySummary"] for item in before} <= {item["HistorySummary"] for item in after}
    assert state(fast_aws) == "OK"
    metrics = fast_aws.client("cloudwatch").list_metrics(Namespace="story")["Metrics"]
    assert [metric["MetricName"] for metric in metrics] == ["load"]


@pytest.mark.parametrize("least", [1, 1_048_576])
def test_metrics_are_put_packed_and_unpacked(local_aws: RunningAws, least: int) -> None:
    cloudwatch = boto3.client(
        "cloudwatch",
        endpoint_url=local_aws.endpoint,
        region_name=REGION,
        aws_access_key_id=local_aws.keys.access_key,
        aws_secret_access_key=local_aws.keys.secret_key,
        config=Config(request_min_compression_size_bytes=least),
    )
    cloudwatch.put_metric_data(Namespace=f"packed-{least}", MetricData=[{"MetricName": "load", "Value": 1.0}])
    assert len(cloudwatch.list_metrics(Namespace=f"packed-{least}")["Metrics"]) == 1
