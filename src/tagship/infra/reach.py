"""What each field of the manifest reaches the moment `tagship infra apply` applies it. Data, and pure functions.

``docs/terraform.md`` shows it, and a test holds each row to what is rendered and planned.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Reach(Enum):
    """What becomes of tasks that run, and of the people whom they serve."""

    NOTHING = "nothing that is running"
    AT_ONCE = "users, immediately and as intended; not the running tasks"
    RELEASE = "the tasks of the next release"
    ASKED = "running tasks: they are checked first"
    REFUSED = "running tasks: refused, unless allowed by name"
    GUARDED = "resources with data: refused, unless allowed by name"
    ELSEWHERE = "a new environment; this one is unchanged"


@dataclass(frozen=True)
class Row:
    """One field.

    Args:
        field: the field as ``docs/manifest.md`` names it; ``NAME`` stands for a name of one's own.
        reach: what a change of it reaches.
        words: what happens, where that needs saying.
        rules: the rules of ``live_rules.py`` that find it in a plan.
    """

    field: str
    reach: Reach
    words: str = ""
    rules: tuple[str, ...] = ()


_S: Final = "services.NAME"
_E: Final = "environments.NAME"

ROWS: Final = (
    Row("app", Reach.ELSEWHERE, "It is the prefix of all names."),
    Row("region", Reach.ELSEWHERE),
    Row("network.cidr", Reach.REFUSED, "Everything in the network is replaced.", ("network", "load-balancer")),
    Row("network.nat", Reach.REFUSED, "Outbound connections are closed.", ("way-out", "tasks-network")),
    Row("network.endpoints", Reach.AT_ONCE, "Open connections to that AWS service must be reopened; AWS's SDKs do so."),
    Row("network.flow_logs", Reach.NOTHING),
    Row("services", Reach.REFUSED, "Removing a service stops its tasks.", ("service", "service-parts", "paths")),
    Row(f"{_S}.build", Reach.RELEASE),
    Row(f"{_S}.port", Reach.RELEASE, "Old and new tasks serve side by side, each on its own port."),
    Row(f"{_S}.health.path", Reach.ASKED, "The load balancer checks running tasks at it immediately.", ("health",)),
    Row(f"{_S}.health.interval", Reach.NOTHING, "Responding tasks stay healthy."),
    Row(f"{_S}.health.timeout", Reach.ASKED, "Only if it gets shorter.", ("health",)),
    Row(f"{_S}.health.healthy_threshold", Reach.NOTHING),
    Row(f"{_S}.health.unhealthy_threshold", Reach.NOTHING),
    Row(f"{_S}.health.grace_period", Reach.NOTHING, "Applies to tasks that start later."),
    Row(f"{_S}.container_check", Reach.RELEASE),
    Row(f"{_S}.entrypoint", Reach.RELEASE),
    Row(f"{_S}.command", Reach.RELEASE),
    Row(f"{_S}.user", Reach.RELEASE),
    Row(f"{_S}.open_files", Reach.RELEASE),
    Row(f"{_S}.cpu", Reach.RELEASE),
    Row(f"{_S}.memory", Reach.RELEASE),
    Row(f"{_S}.environment", Reach.RELEASE),
    Row(
        f"{_S}.secrets",
        Reach.REFUSED,
        "Only if one is removed: the running version reads it. A new value reaches the tasks of the next release.",
        ("permission",),
    ),
    Row(f"{_S}.count.desired", Reach.RELEASE, "Only the first release starts this many."),
    Row(f"{_S}.count.min", Reach.NOTHING, "Tasks are added if fewer are running."),
    Row(f"{_S}.count.max", Reach.NOTHING, "Tasks are drained if more are running."),
    Row(f"{_S}.scaling", Reach.NOTHING, "The number of tasks changes; tasks are drained one after the other."),
    Row(f"{_S}.sign_in", Reach.REFUSED, "Everyone has access, or only signed-in users, immediately.", ("sign-in",)),
    Row(
        f"{_S}.database",
        Reach.REFUSED,
        "`false` takes access away from running tasks.",
        ("database-access", "permission"),
    ),
    Row(f"{_S}.after", Reach.RELEASE),
    Row(f"{_S}.migrate", Reach.RELEASE),
    Row(f"{_S}.rollout", Reach.RELEASE),
    Row(f"{_S}.exec", Reach.NOTHING, "Applies to tasks that start later."),
    Row(
        f"{_S}.paths",
        Reach.REFUSED,
        "Only if requests move away from running tasks, or from files of the live front end.",
        ("paths", "site-paths"),
    ),
    Row(f"{_S}.stop_timeout", Reach.RELEASE),
    Row(f"{_S}.drain", Reach.NOTHING, "Applies to tasks that stop later."),
    Row("site", Reach.GUARDED, "A new one serves the paths that no service has."),
    Row("site.folder", Reach.RELEASE),
    Row("site.build", Reach.RELEASE),
    Row("site.single_page", Reach.REFUSED, "Only `false`: routes of the live pages return 404.", ("single-page",)),
    Row("database", Reach.GUARDED, "A new one affects nothing that is running.", ("secret",)),
    Row("database.name", Reach.GUARDED, "Another name means a new database."),
    Row("database.version", Reach.REFUSED, "The database restarts.", ("database-restart",)),
    Row("database.instance", Reach.REFUSED, "The database restarts.", ("database-restart",)),
    Row("database.capacity", Reach.NOTHING, "Aurora resizes without closing connections."),
    Row("database.readers.min", Reach.REFUSED, "Only if a reader is removed.", ("database-instance",)),
    Row("database.readers.max", Reach.NOTHING),
    Row("database.readers.cpu", Reach.NOTHING),
    Row("database.backup_days", Reach.NOTHING),
    Row("database.password_version", Reach.REFUSED, "Running tasks have the old password.", ("passwords",)),
    Row("auth", Reach.GUARDED, "A new one affects nothing that is running."),
    Row("auth.mfa", Reach.AT_ONCE, "At the next sign-in, whose page guides users through it."),
    Row("auth.sign_up", Reach.AT_ONCE),
    Row("auth.groups", Reach.GUARDED, "A removed group loses its members."),
    Row(
        "auth.callbacks", Reach.REFUSED, "Only if one is removed: the running version uses it.", ("sign-in-addresses",)
    ),
    Row(
        "auth.sign_outs", Reach.REFUSED, "Only if one is removed: the running version uses it.", ("sign-in-addresses",)
    ),
    Row("firewall", Reach.REFUSED, "Only if it is added with `mode: block`: begin with `count`.", ("firewall",)),
    Row("firewall.mode", Reach.AT_ONCE, "`block` blocks what `count` has counted so far."),
    *(
        Row(f"firewall.{field}", Reach.AT_ONCE)
        for field in ("rate_limit", "allow_countries", "block_countries", "allow_addresses", "large_bodies")
    ),
    Row("firewall.load_balancer", Reach.REFUSED, "Only if it is added with `mode: block`.", ("firewall",)),
    Row("traffic", Reach.GUARDED, "Removing it deletes the logs."),
    Row("traffic.days", Reach.NOTHING, "Older logs are deleted."),
    Row("alerts", Reach.NOTHING),
    Row("dashboards", Reach.AT_ONCE, "`/grafana` then belongs to Grafana; Grafana's own task is replaced."),
    Row("vpn", Reach.AT_ONCE, "Connected users are disconnected."),
    Row("github", Reach.NOTHING),
    Row(f"{_E}.account", Reach.ELSEWHERE, "Every command refuses credentials of another account."),
    Row(f"{_E}.protect", Reach.NOTHING),
    Row(
        f"{_E}.domain",
        Reach.REFUSED,
        "CloudFront and the load balancer change one after the other.",
        ("load-balancer", "front-door"),
    ),
)
"""Every field, or the part that it belongs to where all of that part's fields reach the same."""


def row_of(field: str) -> Row:
    """The row of a field: its own, or that of the part it belongs to; an environment's is the app's.

    Raises:
        KeyError: there is none.
    """
    rows = {row.field: row for row in ROWS}
    parts = field.split(".")
    for length in range(len(parts), 0, -1):
        if found := rows.get(".".join(parts[:length])):
            return found
    if field.startswith(f"{_E}."):
        return row_of(field.removeprefix(f"{_E}."))
    raise KeyError(field)


def table() -> str:
    """The rows as a table in Markdown."""
    lines = [f"| `{row.field}` | {row.reach.value} | {row.words} |" for row in ROWS]
    return "\n".join(["| a change of | reaches | |", "|---|---|---|", *lines]) + "\n"
