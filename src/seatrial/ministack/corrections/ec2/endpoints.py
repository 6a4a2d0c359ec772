"""EC2: VPC endpoints."""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation
from seatrial.ministack.corrections.notes import Notes


def groups_and_names_of_interface_endpoints(store: Store) -> Correction:
    """An interface endpoint returns its security groups, and whether it answers under the service's own name.

    AWS: ``VpcEndpoint`` has ``groupSet`` and ``privateDnsEnabled``, changed by ``ModifyVpcEndpoint`` with
    ``AddSecurityGroupId``, ``RemoveSecurityGroupId`` and ``PrivateDnsEnabled`` (EC2 API reference). MiniStack has
    neither.
    """
    notes = Notes(store, "corrections.vpc-endpoint")

    def describe(request: AwsRequest, document: Element) -> None:
        form = forms.read(request)
        if request.operation == "CreateVpcEndpoint":
            notes.put(request, xml.text(document, ".//vpcEndpointId"), _created(form))
        elif request.operation == "ModifyVpcEndpoint":
            noted = notes.get(request, form["VpcEndpointId"]) or _created({})
            notes.put(request, form["VpcEndpointId"], _modified(noted, form))
        elif request.operation == "DeleteVpcEndpoints":
            notes.forget(request, *forms.strings(form.get("VpcEndpointId")))
        for identifier, endpoint in xml.items(document, "vpcEndpointId"):
            if xml.text(endpoint, "vpcEndpointType") == "Interface":
                xml.put_all(endpoint, _rendered(notes.get(request, identifier) or _created({})))

    asked = ("CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints")
    return Correction(operation("ec2", *asked), xml.in_xml(describe))


def _created(form: dict[str, Any]) -> dict[str, Any]:
    return {
        "groups": forms.strings(form.get("SecurityGroupId")),
        # The API's own default; the console's is true (EC2 API reference, CreateVpcEndpoint).
        "private_dns": form.get("PrivateDnsEnabled", "false"),
    }


def _modified(noted: dict[str, Any], form: dict[str, Any]) -> dict[str, Any]:
    removed = set(forms.strings(form.get("RemoveSecurityGroupId")))
    added = forms.strings(form.get("AddSecurityGroupId"))
    groups = _unique([*(group for group in noted["groups"] if group not in removed), *added])
    return {"groups": groups, "private_dns": form.get("PrivateDnsEnabled", noted["private_dns"])}


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _rendered(noted: dict[str, Any]) -> dict[str, Any]:
    groups = [{"groupId": group, "groupName": group} for group in noted["groups"]]
    return {"groupSet": groups, "privateDnsEnabled": noted["private_dns"]}
