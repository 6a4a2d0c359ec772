"""What was played already: a file in the tour's folder, so that a tour goes on where it ended."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tour.chapter import Claim


@dataclass(frozen=True)
class Played:
    """A chapter that was played to its end, in so many seconds."""

    seconds: float
    claims: tuple[Claim, ...]


@dataclass
class Progress:
    """The chapters that were played, by name; ``before`` is how many things there were of each kind at the start."""

    path: Path
    played: dict[str, Played] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Progress":
        """What the file says; nothing where there is none."""
        if not path.exists():
            return cls(path)
        found = json.loads(path.read_text(encoding="utf-8"))
        played = {
            name: Played(each["seconds"], tuple(Claim(**claim) for claim in each["claims"]))
            for name, each in found["played"].items()
        }
        return cls(path, played, found["before"])

    def keep(self) -> None:
        """Write it down."""
        content = {"played": {name: asdict(each) for name, each in self.played.items()}, "before": self.before}
        self.path.write_text(json.dumps(content, indent=1), encoding="utf-8")
