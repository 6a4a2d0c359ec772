"""Lambda functions of the embedded AWS: in containers with Lambda's bounds, never as processes of this machine."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from seatrial.core.engine import INSTANCE_LABEL, EngineClient
from tests.seatrial.contract.conftest import RunningAws

ASKED = """
import os, threading, time
def handler(event, context):
    if event == "slow":
        time.sleep(60)
    if event == "bounds":
        with open("/sys/fs/cgroup/memory.max" if os.path.exists("/sys/fs/cgroup/memory.max")
                  else "/sys/fs/cgroup/memory/memory.limit_in_bytes") as limit:
            return [limit.read().strip(), context.memory_limit_in_mb, context.function_name, context.aws_request_id]
    return {"host": os.uname().nodename, "sees": os.path.exists(event), "environment": sorted(os.environ)}
"""


def packed(source: str) -> bytes:
    """A function's code as Lambda takes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", source)
    return archive.getvalue()


Invoke = Callable[[Any], dict[str, Any]]


@contextmanager
def function(aws: RunningAws, name: str, source: str, **options: Any) -> Iterator[Invoke]:  # noqa: ANN401 - the API's
    """A function, while the block runs; calling it gives Lambda's answer, its payload decoded."""
    client = aws.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/none",
        Handler="index.handler",
        Code={"ZipFile": packed(source)},
        **options,
    )

    def invoke(event: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event))
        return {**answer, "Payload": json.loads(answer["Payload"].read())}

    yield invoke
    client.delete_function(FunctionName=name)


def test_a_function_sees_nothing_of_this_machine(local_aws: RunningAws) -> None:
    os.environ["ONLY_OF_THE_PERSON"] = "secret"
    with function(local_aws, "blind", ASKED) as invoke:
        seen = invoke(str(local_aws.settings.directory))["Payload"]
    assert (seen["sees"], seen["host"] != os.uname().nodename) == (False, True)
    assert "ONLY_OF_THE_PERSON" not in seen["environment"]


WRITES = """
import errno
def handler(event, context):
    refused = {}
    for folder in event:
        try:
            open(folder + "/written", "w").write("x" * 200_000_000)
        except OSError as error:
            refused[folder] = errno.errorcode[error.errno]
    return refused
"""


def test_a_function_writes_to_tmp_and_nowhere_else_and_what_lies_there_takes_none_of_its_memory(
    local_aws: RunningAws,
) -> None:
    with function(local_aws, "writes", WRITES, MemorySize=512, Timeout=60) as invoke:
        refused = invoke(["/tmp", "/usr", "/etc", "/"])["Payload"]
    assert refused == {"/usr": "EROFS", "/etc": "EROFS", "/": "EROFS"}


def test_what_is_beyond_lambdas_quotas_is_refused_as_lambda_refuses_it(local_aws: RunningAws) -> None:
    client = local_aws.client("lambda")
    refused = client.exceptions.RequestTooLargeException
    with function(local_aws, "asked", ASKED), pytest.raises(refused, match="6291456 bytes"):
        client.invoke(FunctionName="asked", Payload=json.dumps("x" * (6 << 20)))
    large = {"Variables": {"A": "x" * 5000}}
    with (
        pytest.raises(client.exceptions.InvalidParameterValueException, match="exceeded the 4KB limit"),
        function(local_aws, "large", ASKED, Environment=large),
    ):
        pass


def test_a_function_has_lambdas_bounds_and_the_architecture_that_is_here(
    local_aws: RunningAws, engine: EngineClient
) -> None:
    with function(local_aws, "bounded", ASKED, MemorySize=256, Architectures=["arm64"]) as invoke:
        limit, memory, name, request = invoke("bounds")["Payload"]
        instance = f"{INSTANCE_LABEL}={local_aws.settings.instance_id}"
        (container,) = engine.containers.list(filters={"label": [instance, "ministack=lambda"]})
        facts = container.attrs["HostConfig"]
    assert (int(limit), memory, name, bool(request)) == (256 * 1024 * 1024, "256", "bounded", True)
    assert facts["MemorySwap"] == facts["Memory"] == 256 << 20
    assert (facts["PidsLimit"], facts["SecurityOpt"], facts["Privileged"]) == (1024, ["no-new-privileges"], False)
    assert {bound["HostIp"] for bound in container.ports["8080/tcp"] or ()} == {"127.0.0.1"}


def test_a_function_that_takes_too_long_times_out(local_aws: RunningAws) -> None:
    with function(local_aws, "slow", ASKED, Timeout=1) as invoke:
        answer = invoke("slow")
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 1.00 seconds" in answer["Payload"]["errorMessage"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def handler(event, context): raise ValueError('as it should')", "ValueError"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
    ],
)
def test_a_function_that_fails_is_told_in_its_own_words(local_aws: RunningAws, source: str, kind: str) -> None:
    with function(local_aws, f"fails-{kind}", source) as invoke:
        answer = invoke({})
    assert (answer["FunctionError"], answer["Payload"]["errorType"]) == ("Unhandled", kind)
    assert answer["Payload"]["stackTrace"]


def test_a_runtime_without_an_image_is_refused_and_not_run_here(local_aws: RunningAws) -> None:
    with function(local_aws, "missing", ASKED) as _:
        client = local_aws.client("lambda")
        client.update_function_configuration(FunctionName="missing", Runtime="ruby3.2")
        answer = client.invoke(FunctionName="missing", Payload=b"{}")
        assert "Failed to pull image" in json.loads(answer["Payload"].read())["errorMessage"]
