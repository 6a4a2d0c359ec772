"""Names of any legal app, environment and service: within AWS's limits, and never shared."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tagship.manifest.names import Names, fit
from tagship.manifest.regions import KNOWN
from tagship.manifest.types import AppName, EnvironmentName, ServiceName

APP: TypeAdapter[str] = TypeAdapter(AppName)
ENVIRONMENT: TypeAdapter[str] = TypeAdapter(EnvironmentName)
SERVICE: TypeAdapter[str] = TypeAdapter(ServiceName)


def legal(adapter: TypeAdapter[str], pattern: str) -> st.SearchStrategy[str]:
    def accepted(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return st.from_regex(pattern, fullmatch=True).filter(accepted)


# Few letters, so that neighbours that could collide are found at once.
apps = legal(APP, r"[ab][ab0]{0,2}(-[ab0]{1,3}){0,3}|[a-z][a-z0-9]{1,12}(-[a-z0-9]{1,16}){0,2}")
environments = legal(ENVIRONMENT, r"[ab][ab0]{1,3}|[a-z][a-z0-9]{1,19}")
services = legal(SERVICE, r"[ab][ab0]{0,2}(-[ab0]{1,3}){0,3}|[a-z][a-z0-9]{1,12}(-[a-z0-9]{1,16}){0,2}")

PER_SERVICE: dict[str, tuple[Callable[[Names, str], str], str, int]] = {
    "task family": (Names.task_family, r"[A-Za-z0-9_-]+", 255),
    "target group": (Names.target_group, r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?", 32),
    "repository": (
        Names.repository,
        r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
        256,
    ),
    "log group": (Names.log_group, r"[.\-_/#A-Za-z0-9]+", 512),
    "execution role": (Names.execution_role, r"[\w+=,.@-]+", 64),
    "task role": (Names.task_role, r"[\w+=,.@-]+", 64),
    "security group": (Names.service_security_group, r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+", 255),
}

PER_ENVIRONMENT: dict[str, tuple[Callable[[Names], str], str, int]] = {
    "site bucket": (lambda names: names.site_bucket("1" * 12, "ap-southeast-7"), r"[a-z0-9][a-z0-9-]+[a-z0-9]", 63),
    "cluster": (lambda names: names.cluster, r"[A-Za-z0-9_-]+", 255),
    "load balancer": (lambda names: names.load_balancer, r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?", 32),
}


@pytest.mark.parametrize("kind", PER_SERVICE)
@given(app=apps, environment=environments, service=services)
def test_every_name_of_a_service_is_one_that_aws_takes(kind: str, app: str, environment: str, service: str) -> None:
    make, pattern, limit = PER_SERVICE[kind]
    name = make(Names(app, environment), service)
    assert len(name) <= limit
    assert re.fullmatch(pattern, name)


@pytest.mark.parametrize("kind", PER_ENVIRONMENT)
@given(app=apps, environment=environments)
def test_every_name_of_an_environment_is_one_that_aws_takes(kind: str, app: str, environment: str) -> None:
    make, pattern, limit = PER_ENVIRONMENT[kind]
    name = make(Names(app, environment))
    assert len(name) <= limit
    assert re.fullmatch(pattern, name)


@given(app=apps, environment=environments, region=st.sampled_from(KNOWN))
def test_the_bucket_is_one_that_s3_takes(app: str, environment: str, region: str) -> None:
    name = Names(app, environment).bucket("123456789012", region)
    assert 3 <= len(name) <= 63
    assert re.fullmatch(r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]*[a-z0-9]", name)
    assert not name.endswith(("-s3alias", "--ol-s3", "--x-s3", "--table-s3"))


@pytest.mark.parametrize("kind", PER_SERVICE)
@given(data=st.data())
def test_no_two_services_share_a_name(kind: str, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.tuples(apps, environments, services), min_size=2, max_size=2, unique=True))
    make = PER_SERVICE[kind][0]
    assert make(Names(*one[:2]), one[2]) != make(Names(*other[:2]), other[2])


@pytest.mark.parametrize("kind", PER_ENVIRONMENT)
@given(data=st.data())
def test_no_two_environments_share_a_name(kind: str, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.tuples(apps, environments), min_size=2, max_size=2, unique=True))
    make = PER_ENVIRONMENT[kind][0]
    assert make(Names(*one)) != make(Names(*other))


@pytest.mark.parametrize("kind", PER_SERVICE)
def test_a_hyphen_moved_between_app_environment_and_service_makes_another_name(kind: str) -> None:
    make = PER_SERVICE[kind][0]
    assert make(Names("shop", "dev"), "api-web") != make(Names("shop-dev", "api"), "web")


@given(app=apps, environment=environments, service=services)
def test_the_two_roles_of_a_service_differ(app: str, environment: str, service: str) -> None:
    names = Names(app, environment)
    assert names.execution_role(service) != names.task_role(service)


@given(app=apps, environment=environments, service=services)
def test_a_service_called_load_balancer_has_its_own_security_group(app: str, environment: str, service: str) -> None:
    names = Names(app, environment)
    assert names.service_security_group(service) != names.security_group("load-balancer")


@given(name=st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True), limit=st.integers(16, 64))
def test_a_name_that_fits_stays_and_a_cut_one_ends_in_digits(name: str, limit: int) -> None:
    cut = fit(name, limit)
    assert len(cut) <= limit
    assert cut == name or re.fullmatch(r"[a-z0-9-]*[a-z0-9]-\d{8}", cut)


def test_long_names_with_the_same_beginning_stay_apart() -> None:
    assert fit("a" * 40, 32) != fit("a" * 41, 32)


@pytest.mark.parametrize("app", ["internal", "internal-tools", "sg", "sg-shop", "sthree-x", "amzn-s3-demo"])
def test_an_app_whose_name_would_make_an_illegal_aws_name_is_refused(app: str) -> None:
    with pytest.raises(ValidationError, match="cannot begin with"):
        APP.validate_python(app)


@pytest.mark.parametrize("app", ["internals", "sgs", "amzn"])
def test_an_app_that_only_begins_like_a_reserved_word_is_fine(app: str) -> None:
    assert APP.validate_python(app) == app


@pytest.mark.parametrize("app", ["a", "a--b", "a-", "-a", "1a", "A", "a_b", "a" * 31, ""])
def test_a_name_that_aws_would_refuse_somewhere_is_refused_here(app: str) -> None:
    with pytest.raises(ValidationError):
        APP.validate_python(app)
