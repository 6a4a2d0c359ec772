import re
from typing import Any

import pytest

from tagship.cost.estimate import estimate
from tagship.cost.inputs import CostInputs, Database, Tasks
from tagship.cost.manifest import inputs_of
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest

SMALL: dict[str, Any] = {
    "app": "notes",
    "environment": "staging",
    "account": None,
    "region": "eu-central-1",
    "network": {"nat": "none"},
    "services": {"api": {"port": 8000, "scaling": None}},
}


def inputs(**said: Any) -> CostInputs:  # noqa: ANN401 - YAML
    return inputs_of(EnvironmentManifest.model_validate({**SMALL, **said}))


def test_a_little_environment_costs_what_its_parts_cost() -> None:
    found = inputs()

    assert found.tasks == (Tasks("api", 256, 512, 2, 2),)
    assert (found.nat_gateways, found.public_addresses, found.alarms, found.secrets) == (0, 2, 0, 0)
    # One load balancer, two addresses, two tasks of a quarter vCPU and half a gigabyte.
    hour = 0.027 + 2 * 0.005 + 2 * (0.25 * 0.04656 + 0.5 * 0.00511)
    assert estimate(found).fixed == pytest.approx(730 * hour)


@pytest.mark.parametrize(("nat", "gateways", "addresses"), [("none", 0, 2), ("single", 1, 1), ("per-zone", 2, 2)])
def test_nat_costs_its_gateways_and_their_addresses(nat: str, gateways: int, addresses: int) -> None:
    found = inputs(network={"nat": nat})

    assert (found.nat_gateways, found.public_addresses) == (gateways, addresses)


def test_an_endpoint_is_paid_in_each_zone_and_that_of_s3_is_free() -> None:
    assert inputs(network={"endpoints": ["s3"]}).endpoints == 0
    assert inputs(network={"endpoints": ["s3", "ecr", "logs", "secrets"]}).endpoints == 8


def test_scaling_may_add_tasks_and_has_two_alarms_for_each_metric() -> None:
    found = inputs(services={"api": {"port": 8000, "scaling": {"cpu": 60, "memory": 70}}})

    assert found.tasks == (Tasks("api", 256, 512, 2, 4),)
    assert found.alarms == 4


def test_a_database_is_a_writer_and_its_least_readers_and_two_secrets() -> None:
    found = inputs(database={"readers": {"min": 2, "max": 3}})

    assert found.database == Database("serverless", 3, 0.5, 4.0)
    assert (found.secrets, found.alarms) == (2, 2)


def test_a_secret_of_the_app_is_paid_once_and_neither_a_parameter_nor_one_of_somebody_else() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shared-AbCdEf"
    said = {"A": "mail:user", "B": "mail:password", "C": "stripe", "D": "ssm:/level", "E": arn}
    assert inputs(services={"api": {"port": 8000, "secrets": said}}).secrets == 2


def test_a_firewall_pays_each_of_its_rules() -> None:
    assert inputs(firewall={}).firewalls == (5,)
    countries = {"block_countries": ["KP"], "allow_addresses": ["192.0.2.0/24"]}
    more = {**countries, "large_bodies": ["/a/*"], "load_balancer": True}
    assert inputs(firewall=more).firewalls == (8, 5)


def test_alerts_dashboards_and_vpn_bring_their_own() -> None:
    found = inputs(alerts={}, auth={"groups": []}, dashboards={}, vpn={}, database={"readers": {"min": 1, "max": 1}})

    assert found.tasks[-1] == Tasks("Grafana", 512, 1024, 1, 1)
    assert found.alarms == 5 + 5 + 2
    assert found.secrets == 4
    assert (found.vpn, found.public_addresses) == ("t4g.nano", 2 + 1 + 1)


def test_a_database_of_a_class_is_watched_by_one_alarm_more_than_a_serverless_one() -> None:
    readers = {"min": 1, "max": 1}
    provisioned = inputs(alerts={}, database={"instance": "db.r7g.large", "readers": readers})

    assert provisioned.alarms == 5 + 6 + 2
    assert inputs(alerts={}, database={"readers": readers}).alarms == 5 + 5 + 2


def test_alarms_are_counted_as_the_module_makes_them() -> None:
    text = (SOURCES / "modules/alerts/alarms.tf").read_text(encoding="utf-8")
    always, serverless, provisioned = re.split(
        r"for name, alarm in \{", text.split("database_alarms")[1].split("resource")[0]
    )

    counts = [len(re.findall(r"^ +says ", part, re.MULTILINE)) for part in (always, serverless, provisioned)]
    assert (counts[0] + counts[1], counts[0] + counts[2]) == (5, 6)
    assert len(re.findall(r'"\$\{key\}-\w+" = \{', text)) == 5


@pytest.mark.parametrize("system", ["traffic", "firewall", "dashboards"])
def test_logs_of_traffic_cost_something_whoever_brings_them(system: str) -> None:
    assert inputs(**{system: {}, "auth": {"groups": []}}).traffic


def test_what_stands_beside_a_system_is_paid_too() -> None:
    plain, whole = (
        inputs(),
        inputs(alerts={}, vpn={}, database={}, domain={"name": "shop.example.com", "zone": "example.com"}),
    )

    assert (plain.keys, plain.hosted_zones, plain.vpn_disk) == (0, 0, 0)
    assert (whole.keys, whole.hosted_zones, whole.vpn_disk) == (1, 1, 8)
    lines = {line.what: line.monthly for line in estimate(whole).lines}
    assert lines["Keys in KMS"] == 1
    assert lines["Hosted zone"] == 0.5
    assert lines["VPN disk"] == pytest.approx(8 * 0.0952)
    assert "Database's Enhanced Monitoring" in lines
    assert "Web ACL's logs" in {line.what for line in estimate(inputs(firewall={})).lines}


def test_the_front_door_is_always_cloudfront() -> None:
    assert inputs().edge
