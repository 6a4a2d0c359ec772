"""Checkov over the modules as the root calls them; what it finds is fixed, or explained in ``checkov-skips.yaml``.

Checkov pins many versions of its own, so it has an environment of its own: ``make checkov`` makes it.
It reads policies and modules from this machine only.
"""

import json
import shutil
from pathlib import Path

import pytest

from tagship.base.process import Command, SystemProcesses
from tagship.infra.variables import variables
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tests.contract.infra.checkov import findings, idle, read_skips, unexplained, without_reason
from tests.contract.infra.whole_manifest import WHOLE

ROOT = Path(__file__).parents[3]
CHECKOV = ROOT / ".checkov-venv/bin/checkov"
SKIPS = Path(__file__).parent / "checkov-skips.yaml"
FLAGS = (
    "--framework", "terraform", "--skip-download", "--download-external-modules", "false",
    "--quiet", "--compact", "--output", "json", "--soft-fail",
)  # fmt: skip


@pytest.mark.skipif(not CHECKOV.is_file(), reason="make checkov has not been run")
def test_what_checkov_finds_in_the_modules_is_explained_and_nothing_else_is(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path, dirs_exist_ok=True)
    manifest = EnvironmentManifest.model_validate(WHOLE)
    given = variables(manifest, Names("notes", "staging"), account="123456789012")
    (tmp_path / "root/terraform.tfvars.json").write_text(json.dumps(given))

    done = SystemProcesses().run(Command.of(str(CHECKOV), "--directory", str(tmp_path), *FLAGS))

    report = json.loads(done.stdout)
    found, skips = findings(report), read_skips(SKIPS)
    assert report["summary"]["parsing_errors"] == 0
    assert unexplained(found, skips) == []
    assert idle(found, skips) == []
    assert without_reason(skips) == []
