"""Every system that the manifest knows, with every command as a person types it: applied, released to, destroyed.

One story on one embedded AWS with a real Docker engine, because most of its minutes are the provider's own waiting.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from seatrial.core.pages import CONSTRAINTS_PATH
from tagship.infra.workspace import SOURCES, STATE_KEY
from tagship.manifest.names import Names
from tests.contract.infra import rendered
from tests.functional.harness import App, running
from tests.support.documented import gives_values
from tests.support.left import left

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(2400)]

SYSTEMS = """
site:
  folder: web
network: {nat: single, endpoints: [s3, ecr, logs, secrets], flow_logs: true}
database: {version: "17.7", readers: {min: 1, max: 2}, capacity: {min: 0.5, max: 2}}
auth: {groups: [grafana-admin]}
firewall: {mode: count, large_bodies: [/api/upload/*], block_countries: [KP], load_balancer: true}
traffic: {days: 30}
alerts: {emails: [ops@example.org]}
dashboards: {}
vpn: {}
github: {repository: example/notes}
"""
ASKS_ITS_DATABASE = """
import os, socket, struct
told = os.environ
assert told["DATABASE_USER"] == "app" and told["COGNITO_USER_POOL_ID"], sorted(told)
for endpoint in (told["DATABASE_HOST"], told["DATABASE_READER_HOST"]):
    assert f"@{endpoint}:" in told["DATABASE_URL"] + told["DATABASE_READER_URL"], endpoint
    with socket.create_connection((endpoint, int(told["DATABASE_PORT"])), 10) as database:
        database.sendall(struct.pack(">II", 8, 80877103))  # SSLRequest: PostgreSQL's own way to begin
        assert database.recv(1) in (b"S", b"N"), endpoint
"""
CALLED: Final[Mapping[str, list[str]]] = json.loads(
    Path(__file__).with_name("called_operations.json").read_text(encoding="utf-8")
)
"""The operations that this story calls, by service: tests/unit/aws/test_documented_limits.py asks for their limits."""

BUCKET = Names("notes", "local").bucket("000000000000", "eu-central-1")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path, more=SYSTEMS) as made:
        yield made


def modules() -> set[str]:
    return {path.name for path in (SOURCES / "modules").iterdir()}


def state(app: App) -> dict[str, Any]:
    body = app.aws.client("s3").get_object(Bucket=BUCKET, Key=STATE_KEY)["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def held_to_limits(app: App) -> Any:  # noqa: ANN401 - JSON
    """How often each operation was called, and how often it was refused for a value that AWS does not take."""
    url = f"{app.aws.endpoint}{CONSTRAINTS_PATH}"
    return httpx.get(url, headers=app.aws.shown, trust_env=False).json()


def beyond_limits(app: App) -> list[str]:
    """What was refused by AWS's documented limits, and what was called without being recorded."""
    held = held_to_limits(app)
    refused = [f"{service}: {operations}" for service, operations in held["refused"].items()]
    called = [(service, operation) for service, operations in held["calls"].items() for operation in operations]
    new = [(service, name) for service, name in called if gives_values(name) and name not in CALLED.get(service, ())]
    return refused + [f"{service} {name} is not in called_operations.json" for service, name in new]


def secret_values(app: App) -> set[str]:
    """Every password and every secret text that Secrets Manager holds."""
    secrets = app.aws.client("secretsmanager")
    texts = []
    for entry in secrets.list_secrets()["SecretList"]:
        try:
            texts.append(secrets.get_secret_value(SecretId=entry["ARN"])["SecretString"])
        except secrets.exceptions.ResourceNotFoundException:  # made for others to fill
            continue
    return {*texts, *(json.loads(text)["password"] for text in texts if "password" in text)}


def test_everything_is_applied_released_to_and_destroyed_without_a_trace(app: App) -> None:
    before = left(app.aws)

    # Applied: every module is there, and a second plan is empty.
    app.type("infra", "apply", "--yes")
    made = state(app)
    named = [re.match(r"module\.([a-z_]+)", resource.get("module", "")) for resource in made["resources"]]
    present = {found[1] for found in named if found}
    assert modules() <= present
    assert app.asked("infra", "plan")["changes"] == []

    # No secret is in the state, nor in any earlier version of it, nor in a plan.
    secrets = secret_values(app)
    assert len(secrets) >= 4
    workspace = app.folder / ".tagship/local/terraform/root"
    versions = app.aws.client("s3").list_object_versions(Bucket=BUCKET, Prefix=STATE_KEY)["Versions"]
    for version in versions:
        body = app.aws.client("s3").get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
        assert rendered.secrets_in(body["Body"].read(), secrets) == []
    for plan in workspace.glob("*.tfplan"):
        assert rendered.secrets_in(plan.read_bytes(), secrets) == []

    # Released: the front end and the back end at one door, the back end told of its database.
    app.type("deploy", "v0.1.0")
    url = app.asked("status")["url"]
    assert httpx.get(f"{url}/", trust_env=False).status_code == 200
    assert httpx.get(f"{url}/api/version", trust_env=False).json()["version"] == "v0.1.0"
    app.type("run", "api", "--", "python", "-c", ASKS_ITS_DATABASE)
    assert app.asked("infra", "plan")["changes"] == []

    # Destroyed: nothing is left.
    app.type("infra", "destroy", "--confirm", "local")
    assert left(app.aws) == before

    # Nothing that it sent is refused by AWS's documented limits, and each operation is one whose limits are known.
    assert beyond_limits(app) == []
