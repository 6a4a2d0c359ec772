"""Production played on the embedded AWS, beside `local`: no account, no credentials, nothing edited."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tagship.base.errors import ProgramFailed
from tests.functional.harness import App, running

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(1200)]

PRODUCTION = """
environments:
  production:
    account: "123456789012"
    domain: {name: notes.example.com, zone: example.com}
    network: {cidr: 10.40.0.0/16}
    services: {api: {count: {desired: 3, min: 2, max: 6}}}
"""
THERE = ("--env", "production", "--on", "local-small")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path, more=PRODUCTION) as made:
        yield made


def test_production_is_planned_built_released_to_and_destroyed_beside_local(app: App) -> None:
    # Its plan is read, and nothing of `local` is there yet.
    planned = app.asked("infra", "plan", *THERE)
    assert any("aws_route53_record" in change["address"] for change in planned["changes"])

    # Built at the smallest size, with the domain: CloudFront answers for it.
    app.type("infra", "apply", "--yes", *THERE)
    assert app.asked("infra", "plan", *THERE)["changes"] == []
    app.type("deploy", "v0.1.0", *THERE)
    status = app.asked("status", *THERE)
    assert httpx.get(f"{status['url']}/api/version", trust_env=False).json()["version"] == "v0.1.0"
    services = app.aws.client("ecs").describe_services(cluster="notes-production", services=["notes-production-api"])
    assert services["services"][0]["desiredCount"] == 1

    # It is an environment of its own: `local` has no release, and its folder is another one.
    with pytest.raises(ProgramFailed, match="tagship infra apply"):
        app.type("status")
    assert {path.name for path in (app.folder / ".tagship").iterdir()} >= {"production@local"}

    # Its protections hold, and its name is asked for.
    with pytest.raises(ProgramFailed, match="must be confirmed"):
        app.type("infra", "destroy", *THERE)
    app.type("infra", "destroy", "--confirm", "production", *THERE)
