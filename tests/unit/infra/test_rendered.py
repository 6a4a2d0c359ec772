"""The rules over a rendered plan, each of them able to fail."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.infra import rendered
from tests.contract.infra.rendered import Plan, broken, secrets_in

BLOCK = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)


def plan(*resources: tuple[str, dict[str, Any]]) -> Plan:
    changes = [
        {
            "address": address,
            "type": address.split(".")[-2],
            "mode": "managed",
            "change": {"actions": ["create"], "after": values, "after_unknown": values.pop("unknown", {})},
        }
        for address, values in resources
    ]
    return {"resource_changes": changes}


def policy(where: str = "aws_iam_role_policy.this", attribute: str = "policy", **statement: Any) -> Plan:  # noqa: ANN401
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
    return plan((where, {attribute: document}))


def told(rule: Callable[[Plan], Iterator[str]], found: Plan) -> list[str]:
    return list(rule(found))


def test_a_star_in_an_action_is_told_wherever_it_stands() -> None:
    for action in ("*", "s3:*", "s3:Get*", ["s3:GetObject", "s3:Put*"]):
        assert told(rendered.no_action_has_a_star, policy(Action=action, Resource="arn:aws:s3:::a"))
    assert told(rendered.no_action_has_a_star, policy(Action="s3:GetObject", Resource="*")) == []
    assert told(rendered.no_action_has_a_star, policy(Effect="Deny", Action="s3:*", Resource="*")) == []


def test_an_inline_policy_is_looked_into_too() -> None:
    document = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    found = plan(("aws_iam_role.this", {"inline_policy": [{"name": "a", "policy": document}]}))

    assert told(rendered.no_action_has_a_star, found) == ["aws_iam_role.this.inline_policy: allows `s3:*`"]


def test_a_permission_on_every_resource_is_told_unless_its_action_knows_none() -> None:
    rule = rendered.every_resource_is_named
    assert told(rule, policy(Action=["ecr:GetAuthorizationToken", "s3:GetObject"], Resource="*")) == [
        "aws_iam_role_policy.this.policy: `s3:GetObject` on every resource"
    ]
    assert told(rule, policy(Action="s3:GetObject", Resource=["arn:aws:s3:::a/*"])) == []
    cluster = {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:a"}}
    assert told(rule, policy(Action="ecs:ListTasks", Resource="*", Condition=cluster)) == []
    assert told(rule, policy("aws_kms_key.this", Action="kms:Decrypt", Resource="*", Principal={"AWS": "1"})) == []


def test_everybody_is_trusted_only_under_a_condition() -> None:
    rule, who = rendered.nobody_unknown_is_trusted, {"AWS": "*"}
    assert told(rule, policy("aws_s3_bucket_policy.this", Action="s3:GetObject", Principal=who))
    assert told(rule, policy("aws_s3_bucket_policy.this", Action="s3:GetObject", Principal="*"))
    source = {"StringEquals": {"aws:SourceAccount": "1"}}
    assert told(rule, policy("aws_s3_bucket_policy.this", Action="s3:GetObject", Principal=who, Condition=source)) == []


def test_a_service_acts_for_this_account_only() -> None:
    rule = rendered.services_act_for_this_account_only
    ecs: dict[str, Any] = {"attribute": "assume_role_policy", "Action": "sts:AssumeRole"}
    service = {"Service": "ecs-tasks.amazonaws.com"}
    assert told(rule, policy("aws_iam_role.this", **ecs, Principal=service)) == [
        "aws_iam_role.this.assume_role_policy: trusts ecs-tasks.amazonaws.com for any account"
    ]
    source = {"StringEquals": {"aws:SourceAccount": "1"}}
    assert told(rule, policy("aws_iam_role.this", **ecs, Principal=service, Condition=source)) == []
    assert told(rule, policy("aws_iam_role.this", **ecs, Principal={"Service": "ec2.amazonaws.com"})) == []


def test_a_bucket_needs_a_whole_public_access_block_and_no_public_acl() -> None:
    rule = rendered.no_bucket_is_public
    bucket = ("module.a.aws_s3_bucket.this", {"bucket": "a"})
    block = "module.a.aws_s3_bucket_public_access_block.this"
    assert told(rule, plan(bucket)) == ["module.a.aws_s3_bucket.this: has no public access block"]
    assert told(rule, plan(bucket, (block, dict(BLOCK)))) == []
    assert told(rule, plan(bucket, (block, {**BLOCK, "block_public_policy": False})))
    assert told(rule, plan(bucket, (block, dict(BLOCK)), ("aws_s3_bucket_acl.this", {"acl": "public-read"})))
    assert told(rule, plan(("module.b.aws_s3_bucket.this", {"bucket": "b"}), (block, dict(BLOCK))))


@pytest.mark.parametrize(
    "rule",
    [
        ("aws_vpc_security_group_ingress_rule.this", {"cidr_ipv4": "0.0.0.0/0"}),
        ("aws_vpc_security_group_ingress_rule.this", {"cidr_ipv6": "::/0"}),
        ("aws_security_group_rule.this", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"]}),
        ("aws_security_group.this", {"ingress": [{"cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"]}]}),
        ("aws_default_security_group.this", {"ingress": [{"ipv6_cidr_blocks": ["::/0"]}]}),
    ],
)
def test_the_internet_comes_in_at_the_doors_only(rule: tuple[str, dict[str, Any]]) -> None:
    found = plan((f"module.vpn[0].{rule[0]}", rule[1]))

    assert list(rendered.nobody_comes_in_from_everywhere(found)) != []
    assert list(rendered.nobody_comes_in_from_everywhere(found, ("module.vpn",))) == []


def test_the_way_out_is_no_way_in() -> None:
    out = plan(
        ("aws_vpc_security_group_egress_rule.this", {"cidr_ipv4": "0.0.0.0/0"}),
        ("aws_security_group_rule.this", {"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}),
        ("aws_vpc_security_group_ingress_rule.this", {"cidr_ipv4": "10.0.0.0/8"}),
    )

    assert list(rendered.nobody_comes_in_from_everywhere(out)) == []


def test_a_public_address_is_told_unless_it_is_meant() -> None:
    rule = rendered.nothing_but_the_doors_has_a_public_address
    public = plan(
        ("aws_lb.this", {"internal": False}),
        ("aws_rds_cluster_instance.this", {"publicly_accessible": True}),
        ("module.vpn[0].aws_instance.this", {"associate_public_ip_address": True}),
    )

    assert len(list(rule(public))) == 3
    assert len(list(rule(public, ("module.vpn",)))) == 2
    assert list(rule(plan(("aws_lb.this", {"internal": True})))) == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("aws_rds_cluster", {"storage_encrypted": True}, {"storage_encrypted": False}),
        ("aws_sns_topic", {"kms_master_key_id": "alias/aws/sns"}, {}),
        ("aws_sns_topic", {"unknown": {"kms_master_key_id": True}}, {"unknown": {"arn": True}}),
        ("aws_instance", {"root_block_device": [{"encrypted": True}]}, {"root_block_device": []}),
        ("aws_ecr_repository", {"encryption_configuration": [{"encryption_type": "AES256"}]}, {}),
    ],
)
def test_what_aws_does_not_encrypt_by_itself_says_so(kind: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert told(rendered.everything_is_encrypted, plan((f"{kind}.this", dict(good)))) == []
    assert told(rendered.everything_is_encrypted, plan((f"{kind}.this", dict(bad)))) != []


def test_a_bucket_needs_an_encryption_configuration_of_its_own() -> None:
    bucket = ('aws_s3_bucket.this["logs"]', {"bucket": "a"})
    configuration = "aws_s3_bucket_server_side_encryption_configuration.this"

    assert told(rendered.everything_is_encrypted, plan(bucket))
    assert told(rendered.everything_is_encrypted, plan(bucket, (f'{configuration}["other"]', {"rule": []})))
    assert told(rendered.everything_is_encrypted, plan(bucket, (f'{configuration}["logs"]', {"rule": []}))) == []


@pytest.mark.parametrize(
    ("address", "good", "bad"),
    [
        (
            "aws_cloudfront_distribution.this",
            {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}]},
            {"ordered_cache_behavior": [{"viewer_protocol_policy": "allow-all"}]},
        ),
        (
            "aws_lb_listener.https",
            {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
            {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-2016-08"},
        ),
    ],
)
def test_visitors_come_by_new_tls(address: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert told(rendered.connections_are_encrypted, plan((address, dict(good)))) == []
    assert told(rendered.connections_are_encrypted, plan((address, dict(bad)))) != []


def test_a_client_with_a_secret_is_told() -> None:
    rule = rendered.no_client_of_cognito_has_a_secret_in_the_state
    assert told(rule, plan(("aws_cognito_user_pool_client.this", {"generate_secret": True})))
    assert told(rule, plan(("aws_cognito_user_pool_client.this", {"generate_secret": False}))) == []


def test_what_is_destroyed_breaks_nothing_and_all_rules_are_asked() -> None:
    gone = {"address": "aws_lb.this", "type": "aws_lb", "change": {"actions": ["delete"], "after": None}}
    assert broken({"resource_changes": [gone]}) == []

    bad = plan(
        ("aws_lb.this", {"internal": False}),
        ("aws_sns_topic.this", {}),
        ("aws_vpc_security_group_ingress_rule.this", {"cidr_ipv4": "0.0.0.0/0"}),
    )
    assert len(broken(bad)) == 3
    assert len(broken(bad, doors=("ingress_rule",), public=("aws_lb",))) == 1


def test_a_secret_is_found_in_a_state_in_a_plan_and_as_json_writes_it() -> None:
    state = json.dumps({"a": 'hu"sh'}).encode()
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", b"\x00\x01 s&sh \x02")
        archive.writestr("tfstate", r'{"a": "s\u0026sh"}')

    assert secrets_in(b"{}", ['hu"sh', "s&sh"]) == []
    assert secrets_in(state, ['hu"sh', "s&sh"]) == ["a secret of 5 characters in the bytes"]
    assert secrets_in(saved.getvalue(), ["s&sh"]) == [
        "a secret of 4 characters in tfplan",
        "a secret of 4 characters in tfstate",
    ]
