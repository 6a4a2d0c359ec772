"""What can go wrong with a release, made to go wrong with real containers."""

import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tests.functional.failures.harness import ROLLING, Harness, Seen, of
from tests.functional.failures.small_app import DOCKERFILE, Change

NEW: Final = "new"
OLD: Final = "old"

Act = Callable[[Harness], Seen]


@dataclass(frozen=True)
class Case:
    """A failure and how a release ought to end that meets it.

    Args:
        title: what goes wrong.
        act: lets it go wrong.
        exit_code: of the command.
        verdict: in words; empty where nothing was begun.
        causes: of which one is to be named; empty where there is to be none.
        serves: which version answers afterwards.
        unharmed: whether no request may fail.
        says: words that are printed.
        quick: whether it belongs to the tests that always run.
    """

    title: str
    act: Act
    exit_code: int
    verdict: str = ""
    causes: frozenset[str] = frozenset()
    serves: str = OLD
    unharmed: bool = True
    says: str = ""
    quick: bool = False

    def wrong(self, seen: Seen, before: str) -> list[str]:
        """What is not as it ought to be; ``before`` is the version that served before."""
        checks = {
            f"exit code {seen.exit_code}, not {self.exit_code}": seen.exit_code == self.exit_code,
            f"verdict `{seen.verdict}`, not `{self.verdict}`": seen.verdict == self.verdict,
            f"cause {seen.causes}": bool(set(seen.causes) & self.causes) == bool(self.causes)
            and set(seen.causes) <= self.causes,
            f"{seen.answers} answers": seen.answers == (seen.shipped if self.serves == NEW else before),
            f"{seen.failed} requests failed": not (self.unharmed and seen.failed),
            f"nothing says {self.says!r}": self.says in seen.text,
        }
        return [what for what, good in checks.items() if not good]


def _ship(change: Change | None = None) -> Act:
    return lambda harness: harness.deploy(change)


def _api(**variables: str) -> Act:
    return _ship(Change(api=variables))


def _file(**files: str) -> Act:
    return _ship(
        Change(files={name.capitalize() if name == "dockerfile" else name: text for name, text in files.items()})
    )


def _again(harness: Harness) -> Seen:
    return harness.seen(harness.start("deploy", harness.serving, "--json"), harness.serving)


def _with_fault(kind: str, **order: object) -> Act:
    def act(harness: Harness) -> Seen:
        with harness.fault(kind, **order):
            seen = harness.deploy()
        harness.rest()
        return seen

    return act


def _no_capacity(harness: Harness) -> Seen:
    with harness.fault("no-capacity"):
        seen = harness.deploy(None, "--timeout", "1")
    # Without the fault the rollout goes on to its end: that is what the verdict says.
    harness.rest()
    harness.serving = harness.answers()
    return seen


def _without_log_group(harness: Harness) -> Seen:
    logs = harness.aws.client("logs")
    name = next(
        each["logGroupName"] for each in logs.describe_log_groups()["logGroups"] if "api" in each["logGroupName"]
    )
    logs.delete_log_group(logGroupName=name)
    try:
        return harness.deploy()
    finally:
        logs.create_log_group(logGroupName=name)


def _distrusted(harness: Harness) -> Seen:
    iam = harness.aws.client("iam")
    role = next(each for each in iam.list_roles()["Roles"] if "api" in each["RoleName"] and "exec" in each["RoleName"])
    name, trust = role["RoleName"], json.dumps(role["AssumeRolePolicyDocument"])
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust.replace("ecs-tasks.", "ec2."))
    try:
        return harness.deploy()
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)


def _ctrl_c(harness: Harness) -> Seen:
    version, running = harness.begin(Change(api={"LISTEN_AFTER": "600"}))
    running.until(ROLLING)
    running.signal(signal.SIGINT)
    return harness.seen(running, version)


def _two_at_once(harness: Harness) -> Seen:
    version, running = harness.begin()
    running.until(ROLLING)
    _, second = harness.begin()
    refused = harness.seen(second, "")
    first = harness.seen(running, version)
    assert first.exit_code == 0, first
    harness.serving = version
    return replace(refused, shipped=version, answers=first.answers)


def _killed_aws(harness: Harness) -> Seen:
    version, running = harness.begin()
    running.until(ROLLING)
    code, _, text, _ = harness.start("local", "fault", "kill").wait()
    assert code == 0, text
    return harness.seen(running, version)


def _resumed(harness: Harness) -> Seen:
    version, running = harness.begin()
    running.until(ROLLING)
    running.signal(signal.SIGKILL)
    running.wait()
    deadline = time.monotonic() + 240
    while True:
        # Until its lease has run out the release counts as running, and nobody else may go on with it.
        seen = harness.seen(harness.start("deploy", "--resume", "newest", "--json"), version)
        if seen.exit_code != 5 or time.monotonic() > deadline:
            return seen
        time.sleep(5)


def _older(harness: Harness) -> Seen:
    return harness.seen(harness.start("deploy", "v1.0.0", "--json"), "v1.0.0")


def _no_tag(harness: Harness) -> Seen:
    return harness.seen(harness.start("deploy", "v9.9.9", "--json"), "v9.9.9")


def _bad_manifest(harness: Harness) -> Seen:
    path = harness.little.folder / "tagship.yaml"
    good = path.read_text()
    path.write_text(good.replace("    port:", "    prot:", 1))
    try:
        return harness.seen(harness.start("deploy", harness.serving, "--json"), harness.serving)
    finally:
        path.write_text(good)


def _dirty(harness: Harness) -> Seen:
    version = harness.little.tag()
    path = harness.little.folder / "app.py"
    good = path.read_text()
    path.write_text(good + "# changed\n")
    try:
        return harness.seen(harness.start("deploy", version, "--json"), version)
    finally:
        path.write_text(good)


def _no_aws(harness: Harness) -> Seen:
    nowhere = harness.folder / "nowhere"
    ended = harness.start("deploy", harness.serving, "--json", TAGSHIP_HOME=str(nowhere)).wait()
    return replace(of(ended, ""), answers=harness.answers())


def _arm(harness: Harness) -> Seen:
    """A program of 64 bytes whose header says AArch64: the kernel looks no further."""
    header = "\\x7fELF\\x02\\x01\\x01" + "\\x00" * 9 + "\\x02\\x00\\xb7\\x00\\x01\\x00\\x00\\x00" + "\\x00" * 40
    made = f"RUN python3 -c \"open('/arm', 'wb').write(b'{header}')\" && chmod +x /arm\nENTRYPOINT [\"/arm\"]\n"
    return harness.deploy(Change(files={"Dockerfile": DOCKERFILE + made}))


def _lines(*lines: str) -> Act:
    return _ship(Change(lines=lines))


def _rolled_back(title: str, act: Act, *causes: str, quick: bool = False) -> Case:
    return Case(title, act, 11, "rolled back by ECS", frozenset(causes), quick=quick)


def _before(title: str, act: Act, says: str, *, quick: bool = False) -> Case:
    return Case(title, act, 14, "failed before the update", says=says, quick=quick)


def _released(title: str, act: Act, *, unharmed: bool = True, quick: bool = False) -> Case:
    return Case(title, act, 0, "released", serves=NEW, unharmed=unharmed, quick=quick)


_SILENT: Final = ("health-check-silence", "slow-start")

CASES: Final = (
    _released("nothing: a good release", _ship(), quick=True),
    Case("nothing: the version is live already", _again, 0, quick=True),
    _rolled_back("it crashes at start", _api(EXIT="3"), "crash", quick=True),
    _rolled_back("it crashes on import", _api(IMPORT="nowhere_to_be_found"), "crash-on-import", quick=True),
    _rolled_back("a setting is missing", _api(SETTING="NOTES_SIGNING_KEY"), "missing-setting"),
    _rolled_back("its database has no address", _api(DATABASE="db.invalid"), "host-not-found"),
    _rolled_back("its database refuses connections", _api(DATABASE="127.0.0.1"), "database-unreachable"),
    _rolled_back("it crashes after 5 s", _api(LISTEN_AFTER="60", CRASH_AFTER="5"), "crash"),
    _rolled_back("it exits with 0", _api(EXIT="0"), "exited"),
    _rolled_back("it is killed, not for memory", _api(KILL="9"), "killed", "crash"),
    _rolled_back("it uses more memory than it has", _api(EAT="700"), "out-of-memory"),
    _rolled_back(
        "the entry point is missing", _file(dockerfile=DOCKERFILE + 'ENTRYPOINT ["/nowhere"]\n'), "entry-point-missing"
    ),
    _rolled_back(
        ("the entry point is not executable"),
        _file(dockerfile=DOCKERFILE + 'ENTRYPOINT ["/app.py"]\n'),
        "permission-denied",
    ),
    _rolled_back("the program is for another processor", _arm, "wrong-architecture"),
    _rolled_back("it listens on another port", _api(LISTEN="3000"), "wrong-port", quick=True),
    _rolled_back("it listens on 127.0.0.1 only", _api(HOST="127.0.0.1"), "listens-on-loopback"),
    _rolled_back("the health path answers 404", _api(HEALTH="404"), "health-path-404"),
    _rolled_back("the health path answers 503", _api(HEALTH="503"), "health-path-5xx"),
    _rolled_back("the health path gives no answer", _api(HANG="30"), "health-check-timeout"),
    _released("it starts slowly, within the grace period", _api(LISTEN_AFTER="5")),
    _rolled_back("it starts too slowly", _api(LISTEN_AFTER="600"), *_SILENT),
    _rolled_back(
        "it never becomes healthy, without waiting for the drain (`--until live`)",
        lambda harness: harness.deploy(Change(api={"LISTEN_AFTER": "600"}), "--until", "live"),
        *_SILENT,
    ),
    _rolled_back("the image is missing in the registry", _with_fault("image-missing"), "image-missing", quick=True),
    _rolled_back("the log may not be written", _with_fault("log-denied"), "log-denied"),
    _before("the migration fails", _lines('migrate: {command: [sh, -c, "exit 3"]}'), "exit code"),
    _before(
        "the migration takes too long", _lines("migrate: {command: [sleep, '600'], timeout: 10}"), "took longer than 10"
    ),
    _before("the build fails", _file(dockerfile=DOCKERFILE + "RUN false\n"), "", quick=True),
    _before("the log group is missing", _without_log_group, "no log group", quick=True),
    _before("the execution role does not trust ECS", _distrusted, "does not trust"),
    _rolled_back("the second service fails: both are rolled back", _ship(Change(worker={"EXIT": "3"})), "crash"),
    Case(
        "another deployer interferes",
        _with_fault("other-deployer", seconds=2),
        12,
        "superseded",
        frozenset({"superseded"}),
    ),
    _released("half of the calls are throttled", _with_fault("throttle", share=0.5, lasts=600)),
    Case("no capacity", _no_capacity, 15, "timed out, still in progress", frozenset({"no-capacity"})),
    _released("AWS's API becomes unavailable during the release, and returns", _killed_aws, unharmed=False),
    _released("the deploy itself is killed, and resumed", _resumed),
    Case("Ctrl-C during the rollout", _ctrl_c, 13, "cancelled", quick=True),
    Case("two deploys at once: the second", _two_at_once, 5, serves=NEW, says="is running"),
    Case("an older version", _older, 5, says="is older than", quick=True),
    Case("a tag that does not exist", _no_tag, 5, says="no tag", quick=True),
    Case("uncommitted changes", _dirty, 5, says="app.py", quick=True),
    Case("an unknown key in the manifest", _bad_manifest, 3, says="did you mean", quick=True),
    Case("the embedded AWS does not run", _no_aws, 4, says="not running", quick=True),
)
