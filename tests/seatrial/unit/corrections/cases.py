"""Recorded pairs of a request and MiniStack's answer, and what a correction makes of them.

A case is a data file in ``cases/``: the correction's name, its service, and steps. Of a step:

- ``request`` is a form (``"A=1&B=2"``) or a JSON document, ``answer`` XML or a JSON document, ``status`` its status;
- ``calls`` are the answers of the calls that the correction itself makes, ``called`` those that it must make;
- ``sent`` are parameters of the request as MiniStack gets it, null where it must not get one;
- ``has`` gives texts at paths of the corrected answer, ``lacks`` paths that are not there, ``hides`` texts that must
  be nowhere in it. Paths are ElementTree's in XML, dotted in JSON.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from seatrial.core.asgi import Message, Receive, Send, headers_of, read_body, send_response
from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import InProcessAws
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.ministack.corrections.catalogue import additions, corrections
from seatrial.ministack.corrections.correction import Correction
from seatrial.ministack.corrections.xml import read

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(FOLDER.glob("*.json"))
SETTINGS = InstanceSettings(home=Path("/nowhere"), port=4700, region="eu-central-1")


class FakeAws:
    """Answers each operation as a case says, with a status where one is given; remembers what was called."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.called: list[str] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body = (await read_body(receive)).decode()
        target = headers_of(scope).get("x-amz-target")
        named = target.rpartition(".")[2] if target else dict(parse_qsl(body)).get("Action")
        operation = named or f"{scope['method']} {scope['path']}"
        self.called.append(operation)
        found = self.answers[operation]
        await send_response(send, response(*found) if isinstance(found, tuple) else response(found))


def context(folder: Path, aws: FakeAws) -> ServiceContext:
    """What a correction is given, with nobody but the fake behind it."""
    store = Store(folder / "state.sqlite")
    return ServiceContext(
        settings=SETTINGS,
        clock=SystemClock(),
        store=store,
        aws=InProcessAws(aws, SETTINGS),
        bus=EventBus(),
        faults=Faults(store),
    )


def correction_of(where: ServiceContext, name: str) -> Correction:
    """The correction of this name."""
    return corrections(where)[name]


def request(service: str, operation: str, asked: Any, path: str = "/") -> AwsRequest:  # noqa: ANN401 - as recorded
    """A request as a client sends it."""
    body = asked if isinstance(asked, str) else json.dumps(asked)
    method = "POST" if operation else "GET"
    return AwsRequest(
        method,
        path,
        service=service,
        operation=operation,
        region=SETTINGS.region,
        account_id=SETTINGS.account_id,
        headers={} if isinstance(asked, str) else {"x-amz-target": operation},
        body=body.encode(),
    )


def response(answer: Any, status: int = 200) -> AwsResponse:  # noqa: ANN401 - as recorded
    """An answer as MiniStack gives it."""
    return AwsResponse.of_xml(answer, status) if isinstance(answer, str) else AwsResponse.of_json(answer, status)


async def corrected(correction: Correction, service: str, step: dict[str, Any]) -> AwsResponse:
    """Let the correction see one recorded pair."""
    asked = request(service, step["operation"], step["request"], step.get("path", "/"))
    assert correction.applies(asked), step["operation"]
    body = correction.rewrite(asked).body.decode()
    sent = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
    assert {name: sent.get(name) for name in step.get("sent", {})} == step.get("sent", {})
    answer = correction.correct(asked, response(step["answer"], step.get("status", 200)))
    return await correction.follow(asked, answer) if correction.follow else answer


async def added(where: ServiceContext, service: str, operation: str, asked: Any) -> AwsResponse:  # noqa: ANN401 - JSON
    """The answer of the addition that knows this call."""
    asking = request(service, operation, asked)
    (found,) = (addition for addition in additions(where).values() if addition.applies(asking))
    return await found.answer(asking)


def texts(answer: AwsResponse, path: str) -> list[str]:
    """The texts at a path of an answer."""
    if answer.body.startswith(b"<"):
        document = read(answer)
        assert document is not None, answer.body
        return [(element.text or "").strip() for element in document.findall(path)]
    return [str(found) for found in _walk([answer.json()], path.split("."))]


def _walk(values: list[Any], path: list[str]) -> list[Any]:
    for step in path:
        if step == "*":
            values = [inner for value in values for inner in value]
        elif step.isdigit():
            values = [value[int(step)] for value in values]
        else:
            values = [value[step] for value in values if step in value]
    return values
