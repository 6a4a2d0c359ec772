"""EC2: Elastic IP addresses."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation
from seatrial.ministack.corrections.ec2.filters import matches

_FACTS = {
    "allocation-id": "allocationId",
    "association-id": "associationId",
    "domain": "domain",
    "instance-id": "instanceId",
    "network-interface-id": "networkInterfaceId",
    "private-ip-address": "privateIpAddress",
    "public-ip": "publicIp",
}


def filters_of_addresses() -> Correction:
    """``DescribeAddresses`` answers the addresses that were asked for.

    AWS: with filters (``association-id``, ``instance-id``, ``public-ip``, ``tag:…`` and others) or ``PublicIp`` only
    those that match all of them (EC2 API reference, ``DescribeAddresses``). MiniStack answers every address; Terraform
    then gives up after five minutes: "too many results: wanted 1, got 3".
    """
    return Correction(operation("ec2", "DescribeAddresses"), xml.in_xml(_filter))


def _filter(request: AwsRequest, document: Element) -> None:
    form = forms.read(request)
    named = forms.strings(form.get("PublicIp"))
    addresses = document.find("addressesSet")
    if addresses is None:
        return
    for address in addresses.findall("item"):
        fits = matches(form.get("Filter", []), _facts_of(address)) and (
            not named or xml.text(address, "publicIp") in named
        )
        if not fits:
            addresses.remove(address)


def _facts_of(address: Element) -> Callable[[str], list[str]]:
    tags = {xml.text(tag, "key"): xml.text(tag, "value") for tag in address.findall("tagSet/item")}

    def facts(name: str) -> list[str]:
        if name == "tag-key":
            return list(tags)
        if name.startswith("tag:"):
            return [tags[name[4:]]] if name[4:] in tags else []
        return [found] if (found := xml.text(address, _FACTS.get(name, name))) else []

    return facts
