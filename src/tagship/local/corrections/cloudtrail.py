"""CloudTrail."""

from tagship.local.context import LocalContext
from tagship.local.corrections.correction import Correction, operation, succeeded
from tagship.local.service import AwsRequest, AwsResponse


def tags_of_new_trails(context: LocalContext) -> Correction:
    """A trail has the tags it was made with.

    AWS: ``CreateTrail`` takes ``TagsList`` (CloudTrail API reference). MiniStack drops it; ``AddTags`` it knows.
    """

    async def tag(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if succeeded(response) and (tags := request.json().get("TagsList")):
            arn = response.json()["TrailARN"]
            await context.aws.call("cloudtrail", "AddTags", region=request.region, ResourceId=arn, TagsList=tags)
        return response

    return Correction(operation("cloudtrail", "CreateTrail"), follow=tag)
