from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.seatrial.unit.autoscaling.bench import Bench, bench


@pytest_asyncio.fixture
async def scaling(tmp_path: Path) -> AsyncIterator[Bench]:
    """An Application Auto Scaling that runs, beside a service of two tasks."""
    async with bench(tmp_path) as made:
        yield made
