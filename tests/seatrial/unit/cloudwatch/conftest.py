from pathlib import Path

import pytest

from tests.seatrial.unit.cloudwatch.harness import Harness


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    """A CloudWatch with nothing in it, which no clock drives."""
    return Harness(tmp_path)
