"""What the load balancers' contract tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import fresh_settings


@pytest.fixture
def own(tmp_path: Path) -> Iterator[InstanceSettings]:
    """Settings of an embedded AWS that this test alone starts and stops."""
    settings = fresh_settings(tmp_path / "home")
    yield settings
    instance.reset(settings, SystemProcesses(), SystemClock(), print)
