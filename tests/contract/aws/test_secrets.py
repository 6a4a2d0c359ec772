"""One suite for Secrets Manager and the Parameter Store in memory and for the doors to the embedded AWS."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from tagship.aws.fakes_secrets import FakeParameters, FakeSecrets
from tagship.aws.parameters import AwsParameters, ParameterFacts, Parameters
from tagship.aws.secrets_manager import AwsSecrets, SecretStore
from tagship.base.errors import AwsError, AwsNotFound
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws


@dataclass(frozen=True)
class Place:
    """A store, a prefix that nobody else uses, and two parameters below it: ``/…/a`` of version 1, ``/…/b`` of 2."""

    secrets: SecretStore
    parameters: Parameters
    prefix: str


@pytest.fixture(params=["fake", "embedded"])
def place(request: pytest.FixtureRequest) -> Place:
    prefix = f"secrets-{uuid4().hex[:12]}"
    names = {f"/{prefix}/a": 1, f"/{prefix}/b": 2}
    if request.param == "fake":
        arn = "arn:aws:ssm:eu-central-1:111122223333:parameter"
        facts = {name: ParameterFacts(f"{arn}{name}", version) for name, version in names.items()}
        return Place(FakeSecrets(), FakeParameters(facts), prefix)
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    for name, version in names.items():
        for _ in range(version):
            local_aws.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString", Overwrite=version > 1)
    aws = session(local_aws)
    return Place(AwsSecrets(aws), AwsParameters(aws), prefix)


def test_a_secret_is_known_by_its_name_and_its_whole_arn(place: Place) -> None:
    name = f"{place.prefix}/stripe"
    assert place.secrets.describe(name) is None
    place.secrets.create(name, "one", {"tagship:keys": "a b"})
    found = place.secrets.describe(name)
    assert found is not None
    assert found.arn.rpartition(":")[2].startswith(f"{name}-")
    assert len(found.arn.rpartition("-")[2]) == 6
    assert (found.name, dict(found.tags), found.deleted) == (name, {"tagship:keys": "a b"}, None)
    assert found.version
    assert found.changed is not None
    by_arn = place.secrets.describe(found.arn)
    assert by_arn is not None
    assert by_arn.version == found.version


def test_another_value_is_another_version(place: Place) -> None:
    name = f"{place.prefix}/stripe"
    place.secrets.create(name, "one", {})
    before = place.secrets.describe(name)
    place.secrets.change(name, "two")
    after = place.secrets.describe(name)
    assert before is not None
    assert after is not None
    assert before.version != after.version
    assert place.secrets.value(name) == "two"


def test_tags_are_added_replaced_and_removed(place: Place) -> None:
    name = f"{place.prefix}/stripe"
    place.secrets.create(name, "one", {"kept": "1", "replaced": "1"})
    place.secrets.set_tags(name, {"replaced": "2", "added": "1"})
    place.secrets.remove_tags(name, ["added", "never"])
    found = place.secrets.describe(name)
    assert found is not None
    assert dict(found.tags) == {"kept": "1", "replaced": "2"}


def test_a_secret_that_is_being_deleted_is_known_listed_and_restored_and_not_changed(place: Place) -> None:
    name = f"{place.prefix}/stripe"
    place.secrets.create(name, "one", {})
    place.secrets.delete(name, 7)
    found = place.secrets.describe(name)
    assert found is not None
    assert found.deleted is not None
    assert [each.name for each in place.secrets.listed(f"{place.prefix}/")] == [name]
    with pytest.raises(AwsError):
        place.secrets.change(name, "two")
    place.secrets.restore(name)
    assert place.secrets.value(name) == "one"


def test_what_is_not_there_has_no_value_and_cannot_be_changed(place: Place) -> None:
    name = f"{place.prefix}/nothing"
    for call in (
        lambda: place.secrets.value(name),
        lambda: place.secrets.change(name, "x"),
        lambda: place.secrets.delete(name, 7),
        lambda: place.secrets.restore(name),
    ):
        with pytest.raises(AwsNotFound):
            call()


def test_only_what_begins_so_is_listed_with_its_version_and_tags(place: Place) -> None:
    for name in ("b", "a", "a/c"):
        place.secrets.create(f"{place.prefix}/{name}", "x", {"of": name})
    place.secrets.create(f"{place.prefix}x/d", "x", {})
    found = place.secrets.listed(f"{place.prefix}/")
    assert [each.name.removeprefix(f"{place.prefix}/") for each in found] == ["a", "a/c", "b"]
    assert all(each.version for each in found)
    assert [each.tags["of"] for each in found] == ["a", "a/c", "b"]


def test_parameters_are_known_by_their_version_and_their_arn_and_others_are_left_out(place: Place) -> None:
    names = [f"/{place.prefix}/{name}" for name in ("a", "b", "nothing")]
    found = place.parameters.describe(names)
    assert {name: facts.version for name, facts in found.items()} == {names[0]: 1, names[1]: 2}
    assert all(facts.arn.endswith(f":parameter{name}") for name, facts in found.items())
    assert place.parameters.describe([]) == {}
