"""A chapter of the tour, and the claims that it checks while it shows them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tour.stage import Stage
from tour.systems import Sight


class NotSo(Exception):
    """A claim does not hold."""


@dataclass(frozen=True)
class Claim:
    """Something that was shown, and its figure."""

    text: str
    figure: str = ""

    @property
    def line(self) -> str:
        """As it is printed."""
        return f"{self.text}: {self.figure}" if self.figure else self.text


@dataclass
class Claims:
    """Shows each claim as soon as it holds.

    Args:
        show: takes a line.
    """

    show: Callable[[str], None]
    made: list[Claim] = field(default_factory=list)

    def claim(self, text: str, holds: object, figure: str = "") -> None:
        """Show what holds.

        Raises:
            NotSo: it does not; the figure says what is so instead.
        """
        claim = Claim(text, figure)
        if not holds:
            raise NotSo(claim.line)
        self.made.append(claim)
        self.show(f"  ok  {claim.line}")


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Args:
        name: as a person types it.
        title: what it shows, in a few words.
        play: does it, and makes its claims.
        needs: names of the chapters that must have been played before.
        sees: which systems are seen in it, and on the embedded AWS by what.
        minutes: about how long it takes on an account.
        dollars: about what it costs there, for as long as what it builds stands: an hour.
    """

    name: str
    title: str
    play: Callable[[Stage, Claims], None]
    needs: tuple[str, ...] = ()
    sees: tuple[Sight, ...] = ()
    minutes: int = 1
    dollars: float = 0.0
