from tagship.aws.fakes_infra import FakeServiceRoles
from tagship.infra.service_roles import ensure, services
from tagship.manifest.model import EnvironmentManifest

SMALL = {
    "app": "notes",
    "environment": "staging",
    "account": None,
    "region": "eu-central-1",
    "services": {"api": {"port": 8000, "scaling": None}},
}


def manifest(**said: object) -> EnvironmentManifest:
    return EnvironmentManifest.model_validate({**SMALL, **said})


def test_every_environment_needs_the_roles_of_ecs_and_of_load_balancers() -> None:
    assert list(services(manifest())) == ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com"]


def test_what_scales_and_a_database_need_more() -> None:
    scaling = {"api": {"port": 8000, "scaling": {"cpu": 60}}}
    found = set(services(manifest(services=scaling, database={"readers": {"min": 1, "max": 2}})))

    assert found - set(services(manifest())) == {
        "ecs.application-autoscaling.amazonaws.com",
        "rds.amazonaws.com",
        "rds.application-autoscaling.amazonaws.com",
    }


def test_roles_are_made_once_in_an_account() -> None:
    roles = FakeServiceRoles({"ecs.amazonaws.com"})

    assert ensure(roles, manifest()) == ("elasticloadbalancing.amazonaws.com",)
    assert ensure(roles, manifest()) == ()


def test_who_may_make_none_goes_on_without() -> None:
    assert ensure(FakeServiceRoles(denied=True), manifest()) == ()
