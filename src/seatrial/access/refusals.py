"""How AWS says no: each protocol has its own names, words and status for the same thing.

Sources: "Common Errors" of the services' API references (query: ``MissingAuthenticationToken`` 403,
``InvalidClientTokenId`` 403, ``IncompleteSignature`` 400; JSON: ``UnrecognizedClientException`` and
``InvalidSignatureException`` 400, of REST 403); Amazon S3 API reference, "Error responses"; EC2 API reference, "Error
codes" (``AuthFailure``, ``UnauthorizedOperation``); SNS API reference, "Common Errors" (``AuthorizationError``); SQS
developer guide, "Error responses" (the query protocol's code in a header).
"""

import json
from xml.sax.saxutils import escape

from seatrial.access.signature import AccessRefused
from seatrial.core.incoming import Incoming, signs_as_s3
from seatrial.core.service import AwsRequest, AwsResponse, request_id
from seatrial.core.wire.protocols import cbor

_NOT_MATCHING = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_WORDS = {
    "ExpiredToken": "The security token included in the request is expired",
    "InvalidClientTokenId": "The security token included in the request is invalid.",
    "InvalidToken": "The security token included in the request is invalid.",
    "MissingAuthenticationToken": "Request is missing Authentication Token",
    "SignatureDoesNotMatch": _NOT_MATCHING,
}
_IN_JSON = {
    "AccessDenied": "AccessDeniedException",
    "Expired": "InvalidSignatureException",
    "ExpiredToken": "ExpiredTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "InvalidToken": "UnrecognizedClientException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "RequestTimeTooSkewed": "InvalidSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_IN_QUERY = {"Expired": "SignatureDoesNotMatch", "InvalidToken": "InvalidClientTokenId"}
_DENIED_AS = {"sns": "AuthorizationError"}
_IN_S3 = {
    "Expired": "AccessDenied",
    "IncompleteSignature": "AuthorizationHeaderMalformed",
    "InvalidClientTokenId": "InvalidAccessKeyId",
    "MissingAuthenticationToken": "AccessDenied",
}
_S3_WORDS = {
    "AccessDenied": "Access Denied",
    "ExpiredToken": "The provided token has expired.",
    "InvalidAccessKeyId": "The AWS Access Key Id you provided does not exist in our records.",
    "InvalidToken": "The provided token is malformed or otherwise invalid.",
    "RequestTimeTooSkewed": "The difference between the request time and the current time is too large.",
    "SignatureDoesNotMatch": "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method.",
}
_S3_400 = {
    "AuthorizationHeaderMalformed",
    "ExpiredToken",
    "IncompleteBody",
    "InvalidArgument",
    "InvalidRequest",
    "InvalidToken",
    "XAmzContentSHA256Mismatch",
}
_QUERY_400 = {"IncompleteSignature", "InvalidArgument", "InvalidIdentityToken"}
_REST_IN_XML = {"cloudfront", "route53"}
_CBOR = "rpc-v2-cbor"


def refusal(request: Incoming, why: AccessRefused, service: str) -> AwsResponse:
    """An answer in the protocol in which was asked.

    Args:
        request: the request that is refused.
        why: it does not prove who sent it, or may not do what it asks.
        service: the signing name; empty where it is not known.
    """
    if request.target:
        answer = AwsResponse.json_error(_IN_JSON.get(why.code, why.code), _words(why), 400)
        return _with_old_code(answer, why) if service == "sqs" else answer
    if request.headers.get("smithy-protocol") == _CBOR:
        return _in_cbor(why)
    if service == "ec2":
        return _in_ec2(why)
    if request.is_form or "Action" in request.query or service in _REST_IN_XML:
        code = _IN_QUERY.get(why.code, why.code)
        code = _DENIED_AS.get(service, code) if why.code == "AccessDenied" else code
        return AwsResponse.error(
            AwsRequest(request.method, request.path), code, _words(why), 400 if code in _QUERY_400 else 403
        )
    if not service or signs_as_s3(service):
        return _in_s3(request, why)
    answer = AwsResponse.of_json({"message": _words(why)}, 403)
    return AwsResponse(403, {**answer.headers, "x-amzn-errortype": _IN_JSON.get(why.code, why.code)}, answer.body)


def plain(status: int, words: str) -> AwsResponse:
    """A refusal that no AWS service words, in JSON."""
    body = json.dumps({"message": words}).encode()
    return AwsResponse(status, {"content-type": "application/json"}, body)


def _words(why: AccessRefused) -> str:
    return why.message or _WORDS.get(why.code, why.code)


def _with_old_code(answer: AwsResponse, why: AccessRefused) -> AwsResponse:
    """The code of the query protocol, which clients of SQS go on seeing."""
    code = _IN_QUERY.get(why.code, why.code)
    return AwsResponse(answer.status, {**answer.headers, "x-amzn-query-error": f"{code};Sender"}, answer.body)


def _in_ec2(why: AccessRefused) -> AwsResponse:
    asked = AwsRequest("POST", "/", service="ec2")
    if why.code == "AccessDenied":
        words = f"You are not authorized to perform this operation. {_words(why)}"
        return AwsResponse.error(asked, "UnauthorizedOperation", words, 403)
    words = "AWS was not able to validate the provided access credentials"
    return AwsResponse.error(asked, "AuthFailure", words, 401)


def _in_cbor(why: AccessRefused) -> AwsResponse:
    body = cbor.encode({"__type": _IN_JSON.get(why.code, why.code), "message": _words(why)})
    headers = {"content-type": "application/cbor", "smithy-protocol": _CBOR, "x-amzn-requestid": request_id()}
    return AwsResponse(403, headers, body)


def _in_s3(request: Incoming, why: AccessRefused) -> AwsResponse:
    code = _IN_S3.get(why.code, why.code)
    words = _S3_WORDS.get(code) if not why.message or code == "RequestTimeTooSkewed" else why.message
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(words or code)}</Message>"
        f"<RequestId>{request_id()}</RequestId></Error>"
    )
    body = b"" if request.method == "HEAD" else text.encode()
    headers = {"content-type": "application/xml", "x-amz-request-id": request_id()}
    return AwsResponse(400 if code in _S3_400 else 403, headers, body)
