import pytest

from tagship.local.ecs.images import digest_of, is_local, pinned, reference

REGISTRY = "127.0.0.1:4566"
DIGEST = "sha256:1"


def test_the_accounts_registry_is_the_one_of_this_endpoint() -> None:
    image = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/shop/api:v1"
    assert reference(image, REGISTRY) == f"{REGISTRY}/shop/api:v1"
    assert is_local(reference(image, REGISTRY), REGISTRY)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("python:3.11", "python@sha256:1"),
        ("python", "python@sha256:1"),
        (f"{REGISTRY}/shop/api", f"{REGISTRY}/shop/api@sha256:1"),
        (f"{REGISTRY}/shop/api:v1", f"{REGISTRY}/shop/api@sha256:1"),
        ("python@sha256:2", "python@sha256:2"),
    ],
)
def test_later_tasks_are_pinned_to_the_digest_of_the_first(image: str, expected: str) -> None:
    assert pinned(image, DIGEST) == expected


def test_without_a_digest_the_image_is_asked_for_as_it_is_written() -> None:
    assert pinned("python:3.11", None) == "python:3.11"


def test_the_digest_of_the_images_own_repository_counts() -> None:
    assert digest_of(f"{REGISTRY}/shop/api:v1", [f"{REGISTRY}/shop/api@{DIGEST}"]) == DIGEST


def test_a_digest_under_another_name_is_no_digest_of_this_image() -> None:
    assert digest_of("python:3.11", ["127.0.0.1:9/other/api@sha256:2"]) is None


def test_an_image_that_was_never_pushed_has_none() -> None:
    assert digest_of("python:3.11", []) is None
