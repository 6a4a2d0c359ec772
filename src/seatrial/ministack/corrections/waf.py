"""WAF: where a web ACL's log goes, and its own answers."""

from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.ministack.corrections.correction import Addition, Correction, operation, succeeded
from seatrial.ministack.corrections.notes import Notes

PREFIX = "aws-waf-logs-"
_KEPT = (
    "AssociationConfig",
    "CaptchaConfig",
    "ChallengeConfig",
    "CustomResponseBodies",
    "DataProtectionConfig",
    "TokenDomains",
)


def logging_configurations(store: Store) -> Addition:
    """The four calls of logging configurations.

    AWS: a web ACL has one logging configuration with exactly one destination, whose name begins with
    ``aws-waf-logs-``; Put replaces it; where there is none, Get and Delete answer ``WAFNonexistentItemException``
    (WAFV2 API reference, ``PutLoggingConfiguration``; WAF developer guide, "Logging web ACL traffic"). MiniStack has
    none of them.
    """
    calls = {
        "PutLoggingConfiguration": _put,
        "GetLoggingConfiguration": _get,
        "DeleteLoggingConfiguration": _delete,
        "ListLoggingConfigurations": _list,
    }
    notes = _logging_notes(store)

    async def answer(request: AwsRequest) -> AwsResponse:
        return AwsResponse.of_json(calls[request.operation](notes, request))

    return Addition(operation("wafv2", *calls), answer)


def logging_ends_with_its_web_acl(store: Store) -> Correction:
    """A web ACL takes its logging configuration with it.

    AWS: a configuration belongs to its web ACL (WAFV2 API reference, ``LoggingConfiguration``).
    """
    notes = _logging_notes(store)

    def forget(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        identifier = request.json().get("Id")
        gone = [arn for arn in notes.all(request) if arn.rpartition("/")[2] == identifier]
        if succeeded(response) and gone:
            notes.forget(request, *gone)
        return response

    return Correction(operation("wafv2", "DeleteWebACL"), forget)


def kept_of_web_acls(store: Store) -> Correction:
    """A web ACL keeps its custom response bodies, CAPTCHA and challenge times, token domains and body limits.

    AWS: ``GetWebACL`` answers all that ``CreateWebACL`` and ``UpdateWebACL`` took (WAFV2 API reference, ``WebACL``).
    MiniStack drops these.
    """
    notes = Notes(store, "corrections.web-acl")

    def keep(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if not succeeded(response):
            return response
        asked, document = request.json(), response.json()
        if request.operation in {"CreateWebACL", "UpdateWebACL"}:
            identifier = asked.get("Id") or document["Summary"]["Id"]
            notes.put(request, identifier, {name: asked[name] for name in _KEPT if name in asked})
        elif request.operation == "DeleteWebACL":
            notes.forget(request, asked.get("Id", ""))
        elif web_acl := document.get("WebACL"):
            web_acl.update(notes.get(request, web_acl["Id"]) or {})
            return AwsResponse.of_json(document)
        return response

    asked = ("CreateWebACL", "UpdateWebACL", "DeleteWebACL", "GetWebACL", "GetWebACLForResource")
    return Correction(operation("wafv2", *asked), keep)


def _logging_notes(store: Store) -> Notes:
    return Notes(store, "corrections.waf-logging")


def _put(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    configuration: dict[str, Any] = request.json().get("LoggingConfiguration", {})
    destinations = configuration.get("LogDestinationConfigs", [])
    if len(destinations) != 1 or not _name(destinations[0]).startswith(PREFIX):
        raise AwsCallError(
            "WAFInvalidParameterException",
            "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information "
            "separated by colons or slashes., field: LOG_DESTINATION, parameter: " + ", ".join(destinations),
        )
    # As AWS answers it: the log group's ARN without the ":*" with which Terraform may write it.
    kept = {
        "LogType": "WAF_LOGS",
        "LogScope": "CUSTOMER",
        **configuration,
        "ManagedByFirewallManager": False,
        "LogDestinationConfigs": [destinations[0].removesuffix(":*")],
    }
    notes.put(request, configuration["ResourceArn"], kept)
    return {"LoggingConfiguration": kept}


def _name(arn: str) -> str:
    """Of a log group, a bucket or a delivery stream."""
    resource = arn.removesuffix(":*").split(":", 5)[-1]
    return resource.removeprefix("log-group:").removeprefix("deliverystream/")


def _get(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    kept = notes.get(request, request.json().get("ResourceArn", ""))
    if kept is None:
        raise AwsCallError(
            "WAFNonexistentItemException",
            "AWS WAF couldn't perform the operation because your resource doesn't exist.",
        )
    return {"LoggingConfiguration": kept}


def _delete(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    _get(notes, request)
    notes.forget(request, request.json()["ResourceArn"])
    return {}


def _list(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    scope = {"CLOUDFRONT": ":global/", "REGIONAL": ":regional/"}.get(request.json().get("Scope", ""), "")
    return {"LoggingConfigurations": [kept for arn, kept in notes.all(request).items() if scope in arn]}
