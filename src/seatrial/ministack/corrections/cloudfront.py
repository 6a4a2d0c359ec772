"""CloudFront."""

from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction

_POLICIES = "/2020-05-31/response-headers-policy"


def policies_without_empty_parts() -> Correction:
    """A response headers policy answers the parts that it was given, and no others.

    AWS: ``CustomHeadersConfig`` and ``RemoveHeadersConfig`` are absent where none was given (CloudFront API reference,
    ``ResponseHeadersPolicyConfig``). MiniStack answers them with a quantity of 0, and Terraform would take the empty
    blocks away in every plan.
    """
    return Correction(_reads_policy, xml.in_xml(_without_empty_parts))


def _reads_policy(request: AwsRequest) -> bool:
    return request.service == "cloudfront" and request.path.startswith(_POLICIES)


def _without_empty_parts(_request: AwsRequest, document: Element) -> None:
    for configuration in list(document.iter()):
        for part in ("CustomHeadersConfig", "RemoveHeadersConfig"):
            if xml.text(configuration, f"{part}/Quantity") == "0":
                xml.drop(configuration, part)
