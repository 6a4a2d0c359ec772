import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from sqlglot.optimizer.qualify import qualify

from tagship.dashboards.build import build
from tagship.dashboards.subject import DISTRIBUTION, LOAD_BALANCER, Subject

SMALL = Subject("shop", "staging", region="eu-central-1", cluster="shop-staging")
LARGE = Subject(
    "shop",
    "production",
    region="eu-west-1",
    cluster="shop-production",
    database="shop-production",
    serverless=True,
    traffic=True,
    firewall=True,
)
AT_THE_EDGE = {"AWS/CloudFront", "AWS/WAFV2"}
SOURCES = {"cloudwatch": "cloudwatch", "athena": "grafana-athena-datasource"}

# What is asked of each table, as the Terraform module `traffic` makes it.
TABLES: dict[str, object] = {
    "edge": dict.fromkeys(
        [
            "date",
            "time",
            "c_ip",
            "c_country",
            "sc_status",
            "sc_bytes",
            "time_taken",
            "x_edge_detailed_result_type",
            "year",
            "month",
            "day",
        ],
        "varchar",
    ),
    "firewall": {
        "timestamp": "bigint",
        "terminatingruleid": "varchar",
        "action": "varchar",
        "httprequest": "row(clientip varchar, country varchar, uri varchar)",
        "labels": "array(row(name varchar))",
        "year": "varchar",
        "month": "varchar",
        "day": "varchar",
    },
}
MACROS = {"$__timeFrom()": "TIMESTAMP '2026-11-01 00:00:00'", "$__timeTo()": "TIMESTAMP '2026-11-02 00:00:00'"}

both = pytest.mark.parametrize("subject", [SMALL, LARGE], ids=["small", "large"])


def board(subject: Subject) -> dict[str, Any]:
    (text,) = build(subject).values()
    found: dict[str, Any] = json.loads(text)
    return found


def panels(subject: Subject) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = board(subject)["panels"]
    return found


def targets(subject: Subject) -> Iterator[dict[str, Any]]:
    for panel in panels(subject):
        yield from panel.get("targets", [])


def questions(subject: Subject) -> list[str]:
    return [target["rawSQL"] for target in targets(subject) if "rawSQL" in target]


def test_the_same_environment_has_the_same_dashboard() -> None:
    assert build(LARGE) == build(LARGE)
    assert list(build(LARGE)) == ["shop production"]


def test_a_small_environment_asks_no_logs_and_no_database() -> None:
    assert questions(SMALL) == []
    assert {target["namespace"] for target in targets(SMALL)} == {"AWS/CloudFront", "AWS/ApplicationELB", "AWS/ECS"}


def test_a_large_environment_shows_everything() -> None:
    rows = [panel["title"] for panel in panels(LARGE) if panel["type"] == "row"]

    assert rows == ["CloudFront", "Traffic", "Firewall", "Load balancer", "Services", "Database"]


@both
def test_grafanas_own_types_read_the_dashboard_and_lose_nothing(subject: Subject) -> None:
    plugins.register_default_plugins()
    (text,) = build(subject).values()

    read = Dashboard.from_json(json.loads(text))

    assert json.loads(json.dumps(read, cls=JSONEncoder)) == json.loads(text)


@both
def test_no_panel_lies_on_another_and_each_has_a_number_of_its_own(subject: Subject) -> None:
    found = panels(subject)

    for one, other in combinations([panel["gridPos"] for panel in found], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above, (one, other)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in found)
    assert sorted(panel["id"] for panel in found) == list(range(1, len(found) + 1))


@both
def test_each_query_of_a_panel_has_a_letter_of_its_own(subject: Subject) -> None:
    for panel in panels(subject):
        letters = [target["refId"] for target in panel.get("targets", [])]
        assert len(set(letters)) == len(letters)


@both
def test_every_query_names_a_data_source_that_grafana_is_given(subject: Subject) -> None:
    for panel in panels(subject):
        for target in panel.get("targets", []):
            assert SOURCES[target["datasource"]["uid"]] == target["datasource"]["type"]
            assert target["datasource"] == panel["datasource"]


@both
def test_what_happens_at_the_edge_is_asked_in_north_virginia_and_the_rest_at_home(subject: Subject) -> None:
    for target in targets(subject):
        if "namespace" in target:
            expected = "us-east-1" if target["namespace"] in AT_THE_EDGE else subject.region
            assert target["region"] == expected, target


@both
def test_only_what_terraform_alone_knows_is_left_to_be_filled_in(subject: Subject) -> None:
    (text,) = build(subject).values()

    assert text.replace(LOAD_BALANCER, "").replace(DISTRIBUTION, "").count("@") == 0
    assert LOAD_BALANCER in text
    assert DISTRIBUTION in text


@pytest.mark.parametrize("sql", questions(LARGE))
def test_a_question_is_athenas_sql_over_columns_that_are_there(sql: str) -> None:
    for macro, meant in MACROS.items():
        sql = sql.replace(macro, meant)
    tree = sqlglot.parse_one(sql.replace("${step}", "hour"), dialect="athena")

    qualify(tree, schema=TABLES, dialect="athena")


@pytest.mark.parametrize("sql", questions(LARGE))
def test_a_question_reads_the_days_that_are_looked_at_and_no_others(sql: str) -> None:
    assert "WHERE day BETWEEN" in sql
    assert sql.count("$__timeFrom()") == sql.count("$__timeTo()") == 2


def test_a_column_that_is_not_there_would_be_seen() -> None:
    tree = sqlglot.parse_one("SELECT c_contry FROM edge", dialect="athena")

    with pytest.raises(sqlglot.errors.OptimizeError):
        qualify(tree, schema=TABLES, dialect="athena")


def test_the_largest_dashboard_is_a_small_part_of_a_task_definition() -> None:
    (text,) = build(LARGE).values()

    assert len(base64.b64encode(gzip.compress(text.encode()))) < 16 * 1024


def test_grafanas_builder_is_imported_only_when_a_dashboard_is_built() -> None:
    code = "import sys, tagship.dashboards.build\nprint('grafana_foundation_sdk' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_the_data_sources_are_those_of_the_module() -> None:
    module = Path(__file__).parents[3] / "src/tagship/infra/terraform/modules/dashboards/settings.tf"
    text = module.read_text(encoding="utf-8")

    for uid, kind in SOURCES.items():
        assert f'uid       = "{uid}"' in text
        assert f'type      = "{kind}"' in text
