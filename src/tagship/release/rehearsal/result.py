"""How rehearsals ended, what is told of them meanwhile, and whether they ended as they should. Pure."""

from dataclasses import dataclass

from tagship.release.records.verdict import Verdict
from tagship.release.rehearsal.scenarios import Scenario


@dataclass(frozen=True)
class Rehearsed:
    """How one rehearsal ended.

    Args:
        name: the name of the scenario.
        says: what went wrong.
        verdict: what the engine said; None where it was skipped.
        causes: the causes that it named.
        error: the engine's own words, where it could not go on.
        seconds: seconds from the update to the verdict.
        requests: number of requests that users sent, before, during and after.
        failed: number of those that failed.
        p99: milliseconds within which 99 of 100 were answered during the rollout.
        serving: ``new`` or ``old``: the version that serves afterwards; ``both`` where they disagree.
        wrong: what is not as it should be; empty where all is well.
        skipped: why it was not tried.
    """

    name: str
    description: str
    verdict: Verdict | None = None
    causes: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0
    requests: int = 0
    failed: int = 0
    p99: float = 0.0
    live: str = ""
    wrong: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True)
class Rehearsals:
    """All of them.

    Args:
        version: the version that was shipped again and again.
        results: one a scenario.
        restored: whether the revisions that were live before are live again.
        interrupted: whether a person ended it.
    """

    version: str
    results: tuple[Rehearsed, ...]
    restored: bool
    interrupted: bool

    @property
    def good(self) -> bool:
        """Whether every rehearsal ended as it should, and everything is as it was."""
        return self.restored and not self.interrupted and not any(result.wrong for result in self.results)


def judge(scenario: Scenario, result: Rehearsed, failed_after: int) -> list[str]:
    """What is not as it should be; pure."""
    if result.verdict is Verdict.STOPPED:
        return ["it was interrupted"]
    wrong = []
    if result.verdict not in scenario.verdicts:
        expected = " or ".join(sorted(f"`{verdict.words}`" for verdict in scenario.verdicts))
        wrong.append(f"the verdict is `{result.verdict.words if result.verdict else 'none'}`, not {expected}")
    good = bool(result.verdict and result.verdict.good)
    if unexpected := set(result.causes) - scenario.causes:
        wrong.append(f"the cause is `{', '.join(sorted(unexpected))}`")
    if scenario.causes and not result.causes and not good:
        wrong.append("no cause was named")
    if scenario.unharmed and result.failed:
        wrong.append(f"{result.failed} requests failed")
    if failed_after:
        wrong.append(f"{failed_after} requests failed after it had ended")
    if result.live != ("new" if good else "old"):
        wrong.append(f"the {result.live} version is live")
    return wrong
