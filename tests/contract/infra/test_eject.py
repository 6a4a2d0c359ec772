"""What ``tagship infra eject`` writes is Terraform that stands on its own."""

from pathlib import Path

import pytest

from tagship.infra.eject import eject
from tagship.infra.workspace import Content, backend
from tagship.manifest.systems import Network, Site
from tests.contract.infra.conftest import PlainTerraform
from tests.contract.infra.test_modules import BESIDE_A_SITE, manifest

pytestmark = pytest.mark.terraform


def test_the_folder_is_valid_and_formatted_for_plain_terraform(terraform: PlainTerraform, tmp_path: Path) -> None:
    given = manifest(BESIDE_A_SITE, Network(nat="per-zone"), Site(folder="web"))
    where = backend("notes-staging-123456789012-eu-central-1", "eu-central-1", own_endpoint=False)
    files = {"alerts.zip": b"the package"}
    content = Content({"manifest": given}, where, own_endpoint=False, files=files)
    eject(content, tmp_path / "plain", environment="staging", force=False)

    for words in (("init", "-backend=false", "-input=false"), ("validate",), ("fmt", "-check", "-recursive", "..")):
        done = terraform.run(tmp_path, "-chdir=plain/root", *words)
        assert done.returncode == 0, done.stdout + done.stderr
