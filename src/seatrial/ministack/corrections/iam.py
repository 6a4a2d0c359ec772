"""IAM."""

from collections.abc import Mapping

from seatrial.core.context import ServiceContext
from seatrial.core.policies.grammar import problem
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.wire.correction_forms import flat
from seatrial.ministack.corrections.correction import Addition, Correction, operation

_EXISTS = b"EntityAlreadyExists"


def roles_of_services_once() -> Correction:
    """A service-linked role that is there already is refused in IAM's own words.

    AWS: ``InvalidInput``, "Service role name … has been taken in this account, please try a different suffix." (IAM API
    reference, ``CreateServiceLinkedRole``; quoted by many public reports). MiniStack answers ``EntityAlreadyExists``.
    """
    return Correction(operation("iam", "CreateServiceLinkedRole"), _taken)


def _taken(request: AwsRequest, response: AwsResponse) -> AwsResponse:
    if _EXISTS not in response.body:
        return response
    words = "Service role name has been taken in this account, please try a different suffix."
    return AwsResponse.error(request, "InvalidInput", words)


_DOCUMENTS: Mapping[str, str] = {
    "CreatePolicy": "PolicyDocument",
    "CreatePolicyVersion": "PolicyDocument",
    "CreateRole": "AssumeRolePolicyDocument",
    "PutGroupPolicy": "PolicyDocument",
    "PutRolePolicy": "PolicyDocument",
    "PutUserPolicy": "PolicyDocument",
    "UpdateAssumeRolePolicy": "PolicyDocument",
}
_TRUST = {"CreateRole", "UpdateAssumeRolePolicy"}
_OWNERS = {
    "PutGroupPolicy": "Group",
    "PutRolePolicy": "Role",
    "PutUserPolicy": "User",
    "UpdateAssumeRolePolicy": "Role",
}


def documents_by_the_grammar(context: ServiceContext) -> Addition:
    """A policy document that is not one is refused in IAM's words, and whom it is for is looked for first.

    AWS: ``MalformedPolicyDocument`` (IAM API reference, ``PutRolePolicy``; user guide, "Grammar of the IAM JSON policy
    language"). MiniStack takes a trust policy of any kind, and words the rest otherwise.
    """

    def applies(request: AwsRequest) -> bool:
        return request.service == "iam" and request.operation in _DOCUMENTS and bool(_problem(request))

    async def answer(request: AwsRequest) -> AwsResponse:
        if kind := _OWNERS.get(request.operation):
            name = f"{kind}Name"
            await context.aws.call("iam", f"Get{kind}", **{name: flat(request).get(name, "")})
        return AwsResponse.error(request, "MalformedPolicyDocument", _problem(request))

    return Addition(applies, answer)


def _problem(request: AwsRequest) -> str:
    text = flat(request).get(_DOCUMENTS[request.operation], "")
    return problem(text, trust=request.operation in _TRUST)
