import json
from pathlib import Path
from typing import Any

import pytest

from tagship.base.errors import NotReady, ProgramFailed, Refused
from tagship.base.fakes import ScriptedProcesses, says
from tagship.infra import destruction
from tagship.infra.destruction import Destroyed, destroy, plan_destroy
from tagship.infra.events import ResourceFinished, ResourceWaiting, StageStarted
from tagship.infra.plan import Change, Plan
from tagship.infra.teardown import KEY, Leftover
from tagship.manifest.names import Names
from tests.unit.infra.harness import INIT, TERRAFORM, VERSION, Harness, complaint, planned, shown, taken

VPC = taken("module.network.aws_vpc.this")
DESTROY_VPC = Plan((Change("module.network.aws_vpc.this", "aws_vpc", "delete"),))
READER = "application-autoscaling-1b3f"


def scene_of(folder: Path, *changes: dict[str, Any], fails: str = "") -> Harness:
    """An environment in which these stand."""
    apply = says(TERRAFORM, "apply", stdout=complaint(fails), returncode=1) if fails else says(TERRAFORM, "apply")
    harness = Harness(
        folder,
        ScriptedProcesses(VERSION, INIT, says(TERRAFORM, "plan", stdout=planned(*changes)), shown(*changes), apply),
    )
    harness.store.objects = {"terraform.tfstate": b"{}"}
    harness.begin()
    return harness


def database(**before: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    known = {"cluster_identifier": "notes", "deletion_protection": False, "skip_final_snapshot": True}
    return taken("module.database[0].aws_rds_cluster.this", **{**known, **before})


def stages(harness: Harness) -> list[str]:
    return [event.stage for event in harness.heard if isinstance(event, StageStarted) and event.stage != "init"]


def plans(harness: Harness) -> list[tuple[str, ...]]:
    return [command.argv for command in harness.processes.ran if command.argv[1] == "plan"]


def test_destroy_takes_revisions_bucket_and_working_folder_last(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, VPC)

    destroy(harness.tools, plan_destroy(harness.tools))

    (only,) = plans(harness)
    assert "-destroy" in only
    names = Names("notes", "staging")
    assert harness.task_definitions.deleted == [names.task_family("api"), names.task_family("web")]
    assert not harness.store.bucket_exists("any")
    assert not harness.tools.workspace.folder.exists()


def test_destroying_what_is_not_there_runs_no_terraform(tmp_path: Path) -> None:
    harness = Harness(tmp_path, ScriptedProcesses())

    assert plan_destroy(harness.tools) == Plan()
    destroy(harness.tools, Plan())

    assert harness.ran == []


def test_a_destroy_that_fails_keeps_the_bucket_with_the_state(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, VPC, fails="DependencyViolation")

    with pytest.raises(ProgramFailed, match="could not destroy:\n  DependencyViolation"):
        destroy(harness.tools, DESTROY_VPC)

    assert harness.store.objects is not None
    assert harness.store.objects["terraform.tfstate"] == b"{}"
    assert harness.task_definitions.deleted == []


def test_what_protects_itself_is_applied_once_without_protection_and_then_planned_anew(tmp_path: Path) -> None:
    harness = scene_of(
        tmp_path,
        database(deletion_protection=True),
        taken("module.load_balancer.aws_lb.this", enable_deletion_protection=True),
        VPC,
    )

    destroy(harness.tools, plan_destroy(harness.tools))

    first, lifting, again = plans(harness)
    assert "-destroy" in first
    assert lifting[5:] == (
        "-target=module.database[0].aws_rds_cluster.this",
        "-target=module.load_balancer.aws_lb.this",
    )
    assert "-destroy" in again
    assert harness.ran.count("apply") == 2
    assert stages(harness) == ["plan", "protection", "destroy", "clean-up"]


def test_without_protection_the_manifest_that_is_applied_says_so(tmp_path: Path) -> None:
    harness = scene_of(tmp_path)
    harness.tools.ready(unprotected=True)

    written = json.loads((harness.tools.workspace.root / "terraform.tfvars.json").read_text())

    assert written["manifest"]["deletion_protection"] is False


def test_scaling_is_stopped_before_the_readers_it_has_added_are_deleted_and_waited_for(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, database())
    harness.databases.scaled = {"notes"}
    harness.databases.readers = {"notes": [READER]}
    harness.databases.slow = 2

    destroy(harness.tools, plan_destroy(harness.tools))

    assert harness.databases.scaled == set()
    assert harness.databases.deleted == [READER]
    assert [type(event) for event in harness.heard if isinstance(event, ResourceWaiting | ResourceFinished)] == [
        ResourceWaiting,
        ResourceWaiting,
        ResourceFinished,
    ]
    assert len(plans(harness)) == 2  # the state has changed, so the plan of before is stale


def test_readers_that_do_not_go_end_the_command_with_what_to_type(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, database())
    harness.databases.readers = {"notes": [READER]}
    harness.databases.slow = 10_000

    with pytest.raises(NotReady, match="still deleting application-autoscaling-1b3f after 30 minutes") as caught:
        destroy(harness.tools, plan_destroy(harness.tools))

    assert caught.value.hint == "tagship infra destroy --env staging"
    assert "apply" not in harness.ran


def test_a_bucket_that_keeps_its_content_is_emptied_first(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, taken("module.site[0].aws_s3_bucket.this", bucket="notes-site", force_destroy=False))
    harness.store.full = {"notes-site"}

    destroy(harness.tools, plan_destroy(harness.tools))

    assert harness.store.full == set()


def test_log_groups_that_aws_has_made_and_secrets_that_wait_are_deleted(tmp_path: Path) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:notes-AbCdEf"
    harness = scene_of(
        tmp_path,
        database(),
        taken("module.alerts[0].aws_lambda_function.this", function_name="notes-alerts"),
        taken("module.alerts[0].aws_secretsmanager_secret.webhook", arn=secret),
    )
    harness.leftovers.secrets = {secret}
    harness.leftovers.groups = {
        "/aws/lambda/notes-alerts",
        "/aws/lambda/notes-alerts-of-another-app",
        "/aws/rds/cluster/notes/postgresql",
        "/aws/rds/cluster/notes-2/postgresql",
    }

    destroy(harness.tools, plan_destroy(harness.tools))

    assert harness.leftovers.groups == {
        "/aws/lambda/notes-alerts-of-another-app",
        "/aws/rds/cluster/notes-2/postgresql",
    }
    assert harness.leftovers.secrets == set()


def test_whoever_was_interrupted_types_it_again_and_it_cleans_up_what_no_plan_names_any_more(tmp_path: Path) -> None:
    interrupted = scene_of(
        tmp_path, taken("module.alerts[0].aws_lambda_function.this", function_name="notes-alerts"), fails="Interrupted"
    )
    with pytest.raises(ProgramFailed):
        destroy(interrupted.tools, plan_destroy(interrupted.tools))
    assert interrupted.store.objects is not None
    assert Leftover.from_json(interrupted.store.objects[KEY]).log_groups == ("/aws/lambda/notes-alerts",)

    again = scene_of(tmp_path / "elsewhere", VPC)
    again.store = interrupted.store
    again.leftovers.groups = {"/aws/lambda/notes-alerts"}
    destroy(again.tools, plan_destroy(again.tools))

    assert again.leftovers.groups == set()
    assert again.store.objects is None


def test_a_last_snapshot_that_stays_is_told(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, database(skip_final_snapshot=False, final_snapshot_identifier="notes-last"))
    intended = plan_destroy(harness.tools)

    made_meanwhile = iter([False, True])  # while the cluster is deleted
    harness.databases.on("has_snapshot", lambda _, snapshot: snapshot == "notes-last" and next(made_meanwhile))

    assert destroy(harness.tools, intended) == Destroyed(0.0, ("notes-last",))


def test_a_snapshot_whose_name_is_taken_stops_it_before_anything_is_touched(tmp_path: Path) -> None:
    harness = scene_of(tmp_path, database(skip_final_snapshot=False, final_snapshot_identifier="notes-last"))
    harness.databases.snapshots = {"notes-last"}

    with pytest.raises(Refused) as caught:
        destroy(harness.tools, plan_destroy(harness.tools))

    assert (
        caught.value.hint
        == f"Nothing was changed. Delete it first: {destruction.forget_snapshot('notes-last', 'eu-central-1')}"
    )
    assert "apply" not in harness.ran
