"""EC2."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from tagship.local.corrections.correction import Correction, operation
from tagship.local.service import AwsRequest

_PORT = re.compile(r"(?P<permission>IpPermissions\.\d+)\.(From|To)Port")


def ports_of_all_protocols() -> Correction:
    """A rule for all protocols has no ports.

    AWS: with protocol ``-1`` a rule holds for all ports, whatever range is given (EC2 API reference,
    ``IpPermission``). MiniStack takes ``-1`` with ports 0 to 0, as Terraform writes it, for another rule than ``-1``
    without ports: the rule that lets everything out, which every new group has, would never be revoked.
    """
    rules = (f"{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Egress", "Ingress"))
    return Correction(operation("ec2", *rules), rewrite=_without_meaningless_ports)


def _without_meaningless_ports(request: AwsRequest) -> AwsRequest:
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    kept = {
        name: value
        for name, value in form.items()
        if not ((port := _PORT.fullmatch(name)) and form.get(f"{port['permission']}.IpProtocol") == "-1")
    }
    return replace(request, body=urlencode(kept).encode())
