"""EC2: the root volume of an instance."""

from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation, succeeded
from seatrial.ministack.corrections.notes import Notes

_ASKED = {
    "Encrypted": "encrypted",
    "Iops": "iops",
    "KmsKeyId": "kmsKeyId",
    "Size": "size",
    "Throughput": "throughput",
    "VolumeSize": "size",
    "VolumeType": "volumeType",
}


def root_volume_as_launched(context: ServiceContext) -> Correction:
    """The root volume has the size, type, key and tags that its instance was launched with.

    AWS: ``BlockDeviceMapping`` of ``RunInstances`` decides them for the root device as for any other, and
    ``TagSpecification`` of type ``volume`` tags it (EC2 API reference, ``RunInstances``). MiniStack makes 8 GiB of
    gp3, not encrypted, whatever was asked; Terraform would replace the instance in every plan.
    """
    notes = _volume_notes(context.store)

    async def note(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        document = xml.read(response) if succeeded(response) else None
        if document is None:
            return response
        form = forms.read(request)
        for mapping in document.findall("instancesSet/item/blockDeviceMapping/item"):
            volume = xml.text(mapping, "ebs/volumeId")
            asked = _asked(_ebs(form, xml.text(mapping, "deviceName")))
            throughput = {"throughput": "125"} if asked.get("volumeType", "gp3") == "gp3" else {}
            notes.put(request, volume, {**throughput, **asked})
            if tags := _tags(form):
                await context.aws.call("ec2", "CreateTags", region=request.region, Resources=[volume], Tags=tags)
        return response

    return Correction(operation("ec2", "RunInstances"), follow=note)


def volumes_as_noted(store: Store) -> Correction:
    """``DescribeVolumes`` answers an instance's root volume as it was launched and modified since.

    AWS: ``Volume`` (EC2 API reference); see ``root_volume_as_launched``.
    """
    notes = _volume_notes(store)

    def show(request: AwsRequest, document: Element) -> None:
        if request.operation == "ModifyVolume":
            form = forms.read(request)
            if notes.get(request, form["VolumeId"]):
                notes.add(request, form["VolumeId"], _asked(form))
        for identifier, volume in xml.items(document, "volumeId"):
            # An attachment has a volumeId too, but no size.
            if volume.find("size") is not None and (noted := notes.get(request, identifier)):
                xml.put_all(volume, noted)

    return Correction(operation("ec2", "DescribeVolumes", "ModifyVolume"), xml.in_xml(show))


def _volume_notes(store: Store) -> Notes:
    return Notes(store, "corrections.volume")


def _ebs(form: dict[str, Any], device: str) -> dict[str, Any]:
    mappings = form.get("BlockDeviceMapping", [])
    found: dict[str, Any] = next((each.get("Ebs", {}) for each in mappings if each.get("DeviceName") == device), {})
    return found


def _asked(asked: dict[str, Any]) -> dict[str, Any]:
    return {shown: asked[name] for name, shown in _ASKED.items() if name in asked}


def _tags(form: dict[str, Any]) -> list[dict[str, str]]:
    specifications = form.get("TagSpecification", [])
    return [tag for each in specifications if each.get("ResourceType") == "volume" for tag in each.get("Tag", [])]
