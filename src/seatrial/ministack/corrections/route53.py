"""Route 53."""

import re

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Addition

_DNSSEC = re.compile(r"/2013-04-01/hostedzone/(?P<zone>[^/]+)/dnssec")


def zones_without_signatures(context: ServiceContext) -> Addition:
    """A zone returns whether it is signed: it is not.

    AWS: ``GetDNSSEC`` answers ``NOT_SIGNING`` and no key for a zone without DNSSEC, ``NoSuchHostedZone`` for none
    (Route 53 API reference). MiniStack does not know the call, with which Terraform begins to delete a zone and its
    records.
    """

    async def answer(request: AwsRequest) -> AwsResponse:
        found = _DNSSEC.fullmatch(request.path)
        await context.aws.call("route53", "GetHostedZone", Id=found["zone"] if found else "")
        return AwsResponse.of_xml(
            '<GetDNSSECResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
            "<Status><ServeSignature>NOT_SIGNING</ServeSignature></Status><KeySigningKeys/></GetDNSSECResponse>"
        )

    return Addition(_asks, answer)


def _asks(request: AwsRequest) -> bool:
    return request.service == "route53" and request.method == "GET" and bool(_DNSSEC.fullmatch(request.path))
