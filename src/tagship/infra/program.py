"""Which program applies the modules: Terraform, or OpenTofu."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tagship.base.errors import ProgramFailed, ProgramMissing
from tagship.base.process import Command, Processes, find_program
from tagship.infra.versions import PROGRAM, parse, written

_HINT = "Install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org)."


@dataclass(frozen=True)
class Program:
    """A program that can apply the modules.

    ``platform`` is as Terraform writes it: ``linux_amd64``.
    """

    name: Literal["terraform", "tofu"]
    path: str
    version: str
    platform: str

    @property
    def registry(self) -> str:
        """The host under which this program files ``hashicorp/aws``."""
        return "registry.opentofu.org" if self.name == "tofu" else "registry.terraform.io"


def find(processes: Processes, look_up: Callable[[str], str | None] = find_program) -> Program:
    """Terraform where it is new enough, else OpenTofu.

    Raises:
        ProgramMissing: neither is on the PATH, or what is there is too old.
    """
    found = [
        _ask(processes, "terraform", path) if name == "terraform" else _ask(processes, "tofu", path)
        for name in ("terraform", "tofu")
        if (path := look_up(name))
    ]
    for program in found:
        if (parse(program.version) or (0, 0, 0)) >= PROGRAM:
            return program
    raise ProgramMissing(_problem(found), hint=_HINT)


def _ask(processes: Processes, name: Literal["terraform", "tofu"], path: str) -> Program:
    # A configuration file that the environment names and that does not exist would be answered with a warning.
    command = Command.of(path, "version", "-json", env={"TF_CLI_CONFIG_FILE": None})
    try:
        answer = json.loads(processes.run(command).stdout)
        return Program(name, path, str(answer["terraform_version"]), str(answer["platform"]))
    except (ProgramFailed, ValueError, KeyError, TypeError) as error:
        raise ProgramMissing(f"`{path}` does not report its version, so it cannot be used.", hint=_HINT) from error


def _problem(found: list[Program]) -> str:
    needed = f"tagship needs Terraform or OpenTofu {written(PROGRAM)} or newer"
    if not found:
        return f"{needed}, and neither `terraform` nor `tofu` is on the PATH."
    there = " and ".join(f"`{program.path}` is {program.version}" for program in found)
    return f"{needed}; {there}."
