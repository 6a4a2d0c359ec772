"""EC2: routes."""

from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation

_INTERFACE = "eni-"


def routes_to_network_interfaces() -> Correction:
    """A route may lead to a network interface, such as a VPN host's.

    AWS: ``CreateRoute`` and ``ReplaceRoute`` take ``NetworkInterfaceId``, and ``DescribeRouteTables`` answers it (EC2
    API reference, ``Route``). MiniStack makes a route within the VPC of it; gateways it keeps as they are given, so it
    is given the interface as a gateway.
    """
    asked = ("CreateRoute", "ReplaceRoute", "DescribeRouteTables")
    return Correction(operation("ec2", *asked), xml.in_xml(_named), rewrite=_as_gateway)


def _as_gateway(request: AwsRequest) -> AwsRequest:
    form = forms.flat(request)
    if "NetworkInterfaceId" not in form:
        return request
    return forms.with_form(request, {**form, "GatewayId": form["NetworkInterfaceId"]})


def _named(_request: AwsRequest, document: Element) -> None:
    for route in document.iterfind("routeTableSet/item/routeSet/item"):
        if (gateway := xml.text(route, "gatewayId")).startswith(_INTERFACE):
            xml.drop(route, "gatewayId")
            xml.put(route, "networkInterfaceId", gateway)
