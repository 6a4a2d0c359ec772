"""The application's user in a real PostgreSQL, behind the Data API of the embedded AWS."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from docker.errors import ImageNotFound

from seatrial.core.engine import EngineClient
from tagship.aws.rds_data import AwsRdsData, Login
from tagship.base.clock import SystemClock
from tagship.base.errors import AwsError
from tagship.database.user import DatabaseFacts, ensure_user
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws

pytestmark = pytest.mark.docker

ENGINES = {"postgres:15-alpine": "15.13", "postgres:17-alpine": "17.5"}
"""Which image the embedded AWS starts for which version. PostgreSQL 16 changed what CREATEROLE may do."""


@dataclass(frozen=True)
class Database:
    """An Aurora cluster with the database ``shop``, and the secrets that open it."""

    aws: RunningAws
    door: AwsRdsData
    facts: DatabaseFacts

    def secret(self, username: str, password: str) -> str:
        arn: str = self.aws.client("secretsmanager").create_secret(
            Name=f"contract-{uuid4().hex[:12]}", SecretString=said(username, password)
        )["ARN"]
        return arn

    def rows(self, secret: str, sql: str) -> list[tuple[object, ...]]:
        return list(self.door.execute(Login(self.facts.cluster_arn, secret, "shop"), sql))

    def as_application(self, sql: str) -> list[tuple[object, ...]]:
        return self.rows(self.facts.secret_arn, sql)


def said(username: str, password: str) -> str:
    return json.dumps({"username": username, "password": password, "dbname": "shop", "port": "5432"})


@pytest.fixture(scope="module", params=sorted(ENGINES))
def database(request: pytest.FixtureRequest, local_aws: RunningAws, engine: EngineClient) -> Iterator[Database]:
    """A cluster whose master is, as Aurora's, no superuser."""
    try:
        engine.images.get(request.param)
    except ImageNotFound:
        pytest.skip(f"There is no image: seatrial images {request.param}")
    rds, name = local_aws.client("rds"), f"contract-{uuid4().hex[:12]}"
    arn = rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        EngineVersion=ENGINES[request.param],
        MasterUsername="almighty",
        MasterUserPassword="TheMastersPassword1",
        DatabaseName="shop",
        EnableHttpEndpoint=True,
    )["DBCluster"]["DBClusterArn"]
    rds.create_db_instance(
        DBInstanceIdentifier=name, DBClusterIdentifier=name, Engine="aurora-postgresql", DBInstanceClass="db.r7g.large"
    )
    database = Database(local_aws, AwsRdsData(session(local_aws), SystemClock()), DatabaseFacts(arn, "", ""))
    superuser = database.secret("almighty", "TheMastersPassword1")
    database.rows(superuser, "CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD 'TheMastersPassword2'")
    database.rows(superuser, "ALTER DATABASE shop OWNER TO master")
    facts = DatabaseFacts(
        arn, database.secret("master", "TheMastersPassword2"), database.secret("app", "TheApplicationsPassword1")
    )
    ensure_user(database.door, facts)
    yield replace(database, facts=facts)
    rds.delete_db_instance(DBInstanceIdentifier=name)
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def test_a_user_that_stands_is_left_as_it_is(database: Database) -> None:
    assert not ensure_user(database.door, database.facts)


def test_the_application_logs_in_and_its_tables_are_its_own(database: Database) -> None:
    database.as_application("CREATE TABLE orders (id serial PRIMARY KEY)")
    database.as_application("CREATE TABLE public.customers (id serial PRIMARY KEY)")

    found = database.as_application(
        "SELECT schemaname, tablename, tableowner FROM pg_tables WHERE tablename IN ('orders', 'customers') ORDER BY 1"
    )
    assert found == [("app", "orders", "app"), ("public", "customers", "app")]
    assert not ensure_user(database.door, database.facts)


@pytest.mark.parametrize("sql", ["CREATE ROLE friend", "CREATE DATABASE another", "ALTER ROLE app SUPERUSER"])
def test_the_application_makes_neither_roles_nor_databases(database: Database, sql: str) -> None:
    with pytest.raises(AwsError, match=r"permission denied|must be superuser") as caught:
        database.as_application(sql)
    assert caught.value.code == "DatabaseErrorException"


def test_a_new_password_in_the_secret_becomes_the_users(database: Database) -> None:
    before = database.secret("app", "TheApplicationsPassword1")
    secrets = database.aws.client("secretsmanager")
    secrets.put_secret_value(SecretId=database.facts.secret_arn, SecretString=said("app", "TheApplicationsPassword2"))

    assert ensure_user(database.door, database.facts)
    assert database.as_application("SELECT current_user") == [("app",)]
    with pytest.raises(AwsError, match="password authentication failed"):
        database.rows(before, "SELECT 1")


def test_what_was_taken_from_the_user_is_given_back(database: Database) -> None:
    master = database.facts.master_secret_arn
    database.rows(master, "ALTER ROLE app NOLOGIN CREATEDB")
    database.rows(master, "REVOKE ALL ON DATABASE shop FROM app")

    assert ensure_user(database.door, database.facts)
    assert database.as_application("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'app'") == [(False,)]
    assert not ensure_user(database.door, database.facts)


def test_a_database_without_the_schema_public_will_do(database: Database) -> None:
    database.rows(database.facts.master_secret_arn, "ALTER SCHEMA public RENAME TO elsewhere")
    try:
        assert not ensure_user(database.door, database.facts)
    finally:
        database.rows(database.facts.master_secret_arn, "ALTER SCHEMA elsewhere RENAME TO public")


def test_the_servers_log_never_holds_a_password(database: Database, engine: EngineClient) -> None:
    cluster = database.facts.cluster_arn.rpartition(":")[2]
    (container,) = [each for each in engine.containers.list() if str(each.name).endswith(f"cluster-{cluster}")]

    assert b"TheApplicationsPassword" not in container.logs()
