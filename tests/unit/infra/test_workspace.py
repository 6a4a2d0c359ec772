import json
from pathlib import Path

import pytest

from tagship.infra.program import Program
from tagship.infra.workspace import SOURCES, Content, Workspace, backend

TERRAFORM = Program("terraform", "/bin/terraform", "1.11.4", "linux_amd64")


def content(own_endpoint: bool = False, **variables: object) -> Content:  # noqa: FBT001, FBT002 - a test's own
    return Content(variables, backend("bucket", "eu-central-1", own_endpoint=own_endpoint), own_endpoint)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path / ".tagship/local/terraform")
    found.write(content())
    return found


def initialise(workspace: Workspace) -> None:
    provider = workspace.root / ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
    provider.mkdir(parents=True)
    (provider / "terraform-provider-aws_v5.100.0_x5").touch()
    workspace.mark_initialised(TERRAFORM)


def test_modules_root_variables_and_backend_are_written(workspace: Workspace) -> None:
    workspace.write(content(manifest={"app": "notes"}))

    assert (workspace.folder / "modules/network/main.tf").is_file()
    assert (workspace.root / "main.tf").read_bytes() == (SOURCES / "root/main.tf").read_bytes()
    assert json.loads((workspace.root / "terraform.tfvars.json").read_text()) == {"manifest": {"app": "notes"}}
    assert json.loads(workspace.backend_file.read_text())["bucket"] == "bucket"


def test_every_file_of_the_modules_is_written_templates_too(workspace: Workspace) -> None:
    workspace.write(content())
    written = {path.relative_to(workspace.folder) for path in workspace.folder.rglob("*") if path.is_file()}

    assert {path.relative_to(SOURCES) for path in SOURCES.rglob("*") if path.is_file()} <= written
    assert Path("modules/vpn/host/boot.sh.tftpl") in written


def test_the_state_is_encrypted_and_locked_natively() -> None:
    found = backend("bucket", "eu-central-1", own_endpoint=False)

    assert found == {
        "bucket": "bucket",
        "key": "terraform.tfstate",
        "region": "eu-central-1",
        "use_lockfile": True,
        "encrypt": True,
    }


def test_only_another_endpoint_gets_an_override(workspace: Workspace) -> None:
    override = workspace.root / "provider_override.tf"
    assert not override.exists()
    workspace.write(content(own_endpoint=True))
    assert "s3_use_path_style = true" in override.read_text()
    workspace.write(content())
    assert not override.exists()


def test_what_an_older_version_left_is_gone_and_what_init_made_stays(workspace: Workspace) -> None:
    initialise(workspace)
    (workspace.root / "removed.tf").touch()
    (workspace.folder / "modules/removed").mkdir()

    workspace.write(content())

    assert not (workspace.root / "removed.tf").exists()
    assert not (workspace.folder / "modules/removed").exists()
    assert workspace.is_initialised(TERRAFORM)


def test_a_plan_is_forgotten_by_name_or_with_all_others(workspace: Workspace) -> None:
    workspace.write(content())
    for name in ("plan.tfplan", "look.tfplan"):
        (workspace.root / name).touch()

    workspace.forget_plan("look.tfplan")
    assert [path.name for path in workspace.root.glob("*.tfplan")] == ["plan.tfplan"]

    workspace.forget_plan()
    assert list(workspace.root.glob("*.tfplan")) == []


def test_a_fresh_folder_needs_init(workspace: Workspace) -> None:
    assert not workspace.is_initialised(TERRAFORM)


def test_another_manifest_needs_no_init(workspace: Workspace) -> None:
    initialise(workspace)
    workspace.write(content(manifest={"app": "other"}))

    assert workspace.is_initialised(TERRAFORM)


def test_another_backend_program_or_module_needs_init(workspace: Workspace) -> None:
    initialise(workspace)
    newer = Program("terraform", "/bin/terraform", "1.12.0", "linux_amd64")
    assert not workspace.is_initialised(newer)

    workspace.write(Content({}, backend("other", "eu-central-1", own_endpoint=False), own_endpoint=False))
    assert not workspace.is_initialised(TERRAFORM)

    workspace.write(content())
    assert workspace.is_initialised(TERRAFORM)
    (workspace.folder / "modules/network/main.tf").write_text("# edited\n")
    assert not workspace.is_initialised(TERRAFORM)


def test_a_provider_that_has_gone_needs_init(workspace: Workspace) -> None:
    initialise(workspace)
    next(workspace.root.glob(".terraform/providers/*/*/*/*/*/terraform-provider-aws*")).unlink()

    assert not workspace.is_initialised(TERRAFORM)


def test_a_mirror_is_written_down_and_forgotten_again(workspace: Workspace) -> None:
    workspace.take_provider_from(Path("/opt/mirror"), TERRAFORM)
    assert workspace.provider_configuration() == workspace.cli_configuration
    workspace.take_provider_from(None, TERRAFORM)
    assert workspace.provider_configuration() is None


def test_removing_leaves_nothing_and_may_be_repeated(workspace: Workspace) -> None:
    workspace.remove()
    workspace.remove()

    assert not workspace.folder.exists()


def test_no_lock_file_is_shipped_for_a_single_platform() -> None:
    assert not list(SOURCES.rglob(".terraform*"))
