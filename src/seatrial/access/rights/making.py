"""The ARNs of what a call is about to make, and of what EC2 is told by ids. Pure.

What is made has no id yet, so AWS asks for the right on the ARN with a star in its place.
Sources: Service Authorization Reference; EC2 user guide, "Identity-based policies for Amazon EC2" and "Grant permission
to tag Amazon EC2 resources during creation"; Elastic Load Balancing user guide, "Tag resources during creation"; RDS
user guide, "Identity-based policy examples" (the option group that nobody names is the default one).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from seatrial.access.rights import catalogue
from seatrial.access.rights.calls import Call

Params = Mapping[str, Any]

IDS: Mapping[str, str] = {
    "elastic-ip": "eipalloc",
    "image": "ami",
    "instance": "i",
    "internet-gateway": "igw",
    "natgateway": "nat",
    "network-acl": "acl",
    "network-interface": "eni",
    "prefix-list": "pl",
    "route-table": "rtb",
    "security-group": "sg",
    "security-group-rule": "sgr",
    "snapshot": "snap",
    "subnet": "subnet",
    "volume": "vol",
    "vpc": "vpc",
    "vpc-endpoint": "vpce",
    "vpc-flow-log": "fl",
}
"""By type of EC2's: what its ids begin with, wherever in a call they stand."""

_ID = re.compile(r"([a-z]+)-[0-9a-f]{8,17}")
_LOAD_BALANCERS = {"network": "net", "gateway": "gwy"}


def of_ec2(kind: str, call: Call) -> list[str]:
    """The ids of a type of EC2's that a call names, or a star where it makes something of the type."""
    known = catalogue.action(f"ec2:{call.operation}")
    needed = known is not None and known.types.get(kind, False)
    ids = [found for found in _texts(call.params) if (match := _ID.fullmatch(found)) and match[1] == IDS.get(kind)]
    return ids or (["*"] if needed or _implied(kind, call) else [])


def _implied(kind: str, call: Call) -> bool:
    """Whether a call of EC2 makes something of a type, although it names none."""
    if kind in tagged(call):
        return True
    return kind == "volume" and call.operation == "RunInstances" and bool(call.params.get("BlockDeviceMappings"))


def tagged(call: Call) -> list[str]:
    """The types of EC2's that a call tags when it makes them."""
    return [str(each.get("ResourceType", "")) for each in _specifications(call)]


def tags(call: Call) -> list[Any]:
    """The tags that EC2 and CloudFront are told in their own ways."""
    nested = call.params.get("DistributionConfigWithTags")
    said = [call.params.get("Tags"), nested.get("Tags") if isinstance(nested, Mapping) else None]
    items = [item for one in said if isinstance(one, Mapping) for item in one.get("Items") or ()]
    return items or [tag for each in _specifications(call) for tag in each.get("Tags") or ()]


def named(prefix: str, kind: str, call: Call) -> list[str]:
    """What is made of a type, as what follows the account in its ARN; nothing where it is not known here."""
    find = _MADE.get(f"{prefix}/{kind}")
    return list(find(call)) if find else []


def made(call: Call) -> list[str]:
    """What a call tags when it makes it, where that is not what its own action is asked for."""
    if call.service == "ec2":
        return [f"{kind}/*" for kind in tagged(call)]
    if call.operation == "CreateListener":
        return [f"{_rest(call.params.get('LoadBalancerArn')).replace('loadbalancer/', 'listener/', 1)}/*"]
    if call.operation == "CreateRule" and call.service == "elbv2":
        return [f"{_rest(call.params.get('ListenerArn')).replace('listener/', 'listener-rule/', 1)}/*"]
    return ["key/*"] if (call.service, call.operation) == ("kms", "CreateKey") else []


def _rest(arn: Any) -> str:  # noqa: ANN401 - a parameter
    return str(arn).rpartition(":")[2]


def _specifications(call: Call) -> list[Params]:
    said = call.params.get("TagSpecifications") if call.service == "ec2" else None
    return [each for each in said if isinstance(each, Mapping)] if isinstance(said, list) else []


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - a call's parameters
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from () if name == "TagSpecifications" else _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _load_balancer(kind: str) -> Callable[[Call], Iterator[str]]:
    def found(call: Call) -> Iterator[str]:
        own = _LOAD_BALANCERS.get(str(call.params.get("Type")), "app")
        if call.operation == "CreateLoadBalancer" and own == kind:
            yield f"loadbalancer/{own}/{call.params.get('Name')}/*"

    return found


def _by_name(operation: str, arn: str, member: str = "Name") -> Callable[[Call], Iterator[str]]:
    """Named by operations that end so; ``{}`` is its name."""

    def found(call: Call) -> Iterator[str]:
        if call.operation.endswith(operation) and member in call.params:
            yield arn.format(call.params[member])

    return found


def _every(operation: str, arn: str) -> Callable[[Call], Iterator[str]]:
    """What a list is asked of that names none: all of them."""

    def found(call: Call) -> Iterator[str]:
        if call.operation == operation:
            yield arn

    return found


def _provider(call: Call) -> Iterator[str]:
    if call.operation == "CreateOpenIDConnectProvider":
        url = urlsplit(str(call.params.get("Url")))
        yield f"oidc-provider/{url.netloc}{url.path.rstrip('/')}"


def _policy(call: Call) -> Iterator[str]:
    if call.operation == "CreatePolicy":
        yield f"policy{call.params.get('Path') or '/'}{call.params.get('PolicyName')}"


def _delivery(call: Call) -> Iterator[str]:
    if call.operation.endswith("Delivery"):
        yield f"delivery:{call.params.get('id', '*')}"


def _destination(call: Call) -> Iterator[str]:
    """Of a source that is deleted the reference says that it is a destination; its ARN is its own."""
    if call.operation == "DeleteDeliverySource":
        yield f"delivery-source:{call.params.get('name')}"
    yield from _by_name("DeliveryDestination", "delivery-destination:{}", "name")(call)


def _firewall(kind: str) -> Callable[[Call], Iterator[str]]:
    def found(call: Call) -> Iterator[str]:
        scope = "global" if call.params.get("Scope") == "CLOUDFRONT" else "regional"
        if "Name" in call.params and call.operation.endswith({"webacl": "WebACL", "ipset": "IPSet"}[kind]):
            yield f"{scope}/{kind}/{call.params['Name']}/{call.params.get('Id', '*')}"
        if kind == "webacl" and call.operation == "GetWebACLForResource":
            yield f"{scope}/webacl/*/*"
        configured = call.params.get("LoggingConfiguration")
        if kind == "webacl" and isinstance(configured, Mapping):
            yield _rest(configured.get("ResourceArn"))

    return found


_MADE: Mapping[str, Callable[[Call], Iterator[str]]] = {
    "athena/workgroup": _by_name("CreateWorkGroup", "workgroup/{}"),
    "cloudwatch/alarm": _every("DescribeAlarms", "alarm:*"),
    "ecr/repository": _every("DescribeRepositories", "repository/*"),
    "elasticloadbalancing/loadbalancer/app/": _load_balancer("app"),
    "elasticloadbalancing/loadbalancer/gwy/": _load_balancer("gwy"),
    "elasticloadbalancing/loadbalancer/net/": _load_balancer("net"),
    "elasticloadbalancing/targetgroup": _by_name("CreateTargetGroup", "targetgroup/{}/*"),
    "iam/oidc-provider": _provider,
    "iam/role": _by_name("CreateServiceLinkedRole", "role/aws-service-role/{}/*", "AWSServiceName"),
    "iam/policy": _policy,
    "logs/delivery": _delivery,
    "logs/delivery-destination": _destination,
    "logs/delivery-source": _by_name("DeliverySource", "delivery-source:{}", "name"),
    "rds/og": _every("CreateDBCluster", "og:default:*"),
    "secretsmanager/Secret": _by_name("CreateSecret", "secret:{}-??????"),
    "wafv2/ipset": _firewall("ipset"),
    "wafv2/webacl": _firewall("webacl"),
}
