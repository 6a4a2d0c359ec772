import click
import pytest
from click.testing import CliRunner

from tagship.cli.lazy import LazyGroup
from tagship.cli.main import cli


def every_command() -> list[tuple[str, str, click.Command]]:
    """Path, the line in the list, and the command itself; groups are entered."""
    found = []
    groups: list[tuple[str, click.Group]] = [("tagship", cli)]
    while groups:
        path, group = groups.pop()
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            if isinstance(command, click.Group):
                groups.append((f"{path} {name}", command))
            line = group.entries[name].help if isinstance(group, LazyGroup) else command.get_short_help_str(200)
            found.append((f"{path} {name}", line, command))
    return found


COMMANDS_FOUND = every_command()


@pytest.mark.parametrize(("path", "line", "command"), COMMANDS_FOUND, ids=[entry[0] for entry in COMMANDS_FOUND])
def test_every_command_answers_help_and_its_line_in_the_list_is_its_own(
    path: str, line: str, command: click.Command
) -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0, path
    own = " ".join((command.help or "").split())
    first_word = line.split(maxsplit=1)[0].strip(",.:").lower()
    assert first_word in own.lower(), f"{path}: the list says {line!r}, the command says {own!r}"


def test_a_misspelt_command_names_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["deplyo"])
    assert result.exit_code == 2
    assert "Did you mean `deploy`?" in result.output


def test_an_unknown_command_with_no_neighbour_is_a_usage_error() -> None:
    assert CliRunner().invoke(cli, ["xyzzy"]).exit_code == 2
