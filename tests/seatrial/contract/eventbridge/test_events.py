"""A real deployment, as the targets of EventBridge rules see it."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.seatrial.contract.conftest import REGION, RunningAws
from tests.seatrial.contract.ecs.harness import Harness, eventually

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]

LIFE = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]
DEATH = ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
FUNCTION = """
import json
def handler(event, context):
    print("told", event["detail"]["eventName"], event["resources"][0])
"""


def once(items: list[str]) -> list[str]:
    return [item for place, item in enumerate(items) if place == 0 or items[place - 1] != item]


class Ear:
    """A FIFO queue that a rule sends to, so that the order can be seen."""

    def __init__(self, aws: RunningAws, name: str, pattern: dict[str, Any], **target: Any) -> None:  # noqa: ANN401 - AWS's
        self.sqs, events = aws.client("sqs"), aws.client("events")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        self.url = self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:000000000000:{name}.fifo"
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        fifo = {"SqsParameters": {"MessageGroupId": "all"}}
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn, **fifo, **target}])
        self.heard: list[Any] = []

    def listen(self) -> list[Any]:
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.heard.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return self.heard


def endings(ear: Ear) -> list[Any]:
    """What was heard of tasks that are gone."""
    return [item for item in ear.listen() if item["detail"].get("lastStatus") == "STOPPED"]


def test_a_queue_hears_every_state_of_a_release_in_order(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "ears")
    pattern = {"source": ["aws.ecs"], "detail": {"clusterArn": [{"suffix": f"/{harness.cluster}"}]}}
    tasks = Ear(local_aws, "ears-tasks", pattern | {"detail-type": ["ECS Task State Change"]})
    prefix = f"arn:aws:ecs:{REGION}:000000000000:service/{harness.cluster}/"
    releases = {"detail-type": ["ECS Deployment State Change"], "resources": [{"prefix": prefix}]}
    template = {
        "InputPathsMap": {"n": "$.detail.eventName"},
        "InputTemplate": '{"name": <n>, "at": "<aws.events.rule-name>"}',
    }
    deployments = Ear(local_aws, "ears-releases", releases, InputTransformer=template)
    harness.create(harness.register(VERSION="v1"), count=1)
    assert harness.settled() == "SUCCESSFUL"
    old = harness.tasks()[0]["taskArn"]
    assert harness.settled(harness.update(forceNewDeployment=True)) == "SUCCESSFUL"
    eventually(lambda: endings(tasks))
    heard = [item for item in tasks.heard if item["resources"] == [old]]
    assert once([item["detail"]["lastStatus"] for item in heard]) == [*LIFE, *DEATH]
    versions = [item["detail"]["version"] for item in heard]
    assert versions == sorted(versions)
    running = next(item for item in heard if item["detail"]["lastStatus"] == "RUNNING")
    assert (running["version"], running["source"], running["region"]) == ("0", "aws.ecs", REGION)
    assert running["detail"]["containers"][0]["lastStatus"] == "RUNNING"
    assert running["detail"]["attachments"][0]["status"] == "ATTACHED"
    eventually(lambda: len(deployments.listen()) == 4)
    names = ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"] * 2
    assert deployments.heard == [{"name": name, "at": "ears-releases"} for name in names]


def test_a_function_hears_of_a_rollback(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "earfn")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("told.py", FUNCTION)
    made = local_aws.client("lambda").create_function(
        FunctionName="earfn",
        Runtime="python3.13",
        Handler="told.handler",
        Role="arn:aws:iam::000000000000:role/told",
        Code={"ZipFile": packed.getvalue()},
    )
    events = local_aws.client("events")
    detail = {"eventName": [{"anything-but": "SERVICE_DEPLOYMENT_COMPLETED"}]}
    resource = f"arn:aws:ecs:{REGION}:000000000000:service/{harness.cluster}/{harness.name}"
    pattern = {"detail-type": ["ECS Deployment State Change"], "resources": [resource], "detail": detail}
    events.put_rule(Name="earfn", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="earfn", Targets=[{"Id": "f", "Arn": made["FunctionArn"]}])
    harness.create(harness.register(VERSION="v1"), count=1)
    assert harness.settled() == "SUCCESSFUL"
    bad = harness.register(CRASH_AFTER="0.1")
    assert harness.settled(harness.update(taskDefinition=bad)) == "ROLLBACK_SUCCESSFUL"

    def lines() -> list[str]:
        found = local_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/earfn", filterPattern="told")
        return [event["message"].strip() for event in found["events"] if event["message"].startswith("told")]

    names = ["IN_PROGRESS", "IN_PROGRESS", "FAILED", "IN_PROGRESS"]
    eventually(lambda: len(lines()) == len(names))
    # In any order: EventBridge invokes functions asynchronously, each in an execution environment of its own.
    assert sorted(lines()) == sorted(f"told SERVICE_DEPLOYMENT_{name} {resource}" for name in names)


def test_a_log_group_and_a_topic_hear_too_and_a_target_that_is_gone_hurts_nobody(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "earlog")
    logs, sns, sqs = (local_aws.client(name) for name in ("logs", "sns", "sqs"))
    logs.create_log_group(logGroupName="/aws/events/earlog")
    topic = sns.create_topic(Name="earlog")["TopicArn"]
    url = sqs.create_queue(QueueName="earlog")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:000000000000:earlog")
    events = local_aws.client("events")
    pattern = {"detail-type": ["ECS Service Action"], "detail": {"clusterArn": [{"suffix": f"/{harness.cluster}"}]}}
    events.put_rule(Name="earlog", EventPattern=json.dumps(pattern))
    group = f"arn:aws:logs:{REGION}:000000000000:log-group:/aws/events/earlog:*"
    gone = f"arn:aws:lambda:{REGION}:000000000000:function:gone"
    targets = [{"Id": str(place), "Arn": arn} for place, arn in enumerate((gone, group, topic))]
    events.put_targets(Rule="earlog", Targets=targets)
    harness.create(harness.register(VERSION="v1"), count=1)
    harness.steady()

    def logged() -> list[str]:
        found = logs.filter_log_events(logGroupName="/aws/events/earlog")["events"]
        return [json.loads(event["message"])["detail"]["eventName"] for event in found]

    eventually(lambda: "SERVICE_STEADY_STATE" in logged())
    body = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))[0]["Body"]
    assert json.loads(json.loads(body)["Message"])["detail"]["eventName"] == "SERVICE_STEADY_STATE"
