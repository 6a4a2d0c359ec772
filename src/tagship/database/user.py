"""Makes the application's own database user, and keeps it as its secret says.

The master's password is never given to the application; and nothing has to reach into the network, because SQL goes
over the Data API.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from tagship.aws.rds_data import Login, Row, SecretValue
from tagship.base.errors import AwsError, NotReady
from tagship.database.statements import OBSERVATION, DatabaseUser, Observed, Statement, statements

_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names that PostgreSQL keeps as they are, and that need no escaping in an address either."""


class SqlDoor(Protocol):
    """The calls of ``aws/rds_data.py``."""

    def secret(self, arn: str) -> SecretValue:
        """A secret's current value."""
        ...

    def execute(self, login: Login, sql: str, parameters: Mapping[str, str] | None = None) -> list[Row]:
        """Run one statement, and return its rows."""
        ...


@dataclass(frozen=True)
class DatabaseFacts:
    """Where the database is, as Terraform's outputs say.

    Args:
        cluster_arn: the Aurora cluster.
        master_secret_arn: holds ``username`` and ``password`` of the master.
        secret_arn: holds ``username``, ``password`` and ``dbname`` of the application.
    """

    cluster_arn: str
    master_secret_arn: str
    secret_arn: str


def ensure_user(door: SqlDoor, facts: DatabaseFacts) -> bool:
    """Have the application's user as its secret says; returns whether anything was changed.

    Raises:
        NotReady: the secret does not say who the user is.
        Refused: the user that it names is the master, or may do what an application must not.
        AwsError: AWS or the database refused.
    """
    user = _user(door.secret(facts.secret_arn), facts.secret_arn)
    login = Login(facts.cluster_arn, facts.master_secret_arn, user.database)
    (row,) = door.execute(login, OBSERVATION, {"username": user.name})
    due = statements(user, Observed(*cast("tuple[Any, ...]", row)))
    for statement in due:
        _run(door, login, statement)
    return bool(due)


def _user(value: SecretValue, arn: str) -> DatabaseUser:
    try:
        said = json.loads(value.text)
        user = DatabaseUser(said["username"], said["password"], said["dbname"], value.version)
        usable = all(_ROLE.fullmatch(name) for name in (user.name, user.database)) and user.password.isascii()
    except (ValueError, KeyError, TypeError, AttributeError):
        usable = False
    if not usable:
        raise NotReady(
            f"The secret `{arn}` does not describe the database's user: it must be JSON with `username` and "
            "`dbname` of lower-case letters, digits and underscores, and an ASCII `password`.",
            hint="tagship infra apply",
        ) from None
    return user


def _run(door: SqlDoor, login: Login, statement: Statement) -> None:
    try:
        door.execute(login, statement.sql)
    except AwsError as error:
        # A database's own words may quote the statement.
        words = error.code if statement.secret else error.message
        cause = None if statement.secret else error
        raise type(error)(
            f"The database refused to {statement.purpose}: {words}", code=error.code, hint=error.hint
        ) from cause
