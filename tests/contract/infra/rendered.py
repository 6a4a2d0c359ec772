"""The rules of the house over a rendered plan: who may do what, what is public, what is encrypted.

Each is a function from a plan, as ``terraform show -json`` prints it, to what breaks the rule there.
The plan's values are what AWS will be asked for, so nothing hides behind a variable; what is known only
after apply is absent, and a rule says nothing about it. ``tests/unit/infra/test_rendered.py`` lets each fail.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Plan = Mapping[str, Any]
Values = Mapping[str, Any]

EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})

POLICIES: Final = ("policy", "inline_policy", "assume_role_policy", "json", "access_policy", "topic_policy")
"""The attributes that hold a policy document."""

NO_RESOURCE: Final = frozenset(
    {
        "application-autoscaling:DescribeScalableTargets",
        "athena:ListWorkGroups",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmsForMetric",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "cloudwatch:PutMetricData",
        "ec2:DescribeRegions",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ecr:GetAuthorizationToken",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitions",
        "ecs:RegisterTaskDefinition",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "iam:SimulatePrincipalPolicy",
        "logs:DescribeLogGroups",
        "servicequotas:GetServiceQuota",
        "ssm:UpdateInstanceInformation",  # of the instance itself, which is not there yet when its role is made
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "sts:GetCallerIdentity",
        "tag:GetResources",
    }
)
"""Actions that know no resource (AWS Service Authorization Reference), so that ``"*"`` is all that can be said."""

_ENCRYPTED: Final[Mapping[str, str]] = {
    "aws_athena_workgroup": "configuration.0.result_configuration.0.encryption_configuration.0.encryption_option",
    "aws_db_instance": "storage_encrypted",
    "aws_ebs_volume": "encrypted",
    "aws_ecr_repository": "encryption_configuration.0.encryption_type",
    "aws_efs_file_system": "encrypted",
    "aws_instance": "root_block_device.0.encrypted",
    "aws_kinesis_stream": "encryption_type",
    "aws_rds_cluster": "storage_encrypted",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "sqs_managed_sse_enabled",
}
"""By type of resource: what must be there and true, where AWS does not encrypt by itself."""


@dataclass(frozen=True)
class Resource:
    """A resource as the plan will have it; ``unknown`` are the attributes that are known only after apply."""

    address: str
    kind: str
    values: Values
    unknown: Values


def resources(plan: Plan) -> Iterator[Resource]:
    """Every managed resource that will stand."""
    for each in plan.get("resource_changes", ()):
        after = each["change"].get("after")
        if each.get("mode", "managed") == "managed" and after is not None:
            yield Resource(each["address"], each["type"], after, each["change"].get("after_unknown") or {})


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document, and where it stands."""

    where: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: frozenset[str]


def statements(plan: Plan) -> Iterator[Statement]:
    """Every statement of every policy that the plan knows."""
    for resource in resources(plan):
        for attribute in POLICIES:
            for text in _texts(resource.values.get(attribute)):
                yield from _parsed(f"{resource.address}.{attribute}", text)


def no_action_has_a_star(plan: Plan) -> Iterator[str]:
    """``s3:*`` and ``s3:Get*`` both say more than was thought of."""
    for each in statements(plan):
        if each.effect == "Allow":
            yield from (f"{each.where}: allows `{action}`" for action in each.actions if "*" in action)


def every_resource_is_named(plan: Plan) -> Iterator[str]:
    """A permission names its resource, or narrows it by a condition, unless its action knows none.

    A resource's own policy may say ``*``: itself.
    """
    for each in statements(plan):
        if each.effect != "Allow" or each.principals or each.conditions or "*" not in each.resources:
            continue
        named = (action for action in each.actions if action not in NO_RESOURCE)
        yield from (f"{each.where}: `{action}` on every resource" for action in named)


def nobody_unknown_is_trusted(plan: Plan) -> Iterator[str]:
    """Everybody (``*``) is nobody's principal, unless a condition says who."""
    for each in statements(plan):
        if each.effect == "Allow" and "*" in each.principals and not each.conditions:
            yield f"{each.where}: trusts everybody"


def services_act_for_this_account_only(plan: Plan) -> Iterator[str]:
    """A service that is trusted says for whom: otherwise another account's resource may use it (confused deputy)."""
    for each in statements(plan):
        said = {name.lower() for name in each.conditions}
        if each.effect == "Allow" and _service_needs_source(each) and not said & {"aws:sourceaccount", "aws:sourcearn"}:
            yield f"{each.where}: trusts {', '.join(each.principals)} for any account"


def no_bucket_is_public(plan: Plan) -> Iterator[str]:
    """Every bucket has a public access block with all four set, and no ACL that opens it."""
    blocked = set()
    for each in resources(plan):
        if each.kind == "aws_s3_bucket_public_access_block":
            off = [name for name in _BLOCKS if each.values.get(name) is not True]
            yield from (f"{each.address}: `{name}` is off" for name in off)
            blocked.add(_module(each.address))
        if each.kind == "aws_s3_bucket_acl" and "public" in str(each.values.get("acl")):
            yield f"{each.address}: is {each.values['acl']}"
    for each in resources(plan):
        if each.kind == "aws_s3_bucket" and _module(each.address) not in blocked:
            yield f"{each.address}: has no public access block"


_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def nobody_comes_in_from_everywhere(plan: Plan, doors: Sequence[str] = ()) -> Iterator[str]:
    """No rule lets the internet in, but those whose addresses contain one of ``doors``."""
    for each in resources(plan):
        if any(door in each.address for door in doors):
            continue
        if found := sorted(EVERYWHERE & set(_let_in(each))):
            yield f"{each.address}: lets {', '.join(found)} in"


def _let_in(resource: Resource) -> Iterator[Any]:
    """The address ranges that a rule, or a group with rules inside, lets in."""
    rules: Iterable[Values] = ()
    if resource.kind == "aws_vpc_security_group_ingress_rule":
        yield from (resource.values.get("cidr_ipv4"), resource.values.get("cidr_ipv6"))
    elif resource.kind == "aws_security_group_rule" and resource.values.get("type") == "ingress":
        rules = [resource.values]
    elif resource.kind in {"aws_security_group", "aws_default_security_group"}:
        rules = resource.values.get("ingress") or ()
    for rule in rules:
        yield from (rule.get("cidr_blocks") or ())
        yield from (rule.get("ipv6_cidr_blocks") or ())


def nothing_but_the_doors_has_a_public_address(plan: Plan, doors: Sequence[str] = ()) -> Iterator[str]:
    """Load balancers are internal, databases not public, instances without a public address."""
    for each in resources(plan):
        if any(door in each.address for door in doors):
            continue
        if each.kind == "aws_lb" and each.values.get("internal") is not True:
            yield f"{each.address}: is not internal"
        if each.values.get("publicly_accessible") or each.values.get("associate_public_ip_address"):
            yield f"{each.address}: has a public address"


def everything_is_encrypted(plan: Plan) -> Iterator[str]:
    """What AWS does not encrypt by itself says so; a bucket has its own configuration beside it."""
    kind = "aws_s3_bucket_server_side_encryption_configuration"
    buckets = {_module(each.address) for each in resources(plan) if each.kind == kind}
    for each in resources(plan):
        if each.kind == "aws_s3_bucket" and _module(each.address) not in buckets:
            yield f"{each.address}: has no encryption configuration"
        path = _ENCRYPTED.get(each.kind)
        if path and not _at(each.values, path) and not _at(each.unknown, path):
            yield f"{each.address}: `{path}` is not set"


def connections_are_encrypted(plan: Plan) -> Iterator[str]:
    """Visitors come by HTTPS, with TLS 1.2 or newer."""
    for each in resources(plan):
        if each.kind == "aws_cloudfront_distribution":
            behaviors = (each.values.get(name) or () for name in ("default_cache_behavior", "ordered_cache_behavior"))
            if any(one.get("viewer_protocol_policy") == "allow-all" for some in behaviors for one in some):
                yield f"{each.address}: serves HTTP"
        if each.kind == "aws_lb_listener" and each.values.get("protocol") == "HTTPS":
            policy = str(each.values.get("ssl_policy"))
            if not re.search(r"TLS13|TLS-1-2", policy):
                yield f"{each.address}: `{policy}` allows old TLS"


def no_client_of_cognito_has_a_secret_in_the_state(plan: Plan) -> Iterator[str]:
    """The provider writes ``client_secret`` into the state."""
    for each in resources(plan):
        if each.kind == "aws_cognito_user_pool_client" and each.values.get("generate_secret"):
            yield f"{each.address}: its secret lands in the state"


RULES: Final = (
    no_action_has_a_star,
    every_resource_is_named,
    nobody_unknown_is_trusted,
    services_act_for_this_account_only,
    no_bucket_is_public,
    everything_is_encrypted,
    connections_are_encrypted,
    no_client_of_cognito_has_a_secret_in_the_state,
)
"""The rules that know no exception."""


def broken(plan: Plan, *, doors: Sequence[str] = (), public: Sequence[str] = ()) -> list[str]:
    """Everything that breaks a rule.

    Args:
        plan: the plan's document.
        doors: parts of addresses of the rules that may let the internet in.
        public: parts of addresses of what may have a public address.
    """
    found = [line for rule in RULES for line in rule(plan)]
    found += nobody_comes_in_from_everywhere(plan, doors)
    found += nothing_but_the_doors_has_a_public_address(plan, public)
    return sorted(found)


def secrets_in(content: bytes, secrets: Iterable[str]) -> list[str]:
    """Where one of these lies in a state or a plan, plain or as JSON writes it; the secret itself is not said.

    A plan is a zip archive, so it is looked for inside as well.

    Args:
        content: the bytes of a state or of a plan.
        secrets: the values.
    """
    found = []
    for part, text in _parts(content):
        for secret in secrets:
            escaped = json.dumps(secret)[1:-1]
            if any(spelled.encode() in text for spelled in {secret, escaped, _for_html(escaped)}):
                found.append(f"a secret of {len(secret)} characters in {part}")
    return sorted(found)


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "the bytes", content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)


def _for_html(text: str) -> str:
    """Go's JSON encoder writes these three as escapes, so Terraform's state does."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _parsed(where: str, text: str) -> Iterator[Statement]:
    try:
        document = json.loads(text)
    except ValueError:
        return
    if not isinstance(document, dict) or "Statement" not in document:
        return
    for each in _many(document["Statement"]):
        yield Statement(
            where,
            each.get("Effect", ""),
            tuple(_many(each.get("Action"))),
            tuple(_many(each.get("Resource"))),
            tuple(_principals(each.get("Principal"))),
            frozenset(name for test in (each.get("Condition") or {}).values() for name in test),
        )


def _service_needs_source(statement: Statement) -> bool:
    services = [name for name in statement.principals if name.endswith(".amazonaws.com")]
    return bool(services) and not set(services) <= _NO_SOURCE


_NO_SOURCE: Final = frozenset({"ec2.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com"})
"""Services that AWS documents without ``aws:SourceAccount``, because they send none (EventBridge user guide,
"Amazon SNS permissions").
"""


def _principals(said: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(said, dict):
        for names in said.values():
            yield from _many(names)
    else:
        yield from _many(said)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from _texts(value.get("policy"))


def _many(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _at(value: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    for step in path.split("."):
        if value is True:
            return True  # everything below is unknown
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def _module(address: str) -> tuple[str, str]:
    """The module, and the instance of the resource: ``this["logs"]`` belongs to ``this["logs"]``."""
    module, _, own = address.rpartition(".aws_")
    name = own.partition(".")[2]
    return module, name
