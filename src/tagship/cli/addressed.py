"""Commands that a person is told to type are about the environment that the person's own command was about.

The parts below say ``tagship recover`` and do not know how it was asked; typed as it stands on production's trouble, it
would act on ``local``. So what is shown is completed here, once.
"""

import re
from typing import Final

from tagship.manifest.address import Address

WITHOUT: Final = frozenset({"init", "explain", "local", "completion"})
"""Commands, and the group, that take no environment; a test holds them to the program."""

GROUPS: Final = frozenset({"infra", "secret"})
"""Groups whose commands take one."""

_COMMAND: Final = re.compile(r"\btagship (?P<name>[a-z]+(?: [a-z]+)?)(?P<rest>[^`,;\n&]*)")

_about = [Address()]
"""The environment of this process, whichever of its threads shows something."""


def about(environment: Address) -> Address:
    """From now on, what is shown is about this environment; gives it back."""
    _about[0] = environment
    return environment


def addressed(text: str, environment: Address | None = None) -> str:
    """The text with ``--env NAME`` and ``--on AWS`` behind each command that takes them and does not say them yet."""
    words = (environment or _about[0]).words

    def completed(found: re.Match[str]) -> str:
        first, _, second = found["name"].partition(" ")
        if first in WITHOUT:
            return found[0]
        name = f"{first} {second}" if first in GROUPS else first
        rest = found[0].removeprefix(f"tagship {name}")
        missing = "".join(f" {option} {value}" for option, value in words if option not in found["rest"])
        return f"tagship {name}{missing}{rest}"

    return _COMMAND.sub(completed, text)
