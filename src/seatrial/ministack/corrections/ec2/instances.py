"""EC2: instances as they were launched."""

from ipaddress import ip_network
from typing import Any
from xml.etree.ElementTree import Element
from zlib import crc32

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation, succeeded
from seatrial.ministack.corrections.notes import Notes

RESERVED = 4
"""The first addresses of a subnet belong to AWS (VPC User Guide, "Subnet CIDR blocks"); the last one does too."""


def instance_notes(store: Store) -> Notes:
    """By instance: ``shown`` in ``DescribeInstances``, ``attributes``, ``credits``, ``interface``."""
    return Notes(store, "corrections.instance")


def network_interface_of_a_launch() -> Correction:
    """An instance may be launched with its network written in ``NetworkInterface.1``.

    AWS: subnet, groups and address are given either beside the instance or in its first network interface, and only
    there where ``AssociatePublicIpAddress`` is set (EC2 API reference, ``RunInstances``), as Terraform does.
    MiniStack reads the first form only and would launch it in the default subnet.
    """
    return Correction(operation("ec2", "RunInstances"), rewrite=_network_beside_the_instance)


def launched_as_asked(context: ServiceContext) -> Correction:
    """An instance is described as it was launched: address, zone, interface, metadata options, monitoring.

    AWS: the address is one of the subnet's, the zone the subnet's, the first network interface exists and is named in
    ``networkInterfaceSet``; ``metadataOptions``, ``ebsOptimized``, ``monitoring``, ``sourceDestCheck`` are as asked;
    there is a public address only where one was asked for or associated (EC2 API reference, ``Instance``). MiniStack
    answers its own defaults, so that Terraform would replace the instance in every plan.
    """
    notes = instance_notes(context.store)

    async def describe(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        document = xml.read(response) if succeeded(response) else None
        if document is None:
            return response
        for identifier, instance in xml.items(document, "instanceId"):
            if request.operation == "RunInstances":
                notes.put(request, identifier, await _launched(context, request, instance))
            if noted := notes.get(request, identifier):
                xml.put_all(instance, noted["shown"])
                await _show_address(context, request, instance)
        return xml.written(response, document)

    return Correction(operation("ec2", "DescribeInstances", "RunInstances"), follow=describe)


def interface_goes_with_its_instance(context: ServiceContext) -> Correction:
    """The first network interface is deleted with its instance.

    AWS: ``DeleteOnTermination`` is true for the interface that a launch makes (EC2 API reference,
    ``InstanceNetworkInterfaceSpecification``). The interface is ours, so MiniStack does not delete it.
    """
    notes = instance_notes(context.store)

    async def delete(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        for identifier in forms.strings(forms.read(request).get("InstanceId")) if succeeded(response) else ():
            noted = notes.get(request, identifier)
            if noted and (interface := noted.pop("interface", None)):
                call = {"region": request.region, "NetworkInterfaceId": interface}
                await context.aws.call("ec2", "DeleteNetworkInterface", **call)
                noted["shown"].pop("networkInterfaceSet", None)
                notes.put(request, identifier, noted)
        return response

    return Correction(operation("ec2", "TerminateInstances"), follow=delete)


def _network_beside_the_instance(request: AwsRequest) -> AwsRequest:
    form = forms.flat(request)
    first = "NetworkInterface.1."
    inner = {name.removeprefix(first): value for name, value in form.items() if name.startswith(first)}
    hoisted = {
        name: value
        for name, value in inner.items()
        if name in {"SubnetId", "PrivateIpAddress"} or name.startswith("SecurityGroupId.")
    }
    return forms.with_form(request, {**form, **hoisted}) if hoisted else request


async def _launched(context: ServiceContext, request: AwsRequest, instance: Element) -> dict[str, Any]:
    form = forms.read(_network_beside_the_instance(request))
    identifier, subnet_id = xml.text(instance, "instanceId"), xml.text(instance, "subnetId")
    found = await context.aws.call("ec2", "DescribeSubnets", region=request.region, SubnetIds=[subnet_id])
    subnet = found["Subnets"][0]
    address = form.get("PrivateIpAddress") or _address(subnet["CidrBlock"], identifier)
    group_ids = [xml.text(group, "groupId") for group in instance.findall("groupSet/item")]
    wanted = {"SubnetId": subnet_id, "Groups": group_ids}
    made = await context.aws.call("ec2", "CreateNetworkInterface", region=request.region, **wanted)
    interface = made["NetworkInterface"]
    attached = {"NetworkInterfaceId": interface["NetworkInterfaceId"], "InstanceId": identifier, "DeviceIndex": 0}
    await context.aws.call("ec2", "AttachNetworkInterface", region=request.region, **attached)
    return {
        "interface": interface["NetworkInterfaceId"],
        "attributes": {"userData": form.get("UserData", "")},
        "credits": forms.part(form, "CreditSpecification", "CpuCredits"),
        "shown": {
            **_options(form, public=_asks_for_public_address(form, subnet)),
            "privateIpAddress": address,
            "privateDnsName": f"ip-{address.replace('.', '-')}.{_dns_suffix(request.region)}",
            "placement": {"availabilityZone": subnet["AvailabilityZone"]},
            "networkInterfaceSet": [_shown_interface(interface, address, group_ids)],
        },
    }


def _address(block: str, identifier: str) -> str:
    network = ip_network(block)
    return str(network[RESERVED + crc32(identifier.encode()) % (network.num_addresses - RESERVED - 1)])


def _dns_suffix(region: str) -> str:
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def _asks_for_public_address(form: dict[str, Any], subnet: dict[str, Any]) -> bool:
    interfaces = form.get("NetworkInterface") or [{}]
    asked: str | None = interfaces[0].get("AssociatePublicIpAddress")
    return asked == "true" if asked else bool(subnet.get("MapPublicIpOnLaunch"))


def _options(form: dict[str, Any], *, public: bool) -> dict[str, Any]:
    metadata = form.get("MetadataOptions", {})
    options: dict[str, Any] = {
        "ebsOptimized": form.get("EbsOptimized", "false"),
        "sourceDestCheck": "true",
        "monitoring": {"state": "enabled" if forms.part(form, "Monitoring", "Enabled") == "true" else "disabled"},
        "metadataOptions": {
            "state": "applied",
            "httpTokens": metadata.get("HttpTokens", "optional"),
            "httpPutResponseHopLimit": metadata.get("HttpPutResponseHopLimit", "1"),
            "httpEndpoint": metadata.get("HttpEndpoint", "enabled"),
            "httpProtocolIpv6": metadata.get("HttpProtocolIpv6", "disabled"),
            "instanceMetadataTags": metadata.get("InstanceMetadataTags", "disabled"),
        },
    }
    return options if public else {**options, "ipAddress": "", "dnsName": ""}


def _shown_interface(interface: dict[str, Any], address: str, group_ids: list[str]) -> dict[str, Any]:
    return {
        "networkInterfaceId": interface["NetworkInterfaceId"],
        "subnetId": interface["SubnetId"],
        "vpcId": interface["VpcId"],
        "macAddress": interface["MacAddress"],
        "privateIpAddress": address,
        "sourceDestCheck": "true",
        "status": "in-use",
        "groupSet": [{"groupId": group, "groupName": group} for group in group_ids],
        "attachment": {"deviceIndex": 0, "networkCardIndex": 0, "status": "attached", "deleteOnTermination": True},
        "privateIpAddressesSet": [{"privateIpAddress": address, "primary": True}],
    }


async def _show_address(context: ServiceContext, request: AwsRequest, instance: Element) -> None:
    """An Elastic IP address that is associated replaces the one that the launch gave."""
    asked = [{"Name": "instance-id", "Values": [xml.text(instance, "instanceId")]}]
    found = await context.aws.call("ec2", "DescribeAddresses", region=request.region, Filters=asked)
    elastic = next((address["PublicIp"] for address in found.get("Addresses", ())), "")
    address = elastic or xml.text(instance, "ipAddress")
    if not address:
        xml.drop(instance, "ipAddress", "dnsName")
        return
    name = f"ec2-{address.replace('.', '-')}.{_public_suffix(request.region)}"
    xml.put_all(instance, {"ipAddress": address, "dnsName": name})
    owner = request.account_id if elastic else "amazon"
    for interface in instance.findall("networkInterfaceSet/item"):
        xml.put(interface, "association", {"publicIp": address, "publicDnsName": name, "ipOwnerId": owner})


def _public_suffix(region: str) -> str:
    return "compute-1.amazonaws.com" if region == "us-east-1" else f"{region}.compute.amazonaws.com"
