"""The agent's addresses: the task metadata endpoint, version 4, and task protection.

On AWS the agent knows a container by its own link-local address. Here all containers reach the embedded AWS at one
address, so what stands in a container's environment ends in an id that nobody else has: it is as secret as the
credentials beside it, and it opens what is of its own task alone.

Source: ECS developer guide, "Task metadata endpoint version 4 for tasks on Fargate", "Amazon ECS task scale-in
protection endpoint".
"""

import json
import re
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Final

from seatrial.core.asgi import Message, Receive, Send, headers_of, send_response
from seatrial.core.service import AwsResponse
from seatrial.core.wire.bodies import read_within
from seatrial.services.ecs.agent.metadata import container_metadata, task_metadata
from seatrial.services.ecs.agent.protection import Protecting
from seatrial.services.ecs.agent.stats import Usage
from seatrial.services.ecs.containers.docker import Containers, EngineRefused
from seatrial.services.ecs.containers.spec import AGENT_ID, AGENT_PATH, METADATA_PATH
from seatrial.services.ecs.records import Container, Json, Task
from seatrial.services.ecs.state import EcsState

_PATH: Final = re.compile(rf"({METADATA_PATH}|{AGENT_PATH})({AGENT_ID})(/.*)?")
_PROTECTION: Final = "/task-protection/v1/state"
_LONGEST: Final = 64 * 1024
"""Bytes of a body; those of the one request that has one are some hundred."""

Answering = Callable[[Task, Container], Awaitable[Json | None]]


class Agent:
    """As an ASGI application, what containers are answered.

    Args:
        state: the records.
        protecting: sets and reads task protection as a task's role.
        now: seconds since 1970.
    """

    def __init__(self, state: EcsState, protecting: Protecting, now: Callable[[], float]) -> None:
        self._state, self._protecting, self._now = state, protecting, now
        self._containers: Containers | None = None
        self._usage: Usage | None = None
        self._metadata: dict[str, Answering] = {
            "": self._container,
            "/task": self._task,
            "/stats": self._container_stats,
            "/task/stats": self._task_stats,
        }

    def use(self, containers: Containers) -> None:
        """What runs containers is there."""
        self._containers, self._usage = containers, Usage(containers)

    def serves(self, path: str) -> bool:
        """Whether a path is the agent's; whose it is, its id says."""
        return _PATH.fullmatch(path) is not None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        found = _PATH.fullmatch(scope["path"])
        assert found is not None  # noqa: S101 - only what is served comes here
        base, identity, rest = found.groups()
        whose, path = self._whose(identity), (rest or "").rstrip("/")
        if whose is None:
            answer = _json(404, "unable to find the container of this request")
        elif base == METADATA_PATH:
            answer = await self._told(scope["method"], path, *whose)
        elif path == _PROTECTION:
            body = await read_within(receive, headers_of(scope), _LONGEST)
            answer = _json(*await self._protecting.answer(scope["method"], body, whose[0]))
        else:
            answer = _NOT_FOUND
        await send_response(send, answer)

    def _whose(self, identity: str) -> tuple[Task, Container] | None:
        """The container of an id, while its task is not gone."""
        return next(
            (
                (task, container)
                for task in self._state.tasks.values()
                for container in task.containers
                if not task.gone and compare_digest(container.agent_id.encode(), identity.encode())
            ),
            None,
        )

    async def _told(self, method: str, rest: str, task: Task, container: Container) -> AwsResponse:
        answering = self._metadata.get(rest)
        if answering is None or method not in {"GET", "HEAD"}:
            return _NOT_FOUND
        try:
            return _json(200, await answering(task, container))
        except EngineRefused as refusal:
            return _json(500, str(refusal))

    async def _container(self, task: Task, container: Container) -> Json:
        return container_metadata(task, container, self._state.definitions.get(task.definition_arn))

    async def _task(self, task: Task, _: Container) -> Json:
        written = await self._containers.written(task.arn) if self._containers else 0
        definition, service = self._state.definitions.get(task.definition_arn), self._state.services.get
        found = service(task.service_arn or "")
        return task_metadata(task, definition, service=found.name if found else "", written=written, now=self._now())

    async def _container_stats(self, task: Task, container: Container) -> Json | None:
        usage = self._used()
        return await usage.of_container(task, container) if usage else None

    async def _task_stats(self, task: Task, _: Container) -> Json:
        usage = self._used()
        return await usage.of_task(task) if usage else {}

    def _used(self) -> Usage | None:
        tasks = [task for task in self._state.tasks.values() if not task.gone]
        if self._usage:
            self._usage.forget_others(item.runtime_id or "" for task in tasks for item in task.containers)
        return self._usage


def _json(status: int, told: Json | str | None) -> AwsResponse:
    return AwsResponse(status, {"content-type": "application/json"}, json.dumps(told).encode())


_NOT_FOUND: Final = _json(404, "404 page not found")
