"""Data Firehose."""

from typing import Any

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.ministack.corrections.correction import Correction, operation, succeeded
from seatrial.ministack.corrections.notes import Notes

_KEPT = ("CustomTimeZone", "FileExtension")


def time_zone_of_prefixes(store: Store) -> Correction:
    """A stream to S3 returns the time zone of its prefixes, and the extension of its files.

    AWS: ``CustomTimeZone`` is UTC where none was asked for (Firehose API reference,
    ``ExtendedS3DestinationDescription``). MiniStack uses what it was given and does not tell it.
    """
    notes = Notes(store, "corrections.firehose")

    def tell(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if not succeeded(response):
            return response
        asked = request.json()
        name = asked.get("DeliveryStreamName", "")
        if request.operation == "DeleteDeliveryStream":
            notes.forget(request, name)
        elif request.operation != "DescribeDeliveryStream":
            given = asked.get("ExtendedS3DestinationConfiguration") or asked.get("ExtendedS3DestinationUpdate") or {}
            notes.add(request, name, {each: given[each] for each in _KEPT if each in given})
        else:
            return AwsResponse.of_json(_with_noted(response.json(), notes.get(request, name) or {}))
        return response

    asked = ("CreateDeliveryStream", "UpdateDestination", "DeleteDeliveryStream", "DescribeDeliveryStream")
    return Correction(operation("firehose", *asked), tell)


def _with_noted(document: dict[str, Any], noted: dict[str, Any]) -> dict[str, Any]:
    for destination in document["DeliveryStreamDescription"].get("Destinations", []):
        if described := destination.get("ExtendedS3DestinationDescription"):
            described.update({"CustomTimeZone": "UTC", **noted})
    return document
