"""What the tests that run Terraform share: the program, and a provider from wherever this machine has one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tagship.base.clock import SystemClock
from tagship.base.errors import ProgramMissing
from tagship.base.process import Command, Completed, SystemProcesses
from tagship.infra import program
from tagship.infra.environment import Access, process_environment
from tagship.infra.mirror import Surroundings, configuration, find_mirror, user_configuration
from tagship.infra.program import Program


@pytest.fixture(scope="session")
def around() -> Surroundings:
    """This machine."""
    return Surroundings(os.environ, Path.home())


@pytest.fixture(scope="session")
def found_program() -> Program:
    """Terraform or OpenTofu; without one, the test is skipped."""
    try:
        return program.find(SystemProcesses())
    except ProgramMissing as error:
        pytest.skip(str(error))


@dataclass(frozen=True)
class PlainTerraform:
    """Terraform as a user would run it, in a folder of the test's own."""

    program: Program
    env: Mapping[str, str | None]

    def run(self, folder: Path, *words: str) -> Completed:
        command = Command((self.program.path, *words), cwd=folder, env=self.env)
        return SystemProcesses().run(command, check=False)


@pytest.fixture(scope="session")
def terraform(around: Surroundings, found_program: Program, tmp_path_factory: pytest.TempPathFactory) -> PlainTerraform:
    """Terraform with the provider at hand, and no AWS."""
    mirror = find_mirror(around, found_program, SystemClock())
    path = user_configuration(around)
    if mirror:
        path = tmp_path_factory.mktemp("cli") / "cli.tfrc"
        path.write_text(configuration(mirror, found_program))
    env = process_environment(around.environ, Access("eu-central-1"), cli_configuration=path, plugin_cache=None)
    return PlainTerraform(found_program, env)
