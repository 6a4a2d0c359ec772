import json

import pytest

from tagship.base.errors import NotReady
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure, SiteInfrastructure, parse

API = {
    "service": "api",
    "task_family": "notes-local-api",
    "container": "api",
    "repository_url": "000000000000.dkr.ecr.eu-central-1.amazonaws.com/notes-local/api",
    "execution_role_arn": "arn:aws:iam::000000000000:role/notes-local-api-execution",
    "task_role_arn": "arn:aws:iam::000000000000:role/notes-local-api-task",
    "log_group": "/ecs/notes-local/api",
    "target_group_arn": "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/notes-local-api/1",
    "port": 8000,
}


def document(**changes: object) -> bytes:
    whole = {
        "schema": 1,
        "region": "eu-central-1",
        "account_id": "000000000000",
        "url": "http://notes-local.eu-central-1.elb.amazonaws.com",
        "cluster": "notes-local",
        "services": {"api": API},
    }
    return json.dumps(whole | changes).encode()


def test_what_terraform_wrote_is_read_back_in_full() -> None:
    assert parse(document(), environment="local") == Infrastructure(
        region="eu-central-1",
        account_id="000000000000",
        url="http://notes-local.eu-central-1.elb.amazonaws.com",
        cluster="notes-local",
        services={"api": ServiceInfrastructure(**API)},  # type: ignore[arg-type]
    )


def test_a_key_that_a_newer_root_adds_is_passed_over() -> None:
    newer = document(services={"api": {**API, "schedule": []}}, database={})

    assert parse(newer, environment="local") == parse(document(), environment="local")


@pytest.mark.parametrize("site", [{}, {"site": None}])
def test_without_a_site_there_is_none(site: dict[str, object]) -> None:
    assert parse(document(**site), environment="local").site is None


def test_a_site_is_its_bucket_and_its_distribution() -> None:
    found = parse(document(site={"bucket": "notes--site", "distribution": "E1", "more": 1}), environment="local")
    assert found.site == SiteInfrastructure(bucket="notes--site", distribution="E1")


def test_no_document_means_nothing_was_applied_and_says_how_to() -> None:
    with pytest.raises(NotReady, match="`staging` has no infrastructure yet") as caught:
        parse(None, environment="staging")

    assert caught.value.hint == "tagship infra apply --env staging"


def test_another_schema_is_named_with_ours() -> None:
    with pytest.raises(NotReady, match="has schema 2; this tagship reads schema 1"):
        parse(document(schema=2), environment="local")


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[]", b'"text"', b"\xff", document(services=[]), document(services={"api": {}}), b"{}"],
)
def test_a_document_that_cannot_be_read_is_an_error_with_the_next_step(broken: bytes) -> None:
    with pytest.raises(NotReady, match="cannot be read") as caught:
        parse(broken, environment="local")

    assert caught.value.hint == "tagship infra apply --env local"
