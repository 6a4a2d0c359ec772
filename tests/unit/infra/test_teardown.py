from typing import Any

import pytest

from tagship.infra.teardown import Leftover, teardown
from tests.unit.infra.harness import taken


def test_nothing_is_taken_by_a_plan_that_takes_nothing() -> None:
    made = {"address": "aws_lb.this", "type": "aws_lb", "change": {"actions": ["create"], "before": None}}

    found = teardown({"resource_changes": [made]})

    assert (found.protected, found.clusters, found.full, found.leftover) == ((), (), (), Leftover())


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("aws_lb", {"enable_deletion_protection": True}),
        ("aws_rds_cluster", {"deletion_protection": True, "skip_final_snapshot": True}),
        ("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}),
        ("aws_s3_bucket", {"force_destroy": False, "bucket": "a"}),
        ("aws_ecr_repository", {"force_delete": False}),
        ("aws_ecr_repository", {"force_delete": None}),
    ],
)
def test_what_protects_itself_is_found(kind: str, before: dict[str, Any]) -> None:
    assert teardown({"resource_changes": [taken(f"{kind}.this", **before)]}).protected == (f"{kind}.this",)


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("aws_lb", {"enable_deletion_protection": False}),
        ("aws_rds_cluster", {"deletion_protection": False, "skip_final_snapshot": True}),
        ("aws_cognito_user_pool", {"deletion_protection": "INACTIVE"}),
        ("aws_s3_bucket", {"force_destroy": True, "bucket": "a"}),
        ("aws_ecr_repository", {"force_delete": True}),
        ("aws_vpc", {}),
    ],
)
def test_what_does_not_is_left_alone(kind: str, before: dict[str, Any]) -> None:
    found = teardown({"resource_changes": [taken(f"{kind}.this", **before)]})

    assert (found.protected, found.full) == ((), ())


def test_remains_come_back_from_the_bucket_as_they_went_in_and_add_up() -> None:
    first = Leftover(log_groups=("/aws/lambda/a",), secrets=("arn:b",))
    second = Leftover(log_groups=("/aws/lambda/a", "/aws/lambda/c"), snapshots=("d",))

    both = first | Leftover.from_json(second.to_json())

    assert both == Leftover(("/aws/lambda/a", "/aws/lambda/c"), ("arn:b",), ("d",))
    assert Leftover.from_json(None) == Leftover()
