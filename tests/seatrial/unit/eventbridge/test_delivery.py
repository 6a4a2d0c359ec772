"""From an announcement to its targets, with a made-up AWS."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.services.eventbridge.service import EventBridge

TASK = "arn:aws:ecs:eu-west-1:000000000000:task/default/1"
QUEUE = "arn:aws:sqs:eu-west-1:000000000000:events"
GRAVE = "arn:aws:sqs:eu-west-1:000000000000:grave"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:topic"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:told"
GROUP = "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/events/ecs:*"


class Aws:
    """One rule with the given targets; every other call is written down, or refused as often as told."""

    def __init__(self) -> None:
        self.targets: list[dict[str, Any]] = []
        self.pattern = {"source": ["aws.ecs"]}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, int] = {}
        self.code = "ServiceUnavailable"
        self.listed = 0

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        await asyncio.sleep(0)
        assert region == "eu-west-1"
        if self.refusals.get(operation, 0) > 0:
            self.refusals[operation] -= 1
            raise AwsCallError(self.code, f"{service} does not want to")
        if operation == "ListRules":
            self.listed += 1
            rule = {"Name": "r", "Arn": "arn:r", "State": "ENABLED", "EventPattern": json.dumps(self.pattern)}
            return {"Rules": [rule, {"Name": "off", "State": "DISABLED", "EventPattern": "{}"}, {"Name": "scheduled"}]}
        if operation == "ListTargetsByRule":
            assert params["Rule"] == "r"
            return {"Targets": self.targets}
        if operation == "GetQueueUrl":
            return {"QueueUrl": f"http://sqs/{params['QueueName']}"}
        self.calls.append((operation, params))
        return {}

    def bodies(self) -> list[Any]:
        return [json.loads(params["MessageBody"]) for name, params in self.calls if name == "SendMessage"]


class Desk:
    def __init__(self, directory: Path) -> None:
        self.aws = Aws()
        self.store = Store(directory / "state.sqlite")
        self.bus = EventBus()
        context = ServiceContext(
            settings=InstanceSettings(home=directory),
            clock=SystemClock(),
            store=self.store,
            aws=self.aws,
            bus=self.bus,
            faults=Faults(self.store),
        )
        self.eventbridge = EventBridge(context, pause=0.001)

    def announce(self, number: int = 0, arn: str = TASK) -> None:
        self.bus.announce("aws.ecs", "ECS Task State Change", [arn], {"number": number}, region="eu-west-1")

    async def until(self, what: Callable[[], object]) -> None:
        for _ in range(5000):
            if what():
                return
            await asyncio.sleep(0.001)
        raise AssertionError(f"never; {self.aws.calls}")


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.eventbridge.start()
    yield made
    await made.eventbridge.stop()
    made.store.close()


async def test_an_event_reaches_a_queue_in_the_envelope_that_aws_documents(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    desk.announce()
    await desk.until(desk.aws.bodies)
    event = desk.aws.bodies()[0]
    assert list(event) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert event | {"id": "", "time": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "000000000000",
        "time": "",
        "region": "eu-west-1",
        "resources": [TASK],
        "detail": {"number": 0},
    }
    assert event["time"].endswith("Z")


async def test_events_arrive_in_the_order_in_which_they_were_announced(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    desk.aws.refusals["SendMessage"] = 3
    for number in range(50):
        desk.announce(number)
    await desk.until(lambda: len(desk.aws.bodies()) == 50)
    assert [event["detail"]["number"] for event in desk.aws.bodies()] == list(range(50))


async def test_each_kind_of_target_is_called_as_eventbridge_calls_it(desk: Desk) -> None:
    fifo = {"Id": "2", "Arn": QUEUE + ".fifo", "SqsParameters": {"MessageGroupId": "g"}, "Input": '"x"'}
    desk.aws.targets = [fifo, *({"Id": arn, "Arn": arn, "Input": '"x"'} for arn in (TOPIC, FUNCTION, GROUP))]
    desk.announce()
    await desk.until(lambda: len(desk.aws.calls) == 5)
    calls = dict(desk.aws.calls)
    assert calls["SendMessage"]["MessageGroupId"] == "g"
    assert calls["Publish"] == {"TopicArn": TOPIC, "Message": '"x"'}
    assert calls["Invoke"] == {"FunctionName": FUNCTION, "InvocationType": "Event", "Payload": b'"x"'}
    assert calls["PutLogEvents"]["logGroupName"] == calls["CreateLogStream"]["logGroupName"] == "/aws/events/ecs"
    assert calls["PutLogEvents"]["logEvents"][0]["message"] == '"x"'


async def test_a_target_that_fails_holds_up_no_other_and_ends_in_its_dead_letter_queue(desk: Desk) -> None:
    broken = {"Id": "1", "Arn": FUNCTION, "DeadLetterConfig": {"Arn": GRAVE}}
    desk.aws.targets = [broken, {"Id": "2", "Arn": QUEUE}]
    desk.aws.refusals["Invoke"] = 1000
    desk.announce()
    await desk.until(lambda: len(desk.aws.bodies()) == 2)
    buried = next(params for _, params in desk.aws.calls if params.get("QueueUrl", "").endswith("grave"))
    assert buried["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "ServiceUnavailable"
    assert buried["MessageAttributes"]["TARGET_ARN"]["StringValue"] == FUNCTION


async def test_what_is_not_there_is_not_asked_again(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": FUNCTION}]
    desk.aws.refusals["Invoke"], desk.aws.code = 1000, "ResourceNotFoundException"
    desk.announce()
    await desk.until(lambda: desk.aws.refusals["Invoke"] < 1000)
    desk.aws.targets.append({"Id": "2", "Arn": QUEUE})
    await change_a_rule(desk)
    desk.announce()
    await desk.until(desk.aws.bodies)
    assert desk.aws.refusals["Invoke"] >= 998


async def test_a_target_of_another_kind_is_left_alone(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": "arn:aws:states:eu-west-1:000000000000:stateMachine:x"}]
    desk.aws.targets.append({"Id": "2", "Arn": QUEUE})
    desk.announce()
    await desk.until(desk.aws.bodies)
    assert [name for name, _ in desk.aws.calls] == ["SendMessage"]


async def change_a_rule(desk: Desk) -> None:
    request = AwsRequest(method="POST", path="/", service="events", operation="PutTargets")
    assert desk.eventbridge.observes(request)
    answer = AwsResponse.of_json({})
    assert await desk.eventbridge.amend_response(request, answer) is answer


async def test_rules_are_read_once_and_again_after_a_change(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    for number in range(3):
        desk.announce(number)
    await desk.until(lambda: len(desk.aws.bodies()) == 3)
    assert desk.aws.listed == 1
    desk.aws.pattern = {"source": ["aws.ec2"]}
    await change_a_rule(desk)
    desk.announce(3)
    await desk.until(lambda: desk.aws.listed == 2)
    assert len(desk.aws.bodies()) == 3
    for operation in ("ListRules", "PutEvents", "TestEventPattern"):
        assert not desk.eventbridge.observes(AwsRequest("POST", "/", service="events", operation=operation))


async def test_an_event_of_another_account_is_nobodys(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    desk.announce(1, TASK.replace("000000000000", "111111111111"))
    desk.announce(2)
    await desk.until(desk.aws.bodies)
    assert [event["detail"]["number"] for event in desk.aws.bodies()] == [2]


async def test_what_waits_at_the_end_is_still_delivered(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    desk.announce(1)
    await desk.eventbridge.stop()
    desk.announce(2)
    assert [event["detail"]["number"] for event in desk.aws.bodies()] == [1]


async def test_rules_that_cannot_be_read_for_a_moment_lose_no_event(desk: Desk) -> None:
    desk.aws.targets = [{"Id": "1", "Arn": QUEUE}]
    desk.aws.refusals["ListRules"] = 2
    desk.announce(1)
    await desk.until(desk.aws.bodies)
    assert [event["detail"]["number"] for event in desk.aws.bodies()] == [1]
