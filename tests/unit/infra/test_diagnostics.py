from datetime import UTC, datetime, timedelta

import pytest

from tagship.base.errors import NotReady, ProgramFailed, StateLocked
from tagship.infra.diagnostics import DestructionPrevented, Diagnostic, error_of

NOW = datetime(2026, 11, 23, 12, 40, tzinfo=UTC)

LOCK = """Error message: operation error S3: PutObject, api error PreconditionFailed
Lock Info:
  ID:        0d1c7ab5-6b0c-8f0e-6f0b-6a0d2a3b7f1e
  Path:      notes-staging/terraform.tfstate
  Operation: OperationTypeApply
  Who:       kim@laptop
  Version:   1.11.4
  Created:   2026-11-23 09:31:02.123456789 +0000 UTC
  Info:

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time."""


def error(summary: str, detail: str = "", address: str = "") -> Diagnostic:
    return Diagnostic("error", summary, detail, address)


def test_no_complaint_is_no_error() -> None:
    assert error_of([], doing="plan", environment="local", now=NOW) is None
    assert error_of([Diagnostic("warning", "deprecated", "")], doing="plan", environment="local", now=NOW) is None


def test_a_domain_whose_zone_is_not_there_is_told_by_its_place_in_the_manifest() -> None:
    missing = error("no matching Route 53 Hosted Zone found", "", "data.aws_route53_zone.this[0]")
    found = error_of([missing], doing="plan", environment="production", now=NOW)
    assert isinstance(found, NotReady)
    assert "`environments.production.domain.zone` is not in this account" in found.message


def test_addresses_that_are_not_written_down_yet_want_an_apply_first() -> None:
    found = error_of(
        [error("Moved resource instances excluded by targeting")], doing="plan", environment="staging", now=NOW
    )

    assert isinstance(found, NotReady)
    assert found.hint == "tagship infra apply --env staging"


def test_a_resource_that_failed_is_named_with_awss_own_words_and_how_to_go_on() -> None:
    denied = error(
        "creating ECS Service (api)",
        "operation error ECS: CreateService, StatusCode: 400, RequestID: 1c-2d, AccessDeniedException: no",
        'module.service["api"].aws_ecs_service.this',
    )
    found = error_of([denied], doing="apply", environment="staging", now=NOW)

    assert isinstance(found, ProgramFailed)
    assert found.message == (
        "Terraform could not apply:\n"
        '  `module.service["api"].aws_ecs_service.this`: creating ECS Service (api): '
        "operation error ECS: CreateService, StatusCode: 400, AccessDeniedException: no"
    )
    assert found.hint == "Completed changes are kept. Fix the cause, then: tagship infra apply --env staging"


def test_where_the_provider_knows_no_cause_the_place_that_does_is_named() -> None:
    said = "waiting for creation: unexpected state 'failed', wanted target 'available'. last error: %!s(<nil>)"

    database, other = (
        str(error_of([error(said, "", address)], doing="apply", environment="staging", now=NOW))
        for address in ("module.database[0].aws_rds_cluster_instance.writer", "module.network.aws_vpc.this")
    )

    assert "nil" not in database + other
    assert (
        "unexpected state 'failed', wanted target 'available'; RDS events show why: aws rds describe-events" in database
    )
    assert other.endswith("wanted target 'available'")


def test_what_was_destroyed_goes_on_with_destroy() -> None:
    found = error_of([error("no")], doing="destroy", environment="staging", now=NOW)

    assert found is not None
    assert found.hint == "Completed changes are kept. Fix the cause, then: tagship infra destroy --env staging"


def test_the_same_complaint_is_told_once() -> None:
    found = error_of([error("no"), error("no"), error("never")], doing="plan", environment="local", now=NOW)

    assert found is not None
    assert found.message == "Terraform could not plan:\n  no\n  never"


def test_a_detail_that_repeats_the_summary_is_enough() -> None:
    found = error_of([error("no such zone", "eu-central-1z: no such zone")], doing="plan", environment="local", now=NOW)

    assert found is not None
    assert found.message.endswith("\n  eu-central-1z: no such zone")


def test_a_refused_value_is_told_in_the_modules_words_alone() -> None:
    refused = error(
        "Invalid value for variable",
        'network.cidr must be an IPv4 range such as 10.20.0.0/16, not "x".\n\n'
        "This was checked by the validation rule at ../modules/network/variables.tf:10,3-13.",
    )
    found = error_of([refused], doing="plan", environment="local", now=NOW)

    assert isinstance(found, NotReady)
    assert found.message == (
        "Terraform's modules do not accept the manifest:\n"
        '  network.cidr must be an IPv4 range such as 10.20.0.0/16, not "x".'
    )
    assert found.hint == "Edit tagship.yaml."


def test_a_held_lock_says_who_since_when_and_how_to_take_it_away() -> None:
    found = error_of([error("Error acquiring the state lock", LOCK)], doing="plan", environment="staging", now=NOW)

    assert isinstance(found, StateLocked)
    assert found.message == (
        "The Terraform state of `staging` is locked by kim@laptop (apply) since 2026-11-23 09:31:02 UTC, for 3 hours."
    )
    assert found.hint == (
        "Wait until that run has ended. If it will not come back: tagship infra unlock --env staging "
        "0d1c7ab5-6b0c-8f0e-6f0b-6a0d2a3b7f1e"
    )


@pytest.mark.parametrize("detail", ["", "Lock Info:\n  ID:\n  Who:\n"])
def test_a_lock_that_says_nothing_of_itself_is_still_a_lock(detail: str) -> None:
    found = error_of([error("Error acquiring the state lock", detail)], doing="plan", environment="local", now=NOW)

    assert isinstance(found, StateLocked)
    assert found.message == "The Terraform state of `local` is locked."
    assert found.hint == "Wait until that run has ended."


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=40), "UTC, for less than a minute."),
        (timedelta(minutes=1), "UTC, for 1 minute."),
        (timedelta(minutes=59), "UTC, for 59 minutes."),
        (timedelta(days=2, hours=3), "UTC, for 2 days."),
        (timedelta(seconds=-5), "UTC."),
    ],
)
def test_how_long_a_lock_has_been_held_is_said_in_one_unit(passed: timedelta, said: str) -> None:
    since = datetime(2026, 11, 23, 9, 31, 2, tzinfo=UTC)
    found = error_of(
        [error("Error acquiring the state lock", LOCK)], doing="plan", environment="staging", now=since + passed
    )

    assert found is not None
    assert found.message.endswith(said)


def test_what_the_modules_protect_is_refused_in_our_words() -> None:
    detail = (
        "Resource module.auth[0].aws_cognito_user_pool.this has lifecycle.prevent_destroy set,\nbut the plan calls for "
        "this resource to be destroyed. To avoid this error and continue with the plan, either disable …"
    )
    found = error_of([error("Instance cannot be destroyed", detail)], doing="plan", environment="staging", now=NOW)

    assert isinstance(found, DestructionPrevented)
    assert found.message == ("This plan destroys protected resources: `module.auth[0].aws_cognito_user_pool.this`.")
    assert found.hint == (
        "If you want this: tagship infra apply --env staging --allow-destroy "
        "'module.auth[0].aws_cognito_user_pool.this'"
    )


def test_an_account_that_aws_has_not_verified_yet_is_told_whom_to_ask() -> None:
    # Public report: aws-samples/aws-cdk-examples, issue 279.
    said = "AccessDenied: Your account must be verified before you can add new CloudFront resources."
    found = error_of([error("creating CloudFront Distribution", said)], doing="apply", environment="prod", now=NOW)

    assert isinstance(found, NotReady)
    assert "support" in (found.hint or "")
    assert "tagship infra apply --env prod" in (found.hint or "")


def test_a_network_that_cloudfronts_own_group_still_uses_is_told_to_wait_for() -> None:
    said = "api error DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted."
    found = error_of([error("deleting EC2 VPC", said)], doing="destroy", environment="prod", now=NOW)

    assert found
    assert "CloudFront-VPCOrigins-Service-SG" in (found.hint or "")
