from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.seatrial.unit.ecs.harness import Harness, harness


@pytest_asyncio.fixture
async def ecs(tmp_path: Path) -> AsyncIterator[Harness]:
    """An ECS that runs, with nothing in it."""
    async with harness(tmp_path) as made:
        yield made
