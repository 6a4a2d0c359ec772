"""The door to a database by its Data API, and to the secrets that it is opened with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.clock import Clock
from tagship.base.errors import AwsError

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_rds_data import RDSDataServiceClient
    from types_boto3_rds_data.type_defs import FieldOutputTypeDef, SqlParameterTypeDef

Value = bool | int | float | str | None
Row = tuple[Value, ...]

PATIENCE: Final = 180.0
"""Seconds for a database that is paused, or has no writer yet.

Resuming takes about 15 seconds, and 30 or more after a day's pause (Aurora user guide, "Scaling to Zero ACUs").
"""

_PAUSE: Final = 3.0
_NOT_YET: Final = frozenset({"DatabaseResumingException", "DatabaseUnavailableException"})


@dataclass(frozen=True)
class Login:
    """Which database, and as whom.

    Args:
        cluster_arn: the Aurora cluster; its HTTP endpoint must be enabled.
        secret_arn: holds ``username`` and ``password``.
        database: its name.
    """

    cluster_arn: str
    secret_arn: str
    database: str


@dataclass(frozen=True)
class SecretValue:
    """A secret's value, never shown, and the version that it is of."""

    text: str = field(repr=False)
    version: str


class AwsRdsData:
    """Single statements, each its own transaction.

    Args:
        aws: the session.
        clock: waits for a database that resumes.
    """

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._data = cast("RDSDataServiceClient", aws.client("rds-data"))
        self._secrets: Any = aws.client("secretsmanager")
        self._clock = clock

    def secret(self, arn: str) -> SecretValue:
        """A secret's current value.

        Raises:
            AwsNotFound: there is no such secret, or it has no value yet.
        """
        with translated():
            found = self._secrets.get_secret_value(SecretId=arn)
        return SecretValue(found["SecretString"], found["VersionId"])

    def execute(self, login: Login, sql: str, parameters: Mapping[str, str] | None = None) -> list[Row]:
        """Run one statement, and return its rows.

        Args:
            login: which database, and as whom.
            sql: the statement; ``:name`` is a parameter.
            parameters: their values, where a query has some. PostgreSQL takes none in statements that define things.

        Raises:
            AwsError: AWS or the database refused, or the database was not there in time.
        """
        until = self._clock.monotonic() + PATIENCE
        while True:
            try:
                return self._once(login, sql, parameters or {})
            except AwsError as error:
                if error.code not in _NOT_YET or self._clock.monotonic() >= until:
                    raise
            self._clock.sleep(_PAUSE)

    def _once(self, login: Login, sql: str, parameters: Mapping[str, str]) -> list[Row]:
        given: list[SqlParameterTypeDef] = [
            {"name": name, "value": {"stringValue": value}} for name, value in parameters.items()
        ]
        with translated():
            answer = self._data.execute_statement(
                resourceArn=login.cluster_arn,
                secretArn=login.secret_arn,
                database=login.database,
                sql=sql,
                parameters=given,
            )
        return [tuple(_value(each) for each in record) for record in answer.get("records", ())]


def _value(found: "FieldOutputTypeDef") -> Value:
    if found.get("isNull"):
        return None
    return cast("Value", next(iter(found.values())))
