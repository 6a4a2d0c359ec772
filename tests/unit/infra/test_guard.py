from typing import Any

import pytest

from tagship.base.errors import Refused
from tagship.infra.guard import Loss, losses, module_names, refuse, suspects
from tests.unit.infra.harness import taken

POOL = "module.auth[0].aws_cognito_user_pool.this"
REGISTRY = 'module.registry["api"].aws_ecr_repository.this'
INSTANCE = "module.database[0].aws_rds_cluster_instance"


def found(*changes: dict[str, Any], full: bool = True, protected: tuple[str, ...] = ()) -> list[Loss]:
    return list(losses(suspects({"resource_changes": list(changes)}), lambda _: full, protected))


def because(change: dict[str, Any], **said: Any) -> str:  # noqa: ANN401 - JSON
    inside = {key: said.pop(key) for key in list(said) if key in {"replace_paths", "after", "before_sensitive"}}
    (loss,) = found({**change, **said, "change": {**change["change"], **inside}})
    return loss.because


def test_a_plan_that_only_makes_and_changes_loses_nothing() -> None:
    made = {"address": POOL, "type": "aws_cognito_user_pool", "change": {"actions": ["create"], "before": None}}
    changed = {"address": POOL, "type": "aws_cognito_user_pool", "change": {"actions": ["update"], "before": {}}}

    assert found(made, changed) == []
    assert found(taken("module.network.aws_vpc.this")) == []


@pytest.mark.parametrize(
    ("address", "before", "lost"),
    [
        (POOL, {"name": "notes"}, "every account of the user pool `notes`"),
        ("module.cluster.aws_ecs_cluster.this", {"name": "notes"}, "every service and task of the cluster `notes`"),
        (
            "module.database[0].aws_rds_cluster.this",
            {"cluster_identifier": "notes"},
            "every table of the database `notes`",
        ),
        ("module.site[0].aws_s3_bucket.this", {"bucket": "notes-site"}, "every object in the bucket `notes-site`"),
        (REGISTRY, {"name": "notes/api"}, "every image in the repository `notes/api`"),
    ],
)
@pytest.mark.parametrize("replaced", [True, False])
def test_what_nobody_can_bring_back_is_named_with_what_is_lost(
    address: str, before: dict[str, Any], lost: str, *, replaced: bool
) -> None:
    (loss,) = found(taken(address, replaced=replaced, **before))

    assert loss.address == address
    assert loss.action == ("replace" if replaced else "delete")
    assert loss.lost.startswith(lost)


def test_an_empty_bucket_and_a_repository_without_images_are_no_loss() -> None:
    assert found(taken("aws_s3_bucket.this", bucket="a"), taken(REGISTRY, name="b"), full=False) == []


def test_a_last_snapshot_of_the_database_is_said() -> None:
    kept = taken(
        "aws_rds_cluster.this", cluster_identifier="a", skip_final_snapshot=False, final_snapshot_identifier="a-last"
    )

    (loss,) = found(kept)

    assert "a final snapshot would be kept (`a-last`)" in loss.lost


def test_the_last_instances_of_a_database_are_one_loss() -> None:
    writer, reader = (
        taken(f"{INSTANCE}.{name}", replaced=True, cluster_identifier="a") for name in ("writer", "reader")
    )

    assert [loss.address for loss in found(writer, reader)] == [f"{INSTANCE}.writer"]


def test_an_instance_is_no_loss_where_another_stays_or_the_whole_database_goes() -> None:
    reader = taken(f"{INSTANCE}.reader", cluster_identifier="a")
    stays = {
        "address": f"{INSTANCE}.writer",
        "type": "aws_rds_cluster_instance",
        "change": {"actions": ["no-op"], "before": {"cluster_identifier": "a"}},
    }
    cluster = taken("aws_rds_cluster.this", cluster_identifier="a")

    assert found(reader, stays) == []
    assert [loss.address for loss in found(reader, cluster)] == ["aws_rds_cluster.this"]


def test_a_replacement_names_the_attribute_that_forces_it() -> None:
    pool = taken(POOL, replaced=True, name="notes", username_attributes=["email"])

    assert because(pool, replace_paths=[["name"]], after={"name": "shop"}) == (
        "`name` (from `notes` to `shop`) cannot be changed in place"
    )
    assert because(pool, replace_paths=[["username_attributes"]], after={}) == (
        "`username_attributes` cannot be changed in place"
    )


def test_a_secret_value_that_forces_a_replacement_is_not_shown() -> None:
    cluster = taken("aws_rds_cluster.this", replaced=True, cluster_identifier="a", master_password="hush")

    text = because(
        cluster,
        replace_paths=[["master_password"]],
        after={"master_password": "sh"},
        before_sensitive={"master_password": True},
    )

    assert text == "`master_password` cannot be changed in place"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("delete_because_count_index", "`module.auth[0]` is no longer in the manifest"),
        ("delete_because_no_resource_config", "it is no longer part of the modules"),
        ("replace_because_tainted", "its creation was interrupted, so Terraform replaces it"),
        ("", "the plan gives no reason"),
    ],
)
def test_terraforms_reason_is_said_in_words(reason: str, said: str) -> None:
    assert because(taken(POOL, name="notes"), action_reason=reason) == said


@pytest.mark.parametrize(
    "name", [POOL, "module.auth.aws_cognito_user_pool.this", "module.auth[0]", "module.auth", "auth"]
)
def test_a_loss_is_allowed_by_its_address_or_its_modules_name(name: str) -> None:
    refuse(found(taken(POOL)), allowed=[name], environment="staging")


@pytest.mark.parametrize("name", ["aut", "aws_cognito_user_pool", "module.database", ""])
def test_a_loss_is_allowed_by_nothing_else(name: str) -> None:
    with pytest.raises(Refused) as caught:
        refuse(found(taken(POOL, name="notes")), allowed=[name], environment="staging")

    assert caught.value.message == (
        f"This plan destroys data that cannot be restored:\n  delete {POOL}: every account of the user pool "
        "`notes`, with passwords and second factors; they cannot be restored. Why: the plan gives no reason."
    )
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"tagship infra apply --env staging --allow-destroy '{POOL}'")


def test_one_service_is_allowed_without_its_siblings() -> None:
    assert found(taken(REGISTRY))[0].allowed_by(['registry["api"]'])
    assert not found(taken(REGISTRY))[0].allowed_by(['registry["web"]'])


def test_what_protects_itself_must_be_unprotected_before_it_is_allowed() -> None:
    with pytest.raises(Refused, match="is protected, so AWS would reject this plan halfway") as caught:
        refuse(found(taken(POOL), protected=(POOL,)), allowed=["auth"], environment="production")

    assert caught.value.hint is not None
    assert "`protect: false` for `production`" in caught.value.hint


def test_a_resource_of_the_root_lies_in_no_module() -> None:
    assert module_names("aws_s3_bucket.this") == frozenset()


def half_made(*changes: dict[str, Any], prior: tuple[str, ...] = (), up: bool = False) -> list[Loss]:
    """The losses where Terraform calls these resources of the state tainted."""
    state = {"child_modules": [{"resources": [{"address": address, "tainted": True} for address in prior]}]}
    document = {"resource_changes": list(changes), "prior_state": {"values": {"root_module": state}}}
    return list(losses(suspects(document), lambda _: up))


TAINTED = {"action_reason": "replace_because_tainted"}


@pytest.mark.parametrize(
    ("address", "before"),
    [
        (POOL, {"name": "notes", "id": "eu_1"}),
        ("module.cluster.aws_ecs_cluster.this", {"name": "notes"}),
        ("module.database[0].aws_rds_cluster.this", {"cluster_identifier": "notes"}),
        (f"{INSTANCE}.writer", {"cluster_identifier": "notes", "identifier": "notes-1"}),
        ("module.site[0].aws_s3_bucket.this", {"bucket": "notes-site"}),
        (REGISTRY, {"name": "notes/api"}),
        ('module.auth[0].aws_cognito_user_group.this["staff"]', {"name": "staff", "user_pool_id": "eu_1"}),
    ],
)
def test_what_never_came_up_is_no_loss_and_what_came_up_nevertheless_is_one(
    address: str, before: dict[str, Any]
) -> None:
    replaced = {**taken(address, replaced=True, **before), **TAINTED}
    deleted = taken(address, **before)

    assert half_made(replaced) == []
    assert half_made(deleted, prior=(address,)) == []
    assert len(half_made(replaced, up=True)) == 1


def test_a_database_of_which_no_instance_ever_came_up_is_no_loss() -> None:
    cluster = taken("module.database[0].aws_rds_cluster.this", cluster_identifier="a")
    writer = taken(f"{INSTANCE}.writer", cluster_identifier="a", identifier="a-1")

    assert half_made(cluster, writer, prior=(f"{INSTANCE}.writer",)) == []
    assert [loss.address for loss in half_made(cluster, writer)] == ["module.database[0].aws_rds_cluster.this"]


def test_a_whole_pool_or_database_is_a_loss_whatever_a_look_would_say() -> None:
    pool, cluster = taken(POOL, name="a", id="b"), taken("aws_rds_cluster.this", cluster_identifier="a")

    assert len(found(pool, cluster, full=False)) == 2


def test_the_identifier_of_a_thing_is_what_its_api_finds_it_by() -> None:
    (suspect,) = suspects({"resource_changes": [taken(POOL, name="notes", id="eu-central-1_abc")]})

    assert (suspect.name, suspect.identifier) == ("notes", "eu-central-1_abc")
