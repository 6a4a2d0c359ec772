"""What each field reaches: every field has a row, the page shows the rows, and a row is what is rendered of it."""

import copy
import json
from pathlib import Path
from typing import Any, Final

import pytest

from tagship.infra.guard import GUARDED
from tagship.infra.live_rules import NAMES
from tagship.infra.reach import ROWS, Reach, row_of, table
from tagship.infra.variables import variables
from tagship.manifest.model import Manifest
from tagship.manifest.names import Names
from tests.unit.test_docs import NAMES as FIELDS

PAGE = Path(__file__).parents[3] / "docs/terraform.md"

WHOLE: Final[dict[str, Any]] = {
    "app": "shop",
    "region": "eu-central-1",
    "network": {"cidr": "10.20.0.0/16"},
    "services": {
        "api": {"port": 8000, "paths": ["/api/*"], "cpu": 512, "memory": 1024, "count": {"min": 2}},
        "web": {"port": 3000, "paths": ["/web/*"]},
    },
    "site": {"folder": "dist"},
    "database": {"capacity": {}, "readers": {}},
    "auth": {},
    "firewall": {},
    "traffic": {},
    "alerts": {},
    "dashboards": {},
    "vpn": {},
    "github": {"repository": "a/b", "owner_id": "3", "repository_id": "4"},
    "environments": {
        "staging": {"account": "123456789012", "domain": {"name": "shop.example.com", "zone": "example.com"}}
    },
}

ANOTHER: Final[dict[str, Any]] = {
    "app": "shop2",
    "region": "eu-west-1",
    "network.cidr": "10.30.0.0/16",
    "network.nat": "none",
    "network.endpoints": [],
    "network.flow_logs": True,
    "services.NAME.build.context": "back",
    "services.NAME.build.dockerfile": "Containerfile",
    "services.NAME.build.args": {"NODE_ENV": "production"},
    "services.NAME.build.target": "production",
    "services.NAME.build.secrets": {"npm": "env:NPM_TOKEN"},
    "services.NAME.build.ssh": True,
    "services.NAME.port": 9000,
    "services.NAME.health.path": "/health",
    "services.NAME.health.interval": 20,
    "services.NAME.health.timeout": 3,
    "services.NAME.health.healthy_threshold": 4,
    "services.NAME.health.unhealthy_threshold": 4,
    "services.NAME.health.grace_period": 60,
    "services.NAME.container_check.command": ["check"],
    "services.NAME.container_check.shell": "check",
    "services.NAME.container_check.interval": 20,
    "services.NAME.container_check.timeout": 3,
    "services.NAME.container_check.retries": 2,
    "services.NAME.container_check.start_period": 10,
    "services.NAME.entrypoint": ["/bin/app"],
    "services.NAME.command": ["serve"],
    "services.NAME.user": "1000:1000",
    "services.NAME.open_files": 65536,
    "services.NAME.cpu": 256,
    "services.NAME.memory": 2048,
    "services.NAME.environment": {"A": "b"},
    "services.NAME.secrets": {"A": "b"},
    "services.NAME.count.desired": 3,
    "services.NAME.count.min": 1,
    "services.NAME.count.max": 8,
    "services.NAME.scaling.cpu": 70,
    "services.NAME.scaling.memory": 70,
    "services.NAME.scaling.requests": 100,
    "services.NAME.scaling.schedule": [
        {"name": name, "cron": f"0 {hour} * * ? *", "min": 1, "max": 2} for name, hour in (("night", 1), ("day", 8))
    ],
    "services.NAME.sign_in": True,
    "services.NAME.database": False,
    "services.NAME.after": ["web"],
    "services.NAME.migrate.command": ["migrate"],
    "services.NAME.migrate.kind": "contract",
    "services.NAME.migrate.timeout": 100,
    "services.NAME.rollout.fail_fast": 5,
    "services.NAME.exec": True,
    "services.NAME.paths": ["/v2/*"],
    "services.NAME.stop_timeout": 60,
    "services.NAME.drain": 60,
    "site.folder": "public",
    "site.build.context": "web",
    "site.build.command": "make",
    "site.single_page": True,
    "database.name": "other",
    "database.version": "16.11",
    "database.instance": "db.r7g.large",
    "database.capacity.min": 1,
    "database.capacity.max": 8,
    "database.readers.min": 2,
    "database.readers.max": 4,
    "database.readers.cpu": 70,
    "database.backup_days": 14,
    "database.password_version": 2,
    "auth.mfa": "required",
    "auth.sign_up": False,
    "auth.groups": ["staff"],
    "auth.callbacks": ["/welcome"],
    "auth.sign_outs": ["/bye"],
    "firewall.mode": "block",
    "firewall.rate_limit": 100,
    "firewall.allow_countries": ["DE"],
    "firewall.block_countries": ["FR"],
    "firewall.allow_addresses": ["192.0.2.0/24"],
    "firewall.large_bodies": ["/api/upload/*"],
    "firewall.load_balancer": True,
    "traffic.days": 30,
    "alerts.emails": ["a@example.com"],
    "alerts.cpu": 70,
    "alerts.memory": 70,
    "alerts.errors": 5,
    "alerts.latency": 500,
    "dashboards.image": "grafana/grafana:12.3.0",
    "dashboards.cpu": 1024,
    "dashboards.memory": 2048,
    "vpn.clients": "10.9.0.0/24",
    "vpn.instance": "t4g.micro",
    "github.repository": "a/c",
    "github.owner_id": "1",
    "github.repository_id": "2",
    "github.only_numbers": True,
    "github.environment": "production",
    "github.provider": "existing",
    "environments.NAME.protect": False,
    "environments.NAME.domain.name": "www.example.com",
    "environments.NAME.domain.zone": "shop.example.com",
}
"""Another value of each field than the manifest above has; what goes only with another field is in ``TOGETHER``."""

TOGETHER: Final[dict[str, dict[str, Any]]] = {
    "services.NAME.sign_in": {"environments.local.services.api.sign_in": False},
    **{
        f"services.NAME.container_check.{key}": {"services.NAME.container_check.shell": "true"}
        for key in ("interval", "timeout", "retries", "start_period")
    },
    "services.NAME.migrate.kind": {"services.NAME.migrate.command": ["migrate"]},
    "services.NAME.migrate.timeout": {"services.NAME.migrate.command": ["migrate"]},
    "site.build.context": {"site.build.command": "make"},
    "dashboards.cpu": {"dashboards.memory": 2048},
}
"""What is the same on both sides, because the field says nothing without it."""

NOT_TRIED: Final = {
    "environments.NAME.account": "it says whose credentials are right, and changes nothing",
    "environments.NAME.region": "as `region`",
}

PARTS: Final = {field for field in FIELDS if any(other.startswith(f"{field}.") for other in FIELDS)}
OF_AN_ENVIRONMENT: Final = {
    field
    for field in FIELDS
    if field.startswith("environments.NAME.") and field.removeprefix("environments.NAME.") in FIELDS
}


def rendered(changes: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """What Terraform is given in `staging`, with these fields changed."""
    said = copy.deepcopy(WHOLE)
    for field, value in changes.items():
        *path, last = field.replace("services.NAME", "services.api").replace("ments.NAME", "ments.staging").split(".")
        at = said
        for step in path:
            at = at.setdefault(step, {})
        at[last] = value
    manifest = Manifest.model_validate(said).for_environment("staging")
    return variables(manifest, Names(manifest.app, "staging"), account="123456789012")["manifest"]


def differing(field: str) -> tuple[Any, Any]:
    beside = TOGETHER.get(field, {})
    return rendered(beside), rendered({**beside, field: ANOTHER[field]})


def test_every_field_has_a_row() -> None:
    for field in FIELDS:
        app = field.removeprefix("environments.NAME.")
        below = any(row.field.startswith((f"{field}.", f"{app}.")) for row in ROWS)
        assert below or row_of(field).field in FIELDS


def test_every_row_is_a_field() -> None:
    assert [row.field for row in ROWS if row.field not in FIELDS] == []


def test_every_field_is_tried_with_another_value() -> None:
    assert set(FIELDS) - PARTS - OF_AN_ENVIRONMENT - set(NOT_TRIED) == set(ANOTHER)


def test_a_field_without_a_row_is_an_error() -> None:
    with pytest.raises(KeyError):
        row_of("environments.NAME.unheard_of")


@pytest.mark.parametrize("field", [field for field in ANOTHER if row_of(field).reach is Reach.RELEASE])
def test_what_the_next_release_brings_is_not_terraforms(field: str) -> None:
    before, after = differing(field)
    if field == "services.NAME.port":
        # Terraform passes it on to the release, in the outputs, and ignores it in everything that it has made.
        before["services"]["api"].pop("port")
        after["services"]["api"].pop("port")

    assert before == after


@pytest.mark.parametrize("field", [field for field in ANOTHER if row_of(field).reach is not Reach.RELEASE])
def test_what_is_applied_at_once_is_terraforms(field: str) -> None:
    before, after = differing(field)

    assert before != after


def test_the_rows_name_the_rules_that_find_their_changes_and_no_rule_is_left_over() -> None:
    named = {rule for row in ROWS for rule in row.rules}

    assert named == NAMES
    assert [row.field for row in ROWS if row.reach in {Reach.ASKED, Reach.REFUSED} and not row.rules] == []


def test_what_is_guarded_is_of_a_guarded_type() -> None:
    kinds = {
        "site": "aws_s3_bucket",
        "database": "aws_rds_cluster",
        "database.name": "aws_rds_cluster",
        "auth": "aws_cognito_user_pool",
        "auth.groups": "aws_cognito_user_group",
        "traffic": "aws_s3_bucket",
    }

    assert {row.field for row in ROWS if row.reach is Reach.GUARDED} == set(kinds)
    assert set(kinds.values()) <= GUARDED


def test_an_environments_own_value_reaches_what_the_apps_does() -> None:
    for field in OF_AN_ENVIRONMENT - {"environments.NAME.services"}:
        app = field.removeprefix("environments.NAME.")
        if app not in PARTS:
            assert row_of(field) == row_of(app)


def test_the_page_shows_the_rows() -> None:
    """Where this fails: ``python scripts/write_reach.py``."""
    assert table() in PAGE.read_text(encoding="utf-8")


def test_the_manifest_that_is_changed_says_every_part() -> None:
    empty = [field for field, value in json.loads(json.dumps(rendered({}))).items() if value is None]

    assert empty == []
