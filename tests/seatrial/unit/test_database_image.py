import pytest
from docker.errors import APIError, ImageNotFound

from seatrial.ground.errors import NotReady
from seatrial.process.database_image import have, image_of, is_here


class FakeImages:
    """Docker's images; a registry answers, or none does."""

    def __init__(self, *here: str, registry: bool = False) -> None:
        self.here, self.registry, self.pulled = set(here), registry, list[str]()

    def get(self, name: str) -> str:
        if name not in self.here:
            raise ImageNotFound(f"No such image: {name}")
        return name

    def pull(self, repository: str, tag: str) -> str:
        if not self.registry:
            raise APIError("dial tcp: lookup registry-1.docker.io: no such host")
        self.pulled.append(f"{repository}:{tag}")
        return tag


def test_a_database_runs_from_the_image_of_its_major_version() -> None:
    assert image_of("16.11") == "postgres:16-alpine"


def test_an_image_that_is_here_is_not_fetched() -> None:
    images, said = FakeImages("postgres:16-alpine", registry=True), list[str]()

    have(images, "16.11", said.append)

    assert (images.pulled, said) == ([], [])
    assert is_here(images, "postgres:16-alpine")


def test_an_image_that_is_not_here_is_fetched_and_that_is_told() -> None:
    images, said = FakeImages(registry=True), list[str]()

    have(images, "16.11", said.append)

    assert images.pulled == ["postgres:16-alpine"]
    assert "`postgres:16-alpine`" in said[0]


def test_where_no_registry_answers_the_image_the_cause_and_a_version_that_is_here_are_named() -> None:
    with pytest.raises(NotReady) as caught:
        have(FakeImages("postgres:17-alpine"), "16.11", lambda _: None)

    assert "`postgres:16-alpine`" in caught.value.message
    assert "no such host" in caught.value.message
    assert caught.value.hint is not None
    assert "version 17.7" in caught.value.hint


def test_where_no_image_of_any_version_is_here_no_version_is_named() -> None:
    with pytest.raises(NotReady) as caught:
        have(FakeImages(), "16.11", lambda _: None)

    assert caught.value.hint == "docker pull postgres:16-alpine, with access to a registry, then try again."
