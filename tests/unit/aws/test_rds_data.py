"""The door to the Data API, before a client that answers what it is told."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from tagship.aws.rds_data import PATIENCE, AwsRdsData, Login
from tagship.aws.session import Aws
from tagship.base.errors import AwsError, AwsNotFound
from tagship.base.fakes import ManualClock

LOGIN = Login("arn:cluster", "arn:secret", "shop")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words of AWS"}}, "ExecuteStatement")


class Client:
    """Answers, or raises, one after the other; the last one stays."""

    def __init__(self, *answers: Any) -> None:  # noqa: ANN401 - botocore structures
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def execute_statement(self, **asked: Any) -> Any:  # noqa: ANN401 - as above
        self.asked.append(asked)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, ClientError):
            raise answer
        return answer

    get_secret_value = execute_statement


class Session:
    def __init__(self, client: Client) -> None:
        self._client = client

    def client(self, service: str) -> Client:
        assert service in {"rds-data", "secretsmanager"}
        return self._client


def door(client: Client, clock: ManualClock | None = None) -> AwsRdsData:
    return AwsRdsData(cast("Aws", Session(client)), clock or ManualClock())


def test_rows_come_as_plain_values() -> None:
    record = [{"booleanValue": True}, {"stringValue": "own"}, {"longValue": 3}, {"isNull": True}]
    client = Client({"records": [record]})

    assert door(client).execute(LOGIN, "SELECT :name", {"name": "app"}) == [(True, "own", 3, None)]
    assert client.asked == [
        {
            "resourceArn": "arn:cluster",
            "secretArn": "arn:secret",
            "database": "shop",
            "sql": "SELECT :name",
            "parameters": [{"name": "name", "value": {"stringValue": "app"}}],
        }
    ]


def test_a_statement_without_rows_has_none() -> None:
    assert door(Client({"numberOfRecordsUpdated": 0})).execute(LOGIN, "GRANT") == []


@pytest.mark.parametrize("code", ["DatabaseResumingException", "DatabaseUnavailableException"])
def test_a_database_that_resumes_is_waited_for(code: str) -> None:
    clock = ManualClock()

    assert door(Client(refused(code), refused(code), {"records": []}), clock).execute(LOGIN, "SELECT") == []
    assert clock.elapsed == 6


def test_a_database_that_never_resumes_is_given_up() -> None:
    clock = ManualClock()

    with pytest.raises(AwsError, match="DatabaseResumingException"):
        door(Client(refused("DatabaseResumingException")), clock).execute(LOGIN, "SELECT")
    assert clock.elapsed == PATIENCE


def test_another_refusal_is_final() -> None:
    clock = ManualClock()

    with pytest.raises(AwsError, match="words of AWS"):
        door(Client(refused("DatabaseErrorException")), clock).execute(LOGIN, "SELECT")
    assert clock.elapsed == 0


def test_a_secret_comes_with_its_version() -> None:
    found = door(Client({"SecretString": "hush", "VersionId": "v1"})).secret("arn:secret")

    assert (found.text, found.version) == ("hush", "v1")


def test_a_secret_without_a_value_is_not_found() -> None:
    with pytest.raises(AwsNotFound):
        door(Client(refused("ResourceNotFoundException"))).secret("arn:secret")
