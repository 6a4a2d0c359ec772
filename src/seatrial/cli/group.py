"""``seatrial``: the list of its commands."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import click

from seatrial.cli import fault_account, fault_set, fault_tasks
from seatrial.cli.browse import browse
from seatrial.cli.down import down
from seatrial.cli.env import env
from seatrial.cli.images import images
from seatrial.cli.reset import reset
from seatrial.cli.status import status
from seatrial.cli.up import up


class Group(click.Group):
    """Commands in the order of use; a misspelt one names the nearest."""

    def __init__(self, name: str, commands: Iterable[click.Command], *, help: str) -> None:  # noqa: A002 - click's word
        named: Mapping[str, click.Command] = {str(command.name): command for command in commands}
        super().__init__(name, dict(named), help=help)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """The names, in the order in which they are written down."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list, with the first line of each command's help, whole."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, (each.help or "").partition("\n")[0]) for name, each in self.commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest spelling where there is no such command."""
        near = get_close_matches(args[0], self.commands, n=1)
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if not near:
                raise
            raise click.UsageError(f"No such command `{args[0]}`. Did you mean `{near[0]}`?", ctx=ctx) from error


fault = Group(
    "fault",
    [
        fault_tasks.image_missing,
        fault_tasks.pull_slow,
        fault_tasks.crash,
        fault_tasks.out_of_memory,
        fault_tasks.slow_start,
        fault_tasks.health_503,
        fault_tasks.secret_denied,
        fault_tasks.log_denied,
        fault_account.no_capacity,
        fault_account.zone,
        fault_account.other_deployer,
        fault_account.throttle,
        fault_account.engine_restart,
        fault_account.kill,
        fault_set.list_,
        fault_set.clear,
    ],
    help="Inject a failure as it occurs on AWS, to see what a release does. Needs a running embedded AWS.",
)

seatrial = Group(
    "seatrial",
    [up, status, env, images, browse, down, fault, reset],
    help="An AWS on this machine, on loopback only, to try a deployment before it goes to the real one.",
)
