from pathlib import Path
from typing import Any

from seatrial.core.state import Store
from seatrial.ground.fakes import ManualClock
from seatrial.services.elb.control.answering import completed
from seatrial.services.elb.control.configuration import Described, configuration, merge_regions
from seatrial.services.elb.control.sent_configuration import SentConfiguration, deregistered, registered
from seatrial.services.elb.data import sticky
from seatrial.services.elb.data.routing import forwarded_to
from seatrial.services.elb.data.sticky import TARGET, cookies, wanted
from seatrial.services.elb.model import FixedResponse, Forward, Redirect, SignIn, WeightedGroup

ARN = "arn:aws:elasticloadbalancing:r:1"
BALANCER = {"LoadBalancerArn": "lb", "LoadBalancerName": "shop", "DNSName": "shop.example", "Type": "application"}
LISTENER = {"ListenerArn": "l", "LoadBalancerArn": "lb", "Port": 80, "Protocol": "HTTP"}
GROUP: dict[str, Any] = {"TargetGroupArn": "tg", "TargetGroupName": "shop", "Port": 80}


def forward(arn: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": arn}]


def described(*rules: dict[str, Any], **changed: Any) -> Described:  # noqa: ANN401 - AWS's shapes
    fields: dict[str, Any] = {
        "load_balancers": [BALANCER],
        "listeners": [LISTENER],
        "groups": [GROUP],
        "rules": {"l": rules},
    }
    return Described(**{**fields, **changed})


def test_rules_are_in_the_order_of_their_priorities_the_default_one_last() -> None:
    rules = [
        {"Priority": "default", "Actions": forward("tg")},
        {"Priority": "10", "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}}]},
        {"Priority": "9", "Actions": [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302"}}]},
    ]
    found = configuration(described(*rules)).listeners[0].rules
    assert [rule.action for rule in found] == [
        Redirect(302),
        FixedResponse(410),
        Forward((WeightedGroup("tg"),)),
    ]


def test_a_listener_without_rules_follows_its_default_actions() -> None:
    listener = {**LISTENER, "DefaultActions": forward("tg")}
    found = configuration(described(listeners=[listener]))
    assert found.listeners[0].rules[0].action == Forward((WeightedGroup("tg"),))
    assert found.groups["tg"].in_use


def test_a_request_that_should_be_authenticated_never_passes() -> None:
    actions = [*forward("tg"), {"Type": "authenticate-oidc", "Order": 1}]
    found = configuration(described({"Priority": "default", "Actions": actions}))
    action = found.listeners[0].rules[0].action
    assert isinstance(action, SignIn)
    assert (action.unauthenticated, action.then) == ("authenticate", Forward((WeightedGroup("tg"),)))
    assert forwarded_to(found.listeners[0]) == {"tg"}


def test_a_group_is_as_its_attributes_say() -> None:
    attributes = {
        "deregistration_delay.timeout_seconds": "7",
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "60",
        "load_balancing.algorithm.type": "least_outstanding_requests",
    }
    shape = {**GROUP, "HealthCheckPort": "9", "Matcher": {"HttpCode": "200-299"}, "HealthCheckIntervalSeconds": 5}
    targets = {"tg": [{"Id": "10.0.0.1"}, {"Id": "10.0.0.1", "Port": "81"}]}
    found = configuration(described(groups=[shape], group_attributes={"tg": attributes}, targets=targets)).groups["tg"]
    assert (found.deregistration_delay, found.stickiness_seconds, found.least_outstanding) == (7, 60, True)
    assert (found.check.port, found.check.codes, found.check.interval) == (9, ((200, 299),), 5)
    assert found.targets == (("10.0.0.1", 80), ("10.0.0.1", 81))
    assert not found.in_use


def test_network_load_balancers_are_not_served() -> None:
    assert configuration(described(load_balancers=[{**BALANCER, "Type": "network"}])).listeners == ()


def test_regions_are_served_together() -> None:
    one, other = described(), Described(groups=[{**GROUP, "TargetGroupArn": "there"}])
    assert set(configuration(merge_regions([one, other])).groups) == {"tg", "there"}
    assert configuration(merge_regions([])).listeners == ()


def test_two_ports_of_one_address_are_two_targets() -> None:
    one, two = {"Id": "10.0.0.1", "Port": "80"}, {"Id": "10.0.0.1", "Port": "81"}
    assert registered([one], [one, two]) == [one, two]
    assert deregistered([one, two], [one]) == [two]
    assert deregistered([one, two], [{"Id": "10.0.0.1"}]) == []
    assert deregistered([one], [{"Id": "10.0.0.2"}]) == [one]


def test_what_was_sent_is_remembered_until_it_is_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    sent = SentConfiguration(store)
    weighted = {"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "b"}]}}]}
    listener, rule = f"{ARN}:listener/app/shop/1/2", f"{ARN}:listener-rule/app/shop/1/2/3"
    sent.note("CreateListener", {"DefaultActions": forward("a")}, f"<ListenerArn>{listener}</ListenerArn>")
    sent.note("CreateRule", weighted, f"<RuleArn>{rule}</RuleArn>")
    plain = {"RuleArn": rule, "Priority": "5", "Actions": [{"Type": "forward"}]}
    read = sent.complete(Described(rules={listener: [plain, {"RuleArn": "d", "Priority": "default"}]}))
    assert read.rules[listener][0]["Actions"] == weighted["Actions"]
    assert read.rules[listener][1]["Actions"] == forward("a")
    sent.note("DeleteListener", {"ListenerArn": listener}, "")
    assert sent.rules() == {}
    store.close()


def test_targets_are_remembered_until_their_group_is_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    sent = SentConfiguration(store)
    sent.note("RegisterTargets", {"TargetGroupArn": "tg", "Targets": [{"Id": "1"}, {"Id": "2"}]}, "")
    sent.note("DeregisterTargets", {"TargetGroupArn": "tg", "Targets": [{"Id": "1"}]}, "")
    assert sent.targets("tg") == [{"Id": "2"}]
    sent.note("DeleteTargetGroup", {"TargetGroupArn": "tg"}, "")
    assert sent.targets("tg") == []
    store.close()


def test_an_answer_that_forgot_nothing_is_left_as_it_is() -> None:
    assert completed(b"<not even xml", {"arn": {"Actions": forward("a")}}) == b"<not even xml"


def test_a_cookie_names_the_target_and_a_strange_one_names_none() -> None:
    value = cookies(TARGET, "10.0.0.1:80", 60, ManualClock().now())[0].partition(b";")[0]
    assert wanted([(b"Cookie", b"a=b; " + value)], TARGET) == "10.0.0.1:80"
    assert wanted([(b"Cookie", b"a=b; " + value)], sticky.GROUP) == ""
    assert wanted([(b"Cookie", b"AWSALB=\xff")], TARGET) == ""
    assert wanted([], TARGET) == ""
