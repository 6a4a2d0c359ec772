"""AWS's models are found and read as botocore itself does, only sooner."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from tagship.aws.models import models
from tagship.aws.session import Aws, AwsAccess


@pytest.mark.parametrize(("service", "kind"), [("sts", "service-2"), ("elbv2", "paginators-1"), ("s3", "service-2")])
def test_a_model_packed_or_not_and_with_what_botocore_adds_is_botocores_own(service: str, kind: str) -> None:
    assert models(None).load_service_model(service, kind) == Loader().load_service_model(service, kind)


def test_every_service_that_botocore_knows_is_known() -> None:
    assert set(Loader().list_available_services("service-2")) <= set(models(None).list_available_services("service-2"))


def test_folders_that_a_person_names_come_first(tmp_path: Path) -> None:
    here = tmp_path / "ours" / "2026-01-01"
    here.mkdir(parents=True)
    (here / "service-2.json").write_text(json.dumps({"metadata": {}}), encoding="utf-8")
    assert models(f"/nowhere:{tmp_path}").load_service_model("ours", "service-2") == {"metadata": {}}


def test_an_unknown_service_is_told() -> None:
    with pytest.raises(UnknownServiceError):
        models(None).load_service_model("nothing-of-aws", "service-2")


def test_a_client_has_its_operations() -> None:
    client = Aws(AwsAccess("eu-central-1", "http://127.0.0.1:1", "a", "b")).client("sts")
    assert client.meta.method_to_api_mapping["get_caller_identity"] == "GetCallerIdentity"
    assert client.meta.region_name == "eu-central-1"
