"""EC2: key pairs."""

from xml.etree.ElementTree import Element

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation, succeeded


def tags_of_key_pairs(context: ServiceContext) -> Correction:
    """A key pair has the tags it was made with, and those it was given since.

    AWS: ``ImportKeyPair`` and ``CreateKeyPair`` take ``TagSpecification``, ``DescribeKeyPairs`` answers ``tagSet``
    (EC2 API reference). MiniStack drops the first and answers none of the tags that ``CreateTags`` gave.
    """

    async def tag(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        document = xml.read(response) if succeeded(response) else None
        if document is None:
            return response
        if request.operation != "DescribeKeyPairs":
            await _give(context, request, xml.text(document, "keyPairId"))
        for identifier, pair in xml.items(document, "keyPairId"):
            await _show(context, request, identifier, pair)
        return xml.written(response, document)

    return Correction(operation("ec2", "CreateKeyPair", "DescribeKeyPairs", "ImportKeyPair"), follow=tag)


async def _give(context: ServiceContext, request: AwsRequest, identifier: str) -> None:
    specifications = forms.read(request).get("TagSpecification", [])
    if tags := [tag for specification in specifications for tag in specification.get("Tag", [])]:
        await context.aws.call("ec2", "CreateTags", region=request.region, Resources=[identifier], Tags=tags)


async def _show(context: ServiceContext, request: AwsRequest, identifier: str, pair: Element) -> None:
    asked = [{"Name": "resource-id", "Values": [identifier]}]
    found = await context.aws.call("ec2", "DescribeTags", region=request.region, Filters=asked)
    tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in found.get("Tags", [])]
    xml.put(pair, "tagSet", tags)
