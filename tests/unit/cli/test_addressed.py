"""What a person is told to type acts on the environment that it is about."""

import click
import pytest

from tagship.cli import output
from tagship.cli.addressed import GROUPS, WITHOUT, about, addressed
from tagship.cli.main import cli
from tagship.manifest.address import Address
from tests.unit.test_docs_commands import COMMANDS


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("tagship recover", "tagship recover --env prod"),
        (
            "tagship recover --past-contract, if you know it",
            "tagship recover --env prod --past-contract, if you know it",
        ),
        ("tagship rollback v1.0.0; tagship status", "tagship rollback --env prod v1.0.0; tagship status --env prod"),
        ("set it, then: tagship infra apply", "set it, then: tagship infra apply --env prod"),
        ("tagship deploy v1 --env prod", "tagship deploy v1 --env prod"),
        ("`tagship deploy` and `tagship local up`", "`tagship deploy --env prod` and `tagship local up`"),
        ("tagship explain crash", "tagship explain crash"),
        ("tagship rehearse", "tagship rehearse --env prod"),
        ("fix the cause and push a new tag", "fix the cause and push a new tag"),
    ],
)
def test_a_command_names_the_environment_once(said: str, shown: str) -> None:
    assert addressed(said, Address("prod")) == shown
    assert addressed(shown, Address("prod")) == shown
    assert addressed(said, Address()) == said


def test_a_command_names_the_aws_that_the_environment_was_put_on() -> None:
    there = Address("prod", "local")
    assert addressed("tagship status", there) == "tagship status --env prod --on local"
    assert addressed("tagship deploy --env prod v1", there) == "tagship deploy --on local --env prod v1"
    assert addressed("tagship status", Address("local", "local-small")) == "tagship status --on local-small"
    assert addressed("tagship status", Address("local", "local")) == "tagship status"


def test_the_commands_without_an_environment_are_those_of_the_program() -> None:
    takes = {
        name: any("--env" in parameter.opts for parameter in command.params if isinstance(parameter, click.Option))
        for name, command in COMMANDS.items()
    }
    assert {name.split()[0] for name, with_it in takes.items() if not with_it} == WITHOUT
    assert isinstance(cli, click.Group)
    assert {name.split()[0] for name, with_it in takes.items() if with_it and " " in name} == GROUPS


def test_the_next_step_on_production_is_about_production(capsys: pytest.CaptureFixture[str]) -> None:
    about(Address("prod"))
    output.next_step("tagship recover")
    assert capsys.readouterr().err == "Next: tagship recover --env prod\n"
