"""Until when credentials are good, where they say so; in a process of its own, for the SDK reads the environment."""

import subprocess
import sys

import pytest

from tagship.aws.session import AwsAccess

LOOK = """
from tagship.aws.session import Aws, AwsAccess
print(Aws(AwsAccess("eu-central-1", access_key={key!r}, secret_key={key!r})).expires())
"""

GIVEN = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c", "PATH": "/usr/bin"}
UNTIL = {"AWS_CREDENTIAL_EXPIRATION": "2126-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("around", "key", "told"),
    [
        (GIVEN | UNTIL, None, "2126-01-01 00:00:00+00:00"),
        (GIVEN, None, "None"),
        (GIVEN | UNTIL, "explicit", "None"),
        ({"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nowhere", "PATH": "/usr/bin"}, None, "None"),
    ],
)
def test_credentials_of_the_environment_say_until_when_they_are_good(
    around: dict[str, str], key: str | None, told: str
) -> None:
    words = [sys.executable, "-c", LOOK.format(key=key)]
    assert subprocess.run(words, env=around, capture_output=True, text=True, check=True).stdout.strip() == told


def test_a_session_that_ends_is_told_to_other_programs_with_its_token() -> None:
    access = AwsAccess("eu-central-1", access_key="a", secret_key="b", session_token="c")
    assert access.as_variables() == {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_SESSION_TOKEN": "c",
    }
    assert "'c'" not in repr(access)
