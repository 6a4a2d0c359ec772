import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.fakes import ManualClock
from seatrial.services.registry.housekeeping import Housekeeping
from seatrial.services.registry.pulled import KEPT, remove_surplus, surplus
from seatrial.services.registry.repositories import Repositories

HERE = "127.0.0.1:4999"
DAY = 86400.0
KEEP_TWO = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 1,
            },
        },
        {
            "rulePriority": 2,
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["v*"],
                "countType": "imageCountMoreThan",
                "countNumber": 2,
            },
        },
    ]
}


class FakeEcr:
    """ECR with one repository, as far as housekeeping asks it."""

    def __init__(self, images: list[dict[str, Any]], policy: dict[str, Any] | None) -> None:
        self.images, self.policy, self.deleted = images, policy, list[str]()
        self.content: dict[str, str] = {}

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> dict[str, Any]:
        del service, region
        if operation == "GetLifecyclePolicy":
            if self.policy is None:
                raise AwsCallError("LifecyclePolicyNotFoundException", "none")
            return {"lifecyclePolicyText": json.dumps(self.policy)}
        if operation == "DescribeImages":
            return {"imageDetails": self.images}
        digests = [each["imageDigest"] for each in params["imageIds"]]
        if operation == "BatchGetImage":
            (digest,) = digests
            found = {"imageId": {"imageDigest": digest}, "imageManifestMediaType": "x"}
            return {"images": [{**found, "imageManifest": self.content[digest]}]}
        assert operation == "BatchDeleteImage"
        self.deleted += digests
        return {}


class FakeDocker:
    """Docker's images and containers; an image that a container uses is not removed."""

    def __init__(self, images: list[dict[str, Any]], used: tuple[str, ...] = ()) -> None:
        self.found, self.used, self.removed = images, used, list[str]()

    def images(self) -> list[dict[str, Any]]:
        return self.found

    def containers(self, *, all: bool) -> list[dict[str, Any]]:  # noqa: A002 - Docker SDK's word
        assert all
        return [{"ImageID": each} for each in self.used]

    def remove_image(self, image: str) -> None:
        if image.endswith("refused"):
            raise APIError("conflict")
        self.removed.append(image)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "state.sqlite")
    yield made
    made.close()


def housekeeping(store: Store, ecr: FakeEcr, docker: FakeDocker | None = None) -> Housekeeping:
    settings = InstanceSettings(home=Path("/nowhere"), port=4999)
    clock = ManualClock()
    context = ServiceContext(settings, clock, store, ecr, EventBus(), Faults(store, clock))
    repositories = Repositories(context)
    repositories.created("shop-local/api", "eu-central-1")
    return Housekeeping(repositories, clock, docker, settings.registry)


def pushed(
    digest: str, *tags: str, days: float, kind: str = "application/vnd.oci.image.manifest.v1+json"
) -> dict[str, Any]:
    moment = ManualClock().now().timestamp() - days * DAY
    return {"imageDigest": digest, "imageTags": list(tags), "imagePushedAt": moment, "imageManifestMediaType": kind}


async def test_what_a_repositorys_policy_expires_is_deleted(store: Store) -> None:
    ecr = FakeEcr(
        [pushed("a", "v1", days=9), pushed("b", "v2", days=8), pushed("c", "v3", days=7), pushed("d", days=2)], KEEP_TWO
    )
    await housekeeping(store, ecr).one_round()
    assert ecr.deleted == ["a", "d"]


async def test_a_repository_without_a_policy_keeps_everything(store: Store) -> None:
    ecr = FakeEcr([pushed("a", days=999)], None)
    await housekeeping(store, ecr).one_round()
    assert ecr.deleted == []


async def test_an_image_that_an_index_refers_to_stays(store: Store) -> None:
    index = pushed("sha256:index", "v1", days=9, kind="application/vnd.oci.image.index.v1+json")
    ecr = FakeEcr([index, pushed("child", days=9), pushed("alone", days=9)], KEEP_TWO)
    ecr.content["sha256:index"] = json.dumps({"manifests": [{"digest": "child"}]})
    await housekeeping(store, ecr).one_round()
    assert ecr.deleted == ["alone"]


async def test_a_round_looks_through_dockers_copies_too(store: Store) -> None:
    docker = FakeDocker(releases("shop-local/api", KEPT + 1))
    await housekeeping(store, FakeEcr([], None), docker).one_round()
    assert docker.removed == [f"{HERE}/shop-local/api:v0"]


def releases(repository: str, count: int, registry: str = HERE) -> list[dict[str, Any]]:
    """An image for each release, the oldest first."""
    return [
        {"Id": f"{repository}{number}", "Created": number, "RepoTags": [f"{registry}/{repository}:v{number}"]}
        for number in range(count)
    ]


def test_of_each_repository_the_newest_copies_stay() -> None:
    images = [*releases("a", KEPT + 2), *releases("b", KEPT)]
    assert surplus(images, (), HERE) == [f"{HERE}/a:v0", f"{HERE}/a:v1"]


def test_what_a_container_runs_from_stays_however_old_it_is() -> None:
    assert surplus(releases("a", KEPT + 2), ("a0",), HERE) == [f"{HERE}/a:v1"]


def test_images_of_other_registries_are_nobody_elses_business() -> None:
    images = [*releases("a", KEPT + 2, "127.0.0.1:4998"), {"Id": "x", "RepoTags": None, "RepoDigests": None}]
    assert surplus(images, (), HERE) == []


def test_a_copy_goes_with_its_tag_and_its_digest() -> None:
    images = releases("a", KEPT + 1)
    images[0]["RepoDigests"] = [f"{HERE}/a@sha256:00"]
    assert surplus(images, (), HERE) == [f"{HERE}/a:v0", f"{HERE}/a@sha256:00"]


def test_a_copy_that_docker_does_not_let_go_keeps_no_other_from_going() -> None:
    images = releases("a", KEPT + 2)
    images[0]["RepoTags"] = [f"{HERE}/a:refused"]
    assert remove_surplus(FakeDocker(images), HERE) == [f"{HERE}/a:v1"]
