"""One process, one command: between two tests the environment that it is about is the usual one again."""

from collections.abc import Iterator

import pytest

from tagship.cli.addressed import DEFAULT, about


@pytest.fixture(autouse=True)
def _about_nobody() -> Iterator[None]:
    about(DEFAULT)
    yield
    about(DEFAULT)
