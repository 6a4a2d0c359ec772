"""ECS Exec with a real container, by the plugin's half of the data channel."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import ClientConnection, connect

from seatrial.core.engine import EngineClient
from seatrial.services.ecs.exec.data_channel import (
    CHANNEL_CLOSED,
    INPUT,
    OUTPUT,
    ChannelMessage,
    Payload,
    acknowledgement,
)
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import IMAGE, eventually

PATIENCE = 20


class Plugin:
    """The person's end of a data channel."""

    def __init__(self, connection: ClientConnection, token: str) -> None:
        self._connection = connection
        self._sequence = 0
        connection.send(json.dumps({"MessageSchemaVersion": "1.0", "RequestId": "r", "TokenValue": token}))

    def say(self, kind: Payload, payload: bytes) -> None:
        message = ChannelMessage(INPUT, self._sequence, payload, kind=kind, created=int(time.time() * 1000))
        self._sequence += 1
        self._connection.send(message.packed())

    def messages(self) -> Iterator[ChannelMessage]:
        """Until the channel is closed; what is to be acknowledged is."""
        expected = 0
        while True:
            message = ChannelMessage.unpacked(self._connection.recv(timeout=PATIENCE, decode=False))
            if message.type == OUTPUT:
                self._connection.send(acknowledgement(message, 0).packed())
                if message.sequence != expected:
                    continue
                expected += 1
            if message.kind == Payload.HANDSHAKE_REQUEST:
                self.say(Payload.HANDSHAKE_RESPONSE, b'{"ClientVersion": "1.2.0.0", "ProcessedClientActions": []}')
            yield message
            if message.type == CHANNEL_CLOSED:
                return


@pytest.fixture(scope="module")
def task(local_aws: RunningAws, engine: EngineClient) -> Iterator[dict[str, Any]]:  # noqa: ARG001 - needs Docker
    """A task that sleeps, with execute command enabled."""
    ecs, cluster = local_aws.client("ecs"), f"exec-{uuid.uuid4().hex[:8]}"
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(
        family=cluster,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": IMAGE, "command": ["sleep", "3600"], "essential": True}],
    )
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    arns = {
        enabled: ecs.run_task(
            cluster=cluster,
            taskDefinition=cluster,
            launchType="FARGATE",
            enableExecuteCommand=enabled,
            networkConfiguration=network,
        )["tasks"][0]["taskArn"]
        for enabled in (True, False)
    }
    eventually(lambda: {_status(ecs, cluster, arn) for arn in arns.values()} == {"RUNNING"})
    yield {"cluster": cluster, "task": arns[True], "closed": arns[False]}
    for arn in arns.values():
        ecs.stop_task(cluster=cluster, task=arn)


def test_a_shell_answers_and_its_end_is_the_sessions(local_aws: RunningAws, task: dict[str, Any]) -> None:
    printed = b""
    with _session(local_aws, task, "/bin/sh") as (connection, token):
        plugin = Plugin(connection, token)
        for message in plugin.messages():
            if message.kind == Payload.HANDSHAKE_COMPLETE:
                plugin.say(Payload.SIZE, json.dumps({"rows": 33, "cols": 111}).encode())
                plugin.say(Payload.OUTPUT, b"stty size; echo $((6 * 7)); exit\r")
            printed += message.payload if message.kind == Payload.OUTPUT else b""
    assert b"33 111" in printed
    assert b"\n42\r" in printed


def test_much_output_arrives_whole(local_aws: RunningAws, task: dict[str, Any]) -> None:
    with _session(local_aws, task, "python3 -c 'print(\"x\" * 500000)'") as (connection, token):
        messages = list(Plugin(connection, token).messages())
    assert b"".join(item.payload for item in messages if item.kind == Payload.OUTPUT).count(b"x") == 500_000


def test_another_token_opens_nothing(local_aws: RunningAws, task: dict[str, Any]) -> None:
    with _session(local_aws, task, "/bin/sh") as (connection, _token), pytest.raises(Exception, match="1008"):
        list(Plugin(connection, "another").messages())


def test_a_task_without_execute_command_refuses(local_aws: RunningAws, task: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="execute command was not enabled"):
        local_aws.client("ecs").execute_command(
            cluster=task["cluster"], task=task["closed"], command="/bin/sh", interactive=True
        )


@contextmanager
def _session(local_aws: RunningAws, task: dict[str, Any], command: str) -> Iterator[tuple[ClientConnection, str]]:
    opened = local_aws.client("ecs").execute_command(
        cluster=task["cluster"], task=task["task"], command=command, interactive=True
    )["session"]
    with connect(opened["streamUrl"], max_size=None, compression=None) as connection:
        yield connection, opened["tokenValue"]


def _status(ecs: Any, cluster: str, arn: str) -> str:  # noqa: ANN401 - boto3's own
    status: str = ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]["lastStatus"]
    return status
