"""The first version: its image is built, pushed and deployed by digest."""

import time

import httpx

from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight


def play(stage: Stage, claims: Claims) -> None:
    """Ship the first tag."""
    began = time.monotonic()
    version = stage.ship()
    claims.claim("a tag is built, pushed and deployed", version, f"{version} in {time.monotonic() - began:.0f} s")
    url = stage.asked("status")["url"]
    answer = httpx.get(f"{url}/api/version", trust_env=False).json()
    claims.claim("the app answers through CloudFront", answer["version"] == version, answer["version"])
    image = _running(stage)
    claims.claim("what runs is named by digest, not by tag", "@sha256:" in image, image.rpartition("/")[2][:40])
    tags = _tags(stage, image)
    claims.claim("the registry knows the image by its tag, too", version in tags, ", ".join(sorted(tags)))
    again = stage.asked("deploy", version, "--dry-run")
    claims.claim("the same tag again: nothing to do", not again["steps"])


def _running(stage: Stage) -> str:
    ecs = stage.client("ecs")
    described = ecs.describe_services(cluster=stage.cluster, services=[stage.service])["services"][0]
    definition = ecs.describe_task_definition(taskDefinition=described["taskDefinition"])["taskDefinition"]
    return str(definition["containerDefinitions"][0]["image"])


def _tags(stage: Stage, image: str) -> set[str]:
    repository, _, digest = image.partition("/")[2].partition("@")
    found = stage.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    return set(found["imageDetails"][0].get("imageTags", ()))


CHAPTER = Chapter(
    "images",
    "an image is built, pushed and deployed",
    play,
    needs=("network",),
    sees=(
        Sight("images", "the registry of the embedded AWS; Docker builds"),
        Sight("definition"),
        Sight("fargate", "containers of this machine's Docker engine"),
    ),
    minutes=6,
)
