"""EC2: what is changed of an instance after its launch."""

from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Addition, Correction, operation
from seatrial.ministack.corrections.ec2.instances import instance_notes
from seatrial.ministack.corrections.notes import Notes

_NAMES = {
    "DisableApiStop": "disableApiStop",
    "DisableApiTermination": "disableApiTermination",
    "EbsOptimized": "ebsOptimized",
    "InstanceInitiatedShutdownBehavior": "instanceInitiatedShutdownBehavior",
    "InstanceType": "instanceType",
    "SourceDestCheck": "sourceDestCheck",
    "UserData": "userData",
}
_SHOWN = {"ebsOptimized", "instanceType", "sourceDestCheck"}
_METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags")


def attributes_that_change(context: ServiceContext) -> Addition:
    """``ModifyInstanceAttribute``, ``ModifyInstanceMetadataOptions``, credits and monitoring.

    AWS: attributes are changed one at a time, as ``SourceDestCheck.Value`` or ``Attribute`` and ``Value``; groups as
    ``GroupId.N``; the answer is ``return`` true; an instance that is not there is ``InvalidInstanceID.NotFound`` (EC2
    API reference). A VPN host forwards others' packets, so its ``sourceDestCheck`` must become false. MiniStack does
    not know these calls.
    """
    calls = {
        "ModifyInstanceAttribute": _attribute,
        "ModifyInstanceMetadataOptions": _metadata,
        "ModifyInstanceCreditSpecification": _credits,
        "MonitorInstances": _monitoring,
        "UnmonitorInstances": _monitoring,
    }
    notes = instance_notes(context.store)

    async def answer(request: AwsRequest) -> AwsResponse:
        form = forms.read(request)
        for identifier in _identifiers(form):
            noted = await _noted(context, notes, request, identifier)
            calls[request.operation](request, form, noted)
            notes.put(request, identifier, noted)
        return AwsResponse.of_xml(
            f'<{request.operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<return>true</return></{request.operation}Response>"
        )

    return Addition(operation("ec2", *calls), answer)


def attributes_as_they_are(store: Store) -> Correction:
    """``DescribeInstanceAttribute`` and ``DescribeInstanceCreditSpecifications`` answer what was asked for.

    AWS: the attribute in an element of its name with a ``value``; user data in base64, as it was given (EC2 API
    reference, ``InstanceAttribute``). MiniStack answers constants.
    """
    notes = instance_notes(store)

    def describe(request: AwsRequest, document: Element) -> None:
        attribute = forms.read(request).get("Attribute", "")
        for identifier, element in xml.items(document, "instanceId"):
            noted = notes.get(request, identifier) or {}
            if noted.get("credits") and element.tag == "item":
                xml.put(element, "cpuCredits", noted["credits"])
            elif (value := noted.get("attributes", {}).get(attribute)) is not None:
                xml.put(element, attribute, {"value": value})

    asked = ("DescribeInstanceAttribute", "DescribeInstanceCreditSpecifications")
    return Correction(operation("ec2", *asked), xml.in_xml(describe))


def _identifiers(form: dict[str, Any]) -> list[str]:
    if isinstance(form.get("InstanceId"), str):
        return [form["InstanceId"]]
    specified = [entry["InstanceId"] for entry in form.get("InstanceCreditSpecification", [])]
    return [*forms.strings(form.get("InstanceId")), *specified]


async def _noted(context: ServiceContext, notes: Notes, request: AwsRequest, identifier: str) -> dict[str, Any]:
    found = await context.aws.call("ec2", "DescribeInstances", region=request.region, InstanceIds=[identifier])
    if not found.get("Reservations"):
        raise AwsCallError("InvalidInstanceID.NotFound", f"The instance ID '{identifier}' does not exist")
    return notes.get(request, identifier) or {"shown": {}, "attributes": {}, "credits": None}


def _attribute(_request: AwsRequest, form: dict[str, Any], noted: dict[str, Any]) -> None:
    changed = {_NAMES[name]: part["Value"] for name, part in form.items() if name in _NAMES and "Value" in part}
    if "Attribute" in form:
        changed[form["Attribute"]] = form.get("Value", "")
    noted["attributes"].update(changed)
    noted["shown"].update({name: value for name, value in changed.items() if name in _SHOWN})
    if groups := forms.strings(form.get("GroupId")):
        noted["shown"]["groupSet"] = [{"groupId": group, "groupName": group} for group in groups]


def _metadata(_request: AwsRequest, form: dict[str, Any], noted: dict[str, Any]) -> None:
    options = noted["shown"].setdefault("metadataOptions", {"state": "applied"})
    options.update({name[0].lower() + name[1:]: form[name] for name in _METADATA if name in form})


def _credits(_request: AwsRequest, form: dict[str, Any], noted: dict[str, Any]) -> None:
    noted["credits"] = form["InstanceCreditSpecification"][0].get("CpuCredits", "standard")


def _monitoring(request: AwsRequest, _form: dict[str, Any], noted: dict[str, Any]) -> None:
    noted["shown"]["monitoring"] = {"state": "enabled" if request.operation == "MonitorInstances" else "disabled"}
