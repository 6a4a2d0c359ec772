from seatrial.services.elb.control.attached import attachments, load_balancer_of, with_load_balancers
from seatrial.services.elb.model import Action, FixedResponse, Forward, Listener, Rule, SignIn, WeightedGroup

LISTENER = "arn:aws:elasticloadbalancing:r:1:listener/app/shop/17/42"
BALANCER = "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/shop/17"


def listener(*actions: Action) -> Listener:
    rules = tuple(Rule(f"rule-{number}", (), action) for number, action in enumerate((*actions, FixedResponse())))
    return Listener(arn=LISTENER, load_balancer="shop", dns_name="shop.example", port=80, protocol="HTTP", rules=rules)


def forward(*groups: str) -> Forward:
    return Forward(tuple(map(WeightedGroup, groups)))


def test_a_listeners_arn_names_its_load_balancer() -> None:
    assert load_balancer_of(LISTENER) == BALANCER


def test_every_group_that_a_rule_forwards_to_is_attached() -> None:
    assert attachments([listener(forward("one"), forward("two"))]) == {"one": {BALANCER}, "two": {BALANCER}}


def test_a_group_behind_a_sign_in_is_attached_like_any_other() -> None:
    let_in = SignIn("authenticate-cognito", forward("one", "two"), client_id="load-balancer")
    assert attachments([listener(let_in)]) == {"one": {BALANCER}, "two": {BALANCER}}


def test_each_group_is_described_with_its_own_load_balancers() -> None:
    answer = "".join(
        f"<member><TargetGroupArn>{name}</TargetGroupArn><Port>80</Port><LoadBalancerArns></LoadBalancerArns></member>"
        for name in ("one", "other")
    )
    filled = with_load_balancers(answer, {"one": {BALANCER}})
    first, second = filled.split("</member><member><TargetGroupArn>")
    assert f"<LoadBalancerArns><member>{BALANCER}</member></LoadBalancerArns>" in first
    assert "<LoadBalancerArns></LoadBalancerArns>" in second
