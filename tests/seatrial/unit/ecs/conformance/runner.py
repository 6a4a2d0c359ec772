"""Plays the cases of a conformance file against an ECS with a made-up engine.

A case says in ``documented`` what AWS documents, and in ``steps`` what is called and what we answer. Each step is one
of the methods of ``Player`` below, by its name. ``"$name"`` in a step stands for what an earlier step kept under that
name; ``"*"`` for anything; ``{"matches": "…"}`` for a text with that regular expression in it. An object matches one
that has at least its members.
"""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.session import get_session

from seatrial.services.ecs.capacity import assigned
from seatrial.services.ecs.deployments.breaker import threshold
from seatrial.services.ecs.deployments.scheduler import ServiceView
from tests.seatrial.unit.ecs.harness import NETWORK, Harness

Json = Any
LIMIT = 3000
_COMMON = {"ClientException", "InvalidParameterException", "ServerException"}


def differs(found: Json, wanted: Json, path: str = "") -> str:
    """Where an answer is not as it should be; empty where it is."""
    if wanted == "*":
        return ""
    if isinstance(wanted, Mapping) and set(wanted) == {"matches"}:
        return "" if isinstance(found, str) and re.search(wanted["matches"], found) else f"{path}: {found!r}"
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        inner = (differs(found.get(name), value, f"{path}.{name}") for name, value in wanted.items())
        return next((each for each in inner if each), "")
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        inner = (differs(*pair, f"{path}[{place}]") for place, pair in enumerate(zip(found, wanted, strict=True)))
        return next((each for each in inner if each), "")
    return "" if found == wanted else f"{path}: {found!r} is not {wanted!r}"


def at(answer: Json, path: str) -> Json:
    """The value at ``tasks.0.taskArn``."""
    for step in path.split("."):
        answer = answer[int(step)] if step.isdecimal() else answer[step]
    return answer


class Player:
    """One case under way."""

    def __init__(self, harness: Harness) -> None:
        self._bench = harness
        self._kept: dict[str, Json] = {"network": NETWORK}
        self._update = ""

    async def play(self, steps: list[dict[str, Json]]) -> None:
        """Each step in turn."""
        for number, raw in enumerate(steps, 1):
            step = self._filled(raw)
            name = next(iter(step))
            try:
                await getattr(self, name)(step[name], step)
            except AssertionError as error:
                raise AssertionError(f"step {number}, {name}: {error}") from error

    async def service(self, params: Json, step: Json) -> None:
        """The service ``web`` behind a target group, waited for unless ``"settles"`` says otherwise."""
        await self._bench.create(params.pop("desiredCount", 2), **params)
        if step.get("settles", "SUCCESSFUL"):
            await self._bench.until_status(step.get("settles", "SUCCESSFUL"))
        found = await self._bench.service()
        self._kept |= {"first": found["deployments"][0]["id"], "firstDeployment": found["currentServiceDeployment"]}

    async def register(self, container: Json, step: Json) -> None:
        """A new revision of ``web`` whose container differs so; its ARN is kept."""
        self._kept[step.get("keep", "definition")] = await self._bench.register(**container)

    async def update(self, params: Json, step: Json) -> None:
        """UpdateService; ``starts`` says whether that opens a service deployment. Its ARN is kept."""
        before = (await self._bench.service())["currentServiceDeployment"]
        answer = await self._bench.call("UpdateService", service="web", **params)
        after = answer["service"]["currentServiceDeployment"]
        if "starts" in step:
            assert (after != before) == step["starts"]
        self._kept[step.get("keep", "deployment")] = after

    async def settles(self, status: str, step: Json) -> None:
        """A service deployment comes to a status; ``answers`` is what is described then."""
        arn = step.get("of", self._kept.get("deployment"))
        found = await self._bench.until_status(status, arn=arn)
        self._matches(found, step)

    async def call(self, operation: str, step: Json) -> None:
        """Any call, with its answer or its refusal; ``eventually`` repeats it until it is answered so."""
        params = step.get("with", {})
        if "refused" in step:
            code, message = await self._bench.refused(operation, **params)
            assert code in _COMMON | errors_of(operation), f"{operation} has no {code}"
            problem = differs([code, message], step["refused"])
            assert not problem, problem
            return
        for _ in range(LIMIT if step.get("eventually") else 1):
            answer = await self._bench.call(operation, **params)
            problem = differs(answer, step.get("answers", {}))
            if not problem:
                break
            await asyncio.sleep(0.002)
        assert not problem, problem
        for name, path in step.get("keep", {}).items():
            self._kept[name] = at(answer, path)

    async def engine(self, what: Json, step: Json) -> None:  # noqa: ARG002 - every step is called alike
        """Images that crash at once with an exit code, or cannot be pulled for a reason."""
        self._bench.containers.exits_at_once |= what.get("crashes", {})
        self._bench.containers.broken |= what.get("missing", {})

    async def ends(self, exit_code: int, step: Json) -> None:  # noqa: ARG002 - as above
        """The first container ends by itself."""
        self._bench.containers.end(next(iter(self._bench.containers.facts)), exit_code)

    async def targets(self, state: str, step: Json) -> None:  # noqa: ARG002 - as above
        """What target groups say of targets that are registered from now on."""
        self._bench.aws.state = state

    async def alarms(self, states: Json, step: Json) -> None:  # noqa: ARG002 - as above
        """What CloudWatch says of alarms."""
        self._bench.aws.alarms = states

    async def said(self, wanted: list[Json], step: Json) -> None:  # noqa: ARG002 - as above
        """The service's events have these among them, in this order."""
        for _ in range(LIMIT):
            said = await self._bench.said()
            rest = iter(said)
            if all(any(not differs(line, each) for line in rest) for each in wanted):
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{said} has not {wanted}")

    async def told(self, wanted: list[Json], step: Json) -> None:
        """EventBridge was told these of a kind, in this order; each is matched with an event's detail."""
        for _ in range(LIMIT):
            told = [item.detail for item in self._bench.told if item.detail_type == step["kind"]]
            if len(told) >= len(wanted):
                break
            await asyncio.sleep(0.002)
        problem = differs([dict(each) for each in told[: len(wanted)]], wanted)
        assert not problem, problem

    async def states(self, wanted: list[str], step: Json) -> None:  # noqa: ARG002 - as above
        """The states that the first task went through, as EventBridge was told."""
        for _ in range(LIMIT):
            told = [item for item in self._bench.told if item.detail_type == "ECS Task State Change"]
            first = [str(item.detail["lastStatus"]) for item in told if item.resources == told[0].resources]
            if first and first[-1] == wanted[-1]:
                break
            await asyncio.sleep(0.002)
        seen = [state for place, state in enumerate(first) if place == 0 or first[place - 1] != state]
        assert seen == wanted

    async def table(self, function: str, step: Json) -> None:
        """A pure function of the scheduler, row by row: what goes in, and last what comes out."""
        for *given, wanted in step["rows"]:
            assert TABLES[function](*given) == wanted, given

    def _matches(self, found: Json, step: Json) -> None:
        problem = differs(found, step.get("answers", {}))
        assert not problem, problem

    def _filled(self, value: Json) -> Json:
        if isinstance(value, Mapping):
            return {name: self._filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if isinstance(value, str) and value.removeprefix("$") in self._kept and value.startswith("$"):
            return self._kept[value[1:]]
        if isinstance(value, str) and "{$" in value:
            return re.sub(r"\{\$(\w+)\}", lambda found: str(self._kept[found[1]]), value)
        return value


def errors_of(operation: str) -> set[str]:
    """The error codes that AWS documents for an operation."""
    model = get_session().get_service_model("ecs").operation_model(operation)
    return {shape.name for shape in model.error_shapes}


def _limits(desired: int, minimum: int, maximum: int) -> list[int]:
    view = ServiceView(desired, "new", minimum_percent=minimum, maximum_percent=maximum)
    return [view.minimum, view.maximum]


TABLES: dict[str, Any] = {"threshold": threshold, "limits": _limits, "providers": assigned}


def files() -> list[Path]:
    """The conformance files."""
    return sorted(Path(__file__).parent.glob("*.json"))
