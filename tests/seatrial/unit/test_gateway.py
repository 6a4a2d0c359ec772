from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.asgi import Message, Receive, Send, call_app, read_body, send_response
from seatrial.core.gateway import Gateway
from seatrial.core.internal import AwsCallError, InProcessAws
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.settings import InstanceSettings

SETTINGS = InstanceSettings(home=Path("/nowhere"))


class FakeEmulator:
    """Answers everything with ``{"clusterArns": ["emulated"]}`` and remembers the bodies."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, _scope: Message, receive: Receive, send: Send) -> None:
        self.bodies.append(await read_body(receive))
        await send_response(send, AwsResponse.of_json({"clusterArns": ["emulated"]}))


class House:
    """A gateway with its emulator and what it was told."""

    def __init__(self) -> None:
        self.changes = 0
        self.emulator = FakeEmulator()
        self.gateway = Gateway(SETTINGS, self.emulator, self._keep)
        self.aws = InProcessAws(self.gateway, SETTINGS)

    async def _keep(self, _request: AwsRequest, _status: int) -> None:
        self.changes += 1


@pytest.fixture
def house() -> House:
    return House()


class OwnEcs(OwnService):
    def claims(self, request: AwsRequest) -> bool:
        return request.service == "ecs"

    async def handle(self, request: AwsRequest) -> AwsResponse:
        if request.operation == "DescribeClusters":
            raise AwsCallError("ClusterNotFoundException", "Cluster not found.")
        if request.operation == "CreateCluster":
            raise ZeroDivisionError
        return AwsResponse.of_json({"clusterArns": ["ours"]})


class Watcher(OwnService):
    def rewrite_request(self, request: AwsRequest) -> AwsRequest:
        return replace(request, body=b'{"rewritten": true}')

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        assert request.body == b"{}"
        return AwsResponse.of_json({"clusterArns": [*response.json()["clusterArns"], "corrected"]})


async def test_what_nobody_claims_is_the_emulators(house: House) -> None:
    assert (await house.aws.call("ecs", "ListClusters"))["clusterArns"] == ["emulated"]


async def test_a_service_of_ours_answers_what_is_its_own(house: House) -> None:
    house.gateway.plug(OwnEcs())
    assert (await house.aws.call("ecs", "ListClusters"))["clusterArns"] == ["ours"]
    assert house.emulator.bodies == []


async def test_an_error_of_a_service_is_an_aws_error_to_the_caller(house: House) -> None:
    house.gateway.plug(OwnEcs())
    with pytest.raises(AwsCallError) as raised:
        await house.aws.call("ecs", "DescribeClusters")
    assert (raised.value.code, raised.value.message) == ("ClusterNotFoundException", "Cluster not found.")


async def test_a_service_that_breaks_is_an_internal_failure(house: House) -> None:
    house.gateway.plug(OwnEcs())
    with pytest.raises(AwsCallError) as raised:
        await house.aws.call("ecs", "CreateCluster")
    assert (raised.value.code, raised.value.status) == ("InternalFailure", 500)


async def test_a_watcher_rewrites_the_question_and_corrects_the_answer(house: House) -> None:
    house.gateway.plug(Watcher())
    assert (await house.aws.call("ecs", "ListClusters"))["clusterArns"] == ["emulated", "corrected"]
    assert house.emulator.bodies == [b'{"rewritten": true}']


class Breaks(OwnService):
    """Watches, and breaks where it takes note of what was answered."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:  # noqa: ARG002 - its shape
        raise self._error


async def test_where_a_watcher_breaks_the_answer_to_a_change_that_is_made_stays(house: House) -> None:
    """An error would have an SDK ask again, and what it creates would exist already."""
    house.gateway.plug(Breaks(ZeroDivisionError()), Watcher())
    await house.aws.call("ecs", "CreateCluster")
    assert (len(house.emulator.bodies), house.changes) == (1, 1)


async def test_where_a_watcher_breaks_a_question_is_an_internal_failure_and_may_be_asked_again(house: House) -> None:
    house.gateway.plug(Breaks(ZeroDivisionError()))
    with pytest.raises(AwsCallError) as raised:
        await house.aws.call("ecs", "ListClusters")
    assert (raised.value.code, raised.value.status) == ("InternalFailure", 500)


async def test_a_refusal_in_awss_words_is_answered_whoever_says_it(house: House) -> None:
    house.gateway.plug(Breaks(AwsCallError("InvalidParameterException", "No.")))
    with pytest.raises(AwsCallError) as raised:
        await house.aws.call("ecs", "CreateCluster")
    assert (raised.value.code, raised.value.message) == ("InvalidParameterException", "No.")


async def test_only_what_may_change_something_is_told_of(house: House) -> None:
    await house.aws.call("ecs", "ListClusters")
    assert house.changes == 0
    await house.aws.call("ecs", "RegisterTaskDefinition", family="a", containerDefinitions=[])
    assert house.changes == 1


async def test_a_page_and_a_mounted_application_come_first(house: House) -> None:
    async def mounted(_scope: Message, _receive: Receive, send: Send) -> None:
        await send_response(send, AwsResponse(200, {}, b"mounted"))

    house.gateway.page("/_seatrial/health", lambda: {"status": "ok"})
    house.gateway.mount(lambda path: path.startswith("/v2/"), mounted)
    assert (await _get(house, "/_seatrial/health")).json() == {"status": "ok"}
    assert (await _get(house, "/v2/x")).body == b"mounted"
    assert (await _get(house, "/bucket")).json() == {"clusterArns": ["emulated"]}


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (AwsRequest("POST", "/", headers={"x-amz-target": "A.B"}), b'"__type": "Some<Code"'),
        (AwsRequest("POST", "/", service="ec2"), b"<Response><Errors><Error><Code>Some&lt;Code</Code>"),
        (AwsRequest("POST", "/", service="rds"), b"<Type>Sender</Type><Code>Some&lt;Code</Code>"),
    ],
)
def test_an_error_is_said_in_the_protocol_in_which_was_asked(request_: AwsRequest, words: bytes) -> None:
    assert words in AwsResponse.error(request_, "Some<Code", "Words.").body


async def _get(house: House, path: str) -> AwsResponse:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    return await call_app(house.gateway, scope, b"")
