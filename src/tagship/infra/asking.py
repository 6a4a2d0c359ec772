"""Asks running tasks, before anything is changed, what a load balancer is about to ask them; and what is published.

Two ways: on the embedded AWS their addresses are at hand; on AWS only the load balancer reaches them, so what is asked
goes through the front door, where a path leads there. What cannot be asked is said, never assumed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Protocol

from tagship.infra.live import LiveChange, Question
from tagship.infra.routing import priorities
from tagship.manifest.model import EnvironmentManifest

_GOOD: Final = range(200, 400)
"""What every target group of the modules takes for healthy (``modules/service``, ``matcher``)."""

_AGAIN: Final = 2
"""Requests through the front door for each healthy task: they do not all come to the same one."""

Get = Callable[[str, float], int | str]
"""Asks a URL, following no redirect: the status, or in words why there was no answer within so many seconds."""


class Target(Protocol):
    """A task as its load balancer sees it."""

    @property
    def address(self) -> str:
        """``address:port``."""
        ...

    @property
    def state(self) -> str:
        """``healthy``, or another."""
        ...


class Targets(Protocol):
    """What is asked of Elastic Load Balancing; ``aws/elb.py`` has it."""

    def target_health(self, target_group: str) -> Sequence[Target]:
        """The targets of a group, by its ARN."""
        ...


@dataclass(frozen=True)
class Asker:
    """Asks the healthy tasks of a service.

    Args:
        targets: knows them.
        get: asks a URL.
        manifest: says which path leads to which service.
        front_door: gives the URL through which to ask; None where the tasks' own addresses are at hand.
        published: gives the paths of the live front end's files, such as ``about/index.html``.
    """

    targets: Targets
    get: Get
    manifest: EnvironmentManifest
    front_door: Callable[[], str | None] = lambda: None
    published: Callable[[], Collection[str]] = tuple

    def probed(self, change: LiveChange) -> LiveChange:
        """The change with what the tasks say to it; as it was where nothing can be asked about it."""
        question = change.question
        if change.takes:
            return self._of_files(change)
        if question is None:
            return change
        healthy = [each for each in self.targets.target_health(question.target_group) if each.state == "healthy"]
        if not healthy:
            return change.answered("No running task is healthy, so none is affected", well=True)
        door = self.front_door()
        if door is None:
            urls = [f"http://{each.address}{question.path}" for each in healthy]
            return self._answered(change, question, urls, _tasks(len(healthy)))
        if why := self._no_way(change.service, question.path):
            return change.answered(f"The running tasks could not be checked: {why}", well=False)
        url = f"{door.rstrip('/')}{question.path}"
        return self._answered(change, question, [url] * _AGAIN * len(healthy), "through the front door")

    def _of_files(self, change: LiveChange) -> LiveChange:
        taken = sorted(f"/{each}" for each in self.published() if any(fnmatchcase(f"/{each}", p) for p in change.takes))
        if taken:
            return change.answered(f"Live files with such a path: {len(taken)}, for example `{taken[0]}`", well=False)
        return change.answered("No live file has such a path", well=True)

    def _answered(self, change: LiveChange, question: Question, urls: Sequence[str], whom: str) -> LiveChange:
        answers = [self.get(url, question.timeout) for url in urls]
        bad = [each for each in answers if each not in _GOOD]
        said = ", ".join(sorted({f"HTTP {each}" if isinstance(each, int) else each for each in bad or answers}))
        if bad:
            return change.answered(
                f"Checked {whom}: the running version responds to `{question.path}` with {said}", well=False
            )
        return change.answered(f"Checked {whom}: `{question.path}` returns {said}", well=True)

    def _no_way(self, service: str, path: str) -> str:
        """Why the front door does not lead to the service under this path; empty where it does."""
        found = self.manifest.services.get(service)
        if leads_to(self.manifest, path) != service or found is None:
            return f"only the load balancer reaches them, and CloudFront does not route `{path}` to `{service}`"
        if found.sign_in:
            return "only the load balancer reaches them, and its rule requires sign-in"
        return ""


def leads_to(manifest: EnvironmentManifest, path: str) -> str:
    """The service that the front door sends a path to; empty for none. Pure."""
    owners = {pattern: name for name, service in manifest.services.items() for pattern in service.paths}
    order = priorities(owners)
    fits = [pattern for pattern in owners if fnmatchcase(path, pattern)]
    return owners[min(fits, key=order.__getitem__)] if fits else ""


def _tasks(count: int) -> str:
    return "on the one healthy task" if count == 1 else f"on each of {count} healthy tasks"
