"""A database behind its Data API, in memory; as ``aws/fakes.py``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagship.aws.rds_data import Login, Row, SecretValue
from tagship.base.errors import AwsError, AwsNotFound


@dataclass
class FakeRdsData:
    """Answers each query, which is what begins with SELECT, with the next of ``rows``; the last one stays."""

    secrets: dict[str, SecretValue] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    asked: list[tuple[Login, Mapping[str, str]]] = field(default_factory=list)
    """Whom the queries were asked as, and their parameters."""
    ran: list[str] = field(default_factory=list)
    """The statements that were no queries, in their order."""
    refuses: dict[str, AwsError] = field(default_factory=dict)
    """What is refused, by how the statement begins."""

    def secret(self, arn: str) -> SecretValue:
        """See ``AwsRdsData.secret``."""
        if arn not in self.secrets:
            raise AwsNotFound(f"There is no secret `{arn}`.", code="ResourceNotFoundException")
        return self.secrets[arn]

    def execute(self, login: Login, sql: str, parameters: Mapping[str, str] | None = None) -> list[Row]:
        """See ``AwsRdsData.execute``."""
        for beginning, error in self.refuses.items():
            if sql.startswith(beginning):
                raise error
        if sql.startswith("SELECT"):
            self.asked.append((login, parameters or {}))
            return [self.rows.pop(0) if len(self.rows) > 1 else self.rows[0]]
        self.ran.append(sql)
        return []
