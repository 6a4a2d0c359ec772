import click
import pytest
from click.testing import CliRunner

from seatrial.cli.fault_options import DURATION
from seatrial.cli.group import fault
from seatrial.core.faults.kinds import KINDS


def test_every_kind_has_a_command() -> None:
    assert set(fault.commands) == {*KINDS, "kill", "list", "clear"}


@pytest.mark.parametrize("name", KINDS)
def test_the_command_of_a_kind_takes_what_the_kind_takes_with_its_defaults(name: str) -> None:
    command, kind = fault.get_command(click.Context(fault), name), KINDS[name]
    assert command is not None
    found = {parameter.name: parameter for parameter in command.params}
    wanted = {"seconds": kind.seconds is not None, "share": kind.share is not None, "service": kind.service}
    wanted |= {"zone": kind.zone, "tasks": kind.tasks, "lasts": name != "engine-restart", "as_json": True}
    assert set(found) == {field for field, taken in wanted.items() if taken}
    if kind.seconds is not None:
        assert DURATION.convert(found["seconds"].default, None, None) == kind.seconds
    if kind.share is not None:
        assert found["share"].default == kind.share
    if kind.lasts is not None:
        assert DURATION.convert(found["lasts"].default, None, None) == kind.lasts


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("5s", 5), ("2m", 120), ("1h", 3600), ("500ms", 0.5), ("0.5s", 0.5), (7.0, 7)]
)
def test_a_duration_is_read(text: str | float, seconds: float) -> None:
    assert DURATION.convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "-5s", "5 s x", "1d"])
def test_a_duration_that_is_none_says_how_to_write_one(text: str) -> None:
    result = CliRunner().invoke(fault, ["crash", "--", text])
    assert result.exit_code == 2
    assert "write 5s, 500ms or 2m" in result.output


def test_a_misspelt_fault_names_the_nearest() -> None:
    result = CliRunner().invoke(fault, ["crahs"])
    assert result.exit_code == 2
    assert "Did you mean `crash`?" in result.output


def test_without_an_embedded_aws_the_next_thing_to_type_is_up(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATRIAL_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("SEATRIAL_PORT", "1")
    for words in (["crash"], ["list"], ["clear"], ["kill"]):
        result = CliRunner().invoke(fault, words)
        assert "The embedded AWS is not running." in str(getattr(result.exception, "message", ""))
