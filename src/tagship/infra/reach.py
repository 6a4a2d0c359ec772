"""What each field of the manifest reaches the moment `tagship infra apply` applies it. Data, and pure functions.

``docs/terraform.md`` shows it, and a test holds each row to what is rendered and planned.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Reach(Enum):
    """What becomes of tasks that run, and of the people whom they serve."""

    NOTHING = "nothing that runs"
    AT_ONCE = "people, at once, as it is written; running tasks stay as they are"
    RELEASE = "the tasks of the next release"
    ASKED = "running tasks: they are asked first"
    REFUSED = "running tasks: refused, unless allowed by name"
    GUARDED = "what holds data: refused, unless allowed by name"
    ELSEWHERE = "another environment; this one stays as it is"


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
    Row("app", Reach.ELSEWHERE, "Every name begins with it."),
    Row("region", Reach.ELSEWHERE),
    Row("network.cidr", Reach.REFUSED, "Everything in the network is replaced.", ("network", "load-balancer")),
    Row("network.nat", Reach.REFUSED, "Connections out are cut.", ("way-out", "tasks-network")),
    Row("network.endpoints", Reach.AT_ONCE, "Open connections to that AWS service are made anew; AWS's SDKs do so."),
    Row("network.flow_logs", Reach.NOTHING),
    Row("services", Reach.REFUSED, "A service that goes takes its tasks along.", ("service", "service-parts", "paths")),
    Row(f"{_S}.build", Reach.RELEASE),
    Row(f"{_S}.port", Reach.RELEASE, "Old and new tasks serve side by side, each on its own port."),
    Row(f"{_S}.health.path", Reach.ASKED, "The load balancer asks it of running tasks at once.", ("health",)),
    Row(f"{_S}.health.interval", Reach.NOTHING, "A task that answers goes on answering."),
    Row(f"{_S}.health.timeout", Reach.ASKED, "Only where it gets shorter.", ("health",)),
    Row(f"{_S}.health.healthy_threshold", Reach.NOTHING),
    Row(f"{_S}.health.unhealthy_threshold", Reach.NOTHING),
    Row(f"{_S}.health.grace_period", Reach.NOTHING, "It holds for tasks that start after it."),
    Row(f"{_S}.cpu", Reach.RELEASE),
    Row(f"{_S}.memory", Reach.RELEASE),
    Row(f"{_S}.environment", Reach.RELEASE),
    Row(f"{_S}.count.desired", Reach.RELEASE, "Only the first one starts so many."),
    Row(f"{_S}.count.min", Reach.NOTHING, "Tasks are added where fewer run."),
    Row(f"{_S}.count.max", Reach.NOTHING, "Tasks are drained where more run."),
    Row(f"{_S}.scaling", Reach.NOTHING, "The number of tasks moves, one after the other is drained."),
    Row(f"{_S}.sign_in", Reach.REFUSED, "Everybody gets in, or only who is signed in, at once.", ("sign-in",)),
    Row(f"{_S}.database", Reach.REFUSED, "`false` shuts running tasks out.", ("database-access", "permission")),
    Row(f"{_S}.after", Reach.RELEASE),
    Row(f"{_S}.migrate", Reach.RELEASE),
    Row(f"{_S}.rollout", Reach.RELEASE),
    Row(f"{_S}.exec", Reach.NOTHING, "Tasks that start after it have a terminal, or have none."),
    Row(
        f"{_S}.paths",
        Reach.REFUSED,
        "Only where requests are taken from tasks that run, or from files of the published front end.",
        ("paths", "site-paths"),
    ),
    Row(f"{_S}.stop_timeout", Reach.RELEASE),
    Row(f"{_S}.drain", Reach.NOTHING, "It holds for tasks that stop after it."),
    Row("site", Reach.GUARDED, "Where there was none, it answers what no service is asked for."),
    Row("site.folder", Reach.RELEASE),
    Row("site.build", Reach.RELEASE),
    Row("site.single_page", Reach.REFUSED, "Only `false`: routes of the published pages are lost.", ("single-page",)),
    Row("database", Reach.GUARDED, "Where there was none, nothing that runs is reached.", ("secret",)),
    Row("database.name", Reach.GUARDED, "Another name is another database."),
    Row("database.version", Reach.REFUSED, "The database restarts.", ("database-restart",)),
    Row("database.instance", Reach.REFUSED, "The database restarts.", ("database-restart",)),
    Row("database.capacity", Reach.NOTHING, "Aurora grows and shrinks without cutting a connection."),
    Row("database.readers.min", Reach.REFUSED, "Only where a reader goes.", ("database-instance",)),
    Row("database.readers.max", Reach.NOTHING),
    Row("database.readers.cpu", Reach.NOTHING),
    Row("database.backup_days", Reach.NOTHING),
    Row("database.password_version", Reach.REFUSED, "Running tasks hold the old password.", ("passwords",)),
    Row("auth", Reach.GUARDED, "Where there was none, nothing that runs is reached."),
    Row("auth.mfa", Reach.AT_ONCE, "At the next sign-in, whose page leads people through it."),
    Row("auth.sign_up", Reach.AT_ONCE),
    Row("auth.groups", Reach.GUARDED, "A group that goes forgets its members."),
    Row("auth.callbacks", Reach.REFUSED, "Only where one goes: the running version uses it.", ("sign-in-addresses",)),
    Row("auth.sign_outs", Reach.REFUSED, "Only where one goes: the running version uses it.", ("sign-in-addresses",)),
    Row("firewall", Reach.REFUSED, "Only where it comes with `mode: block`: begin with `count`.", ("firewall",)),
    Row("firewall.mode", Reach.AT_ONCE, "`block` refuses what `count` has counted so far."),
    *(
        Row(f"firewall.{field}", Reach.AT_ONCE)
        for field in ("rate_limit", "allow_countries", "block_countries", "allow_addresses", "large_bodies")
    ),
    Row("firewall.load_balancer", Reach.REFUSED, "As a firewall that comes.", ("firewall",)),
    Row("traffic", Reach.GUARDED, "The logs go with it."),
    Row("traffic.days", Reach.NOTHING, "Older logs go."),
    Row("alerts", Reach.NOTHING),
    Row("dashboards", Reach.AT_ONCE, "`/grafana` is Grafana's from then on; Grafana itself is replaced task by task."),
    Row("vpn", Reach.AT_ONCE, "Who is connected is cut off."),
    Row("github", Reach.NOTHING),
    Row(f"{_E}.account", Reach.ELSEWHERE, "With credentials of another account every command stops."),
    Row(f"{_E}.protect", Reach.NOTHING),
    Row(f"{_E}.domain", Reach.REFUSED, "Front door and load balancer change at once.", ("load-balancer", "front-door")),
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
