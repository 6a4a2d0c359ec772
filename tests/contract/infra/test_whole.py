"""The root of the whole architecture, without any AWS; with one, it is applied by the functional tests."""

import shutil
from pathlib import Path

import pytest

from tests.contract.infra.conftest import PlainTerraform

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).parent / "whole"


def test_the_whole_architecture_is_valid_for_the_provider(terraform: PlainTerraform, tmp_path: Path) -> None:
    for source in ROOT.glob("*.tf"):
        shutil.copy(source, tmp_path)

    for words in (("init", "-backend=false", "-input=false", "-no-color"), ("validate", "-no-color")):
        done = terraform.run(tmp_path, *words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_whole_architecture_is_formatted(terraform: PlainTerraform) -> None:
    done = terraform.run(ROOT, "fmt", "-check", "-diff")
    assert done.returncode == 0, done.stdout
