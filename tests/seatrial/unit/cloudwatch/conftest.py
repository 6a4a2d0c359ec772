from pathlib import Path

import pytest

from tests.seatrial.unit.cloudwatch.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A CloudWatch with nothing in it, which no clock drives."""
    return Bench(tmp_path)
