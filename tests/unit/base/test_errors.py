import re

from tagship.aws.ecr import SignIn
from tagship.aws.session import AwsAccess
from tagship.base import errors
from tagship.base.errors import TagshipError
from tagship.image.builder import RegistryCredentials
from tagship.release.records.verdict import Verdict


def every_error() -> list[type[TagshipError]]:
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, TagshipError)]
    assert len(found) > 10
    return found


def test_every_error_stands_in_the_drawing_of_the_tree() -> None:
    drawn = set(re.findall(r"[│├└─ ]+(\w+)", errors.__doc__ or ""))
    for error in every_error():
        assert error.__name__ in drawn, error


def test_an_errors_exit_code_is_the_one_in_the_drawing() -> None:
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"[ │├└─]+(\w+) +(?:exit code )?(\d+)", line):
            assert getattr(errors, match[1]).exit_code == int(match[2]), line


def test_no_exit_code_means_both_an_error_and_a_verdict() -> None:
    taken = {verdict.exit_code for verdict in Verdict if verdict is not Verdict.RELEASED}
    assert not taken & {error.exit_code for error in every_error()}
    assert len(taken) == len(Verdict) - 1


def test_a_secret_never_shows_in_the_repr_of_what_carries_it() -> None:
    carriers = (
        AwsAccess("eu-central-1", access_key="AKIA", secret_key="hush"),
        SignIn("registry", "AWS", "hush"),
        RegistryCredentials("registry", "AWS", "hush"),
    )
    for carrier in carriers:
        assert "hush" not in repr(carrier)
