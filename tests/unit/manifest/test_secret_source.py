"""Where a secret lies is parsed once, and nothing is taken that AWS would refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tagship.manifest.load import loads
from tagship.manifest.names import Names
from tagship.manifest.secret_source import RESERVED, SecretSource, parse
from tagship.manifest.service import RELEASE_VARIABLES, Service
from tagship.manifest.system_names import SystemNames
from tagship.release.planning.task_definition import Stamp
from tests.support.documented import refused

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shared/key-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/level"


@pytest.mark.parametrize(
    ("text", "id_", "key"),
    [
        ("stripe", "shop-prod/stripe", ""),
        ("mail/smtp:password", "shop-prod/mail/smtp", "password"),
        ("ssm:/mail/user", "/shop-prod/mail/user", ""),
        (ARN, ARN, ""),
        (f"{ARN}:token", ARN, "token"),
        (PARAMETER, PARAMETER, ""),
    ],
)
def test_a_source_says_what_aws_is_asked_for_and_which_key_is_taken(text: str, id_: str, key: str) -> None:
    source = parse(text)
    assert (source.id("shop-prod"), source.key, str(source)) == (id_, key, text)


@given(some.from_regex(r"[A-Za-z0-9/_+=.@-]{1,470}", fullmatch=True))
def test_every_name_that_is_taken_is_one_that_aws_takes(name: str) -> None:
    try:
        source = parse(name)
    except PydanticCustomError:
        return
    assert refused("secretsmanager", "CreateSecret", "Name", source.id(f"{'a' * 30}-{'e' * 20}")) is None


@pytest.mark.parametrize("name", ["a" * 461, f"ssm:{'/a' * 15}", f"ssm:/{'a' * 950}"])
def test_what_is_longer_or_deeper_than_aws_has_room_for_is_refused(name: str) -> None:
    with pytest.raises(PydanticCustomError):
        parse(name)


def test_what_tagship_keeps_for_itself_is_refused_and_nothing_else_is_reserved() -> None:
    made = SystemNames(Names("shop", "prod"), "111122223333", "eu-central-1")
    every = {**made.database(), **made.alerts(), **made.vpn()}
    ours = {text.removeprefix("shop-prod/") for key, text in every.items() if key.endswith("secret")}
    assert ours == set(RESERVED)


def test_an_environments_secret_replaces_the_one_of_the_same_variable() -> None:
    manifest = loads(
        "app: shop\nregion: eu-central-1\nservices:\n  api: {port: 1, secrets: {A: one, B: two}}\n"
        "environments:\n  prod: {services: {api: {secrets: {B: 'three:key', C: four}}}}\n"
    )
    found = manifest.for_environment("prod").services["api"].secrets
    assert {name: str(source) for name, source in found.items()} == {"A": "one", "B": "three:key", "C": "four"}


def test_the_variables_of_a_release_are_those_that_it_sets() -> None:
    assert set(RELEASE_VARIABLES) == set(Stamp("shop", "prod", "v1.0.0", "abc", "eu-central-1").variables())


def test_more_names_than_a_role_has_room_for_are_refused() -> None:
    many = {f"V{number}": SecretSource("secretsmanager", name=f"{number}{'n' * 400}") for number in range(20)}
    with pytest.raises(ValidationError, match="too many or too long names"):
        Service(port=1, secrets=many)
