"""What the load balancers' contract tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.conftest import fresh_settings
from tagship.base.clock import SystemClock
from tagship.base.process import SystemProcesses
from tagship.local import instance
from tagship.local.settings import LocalSettings


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalSettings]:
    """Settings of an embedded AWS that this test alone starts and stops."""
    settings = fresh_settings(tmp_path / "home")
    yield settings
    instance.reset(settings, SystemProcesses(), SystemClock(), print)
