from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.seatrial.unit.autoscaling.harness import Harness, harness


@pytest_asyncio.fixture
async def scaling(tmp_path: Path) -> AsyncIterator[Harness]:
    """An Application Auto Scaling that runs, beside a service of two tasks."""
    async with harness(tmp_path) as made:
        yield made
