"""Elastic Load Balancing."""

from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation
from seatrial.ministack.corrections.notes import Notes

_CONFIG = "AuthenticateCognitoConfig"
_DEFAULTS = {
    "OnUnauthenticatedRequest": "authenticate",
    "Scope": "openid",
    "SessionCookieName": "AWSELBAuthSessionCookie",
    "SessionTimeout": "604800",
}


def names_of_internal_load_balancers() -> Correction:
    """The DNS name of an internal load balancer begins with ``internal-``.

    AWS: unlike that of one that the internet reaches (Elastic Load Balancing user guide, "Public DNS name for your
    load balancer"). MiniStack gives both the same.
    """
    return Correction(
        operation("elasticloadbalancing", "CreateLoadBalancer", "DescribeLoadBalancers"), xml.in_xml(_name_internal)
    )


def _name_internal(_request: AwsRequest, document: Element) -> None:
    for name, balancer in xml.items(document, "DNSName"):
        if xml.text(balancer, "Scheme") == "internal" and not name.startswith("internal-"):
            xml.put(balancer, "DNSName", f"internal-{name}")


def sign_in_of_rules(store: Store) -> Correction:
    """A rule or listener that signs users in returns its user pool.

    AWS: an action of type ``authenticate-cognito`` has ``AuthenticateCognitoConfig``; the scope is ``openid`` and a
    session lasts seven days where nothing else is given (ELBv2 API reference, ``AuthenticateCognitoActionConfig``).
    MiniStack drops it.
    """
    notes = Notes(store, "corrections.sign-in")

    def show(request: AwsRequest, document: Element) -> None:
        form = forms.read(request)
        if request.operation.startswith("Delete"):
            notes.forget(request, form.get("RuleArn") or form.get("ListenerArn", ""))
        given = form.get("Actions") or form.get("DefaultActions")
        for name in ("RuleArn", "ListenerArn"):
            for arn, element in xml.items(document, name):
                if given:
                    notes.put(request, arn, _configs(given))
                _show(element, notes.get(request, arn) or {})

    verbs = ("Create{}", "Modify{}", "Delete{}", "Describe{}s")
    asked = (verb.format(kind) for kind in ("Rule", "Listener") for verb in verbs)
    return Correction(operation("elasticloadbalancing", *asked), xml.in_xml(show))


def _configs(actions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        action.get("Order", str(position)): {**_DEFAULTS, **action[_CONFIG]}
        for position, action in enumerate(actions, 1)
        if _CONFIG in action
    }


def _show(element: Element, configs: dict[str, Any]) -> None:
    for action in (*element.findall("Actions/member"), *element.findall("DefaultActions/member")):
        if config := configs.get(xml.text(action, "Order")):
            xml.put(action, _CONFIG, {name: value for name, value in config.items() if isinstance(value, str)})
