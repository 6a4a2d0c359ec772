import json
from base64 import b64decode
from dataclasses import astuple, replace

import pytest

from tagship.aws.fakes_database import FakeRdsData
from tagship.aws.rds_data import Login, SecretValue
from tagship.base.errors import AwsDenied, AwsError, AwsNotFound, NotReady, Refused
from tagship.database.scram import verifier
from tagship.database.statements import OBSERVATION, DatabaseUser, Observed, identifier, literal, statements
from tagship.database.user import DatabaseFacts, ensure_user

FACTS = DatabaseFacts("arn:cluster", "arn:master", "arn:app")
PASSWORD = "very-hidden-7"
SAID = {"username": "app", "password": PASSWORD, "dbname": "shop"}
NOBODY = Observed(
    known=False,
    master=False,
    powerful=False,
    modest=False,
    mark="",
    schema="none",
    uses_database=False,
    uses_public=False,
)
USER = DatabaseUser("app", PASSWORD, "shop", "v1")
DONE = Observed(
    known=True,
    master=False,
    powerful=False,
    modest=True,
    mark=USER.mark,
    schema="own",
    uses_database=True,
    uses_public=True,
)


def door(observed: Observed, said: object = SAID, version: str = "v1") -> FakeRdsData:
    return FakeRdsData({"arn:app": SecretValue(json.dumps(said), version)}, [astuple(observed)])


def purposes(observed: Observed, user: DatabaseUser = USER) -> list[str]:
    return [each.purpose for each in statements(user, observed)]


def test_a_new_user_may_do_in_its_database_what_an_application_does_and_nothing_else() -> None:
    aws = door(NOBODY)

    assert ensure_user(aws, FACTS)
    assert aws.asked == [(Login("arn:cluster", "arn:master", "shop"), {"username": "app"})]
    made, altered, member, schema, database, public, mark = aws.ran
    assert made == 'CREATE ROLE "app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
    assert altered.startswith('ALTER ROLE "app" LOGIN NOCREATEDB NOCREATEROLE PASSWORD E\'SCRAM-SHA-256$4096')
    assert member == 'GRANT "app" TO CURRENT_USER'
    assert schema == 'CREATE SCHEMA "app" AUTHORIZATION "app"'
    assert database == 'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "shop" TO "app"'
    assert public == 'GRANT USAGE, CREATE ON SCHEMA public TO "app"'
    assert mark.startswith('COMMENT ON ROLE "app" IS ')


def test_where_all_is_as_it_should_be_nothing_is_done() -> None:
    aws = door(DONE)

    assert not ensure_user(aws, FACTS)
    assert aws.ran == []


def test_another_version_of_the_secret_sets_the_password_again() -> None:
    assert purposes(DONE, replace(USER, version="v2")) == ["set the user's password", "record the secret's version"]


def test_only_what_is_missing_is_done() -> None:
    assert purposes(replace(DONE, modest=False)) == ["set the user's password"]
    assert purposes(replace(DONE, schema="other")) == [
        "grant the user's role to the master",
        "set the owner of the user's schema",
    ]
    assert purposes(replace(DONE, uses_database=False)) == ["grant the user access to the database"]
    assert purposes(replace(DONE, uses_public=False)) == ["grant the user access to the schema `public`"]


@pytest.mark.parametrize("observed", [replace(DONE, master=True), replace(DONE, powerful=True)])
def test_a_role_that_may_more_than_an_application_is_left_alone(observed: Observed) -> None:
    aws = door(observed)

    with pytest.raises(Refused, match="`app`"):
        ensure_user(aws, FACTS)
    assert aws.ran == []


def test_the_password_is_in_no_statement_and_in_no_repr() -> None:
    due = statements(USER, NOBODY)

    assert PASSWORD not in repr([USER, due, SecretValue(PASSWORD, "v1")]) + "".join(each.sql for each in due)
    assert "SCRAM" not in repr(due)


def test_an_error_about_the_password_quotes_nothing() -> None:
    aws = door(NOBODY)
    aws.refuses = {"ALTER ROLE": AwsDenied(f"syntax error near {PASSWORD}", code="DatabaseErrorException")}

    with pytest.raises(AwsDenied, match="refused to set the user's password: DatabaseErrorException") as caught:
        ensure_user(aws, FACTS)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_another_error_says_what_the_database_said() -> None:
    aws = door(NOBODY)
    aws.refuses = {"CREATE SCHEMA": AwsError("permission denied; SQLState: 42501", code="DatabaseErrorException")}

    with pytest.raises(AwsError, match="refused to create the user's schema: permission denied; SQLState: 42501"):
        ensure_user(aws, FACTS)


@pytest.mark.parametrize(
    "said",
    [
        [],
        "words",
        {"username": "app", "password": PASSWORD},
        {**SAID, "username": 'app"; DROP TABLE orders; --'},
        {**SAID, "dbname": "Shop"},
        {**SAID, "password": "p\u00e4sswort"},
        {**SAID, "password": None},
    ],
)
def test_a_secret_that_does_not_say_who_is_refused_before_the_database_is_asked(said: object) -> None:
    aws = door(NOBODY, said)

    with pytest.raises(NotReady, match="`arn:app`") as caught:
        ensure_user(aws, FACTS)
    assert PASSWORD not in str(caught.value)
    assert aws.asked == []


def test_a_secret_without_a_value_is_not_found() -> None:
    with pytest.raises(AwsNotFound):
        ensure_user(FakeRdsData(), FACTS)


def test_names_and_texts_cannot_leave_their_quotation_marks() -> None:
    assert identifier('a"b') == '"a""b"'
    assert literal("it's a:b\\") == "E'it\\U00000027s a\\U0000003Ab\\U0000005C'"


def test_a_query_has_no_more_parameters_than_are_given() -> None:
    assert OBSERVATION.count(":") == OBSERVATION.count(":username") == 2


def test_the_verifier_is_the_one_that_postgresql_computes() -> None:
    # Written by PostgreSQL 15.18 for `CREATE ROLE probe PASSWORD 'pencil'`.
    salt = "CRq4rVYZU+3e+x/m4+G1Wg=="
    keys = "PmXJLot5X4IN/9f2YHrD6vALdOTcVnwnvkcy24Ua6a8=:XSWHvrdCTZEnFDwea74XHMhU0XwALr/zbq6F6KIlUd0="
    assert verifier("pencil", b64decode(salt)) == f"SCRAM-SHA-256$4096:{salt}${keys}"
