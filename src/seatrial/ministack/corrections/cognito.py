"""Cognito user pools."""

import json
from dataclasses import replace

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Addition, Correction, operation

_CODES = {"ConfirmSignUp": "123456", "ConfirmForgotPassword": "654321"}
"""The codes that MiniStack sends, always the same."""

_REQUIRED = ("RequireLowercase", "RequireNumbers", "RequireSymbols", "RequireUppercase")


def password_policy_as_given() -> Correction:
    """What a password policy does not require is not required.

    AWS: each ``Require…`` that a given ``PasswordPolicy`` leaves out is false; Terraform leaves out what is false
    (Cognito API reference, ``PasswordPolicyType``). MiniStack takes it for true.
    """
    return Correction(operation("cognito-idp", "CreateUserPool", "UpdateUserPool"), rewrite=_with_every_requirement)


def wrong_codes() -> Addition:
    """A code that was not sent confirms nothing.

    AWS: ``CodeMismatchException``, "Invalid verification code provided, please try again." (Cognito API reference,
    ``ConfirmSignUp``, ``ConfirmForgotPassword``). MiniStack confirms with any code.
    """

    async def refuse(_request: AwsRequest) -> AwsResponse:
        message = "Invalid verification code provided, please try again."
        return to_browsers(AwsResponse.json_error("CodeMismatchException", message))

    return Addition(_brings_wrong_code, refuse)


def to_browsers(response: AwsResponse) -> AwsResponse:
    """The answer as pages of any origin may read it: front ends call Cognito themselves."""
    allowed = {"access-control-allow-origin": "*", "access-control-expose-headers": "x-amzn-requestid,x-amzn-errortype"}
    return replace(response, headers={**response.headers, **allowed})


def _brings_wrong_code(request: AwsRequest) -> bool:
    if request.service not in {"cognito-idp", ""} or request.operation not in _CODES:
        return False
    return bool(request.json().get("ConfirmationCode") != _CODES[request.operation])


def _with_every_requirement(request: AwsRequest) -> AwsRequest:
    asked = request.json()
    policy = asked.get("Policies", {}).get("PasswordPolicy")
    if policy is None:
        return request
    asked["Policies"]["PasswordPolicy"] = {**dict.fromkeys(_REQUIRED, False), **policy}
    return replace(request, body=json.dumps(asked).encode())
