"""Which environment is meant, and on which AWS: what ``--env`` and ``--on`` say. Pure, and light to import."""

from dataclasses import dataclass
from typing import Final, Literal

LOCAL: Final = "local"
"""The environment that is always there: the embedded AWS on this machine."""

On = Literal["aws", "local", "local-small"]
"""Which AWS: the account of the credentials in use, or the embedded one, at the environment's own size or at the
smallest."""


@dataclass(frozen=True)
class Address:
    """One environment on one AWS.

    Args:
        name: the environment's, as in ``tagship.yaml``.
        on: which AWS it is on; None for the usual one: ``local`` for the environment ``local``, else ``aws``.
    """

    name: str = LOCAL
    on: On | None = None

    @property
    def embedded(self) -> bool:
        """Whether it is on the embedded AWS."""
        return self.name == LOCAL if self.on is None else self.on != "aws"

    @property
    def small(self) -> bool:
        """Whether it is to be as small as it can be."""
        return self.on == "local-small"

    @property
    def impossible(self) -> bool:
        """Whether there is no such thing: ``local`` is never on an account."""
        return self.name == LOCAL and not self.embedded

    @property
    def elsewhere(self) -> bool:
        """Whether it is on another AWS than the environment's usual one."""
        return self.embedded and self.name != LOCAL

    @property
    def folder(self) -> str:
        """The name of its folder in ``.tagship``: what is built on this machine never meets what is built on AWS."""
        return f"{self.name}@local" if self.elsewhere else self.name

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The options that name it on a command line; none where they are the usual ones."""
        named = (("--env", self.name),) if self.name != LOCAL else ()
        placed = (("--on", self.on),) if self.on and (self.small or self.elsewhere) else ()
        return (*named, *placed)

    @property
    def typed(self) -> str:
        """The same as a person types it behind a command, such as `` --env production --on local``; may be empty."""
        return "".join(f" {option} {value}" for option, value in self.words)
