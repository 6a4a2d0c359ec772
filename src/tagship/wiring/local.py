"""The embedded AWS of this user, as commands and rehearsals handle it."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from seatrial.core.settings import LocalSettings
from seatrial.process import faults, instance
from tagship.base.clock import SystemClock
from tagship.base.errors import LocalAwsUnavailable
from tagship.base.process import SystemProcesses
from tagship.pipeline import remote


@dataclass(frozen=True)
class LocalAws:
    """The embedded AWS of this user, as the commands of ``tagship local`` handle it.

    ``port`` is None for the usual one; ``say`` hears what takes more than a moment.
    """

    say: Callable[[str], None] = lambda _: None
    port: int | None = None
    processes: SystemProcesses = field(default_factory=SystemProcesses)
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def settings(self) -> LocalSettings:
        """From the environment's variables, and the port where one is given."""
        found = LocalSettings.from_environment()
        return replace(found, port=self.port) if self.port else found

    def status(self) -> instance.LocalStatus:
        """How it is."""
        return instance.status(self.settings)

    def variables(self, region: str | None) -> dict[str, str]:
        """What other programs find it by: endpoint, region and credentials, as the variables that SDKs read.

        Args:
            region: of the environment; None for the one that answers requests without a region.

        Raises:
            LocalAwsUnavailable: it is not running.
        """
        running, keys = self.status(), instance.keys_of(self.settings)
        if not running.running:
            raise LocalAwsUnavailable("The embedded AWS is not running.", hint="tagship local up")
        return {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_REGION": region or self.settings.region,
            "AWS_DEFAULT_REGION": region or self.settings.region,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        }

    def up(self) -> instance.LocalStatus:
        """Start it."""
        return instance.up(self.settings, self.processes, self.clock, self.say)

    def down(self) -> bool:
        """Stop it; returns whether it ran."""
        return instance.down(self.settings, self.processes, self.clock, self.say)

    def reset(self) -> None:
        """Stop it and forget everything."""
        instance.reset(self.settings, self.processes, self.clock, self.say)

    def kill(self) -> instance.LocalStatus:
        """Kill it with SIGKILL, and start it again."""
        return instance.kill(self.settings, self.processes, self.clock, self.say)

    def set_fault(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Set a fault; ``order`` as in ``seatrial/core/faults/kinds.py``.

        Raises:
            LocalAwsUnavailable: it is not running.
            TagshipError: there is no such fault, or it does not take this.
        """
        return faults.set_fault(self.settings, order)

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set."""
        return faults.list_faults(self.settings)

    def clear_faults(self, identity: str | None) -> int:
        """Clear one fault, or all; returns how many."""
        return faults.clear_faults(self.settings, identity)

    def ensure_remote(self, checkout: Path) -> bool:
        """Make the git remote that ships pushed tags; returns whether anything had to be done.

        Raises:
            NotReady: the checkout is in no git repository.
            Refused: another remote has the name.
        """
        return remote.ensure(self.processes, remote.Remote.of(checkout, Path(sys.executable), os.environ))


@dataclass(frozen=True)
class LocalFaults:
    """The faults of this user's embedded AWS; see ``release/rehearsal.py``."""

    aws: LocalAws

    def set(self, order: Mapping[str, Any]) -> str:
        """See ``FaultBox.set``."""
        return str(self.aws.set_fault(order)["id"])

    def clear(self, identity: str) -> None:
        """See ``FaultBox.clear``."""
        if any(fault["id"] == identity for fault in self.aws.faults()):
            self.aws.clear_faults(identity)

    def count(self) -> int:
        """See ``FaultBox.count``."""
        return len(self.aws.faults())

    def kill(self) -> None:
        """See ``FaultBox.kill``."""
        self.aws.kill()
