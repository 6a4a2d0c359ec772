"""``seatrial``: what happens when a command fails."""

import sys
from typing import NoReturn

import click

from seatrial import __version__
from seatrial.cli import output
from seatrial.cli.group import seatrial
from seatrial.ground.errors import SeatrialError

INTERRUPTED = 130
"""The exit code of Ctrl-C, as every shell has it."""

cli = click.version_option(__version__, prog_name="seatrial")(seatrial)


def main() -> NoReturn:
    """Run a command; a person never sees a traceback for something that is known."""
    try:
        code = cli.main(prog_name="seatrial", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        output.say("Interrupted.")
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SeatrialError as error:
        output.error(error)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
