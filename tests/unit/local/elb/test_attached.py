from dataclasses import replace

from tagship.local.elb.attached import attachments, load_balancer_of, with_load_balancers
from tagship.local.elb.model import Authenticate, FixedResponse, Forward, Listener, Rule, WeightedGroup

LISTENER = "arn:aws:elasticloadbalancing:r:1:listener/app/shop/17/42"
BALANCER = "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/shop/17"


def listener(*groups: str) -> Listener:
    rules = (
        *(Rule(f"rule-{group}", (), Forward((WeightedGroup(group),))) for group in groups),
        Rule("default", (), FixedResponse()),
    )
    return Listener(arn=LISTENER, load_balancer="shop", dns_name="shop.example", port=80, protocol="HTTP", rules=rules)


def test_a_listeners_arn_names_its_load_balancer() -> None:
    assert load_balancer_of(LISTENER) == BALANCER


def test_every_group_that_a_rule_forwards_to_is_attached() -> None:
    assert attachments([listener("one", "two")]) == {"one": {BALANCER}, "two": {BALANCER}}


def test_a_group_behind_a_sign_in_is_attached_too() -> None:
    signed_in = Rule("signed-in", (), Authenticate(Forward((WeightedGroup("inside"),))))
    assert attachments([replace(listener(), rules=(signed_in,))]) == {"inside": {BALANCER}}


def test_each_group_is_described_with_its_own_load_balancers() -> None:
    answer = "".join(
        f"<member><TargetGroupArn>{name}</TargetGroupArn><Port>80</Port><LoadBalancerArns></LoadBalancerArns></member>"
        for name in ("one", "other")
    )
    filled = with_load_balancers(answer, {"one": {BALANCER}})
    first, second = filled.split("</member><member><TargetGroupArn>")
    assert f"<LoadBalancerArns><member>{BALANCER}</member></LoadBalancerArns>" in first
    assert "<LoadBalancerArns></LoadBalancerArns>" in second
