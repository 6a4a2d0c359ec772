from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.seatrial.unit.ecs.bench import Bench, bench


@pytest_asyncio.fixture
async def ecs(tmp_path: Path) -> AsyncIterator[Bench]:
    """An ECS that runs, with nothing in it."""
    async with bench(tmp_path) as made:
        yield made
