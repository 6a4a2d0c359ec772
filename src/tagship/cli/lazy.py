"""A command group that imports a command only when it is called.

``tagship --help`` and completion stay quick: no command's file is imported for a list of names. A command's own file
imports at its top what its words need, and what it does when it does it, so that the help of each is quick, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click
from click.shell_completion import CompletionItem


@dataclass(frozen=True)
class Entry:
    """Where a command lives, and the one line that the list shows for it."""

    target: str
    help: str


class LazyGroup(click.Group):
    """A group whose commands are imported on call; its list is made from the entries alone."""

    def __init__(self, name: str, entries: Mapping[str, Entry], *, help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name, help=help)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """The names, in the order in which they are written down: the order of use."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's shape
        """Import the command's file."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.target} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names that begin so, without importing anything, or the options."""
        named = [CompletionItem(name, help=entry.help) for name, entry in self.entries.items()]
        return [
            *(item for item in named if item.value.startswith(incomplete)),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest spelling where there is no such command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise _with_nearest(error, args[0], self.entries) from error


def _with_nearest(error: click.UsageError, typed: str, entries: Mapping[str, Entry]) -> click.UsageError:
    from difflib import get_close_matches

    near = get_close_matches(typed, entries, n=1)
    if not near:
        return error
    return click.UsageError(f"No such command `{typed}`. Did you mean `{near[0]}`?", ctx=error.ctx)
