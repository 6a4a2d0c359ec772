"""The names that have HTTPS, who answers for them, and what a program of this machine needs to ask by them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seatrial.services.cloudfront.model import Distribution


@dataclass(frozen=True)
class Names:
    """The names of one moment.

    Args:
        distributions: their own names and their aliases, in lower case; an alias may begin with ``*.``.
        user_pools: where people sign in, and issuers.
    """

    distributions: frozenset[str] = frozenset()
    user_pools: frozenset[str] = frozenset()

    @classmethod
    def of(cls, distributions: Iterable[Distribution], user_pools: frozenset[str]) -> "Names":
        """Those of these distributions and user pools."""
        found = {name.lower() for each in distributions for name in (each.domain, *each.aliases)}
        return cls(frozenset(found), user_pools)

    @property
    def all(self) -> list[str]:
        """Every name, in order."""
        return sorted(self.distributions | self.user_pools)

    @property
    def whole(self) -> frozenset[str]:
        """Those that are no pattern."""
        return frozenset(name for name in self.all if "*" not in name)


def page(names: Names, port: int, authority: Path) -> Mapping[str, object]:
    """What is told of them: ``port`` on loopback stands for 443 of each, ``authority`` is whom to trust."""
    return {"port": port, "authority": str(authority), "names": names.all if port else []}
