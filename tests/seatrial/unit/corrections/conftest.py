"""What corrections work with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.core.context import ServiceContext
from tests.seatrial.unit.corrections.cases import FakeAws, context


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


@pytest.fixture
def where(tmp_path: Path, aws: FakeAws) -> Iterator[ServiceContext]:
    made = context(tmp_path, aws)
    yield made
    made.store.close()
