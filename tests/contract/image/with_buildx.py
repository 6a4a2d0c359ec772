"""``docker buildx`` where `make buildx` has put it, whatever this machine has."""

from pathlib import Path
from typing import Final

import pytest

from tagship.base.process import SystemProcesses
from tagship.image.buildx import Buildx

CONFIGURATION: Final = Path(__file__).parents[3] / ".buildx"
needs_buildx: Final = pytest.mark.skipif(
    not (CONFIGURATION / "cli-plugins/docker-buildx").is_file(), reason="make buildx has not been run"
)


def buildx(**environment: str) -> Buildx:
    """The program, with these variables besides."""
    return Buildx(SystemProcesses(), environment, {"DOCKER_CONFIG": str(CONFIGURATION), **environment})
