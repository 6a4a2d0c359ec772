import json
import re
from pathlib import Path
from typing import Any

import pytest

from tagship.infra.variables import variables
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Count, HealthCheck, Scaling, ScheduledCount, Service
from tagship.manifest.system_names import SystemNames
from tagship.manifest.systems import Alerts, Auth, Dashboards, Database, Firewall, Github, Network, Site, Vpn

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
    assert found["network"] == {"cidr": "10.30.0.0/16", "nat": "none", "endpoints": ["s3"], "flow_logs": False}
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


def test_a_secret_is_passed_on_by_the_name_that_aws_knows_once_and_without_key_or_variable() -> None:
    shared = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf"
    written = {"A": "mail:user", "B": "mail:password", "C": "ssm:/level", "D": f"{shared}:key"}
    found = built(manifest(api=Service.model_validate({"port": 1, "secrets": written})))

    assert found["services"]["api"]["secrets"] == {
        "names": ["notes-staging/mail"],
        "paths": ["/notes-staging/level"],
        "arns": [shared],
    }


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
        assert re.search(r'version +?= "~> 5\.100"', text)


def test_a_site_gets_its_names_and_without_one_there_is_none() -> None:
    plain = manifest(api=Service(port=8000, paths=("/api/*",)))
    assert built(plain)["site"] is None

    found = built(plain.model_copy(update={"site": Site(folder="web", single_page=True)}))["site"]
    bucket = Names("notes", "staging").site_bucket(ACCOUNT, "eu-central-1")
    assert found == {"bucket": bucket, "single_page": True}


def test_what_is_not_in_the_manifest_is_null() -> None:
    found = built(manifest())
    systems = ("database", "auth", "firewall", "traffic", "alerts", "dashboards", "vpn", "github", "domain")
    assert {name: found[name] for name in systems} == dict.fromkeys(systems)


def whole(**changed: object) -> EnvironmentManifest:
    systems = {
        "database": Database(),
        "auth": Auth(),
        "firewall": Firewall(allow_countries=("DE",)),
        "alerts": Alerts(),
        "dashboards": Dashboards(),
        "vpn": Vpn(),
        "github": Github(repository="example/notes", provider="existing"),
    }
    return manifest().model_copy(update={**systems, **changed})


def test_every_system_has_its_names_and_what_the_manifest_says() -> None:
    found = built(whole())

    assert found["database"]["names"] == SystemNames(Names("notes", "staging"), ACCOUNT, "eu-central-1").database()
    assert found["database"]["readers"] == {"min": 1, "max": 3, "cpu": 60}
    assert found["firewall"]["countries"] == {"allow": ["DE"], "block": []}
    assert (found["github"]["repository"], found["github"]["create_provider"]) == ("example/notes", False)
    assert found["vpn"]["clients"] == "10.8.0.0/24"


def test_only_a_serverless_database_has_a_capacity() -> None:
    assert built(whole())["database"]["capacity"] == {"min": 0.5, "max": 4.0}
    assert built(whole(database=Database(instance="db.r7g.large")))["database"]["capacity"] is None


def test_a_protected_environment_keeps_its_data() -> None:
    protected, free = built(whole(protect=True)), built(whole())

    assert (protected["deletion_protection"], protected["database"]["final_snapshot"]) == (True, True)
    assert (free["deletion_protection"], free["database"]["final_snapshot"]) == (False, False)


@pytest.mark.parametrize("system", ["firewall", "dashboards"])
def test_who_needs_logs_has_them(system: str) -> None:
    alone = manifest().model_copy(
        update={"auth": Auth(), system: {"firewall": Firewall(), "dashboards": Dashboards()}[system]}
    )
    assert built(alone)["traffic"]["days"] == 90
    assert built(manifest())["traffic"] is None


def test_the_dashboards_paths_are_asked_before_a_service_that_takes_everything() -> None:
    found = built(whole())

    assert found["dashboards"]["paths"].keys() == {"/grafana", "/grafana/*"}
    assert max(found["dashboards"]["paths"].values()) < found["services"]["api"]["paths"]["/*"]


def test_scaling_keeps_to_the_limits_of_the_count() -> None:
    night = ScheduledCount(name="night", cron="0 22 * * ? *", min=1, max=1)
    day = ScheduledCount(name="day", cron="0 7 * * ? *", min=2, max=9)
    schedule = (night, day)
    service = Service(port=1, count=Count(desired=3, min=2, max=9), scaling=Scaling(requests=500, schedule=schedule))
    found = built(manifest(api=service, plain=Service(port=2, paths=("/plain",), scaling=None)))["services"]

    assert found["api"]["scaling"] == {
        "min": 2,
        "max": 9,
        "cpu": 60,
        "memory": None,
        "requests": 500,
        "schedule": [
            {"name": "night", "cron": "0 22 * * ? *", "timezone": "UTC", "min": 1, "max": 1},
            {"name": "day", "cron": "0 7 * * ? *", "timezone": "UTC", "min": 2, "max": 9},
        ],
    }
    assert found["plain"]["scaling"] is None


@pytest.mark.parametrize(
    "system", ["database", "auth", "firewall", "traffic", "alerts", "dashboards", "vpn", "github", "edge"]
)
def test_terraform_declares_everything_that_a_system_is_given(system: str) -> None:
    declared = (SOURCES / "root/variables.tf").read_text().partition(f"\n    {system} = ")[2].partition("\n    }")[0]
    found = built(whole())[system]

    assert [key for key in (*found, *found["names"]) if not re.search(rf"\b{key} +=", declared)] == []
