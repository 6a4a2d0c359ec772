import json
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, ProgramFailed, ProgramMissing, Refused, StateLocked
from tagship.base.fakes import ScriptedProcesses, says
from tagship.base.process import Command, Completed
from tagship.infra import commands
from tagship.infra.events import PlanSummary, ResourceFinished, StageStarted
from tagship.infra.plan import Change, Plan
from tests.unit.infra.harness import (
    INIT,
    TERRAFORM,
    VERSION,
    Harness,
    complaint,
    one_after_the_other,
    planned,
    shown,
    taken,
)

VPC = {"addr": "module.network.aws_vpc.this", "resource_type": "aws_vpc"}
PLANNED = json.dumps({"type": "planned_change", "change": {"resource": VPC, "action": "create"}})
MADE = json.dumps({"type": "apply_complete", "hook": {"resource": VPC, "action": "create", "elapsed_seconds": 11}})
OUTPUTS = json.dumps(
    {"schema": 1, "region": "eu-central-1", "account_id": "1", "url": "http://x", "cluster": "c", "services": {}}
).encode()
CREATE_VPC = Plan((Change(VPC["addr"], "aws_vpc", "create"),))


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    processes = ScriptedProcesses(
        VERSION,
        says(TERRAFORM, "init"),
        says(TERRAFORM, "plan", stdout=PLANNED),
        says(TERRAFORM, "apply", stdout=MADE),
    )
    harness = Harness(tmp_path, processes)
    harness.begin()
    return harness


def test_a_plan_makes_the_bucket_first_and_tells_each_stage(harness: Harness) -> None:
    assert commands.plan(harness.tools) == CREATE_VPC

    assert harness.store.objects == {}
    assert [event.stage for event in harness.heard if isinstance(event, StageStarted)] == ["bucket", "init", "plan"]
    assert harness.heard[-1] == PlanSummary(add=1, change=0, destroy=0)


def test_a_preview_makes_no_bucket_and_plans_as_if_nothing_stood(harness: Harness) -> None:
    assert commands.preview(harness.tools) == CREATE_VPC

    assert harness.store.objects is None
    assert (
        harness.tools.workspace.root / "backend_override.tf"
    ).read_text() == 'terraform {\n  backend "local" {}\n}\n'
    assert not any("-backend-config" in word for command in harness.processes.ran for word in command.argv)


def test_a_preview_of_what_stands_reads_its_state(harness: Harness) -> None:
    harness.store.objects = {}

    commands.preview(harness.tools)

    assert not (harness.tools.workspace.root / "backend_override.tf").exists()
    assert any("-backend-config" in word for command in harness.processes.ran for word in command.argv)


def written(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_preview_writes_nothing_but_in_tagships_own_folder_which_git_leaves_out(
    harness: Harness, tmp_path: Path
) -> None:
    harness.store.objects = {"infra/outputs.json": OUTPUTS, "terraform.tfstate": b"{}"}
    stored, before = dict(harness.store.objects), written(tmp_path).keys()

    commands.preview(harness.tools)

    assert harness.store.objects == stored
    assert {name.partition("/")[0] for name in written(tmp_path).keys() - before} == {".tagship"}
    assert (tmp_path / ".tagship/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert {"apply", "untaint", "force-unlock"}.isdisjoint(harness.ran)


def test_a_preview_takes_no_lock_of_the_state_and_leaves_no_plan(harness: Harness) -> None:
    root = harness.tools.workspace.root
    (root / "look.tfplan").touch()

    commands.preview(harness.tools)

    (planned_,) = [command.argv for command in harness.processes.ran if command.argv[1] == "plan"]
    assert {"-lock=false", "-out=look.tfplan"} <= set(planned_)
    assert list(root.glob("*.tfplan")) == []


def test_a_preview_leaves_the_plan_that_somebody_is_about_to_apply(harness: Harness) -> None:
    harness.store.objects = {}
    commands.plan(harness.tools)
    saved = harness.tools.workspace.root / "plan.tfplan"
    saved.write_bytes(b"theirs")

    commands.preview(harness.tools)

    assert saved.read_bytes() == b"theirs"


def test_a_plan_to_be_applied_takes_the_lock_and_replaces_the_plan_of_before(harness: Harness) -> None:
    saved = harness.tools.workspace.root / "plan.tfplan"
    saved.write_bytes(b"of before")

    commands.plan(harness.tools)

    (planned_,) = [command.argv for command in harness.processes.ran if command.argv[1] == "plan"]
    assert "-lock=false" not in planned_
    assert not saved.exists()


def test_an_apply_after_a_preview_has_its_state_in_the_bucket(harness: Harness) -> None:
    commands.preview(harness.tools)
    commands.plan(harness.tools)

    assert harness.store.objects == {}
    assert not (harness.tools.workspace.root / "backend_override.tf").exists()


HALF_MADE = "module.auth[0].aws_cognito_user_pool.this"


@pytest.mark.parametrize(("protection", "finished"), [("ACTIVE", True), ("INACTIVE", False)])
def test_what_was_half_made_and_protects_itself_is_finished_in_place(
    tmp_path: Path, protection: str, *, finished: bool
) -> None:
    half = taken(HALF_MADE, replaced=True, name="notes", id="eu_1", deletion_protection=protection)
    first = json.loads(planned(half))
    first["change"]["reason"] = "tainted"
    plans = iter([Completed(0, json.dumps(first), ""), Completed(0, "", "")])
    harness = Harness(
        tmp_path,
        ScriptedProcesses(
            VERSION,
            INIT,
            one_after_the_other(TERRAFORM, "plan", stdouts=plans),
            shown({**half, "action_reason": "replace_because_tainted"}),
            says(TERRAFORM, "untaint"),
        ),
    )
    harness.begin()

    found = commands.plan(harness.tools)

    assert ("untaint" in harness.ran) == finished
    assert bool(found.changes) == (not finished)
    assert found.losses == ()


def test_without_terraform_nothing_is_touched(harness: Harness) -> None:
    harness.path = {}

    with pytest.raises(ProgramMissing):
        commands.plan(harness.tools)

    assert harness.store.objects is None


def test_apply_does_exactly_the_saved_plan_and_reads_what_stands(harness: Harness) -> None:
    harness.store.objects = {"infra/outputs.json": OUTPUTS}

    done = commands.apply(harness.tools, CREATE_VPC)

    assert harness.processes.ran[-1].argv == (TERRAFORM, "apply", "-json", "-input=false", "plan.tfplan")
    assert harness.processes.ran[-1].cwd == harness.tools.workspace.root
    assert ResourceFinished(VPC["addr"], "create", 11.0) in harness.heard
    assert done.infrastructure.url == "http://x"


def test_an_empty_plan_applies_nothing(harness: Harness) -> None:
    harness.store.objects = {"infra/outputs.json": OUTPUTS}

    commands.apply(harness.tools, Plan())

    assert harness.ran == []


def test_output_of_nothing_says_what_to_type(harness: Harness) -> None:
    with pytest.raises(NotReady) as caught:
        commands.output(harness.tools)

    assert caught.value.hint == "tagship infra apply --env staging"


def test_a_locked_state_ends_the_plan(harness: Harness) -> None:
    harness.processes = ScriptedProcesses(
        VERSION, says(TERRAFORM, "plan", stdout=complaint("Error acquiring the state lock"), returncode=1)
    )

    with pytest.raises(StateLocked):
        commands.plan(harness.tools)


def test_a_crash_without_a_word_of_its_own_still_quotes_what_was_said(harness: Harness) -> None:
    harness.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "plan", stderr="panic: no memory", returncode=2))

    with pytest.raises(ProgramFailed, match="panic: no memory"):
        commands.plan(harness.tools)


def test_init_that_fails_quotes_terraform_from_its_first_error_on(harness: Harness) -> None:
    said = "Initializing the backend...\n╷\n│ Error: Failed to query available provider packages\n│\n│ Could not …\n╵\n"
    harness.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "init", stderr=said, returncode=1))

    with pytest.raises(ProgramFailed) as caught:
        commands.plan(harness.tools)

    assert caught.value.message == (
        "Terraform could not initialise:\n  Error: Failed to query available provider packages\n  Could not …"
    )


def test_unlock_names_the_lock_to_terraform(harness: Harness) -> None:
    commands.unlock(harness.tools, "0d1c-7ab5")

    assert harness.processes.ran[-1].argv == (TERRAFORM, "force-unlock", "-force", "0d1c-7ab5")


def test_a_lock_that_is_not_the_one_held_is_told_in_one_plain_line(harness: Harness) -> None:
    said = "\x1b[31mFailed to unlock state: lock ID 'a' does not match the existing lock ID 'b'\nLock Info:\n"
    harness.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "force-unlock", stderr=said, returncode=1))

    with pytest.raises(ProgramFailed) as caught:
        commands.unlock(harness.tools, "a")

    assert caught.value.message == (
        "Terraform could not unlock: Failed to unlock state: lock ID 'a' does not match the existing lock ID 'b'"
    )


def test_ctrl_c_is_told_after_terraform_has_ended(harness: Harness) -> None:
    def interrupted(command: Command) -> Completed | None:
        if command.argv[1] == "apply":
            raise KeyboardInterrupt
        return None

    harness.processes = ScriptedProcesses(interrupted, VERSION)

    with pytest.raises(KeyboardInterrupt):
        commands.apply(harness.tools, CREATE_VPC)

    assert type(harness.heard[-1]).__name__ == "TerraformInterrupted"


POOL = taken("module.auth[0].aws_cognito_user_pool.this", replaced=True, name="notes-staging")
PREVENTED = complaint(
    "Instance cannot be destroyed", "Resource module.auth[0].aws_cognito_user_pool.this has lifecycle.prevent_destroy"
)


@pytest.fixture
def doomed(harness: Harness) -> Harness:
    """A plan that replaces the user pool, which the modules protect; unprevented, it is planned."""
    answers = iter([Completed(1, PREVENTED, ""), Completed(0, planned(POOL), "")])
    plans = one_after_the_other(TERRAFORM, "plan", stdouts=answers)
    harness.processes = ScriptedProcesses(VERSION, INIT, plans, shown(POOL))
    harness.store.objects = {"infra/outputs.json": OUTPUTS}
    return harness


def test_what_terraform_only_forbids_is_planned_once_more_to_say_what_would_be_lost(doomed: Harness) -> None:
    found = commands.plan(doomed.tools)

    assert doomed.ran.count("plan") == 2
    (loss,) = found.losses
    assert "every account of the user pool `notes-staging`" in loss.lost


def test_a_plan_with_losses_is_refused_and_forgotten(doomed: Harness) -> None:
    found = commands.plan(doomed.tools)
    saved = doomed.tools.workspace.root / "plan.tfplan"
    saved.write_bytes(b"")

    with pytest.raises(Refused, match="cannot be restored"):
        commands.apply(doomed.tools, found)

    assert not saved.exists()
    assert "apply" not in doomed.ran


def test_a_loss_that_is_allowed_by_its_modules_name_is_applied(doomed: Harness) -> None:
    commands.apply(doomed.tools, commands.plan(doomed.tools, ["auth"]), ["auth"])

    assert doomed.ran[-1] == "apply"


def test_a_plan_that_takes_nothing_of_worth_is_not_looked_through(harness: Harness) -> None:
    commands.plan(harness.tools)

    assert "show" not in harness.ran


@pytest.mark.parametrize(("full", "losses"), [({"notes-site"}, 1), (set(), 0)])
def test_a_bucket_is_a_loss_only_where_something_lies_in_it(harness: Harness, full: set[str], losses: int) -> None:
    bucket = taken("module.site[0].aws_s3_bucket.this", bucket="notes-site", force_destroy=True)
    harness.processes = ScriptedProcesses(VERSION, INIT, says(TERRAFORM, "plan", stdout=planned(bucket)), shown(bucket))
    harness.store.full = full

    assert len(commands.plan(harness.tools).losses) == losses


@pytest.mark.parametrize(("full", "losses"), [({"notes/api"}, 1), (set(), 0)])
def test_a_repository_is_a_loss_only_where_images_are_in_it(harness: Harness, full: set[str], losses: int) -> None:
    repository = taken('module.registry["api"].aws_ecr_repository.this', name="notes/api", force_delete=True)
    harness.processes = ScriptedProcesses(
        VERSION, INIT, says(TERRAFORM, "plan", stdout=planned(repository)), shown(repository)
    )
    harness.images.filled = full

    assert len(commands.plan(harness.tools).losses) == losses


def test_the_policies_are_called_as_the_environment_and_name_its_account(harness: Harness) -> None:
    found = commands.policy(harness.tools)
    assert list(found) == [f"{harness.tools.names.prefix}-operator-{number}" for number in range(1, len(found) + 1)]
    assert f":{harness.tools.account}:cluster/{harness.tools.names.cluster}" in str(found)
