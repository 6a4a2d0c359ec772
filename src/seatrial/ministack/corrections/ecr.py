"""ECR."""

import re
from typing import Any

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ministack.corrections.correction import Addition, Correction, in_json, operation, succeeded
from seatrial.ministack.corrections.notes import Notes

_AMAZONS = re.compile(r"^(https://)?\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com")


def registry_address(settings: InstanceSettings) -> Correction:
    """The account's registry is at the address that the API returns: here, on this machine.

    AWS: ``repositoryUri`` is what ``docker push`` takes, ``proxyEndpoint`` what ``docker login`` takes
    (ECR API reference, ``Repository`` and ``AuthorizationData``).
    """
    return Correction(operation("ecr"), in_json(lambda document: _readdressed(document, settings.registry)))


def _readdressed(value: Any, registry: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _readdressed(inner, registry) for key, inner in value.items()}
    if isinstance(value, list):
        return [_readdressed(inner, registry) for inner in value]
    if isinstance(value, str):
        return _AMAZONS.sub(lambda found: f"http://{registry}" if found[1] else registry, value)
    return value


def every_tag_of_an_image(context: ServiceContext) -> Correction:
    """``ListImages`` answers one entry for each tag, and one without a tag for an image that has none.

    AWS: ``imageIds`` holds pairs of digest and tag (ECR API reference, ``ListImages``). MiniStack answers each image
    once, with the tag that it was pushed with first.
    """

    async def every(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if not succeeded(response):
            return response
        asked = request.json()
        call = {name: asked[name] for name in ("registryId", "repositoryName", "filter") if name in asked}
        found = await context.aws.call("ecr", "DescribeImages", region=request.region, **call)
        return AwsResponse.of_json({"imageIds": [pair for image in found["imageDetails"] for pair in _pairs(image)]})

    return Correction(operation("ecr", "ListImages"), follow=every)


def registry_scanning(store: Store) -> Addition:
    """How the registry scans images.

    AWS: one configuration a registry, ``BASIC`` without rules until one is put; Put answers
    ``registryScanningConfiguration``, Get ``scanningConfiguration`` (ECR API reference). MiniStack has neither.
    """
    notes = Notes(store, "corrections.ecr-scanning")

    async def answer(request: AwsRequest) -> AwsResponse:
        if request.operation == "PutRegistryScanningConfiguration":
            asked = request.json()
            put = {"scanType": asked.get("scanType", "BASIC"), "rules": asked.get("rules", [])}
            notes.put(request, "registry", put)
            return AwsResponse.of_json({"registryScanningConfiguration": put})
        kept = notes.get(request, "registry") or {"scanType": "BASIC", "rules": []}
        return AwsResponse.of_json({"registryId": request.account_id, "scanningConfiguration": kept})

    calls = ("GetRegistryScanningConfiguration", "PutRegistryScanningConfiguration")
    return Addition(operation("ecr", *calls), answer)


def _pairs(image: dict[str, Any]) -> list[dict[str, str]]:
    digest = {"imageDigest": image["imageDigest"]}
    return [{**digest, "imageTag": tag} for tag in image.get("imageTags", [])] or [digest]
