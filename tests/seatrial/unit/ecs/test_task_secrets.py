import pytest

from seatrial.services.ecs.containers.docker import EngineRefused
from seatrial.services.ecs.containers.fakes import FakeAws
from seatrial.services.ecs.tasks.secrets import SecretReference, parse, read_all

SECRET = "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf"


@pytest.mark.parametrize(
    ("value_from", "expected"),
    [
        (SECRET, SecretReference("secretsmanager", SECRET, "eu-west-1")),
        (f"{SECRET}:user::", SecretReference("secretsmanager", SECRET, "eu-west-1", "user")),
        (f"{SECRET}:::id", SecretReference("secretsmanager", SECRET, "eu-west-1", "", "", "id")),
        (f"{SECRET}:user:AWSPREVIOUS:", SecretReference("secretsmanager", SECRET, "eu-west-1", "user", "AWSPREVIOUS")),
        ("arn:aws:ssm:us-east-1:1:parameter/a/b", SecretReference("ssm", "/a/b", "us-east-1")),
        ("arn:aws:ssm:us-east-1:1:parameter/plain", SecretReference("ssm", "plain", "us-east-1")),
        ("/a/b", SecretReference("ssm", "/a/b", "home")),
    ],
)
def test_a_value_from_is_taken_apart(value_from: str, expected: SecretReference) -> None:
    assert parse(value_from, "home") == expected


@pytest.mark.parametrize(
    ("stored", "suffix", "message"),
    [
        (None, "", "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
        ("{}", ":user::", "did not contain json key user"),
        ("plain", ":user::", "did not contain json key user"),
    ],
)
async def test_what_cannot_be_read_says_why_in_awss_words(stored: str | None, suffix: str, message: str) -> None:
    aws = FakeAws()
    aws.secrets |= {} if stored is None else {SECRET: stored}
    with pytest.raises(EngineRefused, match=message) as refused:
        await read_all(aws, {"secrets": [{"name": "A", "valueFrom": SECRET + suffix}]}, "home")
    assert str(refused.value).startswith("ResourceInitializationError: unable to pull secrets or registry auth")


async def test_a_version_is_asked_for_when_it_is_named() -> None:
    aws = FakeAws()
    aws.secrets[SECRET] = "old"
    found = await read_all(aws, {"secrets": [{"name": "A", "valueFrom": f"{SECRET}::AWSPREVIOUS:7"}]}, "home")
    assert found == {"A": "old"}
    assert aws.calls[-1][1] == {"SecretId": SECRET, "VersionStage": "AWSPREVIOUS", "VersionId": "7"}


async def test_a_parameter_that_is_not_there_is_named_in_awss_words() -> None:
    with pytest.raises(EngineRefused, match=r"secrets from ssm: .*: invalid ssm parameters: /a/b$"):
        await read_all(FakeAws(), {"secrets": [{"name": "A", "valueFrom": "/a/b"}]}, "home")
