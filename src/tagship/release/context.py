"""What the steps of a release work with. Nothing of it changes while they go on; what they learn is on the board."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from tagship.image.source import Source
from tagship.probe import Probe
from tagship.release.doors import Doors
from tagship.release.planning.observe import Observation, SiteObservation
from tagship.release.planning.plan import Wanted
from tagship.release.watching.watch import PATIENCE


class Choice(Enum):
    """What a person wants who interrupts a rollout."""

    ROLL_BACK = "roll back"
    LEAVE = "leave"
    GO_ON = "keep watching"


@dataclass(frozen=True)
class ReleaseOptions:
    """How a release behaves.

    Args:
        patience: seconds until a watch gives up.
        drained: whether a rollout is watched until the old tasks are gone, too.
        choose: asked when a person interrupts a rollout.
        probe: asks the front door meanwhile.
        undo: whether services that are live go back where another one fails; not in a recovery, where what they had
            before is what failed.
    """

    patience: float = PATIENCE
    drained: bool = True
    choose: Callable[[], Choice] = lambda: Choice.ROLL_BACK
    probe: Probe | None = None
    undo: bool = True


@dataclass(frozen=True)
class ReleaseContext:
    """One release: what it is to bring about, what was there before, and how it behaves.

    Args:
        doors: everything outside.
        options: how it behaves.
        wanted: what is to be.
        observation: what was there before.
        site: the front end before; None where there is none, or where it is left alone.
        source: what is built; a rollback builds nothing and has none.
        tree: the folder of the clean checkout.
        number: the number of its record; 0 until it has its turn.
    """

    doors: Doors
    options: ReleaseOptions
    wanted: Wanted
    observation: Observation
    site: SiteObservation | None = None
    source: Source | None = None
    tree: Path = Path()
    number: int = 0

    @property
    def first_release(self) -> bool:
        """Whether nothing was live before."""
        return all(service.never_released for service in self.observation.values())

    def for_undo(self) -> "ReleaseContext":
        """The same for putting services back: an interruption does not bring the new version live again."""
        choose = self.options.choose

        def choose_once_more() -> Choice:
            choice = choose()
            return Choice.GO_ON if choice is Choice.ROLL_BACK else choice

        return replace(self, options=replace(self.options, choose=choose_once_more))
