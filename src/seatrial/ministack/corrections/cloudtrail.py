"""CloudTrail."""

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction, operation, succeeded


def tags_of_new_trails(context: ServiceContext) -> Correction:
    """A trail has the tags it was made with.

    AWS: ``CreateTrail`` takes ``TagsList`` (CloudTrail API reference). MiniStack drops it; ``AddTags`` it knows.
    """

    async def tag(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if succeeded(response) and (tags := request.json().get("TagsList")):
            arn = response.json()["TrailARN"]
            await context.aws.call("cloudtrail", "AddTags", region=request.region, ResourceId=arn, TagsList=tags)
        return response

    return Correction(operation("cloudtrail", "CreateTrail"), follow=tag)
