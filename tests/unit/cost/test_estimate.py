from dataclasses import replace

import pytest

from tagship.cost.estimate import HOURS, Estimate, Line, estimate, in_one_line
from tagship.cost.inputs import CostInputs, Database, Tasks
from tagship.cost.prices import Price, Prices

PRICES = Prices(
    "2026-10",
    "eu-central-1",
    {
        "nat_hour": Price(0.05, confirmed=True),
        "alb_hour": Price(0.02, confirmed=True),
        "public_ipv4_hour": Price(0.005, confirmed=True),
        "fargate_vcpu_hour": Price(0.04, confirmed=True),
        "fargate_gb_hour": Price(0.004, confirmed=True),
        "acu_hour": Price(0.12, confirmed=False),
        "aurora/db.r7g.large": Price(0.3, confirmed=True),
        "endpoint_hour": Price(0.01, confirmed=True),
        "web_acl_month": Price(5, confirmed=True),
        "web_acl_rule_month": Price(1, confirmed=True),
        "alarm_month": Price(0.1, confirmed=True),
        "secret_month": Price(0.4, confirmed=True),
        "ec2/t4g.nano": Price(0.004, confirmed=True),
        "gp3_gb_month": Price(0.08, confirmed=True),
        "lcu_hour": Price(0.008, confirmed=True),
        "nat_gb": Price(0.05, confirmed=True),
        "logs_gb": Price(0.6, confirmed=True),
        "ecr_gb_month": Price(0.1, confirmed=True),
    },
)
EMPTY = CostInputs("eu-central-1", load_balancers=0)


def fixed(inputs: CostInputs) -> dict[str, float | None]:
    return {line.what: line.monthly for line in estimate(inputs, PRICES).lines if line.kind == "fixed"}


def notes(inputs: CostInputs) -> str:
    return "\n".join(estimate(inputs, PRICES).notes)


def test_an_environment_of_nothing_costs_nothing_that_is_fixed() -> None:
    assert estimate(EMPTY, PRICES).fixed == 0


def test_what_is_paid_by_the_hour_is_paid_for_730_hours() -> None:
    found = fixed(
        replace(EMPTY, nat_gateways=2, load_balancers=1, public_addresses=3, endpoints=4, vpn="t4g.nano", vpn_disk=8)
    )

    assert found == pytest.approx(
        {
            "NAT gateways": 2 * 0.05 * HOURS,
            "Load balancer": 0.02 * HOURS,
            "Public IPv4 addresses": 3 * 0.005 * HOURS,
            "Interface endpoints": 4 * 0.01 * HOURS,
            "VPN instance": 0.004 * HOURS,
            "VPN disk": 8 * 0.08,
        }
    )


def test_what_is_paid_by_the_month_is_paid_once() -> None:
    found = fixed(replace(EMPTY, firewalls=(7,), alarms=20, secrets=3))

    assert found == pytest.approx({"Web ACL": 5, "Rules of the web ACL": 7, "Alarms": 2.0, "Secrets": 1.2})


def test_tasks_cost_their_processors_and_their_memory_and_scaling_is_said() -> None:
    (line,) = estimate(replace(EMPTY, tasks=(Tasks("api", 512, 1024, 2, 4),)), PRICES).lines[:1]

    assert line.monthly == pytest.approx(2 * (0.5 * 0.04 + 0.004) * HOURS)
    assert line.quantity == "2 x 0.5 vCPU, 1 GB; scaling may add 2"


def test_a_database_of_instances_costs_each_of_them() -> None:
    assert fixed(replace(EMPTY, database=Database("db.r7g.large", 2))) == {"Database": pytest.approx(2 * 0.3 * HOURS)}


def test_a_serverless_database_costs_at_least_what_it_keeps() -> None:
    serverless = replace(EMPTY, database=Database("serverless", 2, 0.5, 4))

    assert fixed(serverless) == {"Database, serverless": pytest.approx(2 * 0.5 * 0.12 * HOURS)}
    assert "No source confirms the price of: Database, serverless." in notes(serverless)


def test_a_database_that_may_pause_costs_nothing_that_is_fixed_and_says_so() -> None:
    paused = replace(EMPTY, database=Database("serverless", 2, 0, 4))

    assert estimate(paused, PRICES).fixed == 0
    assert "costs only its storage" in notes(paused)


def test_what_the_list_does_not_know_is_not_in_the_sum_and_is_named() -> None:
    unknown = replace(EMPTY, nat_gateways=1, database=Database("db.x2g.large", 1))

    assert fixed(unknown)["Database"] is None
    assert estimate(unknown, PRICES).fixed == pytest.approx(0.05 * HOURS)
    assert "the sum leaves it out: Database" in notes(unknown)


def test_what_is_used_says_what_it_assumes_and_is_no_part_of_the_fixed_sum() -> None:
    found = estimate(replace(EMPTY, nat_gateways=1), PRICES)

    assert Line("Data through NAT", "each 100 GB", 5.0, "by use") in found.lines
    assert found.by_use == pytest.approx(5.0 + 6.0 + 1.0)
    assert found.fixed == pytest.approx(0.05 * HOURS)


def test_prices_of_another_region_are_said_to_be_so() -> None:
    assert "does not cover sa-east-1: these are the prices of eu-central-1" in notes(replace(EMPTY, region="sa-east-1"))


@pytest.mark.parametrize(("local", "begins"), [(False, "About $1,234 a month"), (True, "On AWS about $1,234 a month")])
def test_one_line_says_the_sum_and_where_to_read_more(begins: str, *, local: bool) -> None:
    found = Estimate("eu-central-1", "2026-10", (Line("a", "", 1234.4, "fixed"), Line("b", "", 9, "by use")), ())

    text = in_one_line(found, local=local, environment="staging")

    assert text.startswith(begins)
    assert text.endswith("(prices of 2026-10); itemised: tagship cost --env staging")
