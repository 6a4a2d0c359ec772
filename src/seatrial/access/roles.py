"""What the application's own roles may do: tasks and functions, and whoever got credentials through them.

Two bounds, and both must allow. What a role of an application has no business with is refused whatever its policies
say: functions, tasks, images, roles, everything that makes or changes the account. Of the rest, the role's policies
decide, as IAM's own simulation reads them.
"""

import json
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, unquote

from seatrial.access import resources
from seatrial.access.credentials import Caller
from seatrial.access.hosts import Hosts
from seatrial.access.signature import AccessRefused, Claim
from seatrial.core.incoming import Incoming
from seatrial.core.internal import Aws, AwsCallError
from seatrial.core.wire.parsing import CBOR_PATH
from seatrial.ministack.identity import Identities

NEEDS_NO_RIGHT = "sts:GetCallerIdentity"
"""STS API reference: "No permissions are required to perform this operation"."""

DATA = (
    "cloudfront:CreateInvalidation",
    "cloudwatch:Describe*",
    "cloudwatch:GetMetric*",
    "cloudwatch:List*",
    "cloudwatch:PutMetricData",
    "cognito-idp:Admin*",
    "cognito-idp:Describe*",
    "cognito-idp:List*",
    "dynamodb:*Item*",
    "dynamodb:DescribeTable",
    "dynamodb:PartiQL*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ecs:Describe*",
    "ecs:GetTaskProtection",
    "ecs:List*",
    "ecs:UpdateTaskProtection",
    "events:PutEvents",
    "firehose:PutRecord*",
    "kinesis:DescribeStream*",
    "kinesis:Get*",
    "kinesis:PutRecord*",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:GetPublicKey",
    "kms:Sign",
    "kms:Verify",
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
    "rds-data:*",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject*",
    "s3:GetBucketLocation",
    "s3:GetObject*",
    "s3:ListBucket*",
    "s3:ListMultipartUploadParts",
    "s3:PutObject*",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "ses:Send*",
    "sns:Publish*",
    "sqs:*Message*",
    "sqs:Get*",
    "sqs:List*",
    "ssm:GetParameter*",
    "states:StartExecution",
)
"""IAM actions on what an application works with. A role's policies may allow these, and no others."""

_SIGNED_AS = {"cloudwatch": "monitoring", "cognito": "cognito-idp", "eventbridge": "events", "stepfunctions": "states"}
_OF_MINISTACK = ("/_", "/iceberg", "/v20180820/")
_RDS_DATA = {"/BatchExecute", "/BeginTransaction", "/CommitTransaction", "/Execute", "/RollbackTransaction"}


class Roles:
    """Decides for callers that are bound to a role.

    Args:
        identities: reads the action out of a request.
        aws: asks IAM.
        hosts: our names.
    """

    def __init__(self, identities: Identities, aws: Aws, hosts: Hosts) -> None:
        self._identities, self._aws, self._hosts = identities, aws, hosts

    async def check(self, caller: Caller, claim: Claim, request: Incoming, body: bytes) -> None:
        """Whether a caller may do what a request asks; ``body`` is empty where the request streams (S3).

        Raises:
            AccessRefused: AccessDenied.
        """
        account = caller.principal.split(":")[4]
        service, action, resource = self._identities.action(request, body, claim.region, account)
        if called := CBOR_PATH.match(request.path):
            service, action = "cloudwatch", f"cloudwatch:{called['operation']}"
        routed = claim.service in {service, _SIGNED_AS.get(service)} and self._plain(request, claim, body)
        routed = routed and resources.names_once(request, service, body)
        if routed and action == NEEDS_NO_RIGHT:
            return
        if action == "secretsmanager:GetSecretValue":
            resource = await self._secret(claim, body, resource)
        wanted = resources.wanted(action, resource, body, f"{claim.region}:{account}")
        if "delete" in request.query and service == "s3":
            wanted = [("s3:DeleteObject", f"arn:aws:s3:::{request.path.strip('/')}/*")]
        if source := request.headers.get("x-amz-copy-source"):
            wanted.append(("s3:GetObject", f"arn:aws:s3:::{unquote(source).lstrip('/').partition('?')[0]}"))
        for each, on in wanted:
            if not routed or not await self._allowed(caller.role, account, each, on):
                raise AccessRefused("AccessDenied", _words(caller, each or f"{claim.service}:?", on))

    def _plain(self, request: Incoming, claim: Claim, body: bytes) -> bool:
        """Whether a request names its operation once, and no path or name of another service: as SDKs ask."""
        others = request.path.startswith(_OF_MINISTACK) or (request.path in _RDS_DATA and claim.service != "rds-data")
        if others or not self._hosts.is_plain(request.host) or "Action" in request.query:
            return False
        if not request.target and not request.is_form:
            return True
        actions = [name for name, _ in parse_qsl(body.decode("utf-8", "replace")) if name == "Action"]
        once = not request.is_form if request.target else len(actions) == 1
        return once and request.path == "/" and not request.pairs

    async def _secret(self, claim: Claim, body: bytes, resource: str) -> str:
        """The whole ARN of a secret, which policies name, of one that was asked for by its name."""
        try:
            asked = str(json.loads(body)["SecretId"])
            told = await self._aws.call("secretsmanager", "DescribeSecret", region=claim.region, SecretId=asked)
        except (AwsCallError, ValueError, LookupError, TypeError):
            return resource
        return str(told.get("ARN", resource))

    async def _allowed(self, role: str, account: str, action: str, resource: str) -> bool:
        if not any(fnmatchcase(action, pattern) for pattern in DATA):
            return False
        told = await self._aws.call(
            "iam",
            "SimulatePrincipalPolicy",
            PolicySourceArn=f"arn:aws:iam::{account}:role/{role}",
            ActionNames=[action],
            ResourceArns=[resource],
        )
        return bool(told["EvaluationResults"]) and told["EvaluationResults"][0]["EvalDecision"] == "allowed"


def _words(caller: Caller, action: str, resource: str) -> str:
    on = f" on resource: {resource}" if resource not in {"", "*"} else ""
    return (
        f"User: {caller.principal} is not authorized to perform: {action}{on} "
        "because no identity-based policy allows the action"
    )
