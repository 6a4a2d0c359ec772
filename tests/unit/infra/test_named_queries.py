"""The queries that the module traffic saves in Athena: each parses, and asks only for what its table has."""

import re
from typing import Any

import pytest
import sqlglot
from sqlglot.optimizer.qualify import qualify

from tagship.infra.workspace import SOURCES

TABLES = (SOURCES / "modules/traffic/tables.tf").read_text()
SAVED = (SOURCES / "modules/traffic/queries.tf").read_text()
EDGE = (SOURCES / "modules/edge/main.tf").read_text()

QUERIES = dict(re.findall(r'"([a-z-]+)"\s*=\s*<<-SQL\n(.*?)\n\s*SQL\n', SAVED, re.DOTALL))
PARTITIONS = {"year": "varchar", "month": "varchar", "day": "varchar"}


def columns(table: str) -> dict[str, str]:
    """Name and type of each column, in order."""
    written = re.search(rf"\n  {table}_columns = \[\n(.*?)\n  \]\n", TABLES, re.DOTALL)
    assert written, table
    return dict(re.findall(r'name = "(\w+)", type = "(.*)" }', written[1]))


def in_athena(hive: str) -> str:
    """A type as Athena's queries name it."""
    simple = {"string": "varchar", "bigint": "bigint", "int": "int", "double": "double"}
    return simple.get(hive, hive.replace("string", "varchar"))


SCHEMA: dict[str, Any] = {
    table: {name: in_athena(kind) for name, kind in columns(table).items()} | PARTITIONS
    for table in ("edge", "load_balancer", "firewall")
}


def test_there_are_queries() -> None:
    assert {"requests-by-country", "errors-by-path", "blocked-by-rule", "services-by-status"} <= QUERIES.keys()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_parses_and_asks_for_columns_that_its_table_has(name: str) -> None:
    statements = sqlglot.parse(QUERIES[name], dialect="athena")

    assert len(statements) == 1
    assert isinstance(statements[0], sqlglot.exp.Select)
    qualify(statements[0], schema=SCHEMA, dialect="athena", validate_qualify_columns=True)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_reads_named_days_only_and_says_first_what_it_is_for(name: str) -> None:
    first = QUERIES[name].strip().splitlines()[0]

    assert first.startswith("-- ")
    assert "WHERE day >= date_format(current_date - interval" in QUERIES[name]


def test_a_column_that_is_not_there_is_found() -> None:
    with pytest.raises(sqlglot.errors.OptimizeError):
        qualify(sqlglot.parse_one("SELECT cs_cookie FROM edge", dialect="athena"), schema=SCHEMA, dialect="athena")


def test_the_edge_table_has_a_column_for_each_field_that_cloudfront_delivers() -> None:
    # AWS writes every character of a field's name that is none of a column's name as an underscore.
    written = re.search(r"record_fields = \[\n(.*?)\n  \]", EDGE, re.DOTALL)
    assert written
    fields = re.findall(r'"(.+)"', written[1])

    assert [re.sub(r"\W", "_", field).strip("_").lower() for field in fields] == list(columns("edge"))
