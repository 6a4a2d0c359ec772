"""What roles and users may do: what their policies allow, and within containers no more than work on data.

A call is looked at as it will be answered. What could be read in two ways, as another service's or as another
operation's, is refused whatever the policies say.

Tasks and functions have a second bound beside their policies: what they have no business with on this machine, such as
making functions, tasks and roles, is refused to them. Both must allow.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl

from seatrial.access.credentials import Caller
from seatrial.access.hosts import Hosts
from seatrial.access.rights import calls, naming
from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import Denied, Need, Rights, words
from seatrial.access.rights.callers import asker
from seatrial.access.rights.calls import Call
from seatrial.access.signature import AccessRefused, Claim
from seatrial.core.incoming import Incoming
from seatrial.core.policies.evaluate import Decision, Request
from seatrial.ministack.identity import Identities
from seatrial.ministack.policies import StoredPolicies

Record = Callable[[Call, Sequence[Request]], None]
"""Hears a call, and what it asks for."""

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
    "dynamodb:Transact*",
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
    "sts:GetCallerIdentity",
)
"""IAM actions on what an application works with. From within a container no others are allowed."""

_ROUTED_AS = {
    "cloudwatch": "monitoring",
    "cognito": "cognito-idp",
    "eventbridge": "events",
    "stepfunctions": "states",
}
"""MiniStack's names of services, where they are not those that a call is signed for."""

OURS = frozenset({"application-autoscaling", "monitoring", "servicequotas"})
"""Signing names of services that MiniStack does not tell apart: our own answer them, by the signature alone."""

_OF_MINISTACK = ("/_", "/iceberg", "/v20180820/")
_RDS_DATA = {"/BatchExecute", "/BeginTransaction", "/CommitTransaction", "/Execute", "/RollbackTransaction"}


class Roles:
    """Decides for callers whose policies are looked at.

    Args:
        identities: tells how a request will be routed.
        stored: what is kept of policies.
        rights: decides about calls.
        hosts: our names.
        record: hears what every call asks for; None: nobody does.
    """

    def __init__(
        self,
        identities: Identities,
        stored: StoredPolicies,
        rights: Rights,
        hosts: Hosts,
        *,
        record: Record | None = None,
    ) -> None:
        self._identities, self._stored, self._rights, self._hosts = identities, stored, rights, hosts
        self._record = record

    def looks_at(self, caller: Caller) -> bool:
        """Whether the calls of somebody are looked at: of all but the account itself, unless they are recorded."""
        return self._record is not None or not caller.may_everything

    async def check(self, caller: Caller, claim: Claim, request: Incoming, body: bytes) -> None:
        """Whether a caller may do what a request asks; ``body`` is empty where the request streams (S3).

        Raises:
            AccessRefused: AccessDenied, in AWS's words.
        """
        place = Place(claim.region, caller.principal.split(":")[4])
        call = calls.read(request, claim.service, body)
        if self._record:
            who = asker(self._stored, caller.principal, caller.session)
            self._record(call, await self._rights.requests(who, call, place, source=_source(request)))
        if caller.may_everything:
            return
        if not self._is_plain(claim, request, body, call) or not _is_within(caller, call):
            denied = Denied(caller.principal, Need(naming.actions(call)[0], ""), Decision(allowed=False))
            raise AccessRefused("AccessDenied", words(denied))
        who = asker(self._stored, caller.principal, caller.session)
        try:
            await self._rights.check(who, call, place, source=_source(request))
        except Denied as denied:
            raise AccessRefused("AccessDenied", words(denied)) from denied

    def _is_plain(self, claim: Claim, request: Incoming, body: bytes, call: Call) -> bool:
        """Whether a request can be read in one way alone: as SDKs write it, and as the service's it is signed for."""
        routed = self._identities.service(request, body)
        signed = claim.service in {routed, _ROUTED_AS.get(routed), *OURS & {claim.service}}
        return signed and self._is_asked_once(claim, request, body) and calls.names_once(request, call, body)

    def _is_asked_once(self, claim: Claim, request: Incoming, body: bytes) -> bool:
        """Whether a request names its operation once, and no path or name of another service."""
        others = request.path.startswith(_OF_MINISTACK) or (request.path in _RDS_DATA and claim.service != "rds-data")
        if others or not self._hosts.is_plain(request.host) or "Action" in request.query:
            return False
        if not request.target and not request.is_form:
            return True
        actions = [name for name, _ in parse_qsl(body.decode("utf-8", "replace")) if name == "Action"]
        once = not request.is_form if request.target else len(actions) == 1
        return once and request.path == "/" and not request.pairs


def _is_within(caller: Caller, call: Call) -> bool:
    """Whether a call is what a task or a function may ask, whatever its policies say."""
    return not caller.is_contained or all(
        any(fnmatchcase(name, some) for some in DATA) for name in naming.actions(call)
    )


def _source(request: Incoming) -> str:
    client = request.scope.get("client")
    return str(client[0]) if client else "127.0.0.1"
