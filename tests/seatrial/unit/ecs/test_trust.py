"""Whom a task's containers trust besides."""

import pytest

from seatrial.services.ecs.containers.spec import Launch, create_arguments
from seatrial.services.ecs.containers.trust import Trust, packed, unpacked
from tests.seatrial.unit.ecs.test_container_spec import AROUND, task


def launched(trust: Trust | None, **variables: str) -> dict[str, object]:
    given = [{"name": name, "value": value} for name, value in variables.items()]
    definition = {"name": "app", "environment": given}
    return create_arguments(Launch(task(), definition, "web"), AROUND, trust)


def test_a_container_reads_the_volume_and_does_not_write_it() -> None:
    made = launched(Trust("seatrial-1-trust-2", listed=True))
    assert made["volumes"] == {"seatrial-1-trust-2": {"bind": "/etc/ssl/seatrial", "mode": "ro"}}


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_programs_are_told_of_the_images_list_with_the_authority_in_it(variable: str) -> None:
    variables = launched(Trust("volume", listed=True))["environment"]
    assert isinstance(variables, dict)
    assert variables[variable] == "/etc/ssl/seatrial/authorities.pem"
    assert variables["NODE_EXTRA_CA_CERTS"] == "/etc/ssl/seatrial/authority.pem"


def test_an_image_that_trusts_nobody_at_aws_is_given_no_list() -> None:
    assert set(Trust("volume", listed=False).variables) == {"NODE_EXTRA_CA_CERTS"}


def test_what_a_task_says_itself_stands() -> None:
    variables = launched(Trust("volume", listed=True), SSL_CERT_FILE="/app/own.pem")["environment"]
    assert isinstance(variables, dict)
    assert variables["SSL_CERT_FILE"] == "/app/own.pem"


def test_while_nothing_has_https_a_container_is_given_nothing() -> None:
    made = launched(None)
    assert "volumes" not in made
    assert "SSL_CERT_FILE" not in str(made["environment"])


def test_what_is_packed_is_read_again() -> None:
    assert unpacked(packed({"ca.pem": b"one"})) == b"one"


def test_an_archive_without_a_file_is_no_list() -> None:
    assert unpacked(packed({})) == b""
