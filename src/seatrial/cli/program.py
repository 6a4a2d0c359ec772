"""How the commands are typed, and whose embedded AWS they handle."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from seatrial.core.settings import InstanceSettings
    from seatrial.process.control import Control

_COMMAND: Final = re.compile(r"\bseatrial (?=(?:up|down|status|env|images|browse|reset|fault)\b)")


@dataclass(frozen=True)
class Program:
    """Who runs the commands.

    Args:
        name: what is typed before a command: ``seatrial``, or the name of a program which has mounted them.
        settings: the settings of the embedded AWS; None for those of the environment's variables.
    """

    name: str = "seatrial"
    settings: "Callable[[], InstanceSettings] | None" = None

    def spelled(self, text: str) -> str:
        """The text, with each command in it as it is typed here."""
        return _COMMAND.sub(lambda _: f"{self.name} ", text)


def program() -> Program:
    """The program whose command is running."""
    context = click.get_current_context(silent=True)
    return (context.find_object(Program) if context else None) or Program()


def control(say: Callable[[str], None] = lambda _: None, port: int | None = None) -> "Control":
    """The embedded AWS that the running command handles.

    Args:
        say: hears what takes more than a moment.
        port: the port of its API; None for the usual one.
    """
    # Imported late: a list of commands needs neither the HTTP client nor Docker's.
    from seatrial.core.settings import InstanceSettings  # noqa: PLC0415
    from seatrial.process.control import Control  # noqa: PLC0415

    settings = (program().settings or InstanceSettings.from_environment)()
    return Control(settings.at(port), say)
