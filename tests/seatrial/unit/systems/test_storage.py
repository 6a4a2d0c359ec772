from pathlib import Path
from typing import Any

import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import EngineUnavailable
from seatrial.ground.fakes import ManualClock
from seatrial.process.storage import Stored, in_docker, in_words, stored

MB = 10**6


class FakeDocker:
    """Docker, with images and volumes and their sizes; remembers whether they were counted."""

    def __init__(self, images: list[dict[str, Any]] | None = None, volumes: list[dict[str, Any]] | None = None) -> None:
        self.found, self.kept, self.counted = images or [], volumes or [], 0

    def images(self) -> list[dict[str, Any]]:
        return self.found

    def volumes(self) -> dict[str, Any]:
        return {"Volumes": self.kept}

    def df(self) -> dict[str, Any]:
        self.counted += 1
        return {"Images": self.found, "Volumes": self.kept}


@pytest.fixture
def settings(tmp_path: Path) -> InstanceSettings:
    settings = InstanceSettings(home=tmp_path, port=4999)
    for name, size in {
        "ministack/ecs.json": 30,
        "ministack/s3/bucket/object": 500,
        "registry/blobs/sha256/a": 2000,
        "state.sqlite": 70,
        "server.log": 9,
    }.items():
        path = settings.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return settings


def sizes(found: tuple[Stored, ...]) -> dict[str, int | None]:
    return {each.what: each.bytes for each in found}


def test_each_part_of_the_folder_is_told_with_its_size_and_its_place(settings: InstanceSettings) -> None:
    found = stored(settings, ManualClock(), FakeDocker)

    assert sizes(found) == {"images in the registry": 2000, "objects of S3": 500, "state": 100, "logs": 9}
    assert {each.what: each.where for each in found}["objects of S3"] == str(settings.directory / "ministack/s3")


def test_what_docker_has_of_this_embedded_aws_is_told_and_of_no_other(settings: InstanceSettings) -> None:
    docker = FakeDocker(
        [
            {"RepoTags": ["127.0.0.1:4999/shop-local/api:v1"], "Size": 90 * MB, "SharedSize": 60 * MB},
            {"RepoTags": ["127.0.0.1:4999/shop-local/api:v2"], "Size": 92 * MB, "SharedSize": 60 * MB},
            {"RepoTags": ["127.0.0.1:4998/shop-local/api:v1"], "Size": 90 * MB, "SharedSize": 0},
            {"RepoTags": None, "RepoDigests": None, "Size": 5, "SharedSize": 0},
        ],
        [
            {"Name": f"seatrial-{settings.instance_id}-rds-cluster-1-data", "UsageData": {"Size": 48 * MB}},
            {"Name": "seatrial-00000000-rds-cluster-1-data", "UsageData": {"Size": MB}},
        ],
    )
    found = sizes(stored(settings, ManualClock(), lambda: docker))

    assert found["images that Docker has"] == 62 * MB
    assert found["data of databases"] == 48 * MB


def test_docker_counts_nothing_where_it_has_nothing_of_ours(settings: InstanceSettings) -> None:
    docker = FakeDocker([{"RepoTags": ["python:3.11"], "Size": MB}])
    stored(settings, ManualClock(), lambda: docker)
    assert docker.counted == 0


def test_without_a_docker_engine_the_files_are_told_all_the_same(settings: InstanceSettings) -> None:
    def none() -> FakeDocker:
        raise EngineUnavailable("No Docker engine answers.")

    assert "images that Docker has" not in sizes(stored(settings, ManualClock(), none))


def test_what_docker_did_not_count_in_time_is_said_to_be_unknown(settings: InstanceSettings) -> None:
    (unknown,) = in_docker(None, settings)
    assert (unknown.bytes, in_words(unknown.bytes)) == (None, "not counted in time")


def test_a_count_that_takes_too_long_ends_and_says_that_it_is_more(settings: InstanceSettings) -> None:
    class Late(ManualClock):
        """Each look at it takes a second."""

        def monotonic(self) -> float:
            self.sleep(1.0)
            return super().monotonic()

    found = stored(settings, Late(), FakeDocker)

    assert found
    assert not any(each.whole for each in found)


def test_before_the_first_start_nothing_is_stored(tmp_path: Path) -> None:
    assert stored(InstanceSettings(home=tmp_path / "none"), ManualClock(), FakeDocker) == ()


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (48 * MB, "48.0 MB"), (1_400 * MB, "1.4 GB")]
)
def test_a_size_is_told_in_words(size: int, words: str) -> None:
    assert in_words(size) == words
    assert in_words(size, whole=False) == f"more than {words}"
