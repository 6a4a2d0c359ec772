"""Terraform's working folder of one environment, made afresh from the modules in this package.

.. code-block:: text

    .tagship/ENV/terraform/
    ├── modules/                     the modules, copied
    ├── root/                        where Terraform runs: the root, copied, and
    │   ├── terraform.tfvars.json        the manifest
    │   ├── provider_override.tf         where the endpoint is not Amazon's own
    │   ├── plan.tfplan                  the plan that is about to be applied
    │   ├── look.tfplan                  a plan that is only looked at, while it is
    │   └── .terraform/                  what `terraform init` made
    ├── backend.json                 where the state lies
    └── cli.tfrc                     where the provider comes from, where that is a mirror
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tagship.infra import lifting
from tagship.infra.mirror import configuration
from tagship.infra.program import Program

SOURCES: Final = Path(__file__).parent / "terraform"
"""The modules and the root, as they are shipped."""

STATE_KEY: Final = "terraform.tfstate"
"""Where the state lies in the environment's bucket; Terraform locks it with the same name and ``.tflock``."""

_OVERRIDE: Final = """\
# The endpoint is not Amazon's own, and need not know a host name for each bucket.
provider "aws" {
  s3_use_path_style = true
}
"""


@dataclass(frozen=True)
class Content:
    """What is written beside the modules.

    Args:
        variables: Terraform's.
        backend: its backend's settings.
        own_endpoint: whether an endpoint is given.
        files: what the root reads, by path: the package of a function, dashboards.
    """

    variables: Mapping[str, Any]
    backend: Mapping[str, Any]
    own_endpoint: bool
    files: Mapping[str, bytes] = field(default_factory=dict)


def backend(bucket: str, region: str, *, own_endpoint: bool) -> dict[str, Any]:
    """The S3 backend's settings: native locking, encrypted; credentials and endpoint come from the environment."""
    settings: dict[str, Any] = {
        "bucket": bucket,
        "key": STATE_KEY,
        "region": region,
        "use_lockfile": True,
        "encrypt": True,
    }
    return {**settings, "use_path_style": True} if own_endpoint else settings


@dataclass(frozen=True)
class Workspace:
    """The working folder of one environment."""

    folder: Path

    @property
    def root(self) -> Path:
        """Where Terraform runs."""
        return self.folder / "root"

    @property
    def backend_file(self) -> Path:
        """What ``terraform init -backend-config`` reads."""
        return self.folder / "backend.json"

    @property
    def cli_configuration(self) -> Path:
        """Where the CLI configuration lies that names the mirror, if there is one."""
        return self.folder / "cli.tfrc"

    def provider_configuration(self) -> Path | None:
        """The CLI configuration that names the mirror; None where there is no mirror."""
        return self.cli_configuration if self.cli_configuration.is_file() else None

    def take_provider_from(self, mirror: Path | None, program: Program) -> None:
        """From now on the provider comes from this mirror; None leaves it to the user's own configuration."""
        if mirror:
            self.cli_configuration.write_text(configuration(mirror, program))
        else:
            self.cli_configuration.unlink(missing_ok=True)

    def write(self, content: Content) -> None:
        """Make the folder as this version of tagship and this manifest have it; what ``init`` made stays."""
        self._clear()
        shutil.copytree(SOURCES / "modules", self.folder / "modules")
        shutil.copytree(SOURCES / "root", self.root, dirs_exist_ok=True)
        _write_json(self.root / "terraform.tfvars.json", content.variables)
        _write_json(self.backend_file, content.backend)
        for name, body in content.files.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
        if content.own_endpoint:
            (self.root / "provider_override.tf").write_text(_OVERRIDE)

    def lift(self) -> None:
        """Lift ``prevent_destroy`` wherever the modules say it, until the folder is written again."""
        for module in sorted((self.folder / "modules").iterdir()):
            found = [each for path in sorted(module.glob("*.tf")) for each in lifting.prevented(path.read_text())]
            if found:
                (module / lifting.FILE).write_text(lifting.override(found))

    def detach(self) -> None:
        """Plan without the state in the bucket, because there is neither, until the folder is written again."""
        self._detached.write_text('terraform {\n  backend "local" {}\n}\n')

    @property
    def backend_words(self) -> tuple[str, ...]:
        """What ``terraform init`` is told about where the state lies."""
        return () if self._detached.is_file() else (f"-backend-config={self.backend_file}",)

    @property
    def _detached(self) -> Path:
        return self.root / "backend_override.tf"

    def forget_plan(self, name: str = "*.tfplan") -> None:
        """Delete the last plan, so that nobody applies it by hand; by name, or whatever there is."""
        for path in self.root.glob(name):
            path.unlink(missing_ok=True)

    def is_initialised(self, program: Program) -> bool:
        """Whether ``init`` has run for exactly these modules, backend and program, and the provider is still there."""
        providers = self.root / ".terraform/providers"
        return (
            self._stamp.is_file()
            and self._stamp.read_text() == self._fingerprint(program)
            and any(providers.glob("*/hashicorp/aws/*/*/terraform-provider-aws*"))
        )

    def mark_initialised(self, program: Program) -> None:
        """``init`` has run."""
        self._stamp.write_text(self._fingerprint(program))

    def remove(self) -> None:
        """The environment is gone, and so is its folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _stamp(self) -> Path:
        return self.root / ".terraform/tagship-initialised"

    def _clear(self) -> None:
        shutil.rmtree(self.folder / "modules", ignore_errors=True)
        for pattern in ("*.tf", "*.tfvars.json", "*.zip", "dashboards/*.json"):
            for path in self.root.glob(pattern):
                path.unlink()
        # Nobody else's business: a plan holds every value of the environment.
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _fingerprint(self, program: Program) -> str:
        """Of everything that ``init`` depends on, the manifest not among it."""
        digest = hashlib.sha256(f"{program.path} {program.version}\n".encode())
        files = (path for path in self.folder.glob("**/*.tf") if path.name != lifting.FILE)
        for path in (*sorted(files), self.backend_file):
            digest.update(f"{path.relative_to(self.folder)}\n".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")
