import pytest

from seatrial.services.ecs.containers.images import digest_of, is_local, pinned, reference

REGISTRY = "127.0.0.1:4566"


def test_the_accounts_registry_is_this_endpoints() -> None:
    ecr = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1"
    assert reference(ecr, REGISTRY) == "127.0.0.1:4566/shop/web:1"
    assert is_local(reference(ecr, REGISTRY), REGISTRY)
    assert reference("python:3.11", REGISTRY) == "python:3.11"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("127.0.0.1:4566/web:1", "127.0.0.1:4566/web@sha256:a"),
        ("127.0.0.1:4566/web", "127.0.0.1:4566/web@sha256:a"),
        ("python:3.11", "python@sha256:a"),
        ("web@sha256:b", "web@sha256:b"),
    ],
)
def test_later_tasks_run_what_the_first_one_pulled(image: str, expected: str) -> None:
    assert pinned(image, "sha256:a") == expected
    assert pinned(image, None) == image


def test_a_digest_of_another_repository_cannot_be_pulled() -> None:
    known = ["python-slim@sha256:b", "127.0.0.1:4566/python@sha256:c"]
    assert digest_of("python:3.11", known) is None
    assert digest_of("python:3.11", [*known, "python@sha256:a"]) == "sha256:a"
    assert digest_of("127.0.0.1:4566/python:x", known) == "sha256:c"
