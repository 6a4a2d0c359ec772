"""One embedded AWS, as whoever handles it sees it: started, asked, broken, stopped.

Docker's client and that of the faults are imported where they are used: they take longer than most commands do.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import Command, SystemProcesses
from seatrial.process import instance

if TYPE_CHECKING:
    from seatrial.process.storage import Stored

if TYPE_CHECKING:
    from seatrial.process import names


@dataclass(frozen=True)
class Control:
    """One embedded AWS.

    Args:
        settings: which one.
        say: hears what takes more than a moment.
    """

    settings: InstanceSettings
    say: Callable[[str], None] = lambda _: None
    processes: SystemProcesses = field(default_factory=SystemProcesses)
    clock: SystemClock = field(default_factory=SystemClock)

    def status(self) -> instance.InstanceStatus:
        """How it is."""
        return instance.status(self.settings)

    def running(self) -> instance.InstanceStatus:
        """How it is; raises ``EmbeddedAwsUnavailable`` where it does not run."""
        found = self.status()
        if not found.running:
            raise instance.unavailable(found)
        return found

    def stored(self) -> "tuple[Stored, ...]":
        """What of it takes room on this machine, within two seconds or so; nothing where it was never started."""
        if not self.settings.directory.exists():
            return ()
        from seatrial.core.engine import connect_engine
        from seatrial.process import storage

        return storage.stored(self.settings, self.clock, lambda: connect_engine().api)

    def variables(self, region: str | None) -> dict[str, str]:
        """What other programs find it by: endpoint, region and credentials, as the variables that SDKs read.

        Args:
            region: the region that they ask for; None for the one that answers requests without a region.

        Raises:
            EmbeddedAwsUnavailable: it is not running.
        """
        running, keys = self.running(), instance.keys_of(self.settings)
        return {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_REGION": region or self.settings.region,
            "AWS_DEFAULT_REGION": region or self.settings.region,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        }

    def up(self) -> instance.InstanceStatus:
        """Start it."""
        return instance.up(self.settings, self.processes, self.clock, self.say)

    def down(self) -> bool:
        """Stop it; returns whether it ran."""
        return instance.down(self.settings, self.processes, self.clock, self.say)

    def reset(self) -> tuple[str, ...]:
        """Stop it and forget everything; returns what is left, in sentences."""
        return instance.reset(self.settings, self.processes, self.clock, self.say)

    def kill(self) -> instance.InstanceStatus:
        """Kill it with SIGKILL, and start it again."""
        return instance.kill(self.settings, self.processes, self.clock, self.say)

    def set_fault(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Set a fault; ``order`` as in ``core/faults/kinds.py``.

        Raises:
            EmbeddedAwsUnavailable: it is not running.
            SeatrialError: there is no such fault, or it does not take this.
        """
        from seatrial.process.faults import set_fault

        return set_fault(self.settings, order)

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set."""
        from seatrial.process.faults import list_faults

        return list_faults(self.settings)

    def clear_faults(self, identity: str | None) -> int:
        """Clear one fault, or all; returns how many."""
        from seatrial.process.faults import clear_faults

        return clear_faults(self.settings, identity)

    def named(self) -> "names.Named":
        """The names that have HTTPS.

        Raises:
            EmbeddedAwsUnavailable: it is not running.
        """
        from seatrial.process import names

        return names.Named.of(instance.names(self.settings))

    def browser(self, url: str | None) -> Command:
        """How a browser is started in which AWS's names lead to this one; see ``names.browser``.

        Raises:
            EmbeddedAwsUnavailable: it is not running.
            NotReady: no page has a name.
            ProgramMissing: there is no such browser.
        """
        from seatrial.process import names

        return names.browser(self.settings, self.named(), url)

    def browse(self, url: str | None) -> None:
        """Start that browser; it outlives us."""
        self.processes.start_detached(self.browser(url), log=self.settings.directory / "browser.log")

    def reaches_containers(self) -> bool:
        """Whether a program of this machine reaches containers by their own addresses."""
        from seatrial.core.engine import connect_engine, reaches_containers

        engine = connect_engine()
        try:
            return reaches_containers(engine)
        finally:
            engine.close()

    def missing_images(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of these images, those that are not on this machine; no registry is asked.

        Raises:
            EngineUnavailable: no Docker engine answers.
        """
        from seatrial.core.engine import connect_engine
        from seatrial.process.images.having import PATIENCE, missing

        with closing(connect_engine(timeout=PATIENCE)) as engine:
            return missing(engine.images, names)

    def have_images(self, names: Iterable[str], *, install: bool = False) -> tuple[str, ...]:
        """Have images: those that are not here are fetched, or built; returns these.

        Args:
            names: whole names, such as ``postgres:17-alpine``.
            install: install what building needs, where it is missing.

        Raises:
            EngineUnavailable: no Docker engine answers.
            NotReady: one can neither be fetched nor built.
        """
        from seatrial.core.engine import connect_engine
        from seatrial.process.images.debian import Debian
        from seatrial.process.images.having import PATIENCE, Having

        builder = Debian(self.processes, self.say, may_install=install)
        with closing(connect_engine(timeout=PATIENCE)) as engine:
            having = Having(engine.images, engine.api, builder, self.say)
            return tuple(name for name in names if having.have(name))
