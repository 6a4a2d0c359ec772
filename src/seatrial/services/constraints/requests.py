"""Which operation a request asks for, and with which parameters. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.model import Shape

from seatrial.core.service import AwsRequest
from seatrial.core.wire import modelled
from seatrial.core.wire.protocols import cbor, ec2, query, rest
from seatrial.core.wire.protocols.codec import Protocol, plain_body

SERVICES: Final[Mapping[str, str]] = {
    "application-autoscaling": "application-autoscaling",
    "acm": "acm",
    "athena": "athena",
    "budgets": "budgets",
    "cloudformation": "cloudformation",
    "cloudfront": "cloudfront",
    "cognito-idp": "cognito-idp",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elasticloadbalancing": "elbv2",
    "events": "events",
    "firehose": "firehose",
    "glue": "glue",
    "iam": "iam",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "rds": "rds",
    "rds-data": "rds-data",
    "route53": "route53",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "servicequotas": "service-quotas",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
    "wafv2": "wafv2",
}
"""Services whose calls are held to the table: by their signing name, botocore's."""


@dataclass(frozen=True)
class Asked:
    """What a request asks for.

    Args:
        service: botocore's name.
        operation: one of the service's.
        route: the route of a call by REST; None of all others.
    """

    service: str
    operation: str
    route: rest.Route | None = None

    @property
    def hides_its_body(self) -> bool:
        """Whether it is by REST, and says something in a body that is no object's content."""
        return self.route is not None and self.route.has_document

    @property
    def shape(self) -> Shape | None:
        """Of its parameters."""
        return modelled.service_model(self.service).operation_model(self.operation).input_shape


def asked(request: AwsRequest) -> Asked | None:
    """What a request asks for; None where AWS's models do not know it, or its service is not among ours."""
    service = SERVICES.get(request.service)
    if service is None:
        return None
    if request.operation:
        known = request.operation in modelled.operations(service)
        return Asked(service, request.operation) if known else None
    model = modelled.service_model(service)
    route = rest.route_of(model, request) if model.metadata["protocol"].startswith("rest-") else None
    return Asked(service, route.operation.name, route) if route else None


def parameters(call: Asked, request: AwsRequest) -> Mapping[str, Any] | None:
    """The parameters of a call, by the model's names; None where they cannot be read, which its service will say."""
    try:
        return _parameters(call, request)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _parameters(call: Asked, request: AwsRequest) -> Mapping[str, Any]:
    if call.route:
        return rest.read(call.route, request)
    protocol = Protocol.of(request)
    if protocol is Protocol.JSON:
        found: Mapping[str, Any] = json.loads(plain_body(request) or b"{}")
        return found if isinstance(found, dict) else {}
    if (shape := call.shape) is None:
        return {}
    if protocol is Protocol.CBOR:
        return cbor.read(shape, plain_body(request))
    return ec2.read(shape, request.body) if call.service == "ec2" else query.read(shape, plain_body(request))
