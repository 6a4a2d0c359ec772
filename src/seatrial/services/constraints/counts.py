"""How many calls met the table, and how many were beyond it, since the start."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from seatrial.services.constraints.rows import Row, rows


class Counts:
    """What was counted, by service."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[tuple[str, str]] = Counter()
        self._terraform: Counter[str] = Counter()
        self._met: Counter[str] = Counter()
        self._rows: defaultdict[str, set[Row]] = defaultdict(set)

    def called(self, service: str, operation: str, user_agent: str) -> None:
        """A call came."""
        self._calls[service, operation] += 1
        self._terraform[service] += "terraform/" in user_agent.lower()

    def met(self, service: str, found: Iterable[Row]) -> None:
        """A call had values that these rows are about."""
        before = set(found)
        self._met[service] += bool(before)
        self._rows[service] |= before

    def refused(self, service: str, operation: str) -> None:
        """A call was refused."""
        self._refused[service, operation] += 1

    def page(self) -> Mapping[str, object]:
        """By service and operation, how often each was called and refused; and the sums of each service.

        A service's sums are ``calls``, ``terraform`` (those of them that Terraform made), ``met`` (those with a value
        that a row is about), ``rows`` (how many rows met one), ``of`` (how many rows it has), ``refused``.
        """
        services = sorted({service for service, _ in self._calls})
        return {
            "calls": _by_service(self._calls),
            "refused": _by_service(self._refused),
            "services": {service: self._sums(service) for service in services},
        }

    def _sums(self, service: str) -> Mapping[str, int]:
        return {
            "calls": _of(service, self._calls),
            "terraform": self._terraform[service],
            "met": self._met[service],
            "rows": len(self._rows[service]),
            "of": len(rows(service)),
            "refused": _of(service, self._refused),
        }


def _of(service: str, counted: Counter[tuple[str, str]]) -> int:
    return sum(count for (name, _), count in counted.items() if name == service)


def _by_service(counted: Counter[tuple[str, str]]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (service, operation), count in sorted(counted.items()):
        found.setdefault(service, {})[operation] = count
    return found
