"""EC2: security groups."""

import re
from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation
from seatrial.ministack.corrections.notes import Notes

_PORT = re.compile(r"(?P<permission>IpPermissions\.\d+)\.(From|To)Port")
_SOURCES = ("cidrIpv4", "cidrIpv6", "referencedGroupInfo")


def ports_of_all_protocols() -> Correction:
    """A rule for all protocols has no ports.

    AWS: with protocol ``-1`` a rule holds for all ports, whatever range is given (EC2 API reference,
    ``IpPermission``). MiniStack takes ``-1`` with ports 0 to 0, as Terraform writes it, for another rule than ``-1``
    without ports: the rule that lets everything out, which every new group has, would never be revoked.
    """
    rules = (f"{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Egress", "Ingress"))
    return Correction(operation("ec2", *rules), rewrite=_without_meaningless_ports)


def prefix_lists_of_rules(store: Store) -> Correction:
    """A rule whose source is a prefix list names it, and has the description that was given there.

    AWS: ``SecurityGroupRule`` has ``prefixListId`` (EC2 API reference), such as CloudFront's origin-facing list, by
    which a load balancer accepts requests of CloudFront only. MiniStack answers such a rule without any source.
    """
    notes = Notes(store, "corrections.group-rule")

    def name_lists(request: AwsRequest, document: Element) -> None:
        if request.operation.startswith("Authorize"):
            _note_lists(notes, request, document)
        for identifier, rule in xml.items(document, "securityGroupRuleId"):
            if noted := notes.get(request, identifier):
                xml.put_all(rule, noted)

    asked = ("AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "DescribeSecurityGroupRules")
    return Correction(operation("ec2", *asked), xml.in_xml(name_lists))


def _note_lists(notes: Notes, request: AwsRequest, document: Element) -> None:
    permissions = forms.read(request).get("IpPermissions", [])
    lists = [entry for permission in permissions for entry in permission.get("PrefixListIds", ())]
    sourceless = (
        identifier
        for identifier, rule in xml.items(document, "securityGroupRuleId")
        if not any(rule.find(source) is not None for source in _SOURCES)
    )
    for identifier, entry in zip(sourceless, lists, strict=False):
        description = {"description": entry["Description"]} if "Description" in entry else {}
        notes.put(request, identifier, {"prefixListId": entry["PrefixListId"], **description})


def _without_meaningless_ports(request: AwsRequest) -> AwsRequest:
    form = forms.flat(request)
    kept = {
        name: value
        for name, value in form.items()
        if not ((port := _PORT.fullmatch(name)) and form.get(f"{port['permission']}.IpProtocol") == "-1")
    }
    return forms.with_form(request, kept)
