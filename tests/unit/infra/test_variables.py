import json
import re
from pathlib import Path
from typing import Any

import pytest

from tagship.infra.variables import variables
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import HealthCheck, Service
from tagship.manifest.systems import Network, Site

ACCOUNT = "123456789012"


def manifest(app: str = "notes", **services: Service) -> EnvironmentManifest:
    return EnvironmentManifest(
        app=app,
        environment="staging",
        account=ACCOUNT,
        region="eu-central-1",
        network=Network(cidr="10.30.0.0/16", nat="none"),
        services=services or {"api": Service(port=8000)},
        site=None,
    )


def built(given: EnvironmentManifest) -> dict[str, Any]:
    names = Names(given.app, given.environment)
    found: dict[str, Any] = variables(given, names, account=ACCOUNT)["manifest"]
    return found


def test_the_environment_its_network_and_its_bucket_are_passed_on() -> None:
    found = built(manifest())

    assert (found["app"], found["environment"], found["region"], found["account"]) == (
        "notes",
        "staging",
        "eu-central-1",
        ACCOUNT,
    )
    assert found["network"] == {"cidr": "10.30.0.0/16", "nat": "none"}
    assert found["names"]["bucket"] == Names("notes", "staging").bucket(ACCOUNT, "eu-central-1")


def test_a_service_gets_its_port_drain_health_and_names() -> None:
    service = Service(port=9000, drain=7, health=HealthCheck(path="/up", interval=20, grace_period=99))
    found = built(manifest(web=service))["services"]["web"]

    assert (found["port"], found["drain"]) == (9000, 7)
    assert found["health"] == {
        "path": "/up",
        "interval": 20,
        "timeout": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
        "grace_period": 99,
    }
    names = Names("notes", "staging")
    assert found["names"]["execution_role"] == names.execution_role("web")
    assert found["names"]["security_group"] == names.service_security_group("web")


def test_paths_of_all_services_share_one_order() -> None:
    found = built(manifest(api=Service(port=1, paths=("/api/*",)), web=Service(port=2, paths=("/*", "/static/*"))))
    api, web = found["services"]["api"]["paths"], found["services"]["web"]["paths"]

    assert web["/static/*"] < api["/api/*"] < web["/*"]


@pytest.mark.parametrize("secret", ["DATABASE_PASSWORD", "hunter2"])
def test_settings_of_the_container_stay_out_of_terraform(secret: str) -> None:
    found = built(manifest(api=Service(port=1, environment={"DATABASE_PASSWORD": "hunter2"})))

    assert secret not in json.dumps(found)


@pytest.mark.parametrize("kind", ["names", "services"])
def test_terraform_declares_every_name_that_is_passed(kind: str) -> None:
    """Terraform drops an attribute that its type does not name, and says nothing."""
    declared = set(re.findall(r"^ +(\w+) +=", (SOURCES / "root/variables.tf").read_text(), flags=re.MULTILINE))
    found = built(manifest())
    passed = found["names"] if kind == "names" else found["services"]["api"] | found["services"]["api"]["names"]

    assert set(passed) <= declared


def test_modules_ask_for_the_versions_that_the_program_looks_for() -> None:
    for path in sorted(Path(SOURCES).glob("**/versions.tf")):
        text = path.read_text()
        assert 'required_version = ">= 1.11"' in text
        assert 'version = ">= 5.100, < 7.0"' in text


def test_a_site_gets_its_names_and_without_one_there_is_none() -> None:
    plain = manifest(api=Service(port=8000, paths=("/api/*",)))
    assert built(plain)["site"] is None

    names = Names("notes", "staging")
    found = built(plain.model_copy(update={"site": Site(folder="web", single_page=True)}))["site"]
    bucket = names.site_bucket(ACCOUNT, "eu-central-1")
    assert found == {"name": names.site, "bucket": bucket, "single_page": True}
