"""The modules, without any AWS: the provider is a mock, its schemas are real."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tagship.infra.variables import variables
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Service
from tagship.manifest.systems import Network, Site
from tests.contract.infra.conftest import PlainTerraform
from tests.contract.infra.whole_manifest import LONGEST, WHOLE

pytestmark = pytest.mark.terraform

TESTS = Path(__file__).parent / "modules"
SMALL = {"api": Service(port=8000)}
LARGE = {
    "api": Service(port=8000, paths=("/api/*", "/v2/*")),
    "web": Service(port=3000),
    "admin": Service(port=9000, paths=("/admin", "/admin/*"), cpu=1024, memory=4096),
}
BESIDE_A_SITE = {
    "api": Service(port=8000, paths=("/api/*", "/api")),
    "admin": Service(port=9000, paths=("/api/admin/*",)),
}


NAMES = Names("notes", "staging")
HEADS = {
    "database_refused": "database",
    "edge_refused": "edge",
    "github_secrets": "github",
    "service_scaling": "service",
}
"""Tests that have the provider and the variables of another file: what is there before its first run."""


def manifest(services: dict[str, Service], network: Network, site: Site | None = None) -> dict[str, Any]:
    found = EnvironmentManifest(
        app="notes",
        environment="staging",
        account=None,
        region="eu-central-1",
        network=network,
        services=services,
        site=site,
    )
    passed: dict[str, Any] = variables(found, NAMES, account="123456789012")["manifest"]
    return passed


def longest_variables() -> dict[str, Any]:
    given = EnvironmentManifest.model_validate(LONGEST)
    passed: dict[str, Any] = variables(given, Names(given.app, given.environment), account="123456789012")["manifest"]
    return passed


@pytest.fixture(scope="module")
def folder(terraform: PlainTerraform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root with its modules and their tests, initialised without a backend."""
    whole = tmp_path_factory.mktemp("terraform")
    shutil.copytree(SOURCES, whole, dirs_exist_ok=True)
    root = whole / "root"
    shutil.copytree(SOURCES / "modules", root / "modules")  # where a run block may name them
    shutil.copytree(TESTS, root / "tests")
    for runs, head in HEADS.items():
        place = root / f"tests/{runs}.tftest.hcl"
        place.write_text((TESTS / f"{head}.tftest.hcl").read_text().partition("\nrun ")[0] + "\n" + place.read_text())
    given = {
        "small": manifest(SMALL, Network(nat="none")),
        "large": manifest(LARGE, Network(nat="per-zone")),
        "whole": variables(EnvironmentManifest.model_validate(WHOLE), NAMES, account="123456789012")["manifest"],
        "longest": longest_variables(),
        "with_site": manifest(BESIDE_A_SITE, Network(nat="none"), Site(folder="web", single_page=True)),
    }
    (root / "alerts.zip").write_bytes(b"a zip")
    (root / "tests/given.auto.tfvars.json").write_text(json.dumps(given))
    done = terraform.run(root, "init", "-backend=false", "-input=false", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_the_modules_are_formatted(terraform: PlainTerraform) -> None:
    for written in (SOURCES, TESTS):
        done = terraform.run(written, "fmt", "-check", "-recursive", "-diff")
        assert done.returncode == 0, done.stdout


def test_root_and_modules_are_valid_for_the_provider(terraform: PlainTerraform, folder: Path) -> None:
    done = terraform.run(folder, "validate", "-json", "-no-tests")

    assert json.loads(done.stdout)["diagnostics"] == []


@pytest.mark.parametrize("name", sorted(path.name for path in TESTS.glob("*.tftest.hcl")))
def test_a_module_makes_what_it_should_and_refuses_what_it_must(
    name: str, terraform: PlainTerraform, folder: Path
) -> None:
    done = terraform.run(folder, "test", "-no-color", f"-filter=tests/{name}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout


def test_every_module_has_the_four_files_that_one_looks_for_and_a_test() -> None:
    modules = sorted(path for path in (SOURCES / "modules").iterdir())

    for module in modules:
        assert {"main.tf", "outputs.tf", "variables.tf", "versions.tf"} <= {path.name for path in module.iterdir()}
        assert (TESTS / f"{module.name}.tftest.hcl").is_file()
