"""What reaches running tasks, found in a plan. Sources of what happens at once: ELB API, ModifyTargetGroup and
DeleteRule; ECS API, UpdateService, which says of each parameter whether it triggers a new service deployment."""

import json
from typing import Any

import pytest

from tagship.base.errors import Refused
from tagship.infra.live import LiveChange, live_changes, refuse, scene
from tagship.infra.live_rules import NAMES, RULES

API = 'module.service["api"]'
GROUP = f"{API}.aws_lb_target_group.this"
EDGE = "module.edge.aws_cloudfront_distribution.this"
DATABASE = "module.database[0]"
NETWORK = {"subnets": ["a"], "assign_public_ip": True}


def change(address: str, actions: str, before: Any = None, after: Any = None, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A resource change as ``terraform show -json`` has it; ``actions`` in words, such as "delete create"."""
    inside = {"actions": actions.split(), "before": before, "after": after, "after_unknown": said.pop("unknown", {})}
    return {"address": address, "mode": "managed", "change": inside, **said}


def group(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    usual = {"path": "/healthz", "matcher": "200-399", "timeout": 5, "interval": 10, "port": "traffic-port"}
    sides = [{"arn": "tg", "health_check": [{**usual, **each}]} for each in (old, new)]
    return change(GROUP, "update", *sides)


def rule(service: str, pattern: str, actions: str, *, signs_in: tuple[bool, bool] = (False, False)) -> dict[str, Any]:
    sides = [{"action": [{"type": "authenticate-cognito"}] * each + [{"type": "forward"}]} for each in signs_in]
    address = f'module.service["{service}"].aws_lb_listener_rule.this["{pattern}"]'
    before, after = sides[0] if actions != "create" else None, sides[1] if actions != "delete" else None
    return change(address, actions, before, after, index=pattern)


def policy(*secrets: str) -> dict[str, str]:
    statement = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": list(secrets)}
    return {"policy": json.dumps({"Statement": [statement]})}


def distribution(*patterns: str, default: str = "site") -> dict[str, Any]:
    behaviors = [{"path_pattern": pattern, "target_origin_id": "services"} for pattern in patterns]
    return {"default_cache_behavior": [{"target_origin_id": default}], "ordered_cache_behavior": behaviors}


def web_acl(does: str) -> dict[str, Any]:
    own = {"name": "rate", "action": [{"block": [{}]}], "override_action": []}
    other = "none" if does == "count" else "count"
    return {"rule": [own, {"name": "managed", "action": [], "override_action": [{does: [{}], other: []}]}]}


def found(*changes: dict[str, Any], running: tuple[str, ...] = ("api",)) -> tuple[LiveChange, ...]:
    known = change(f"{API}.aws_ecs_service.this", "no-op", {}, {})
    document = {"resource_changes": [known, *changes]}
    return live_changes(scene(document, lambda service: 2 * (service in running)), RULES)


CASES: list[tuple[str, dict[str, Any]]] = [
    ("health", group({}, {"path": "/health"})),
    ("health", group({}, {"matcher": "200"})),
    ("health", group({}, {"timeout": 2})),
    ("health", group({}, {"port": "9000"})),
    ("paths", rule("api", "/api/*", "delete")),
    ("paths", rule("api", "/api/*", "delete create")),
    ("sign-in", rule("api", "/api/*", "update", signs_in=(False, True))),
    ("sign-in", rule("api", "/api/*", "update", signs_in=(True, False))),
    ("service", change(f"{API}.aws_ecs_service.this", "delete", {})),
    ("service-parts", change(GROUP, "delete create", {}, {})),
    ("service-parts", change(f"{API}.aws_iam_role.task", "create delete", {}, {})),
    (
        "tasks-network",
        change(
            f"{API}.aws_ecs_service.this",
            "update",
            {"network_configuration": [NETWORK]},
            {"network_configuration": [{**NETWORK, "assign_public_ip": False}]},
        ),
    ),
    ("permission", change(f"{API}.aws_iam_role_policy.secrets[0]", "delete", policy("a"))),
    ("permission", change(f"{API}.aws_iam_role_policy.secrets[0]", "update", policy("a", "b"), policy("b"))),
    ("secret", change(f"{DATABASE}.aws_secretsmanager_secret.connection", "delete create", {}, {})),
    (
        "database-access",
        change(f'{DATABASE}.aws_vpc_security_group_ingress_rule.clients["api"]', "delete", {}, index="api"),
    ),
    (
        "database-restart",
        change(f"{DATABASE}.aws_rds_cluster.this", "update", {"engine_version": "16.11"}, {"engine_version": "17.7"}),
    ),
    (
        "database-restart",
        change(
            f"{DATABASE}.aws_rds_cluster_instance.writer",
            "update",
            {"instance_class": "db.serverless"},
            {"instance_class": "db.r7g.large"},
        ),
    ),
    ("database-instance", change(f"{DATABASE}.aws_rds_cluster_instance.reader[1]", "delete", {})),
    (
        "passwords",
        change(
            f"{DATABASE}.aws_secretsmanager_secret_version.connection",
            "update",
            {"secret_string_wo_version": 1},
            {"secret_string_wo_version": 2},
        ),
    ),
    (
        "sign-in-addresses",
        change(
            'module.auth[0].aws_cognito_user_pool_client.this["app"]',
            "update",
            {"callback_urls": ["https://x/signed-in"]},
            {"callback_urls": ["https://x/welcome"]},
        ),
    ),
    ("sign-in-addresses", change("module.auth[0].aws_cognito_user_pool_domain.this", "delete create", {}, {})),
    ("way-out", change('module.network.aws_nat_gateway.this["b"]', "delete", {})),
    ("way-out", change('module.network.aws_route.private_internet["b"]', "update", {}, {})),
    ("network", change("module.network.aws_vpc.this", "delete create", {}, {})),
    ("network", change('module.network.aws_subnet.private["a"]', "delete create", {}, {})),
    (
        "load-balancer",
        change("module.load_balancer.aws_lb_listener.this", "update", {"protocol": "HTTP"}, {"protocol": "HTTPS"}),
    ),
    ("load-balancer", change("module.load_balancer.aws_lb.this", "delete create", {}, {})),
    ("front-door", change("module.edge.aws_cloudfront_distribution.this", "update", {"aliases": ["a"]}, {})),
    ("front-door", change('module.edge.aws_route53_record.alias["A"]', "delete create", {}, {})),
    ("single-page", change("module.edge.aws_cloudfront_function.single_page[0]", "delete", {})),
    ("site-paths", change(EDGE, "update", distribution("/api/*"), distribution("/api/*", "/about/*"))),
    ("firewall", change("module.firewall[0].aws_wafv2_web_acl.this", "create", None, web_acl("none"))),
    ("firewall", change("module.load_balancer_firewall[0].aws_wafv2_web_acl.this", "create", None, web_acl("none"))),
]


@pytest.mark.parametrize(("name", "planned"), CASES, ids=[f"{name}-{index}" for index, (name, _) in enumerate(CASES)])
def test_a_change_under_running_tasks_is_found_with_its_effect_and_its_safe_order(
    name: str, planned: dict[str, Any]
) -> None:
    (live,) = found(planned)

    assert live.rule == name
    assert live.address == planned["address"]
    assert live.effect
    assert live.safe.endswith((".", "`."))
    assert "{" not in live.effect + live.safe


def test_every_rule_is_shown_to_find_something() -> None:
    assert {name for name, _ in CASES} == NAMES


@pytest.mark.parametrize("planned", [planned for _, planned in CASES])
def test_where_no_task_runs_nothing_is_reached(planned: dict[str, Any]) -> None:
    assert found(planned, running=()) == ()


@pytest.mark.parametrize(
    "planned",
    [
        group({}, {"interval": 30, "healthy_threshold": 5}),
        group({}, {"timeout": 8}),
        change(GROUP, "update", {"deregistration_delay": 30}, {"deregistration_delay": 5}),
        change(f"{API}.aws_ecs_service.this", "update", {"health_check_grace_period_seconds": 3}, {}),
        change(f"{API}.aws_ecs_service.this", "update", {"enable_execute_command": True}, {}),
        change(f"{API}.aws_iam_role_policy.terminal[0]", "delete", policy("a")),
        change(f"{API}.aws_iam_role_policy.secrets[0]", "update", policy("a"), policy("a", "b")),
        change(f"{API}.aws_iam_role_policy.secrets[0]", "update", policy("a"), {}, unknown={"policy": True}),
        rule("api", "/api/*", "update"),
        rule("api", "/new/*", "create"),
        change(f"{API}.aws_appautoscaling_target.steady[0]", "delete create", {}, {}),
        change(f"{DATABASE}.aws_rds_cluster.this", "update", {"backup_retention_period": 7}, {}),
        change("module.alerts[0].aws_secretsmanager_secret.webhook", "delete", {}),
        change("module.load_balancer.aws_lb_listener.this", "update", {"certificate_arn": "a"}, {}),
        change("module.edge.aws_cloudfront_distribution.this", "update", {"aliases": []}, {"aliases": ["a"]}),
        change("module.dashboards[0].aws_lb_target_group.this", "delete create", {}, {}),
        change(EDGE, "update", distribution("/api/*"), distribution("/api/*", "/api/v1/*")),
        change(EDGE, "update", distribution("/api/*", "/about/*"), distribution("/api/*")),
        change(EDGE, "update", distribution(default="services"), distribution("/api/*")),
        change(EDGE, "create", None, distribution("/api/*")),
        change("module.firewall[0].aws_wafv2_web_acl.this", "create", None, web_acl("count")),
        change("module.firewall[0].aws_wafv2_web_acl.this", "update", web_acl("count"), web_acl("none")),
        change("module.network.aws_vpc.this", "update", {"tags": {}}, {"tags": {"a": "b"}}),
        change(
            f"{DATABASE}.aws_rds_cluster_instance.writer",
            "delete create",
            {},
            {},
            action_reason="replace_because_tainted",
        ),
    ],
)
def test_what_running_tasks_do_not_feel_is_let_through(planned: dict[str, Any]) -> None:
    assert found(planned) == ()


def test_a_new_path_that_a_running_service_answered_takes_its_requests_away() -> None:
    old, new = rule("api", "/*", "no-op"), rule("reports", "/reports/*", "create")

    (live,) = found(old, new)

    assert (live.rule, live.service) == ("paths", "api")
    assert live.effect == (
        "requests to `/reports/*`, which the running tasks of `api` serve, go to `reports`, "
        "which has no running task: they get 503 until its first release"
    )
    assert "no running task" not in found(old, new, running=("api", "reports"))[0].effect


def test_a_path_that_a_wider_one_of_the_same_service_covers_takes_nothing_away() -> None:
    assert found(rule("api", "/api/*", "no-op"), rule("api", "/api/v1/*", "delete")) == ()
    assert found(rule("api", "/api/*", "no-op"), rule("api", "/api/v1/*", "create")) == ()


def test_a_service_that_goes_is_told_once() -> None:
    (live,) = found(
        rule("api", "/*", "delete"),
        change(GROUP, "delete", {}),
        change(f"{API}.aws_ecs_service.this", "delete", {}),
        change(f"{API}.aws_iam_role_policy.secrets[0]", "delete", policy("a")),
    )

    assert live.rule == "service"


def test_another_health_path_says_the_order_in_which_nothing_breaks() -> None:
    (live,) = found(group({}, {"path": "/health"}))

    assert live.question is not None
    assert (live.question.target_group, live.question.path, live.question.timeout) == ("tg", "/health", 5)
    assert live.safe == (
        "First release a version that responds to both `/healthz` and `/health`, with `path: /healthz` still in "
        "tagship.yaml; then write `path: /health` and apply; then remove `/healthz`."
    )


def test_a_health_check_on_another_port_cannot_be_asked() -> None:
    (live,) = found(group({}, {"port": "9000"}))

    assert live.question is None


@pytest.mark.parametrize("name", [GROUP, API, "module.service", "service", 'service["api"]'])
def test_a_live_change_is_allowed_by_its_address_or_its_modules_name(name: str) -> None:
    refuse(found(group({}, {"path": "/health"})), allowed=[name], environment="staging")


def test_a_live_change_that_nobody_allowed_is_refused_with_the_safe_order() -> None:
    with pytest.raises(Refused) as caught:
        refuse(found(group({}, {"path": "/health"})), allowed=["module.database"], environment="staging")

    assert (
        f"  {GROUP}: the load balancer immediately checks the running tasks of `api` at `/health`"
    ) in caught.value.message
    assert "Safe order: First release a version that responds to both" in caught.value.message
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"tagship infra apply --env staging --allow-live-change '{GROUP}'")


def test_a_live_change_that_the_running_tasks_answer_well_is_let_through() -> None:
    (live,) = found(group({}, {"path": "/health"}))

    refuse([live.answered("They answer", well=True)], allowed=[], environment="staging")
