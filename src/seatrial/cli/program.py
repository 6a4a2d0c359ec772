"""How the commands are typed, and whose embedded AWS they handle."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from seatrial.core.settings import LocalSettings
    from seatrial.process.control import Control

_COMMAND: Final = re.compile(r"\bseatrial (?=(?:up|down|status|env|browse|reset|fault)\b)")


@dataclass(frozen=True)
class Program:
    """Who runs the commands.

    Args:
        name: as it is typed before a command: ``seatrial``, or that of a program which has mounted them.
        settings: of the embedded AWS; None for those of the environment's variables.
    """

    name: str = "seatrial"
    settings: "Callable[[], LocalSettings] | None" = None

    def spelled(self, text: str) -> str:
        """The text, with each command in it as it is typed here."""
        return _COMMAND.sub(lambda _: f"{self.name} ", text)


def program() -> Program:
    """Whose command is running."""
    context = click.get_current_context(silent=True)
    return (context.find_object(Program) if context else None) or Program()


def control(say: Callable[[str], None] = lambda _: None, port: int | None = None) -> "Control":
    """The embedded AWS that the running command handles.

    Args:
        say: hears what takes more than a moment.
        port: of its API; None for the usual one.
    """
    # Imported late: a list of commands needs neither the HTTP client nor Docker's.
    from seatrial.core.settings import LocalSettings  # noqa: PLC0415
    from seatrial.process.control import Control  # noqa: PLC0415

    settings = (program().settings or LocalSettings.from_environment)()
    return Control(settings.at(port), say)
