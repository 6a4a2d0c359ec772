"""What is rehearsed: each fault, and how a release that meets it ought to end. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tagship.manifest.model import EnvironmentManifest
from tagship.release.records.verdict import Verdict

_RELEASED: Final = frozenset({Verdict.RELEASED})
_ROLLED_BACK: Final = frozenset({Verdict.ROLLED_BACK})
_UNHEALTHY: Final = frozenset({"health-check-silence", "health-check-timeout", "slow-start", "listens-on-loopback"})

_SHORTEST_GRACE: Final = 4
"""Seconds of grace below which there is no slow start within it."""

_PATIENCE: Final = 30 * 60.0
_WITHOUT_CAPACITY: Final = 30.0
"""Seconds for which a rollout that finds no capacity is watched: it would go on for ever."""


@dataclass(frozen=True)
class Scenario:
    """One rehearsal.

    Args:
        name: what ``--only`` names.
        says: what goes wrong, a sentence.
        fault: the order, as ``tagship local fault`` takes it; empty for none. ``kind`` ``kill`` is the embedded AWS.
        verdicts: how the release may end.
        causes: what the diagnosis may name; empty where there is to be none.
        each_service: whether the fault is set for each service by its ARN; else it is the account's or the machine's.
        meanwhile: whether it happens once the services are updated, and not before.
        unharmed: whether no request may fail.
        patience: seconds until the release gives up watching.
        skipped: why it is not rehearsed; empty where it is.
    """

    name: str
    says: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    verdicts: frozenset[Verdict] = _ROLLED_BACK
    causes: frozenset[str] = frozenset()
    each_service: bool = True
    meanwhile: bool = False
    unharmed: bool = True
    patience: float = _PATIENCE
    skipped: str = ""


def scenarios(manifest: EnvironmentManifest) -> tuple[Scenario, ...]:
    """All of them, with times that fit the manifest's health checks."""
    grace = min(service.health.grace_period for service in manifest.services.values())
    secrets = any(service.secrets or (manifest.database and service.database) for service in manifest.services.values())
    return (*_starts(grace, secrets=secrets), *_runs(), *_around(), *_harmful(manifest.region))


def _starts(grace: int, *, secrets: bool) -> Iterable[Scenario]:
    yield Scenario("nothing", "Nothing goes wrong.", verdicts=_RELEASED)
    yield Scenario(
        "image-missing",
        "The image is missing in the registry.",
        {"kind": "image-missing"},
        causes=frozenset({"image-missing"}),
    )
    yield Scenario("pull-slow", "The image takes 10 s longer to pull.", _for("pull-slow", 10), verdicts=_RELEASED)
    yield Scenario(
        "secret-denied",
        "The execution role may not read secrets.",
        {"kind": "secret-denied"},
        causes=frozenset({"secret-denied"}),
        skipped="" if secrets else "no service of the manifest has secrets",
    )
    yield Scenario(
        "log-denied",
        "The execution role may not write the log.",
        {"kind": "log-denied"},
        causes=frozenset({"log-denied"}),
    )
    within = max(1, grace // 2)
    yield Scenario(
        "slow-start",
        f"The application starts listening after {within} s; the grace period is {grace} s.",
        _for("slow-start", within),
        verdicts=_RELEASED,
        skipped="" if grace >= _SHORTEST_GRACE else f"a grace period of {grace} s is too short for it",
    )
    yield Scenario(
        "too-slow-start",
        f"The application does not listen within the grace period of {grace} s.",
        _for("slow-start", 3600),
        causes=_UNHEALTHY,
    )


def _runs() -> Iterable[Scenario]:
    yield Scenario(
        "crash",
        "The application crashes 2 s after its start.",
        _for("crash", 2),
        # The container is killed, so what it said last is all that tells: it may look like any end.
        causes=frozenset({"crash", "crash-later"}),
    )
    yield Scenario(
        "out-of-memory",
        "The application uses too much memory after 2 s.",
        _for("out-of-memory", 2),
        causes=frozenset({"out-of-memory"}),
    )
    yield Scenario(
        "health-503",
        "The application returns 503 to its health check.",
        {"kind": "health-503"},
        causes=frozenset({"health-path-5xx"}),
    )


def _around() -> Iterable[Scenario]:
    yield Scenario(
        "no-capacity",
        "ECS cannot place a task.",
        {"kind": "no-capacity"},
        verdicts=frozenset({Verdict.TIMED_OUT}),
        causes=frozenset({"no-capacity"}),
        patience=_WITHOUT_CAPACITY,
    )
    yield Scenario(
        "other-deployer",
        "Another process deploys 3 s later.",
        _for("other-deployer", 3),
        verdicts=frozenset({Verdict.SUPERSEDED}),
        causes=frozenset({"superseded"}),
    )
    yield Scenario(
        "throttle",
        "Another caller uses half of the account's quota of ECS calls.",
        {"kind": "throttle", "share": 0.5, "lasts": 3600},
        verdicts=_RELEASED,
        each_service=False,
    )


def _harmful(region: str) -> Iterable[Scenario]:
    """Where requests fail whatever a release does."""
    yield Scenario(
        "zone",
        f"The availability zone {region}a is lost in the middle.",
        {"kind": "zone", "zone": f"{region}a"},
        verdicts=_RELEASED | _ROLLED_BACK,
        causes=_UNHEALTHY,
        each_service=False,
        meanwhile=True,
        unharmed=False,
    )
    yield Scenario(
        "engine-restart",
        "Every container is killed at once, and none can be started for 5 s.",
        _for("engine-restart", 5),
        verdicts=_RELEASED | _ROLLED_BACK,
        causes=frozenset({"cannot-start", "image-not-pulled", "initialization-failed", "killed", "crash"}),
        each_service=False,
        meanwhile=True,
        unharmed=False,
    )
    yield Scenario(
        "kill",
        "AWS's control plane becomes unavailable and returns; here the load balancer does, too.",
        {"kind": "kill"},
        verdicts=_RELEASED,
        each_service=False,
        meanwhile=True,
        unharmed=False,
    )


def _for(kind: str, seconds: float) -> dict[str, Any]:
    return {"kind": kind, "seconds": seconds}
