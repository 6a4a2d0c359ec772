"""Everything is looked at before anything is touched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tagship.aws.fakes import FakeStanding
from tagship.base.errors import (
    AwsDenied,
    AwsError,
    AwsExpired,
    AwsNotFound,
    AwsThrottled,
    AwsUnreachable,
    NotReady,
)
from tagship.release.planning.steps import BuildImage, Verify
from tagship.release.planning.verify import Mark, Report, VerifyContext, verify
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import MANIFEST, Shop, asking, environment_manifest


def report_of(shop: Shop, **digests: str) -> Report:
    return verify(VerifyContext(shop.ecs, shop.ecr, shop.standing, shop.manifest, shop.infrastructure), digests)


def test_where_all_is_well_every_look_says_what_is_there() -> None:
    found = report_of(Shop())
    assert {finding.mark for finding in found.findings} == {Mark.OK}
    assert {finding.subject for finding in found.findings} == {"api", "worker", "the account"}
    assert all(finding.words for finding in found.findings)


@pytest.mark.parametrize(
    ("change", "what", "words"),
    [
        ({"trusts": frozenset()}, "execution role", "does not trust ecs-tasks.amazonaws.com"),
        ({"forbidden": frozenset({"ecr:BatchGetImage"})}, "pulls the image", "may not: ecr:BatchGetImage"),
        ({"forbidden": frozenset({"logs:PutLogEvents"})}, "writes the log", "may not: logs:PutLogEvents"),
        ({"log_groups": False}, "log group", "there is no log group"),
        ({"health_path": "/ping"}, "target group", "checks `/ping`, but the manifest has `/healthz`"),
        ({"way_out": ""}, "outbound route", "has no outbound route"),
        ({"refuses": AwsNotFound("no such role")}, "task role", "no such role"),
    ],
)
def test_what_a_release_would_fail_of_is_named_with_what_to_do(change: dict[str, Any], what: str, words: str) -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, **change)
    wrong = [finding for finding in report_of(shop).wrong if finding.subject == "api" and finding.what == what]
    assert len(wrong) == 1
    assert words in wrong[0].words
    assert "tagship infra apply" in wrong[0].hint


CONNECTION = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-prod/database/app-AbCdEf"


def with_secrets(shop: Shop) -> Shop:
    place = shop.infrastructure.services["api"]
    told = {name: f"{CONNECTION}:{name.lower()}::" for name in ("DATABASE_URL", "DATABASE_READER_URL")}
    services = {**shop.infrastructure.services, "api": replace(place, secrets=told)}
    shop.infrastructure = replace(shop.infrastructure, services=services)
    return shop


def test_a_secret_is_looked_at_once_as_the_role_that_will_read_it() -> None:
    looks = [finding.what for finding in report_of(with_secrets(Shop())).findings if finding.subject == "api"]
    assert [what for what in looks if what.startswith("reads")] == ["reads shop-prod/database/app-AbCdEf"]


def test_a_secret_that_may_not_be_read_stops_a_release_before_ecs_does() -> None:
    shop = with_secrets(Shop())
    shop.standing = replace(shop.standing, forbidden=frozenset({"secretsmanager:GetSecretValue"}))
    (wrong,) = report_of(shop).wrong
    assert (wrong.subject, wrong.what) == ("api", "reads shop-prod/database/app-AbCdEf")
    assert "may not: secretsmanager:GetSecretValue" in wrong.words


@pytest.mark.parametrize(
    ("spare", "mark", "words"),
    [
        (0.2, Mark.FAIL, "Fargate may start 0.2 more vCPUs in eu-central-1, and a task needs 0.25"),
        (
            0.5,
            Mark.OK,
            "quota for 0.5 of the 0.75 vCPUs that a rollout adds: the rollout will be slow",
        ),
        (8, Mark.OK, "quota for 8 more vCPUs; a rollout adds 0.75"),
    ],
)
def test_a_rollout_for_which_fargate_has_no_room_is_not_begun(spare: float, mark: Mark, words: str) -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, spare=spare)
    (found,) = [finding for finding in report_of(shop).findings if finding.subject == "the account"]
    assert (found.what, found.mark, found.words) == ("capacity", mark, words)


def test_what_these_credentials_may_not_look_at_is_skipped_and_not_called_wrong() -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, refuses=AwsDenied("no"))
    found = report_of(shop)
    assert found.wrong == ()
    assert found.passed
    assert Mark.SKIP in {finding.mark for finding in found.findings}


@pytest.mark.parametrize(
    "error", [AwsThrottled("Rate exceeded"), AwsUnreachable("AWS did not respond"), AwsExpired("have expired")]
)
def test_a_look_that_could_not_be_made_is_neither_skipped_nor_called_well(error: AwsError) -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, refuses=error)
    found = report_of(shop)
    assert found.wrong == ()
    assert not found.passed
    assert {finding.what for finding in found.unknown} >= {"execution role", "log group", "target group", "capacity"}
    assert all(error.message in finding.words for finding in found.unknown)
    assert not any(finding.mark is Mark.SKIP for finding in found.findings)


def test_what_an_aws_has_no_call_for_is_skipped() -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, refuses=AwsError("AWS does not tell", code="UnknownOperationException"))
    found = report_of(shop)
    assert found.unknown == ()
    assert Mark.SKIP in {finding.mark for finding in found.findings}


@pytest.mark.parametrize("channel", ["Control", "Data"])
@pytest.mark.parametrize("act", ["Create", "Open"])
def test_a_terminal_needs_each_of_the_four_channels_actions(act: str, channel: str) -> None:
    shop = Shop(manifest=environment_manifest(MANIFEST.replace("    port: 8000\n", "    port: 8000\n    exec: true\n")))
    action = f"ssmmessages:{act}{channel}Channel"
    shop.standing = replace(shop.standing, forbidden=frozenset({action}))
    (wrong,) = report_of(shop).wrong
    assert (wrong.subject, wrong.what) == ("api", "opens a terminal")
    assert f"may not: {action}" in wrong.words


def test_arns_are_of_the_partition_that_the_roles_are_in() -> None:
    asked: list[str] = []

    class Asked(FakeStanding):
        def denied(self, role_arn: str, actions: Sequence[str], resource: str) -> list[str]:
            asked.append(resource)
            return super().denied(role_arn, actions, resource)

    shop = Shop(standing=Asked())
    place = shop.infrastructure.services["api"]
    role = place.execution_role_arn.replace("arn:aws:", "arn:aws-cn:")
    shop.with_services({**shop.infrastructure.services, "api": replace(place, execution_role_arn=role)})
    report_of(shop)
    assert sum(resource.startswith("arn:aws-cn:") for resource in asked) == 2


def test_an_image_that_is_gone_is_found_before_ecs_tries_to_pull_it() -> None:
    (wrong,) = report_of(Shop(), api="sha256:gone").wrong
    assert (wrong.what, wrong.words) == ("image", "sha256:gone is no longer in the registry")


def test_a_network_without_nat_is_meant_so() -> None:
    shop = Shop(manifest=environment_manifest(MANIFEST + "network: {nat: none}\n"))
    shop.standing = replace(shop.standing, way_out="")
    assert report_of(shop).wrong == ()


def test_a_release_looks_while_it_builds_and_touches_nothing_where_something_is_wrong() -> None:
    shop = Shop()
    shop.standing = replace(shop.standing, log_groups=False)
    before = shop.revision_of("api")
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert {type(step) for step in outcome.plan.stages[0]} == {Verify, BuildImage}
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert isinstance(outcome.error, NotReady)
    assert "api: log group: there is no log group `/ecs/shop-local/api`" in outcome.error.message
    assert shop.revision_of("api") == before
    assert "register" not in shop.ecs.calls
