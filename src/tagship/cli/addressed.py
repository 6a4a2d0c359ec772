"""Commands that a person is told to type are about the environment that the person's own command was about.

The parts below say ``tagship recover`` and do not know how it was asked; typed as it stands on production's trouble, it
would act on ``local``. So what is shown is completed here, once.
"""

import re
from typing import Final

DEFAULT: Final = "local"

WITHOUT: Final = frozenset({"init", "explain", "local", "rehearse", "completion"})
"""Commands, and the group, that take no environment; a test holds them to the program."""

GROUPS: Final = frozenset({"infra"})
"""Groups whose commands take one."""

_COMMAND: Final = re.compile(r"\btagship (?P<name>[a-z]+(?: [a-z]+)?)(?P<rest>[^`,;\n&]*)")

_about = [DEFAULT]
"""The environment of this process, whichever of its threads shows something."""


def about(environment: str) -> str:
    """From now on, what is shown is about this environment; gives it back."""
    _about[0] = environment
    return environment


def addressed(text: str, environment: str | None = None) -> str:
    """The text with ``--env NAME`` behind each command that takes it and does not name one yet."""
    named = _about[0] if environment is None else environment
    if named == DEFAULT:
        return text

    def completed(found: re.Match[str]) -> str:
        first, _, second = found["name"].partition(" ")
        if first in WITHOUT or "--env" in found["rest"]:
            return found[0]
        name = f"{first} {second}" if first in GROUPS else first
        rest = found[0].removeprefix(f"tagship {name}")
        return f"tagship {name} --env {named}{rest}"

    return _COMMAND.sub(completed, text)
