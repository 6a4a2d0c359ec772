"""Whether a terminal may be opened is the service's word, at the moment when its task is started."""

import asyncio
from pathlib import Path

import pytest

from tests.seatrial.unit.ecs.harness import harness


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_services_task_takes_the_services_word(tmp_path: Path, enabled: bool) -> None:  # noqa: FBT001
    async with harness(tmp_path) as ecs:
        await ecs.create(1, enableExecuteCommand=enabled)
        while not (arns := (await ecs.call("ListTasks"))["taskArns"]):  # noqa: ASYNC110 - as a client would
            await asyncio.sleep(0.01)
        (task,) = (await ecs.call("DescribeTasks", tasks=arns))["tasks"]
        assert task["enableExecuteCommand"] is enabled
        agents = [agent["name"] for container in task["containers"] for agent in container.get("managedAgents", ())]
        assert agents == (["ExecuteCommandAgent"] if enabled else [])
