"""One process, one command: between two tests the environment that it is about is the usual one again."""

from collections.abc import Iterator

import pytest

from tagship.cli.addressed import about
from tagship.manifest.address import Address


@pytest.fixture(autouse=True)
def _about_nobody() -> Iterator[None]:
    about(Address())
    yield
    about(Address())
