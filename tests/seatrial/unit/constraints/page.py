"""Renders the table as ``docs/seatrial/constraints.md``; run it to write the page again."""

import json
from pathlib import Path
from typing import Any

from seatrial.core.wire.modelled import service_model
from seatrial.services.constraints.refusals import dialect_of
from seatrial.services.constraints.rows import Row, rows, services

PAGE = Path(__file__).parents[4] / "docs/seatrial/constraints.md"
TEMPLATE = Path(__file__).with_name("page.md")
WORDS = {
    "least": "at least {}",
    "most": "at most {}",
    "low": "{} or more",
    "high": "{} or less",
    "step": "in steps of {}",
    "pattern": "like `{}`",
    "unlike": "not like `{}`",
    "one_of": "one of {}",
    "none_of": "none of {}",
    "octets": "at most {} bytes",
    "json_length": "at most {} characters as JSON",
    "unspaced": "at most {} characters without white space",
    "json": "JSON",
    "policy": "a policy ({})",
    "wildcards": "at most {} wildcards",
    "unique": "each {} once",
}


def page() -> str:
    """The whole page."""
    chapters = sorted((service_model(service).metadata["serviceId"], service) for service in services())
    counts = "".join(f"| {name} | {len(rows(service))} |\n" for name, service in chapters)
    total = sum(len(rows(service)) for _, service in chapters)
    told = "".join(f"\n## {name}\n\n{_table(service)}" for name, service in chapters)
    written = TEMPLATE.read_text(encoding="utf-8").replace("{counts}", f"{counts}| all | {total} |")
    return written.replace("{chapters}", told)


def _table(service: str) -> str:
    head = "| values | may be | else | AWS's page |\n|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows(service))


def _cells(row: Row) -> tuple[str, ...]:
    shown = [_code(member) for member in row.members[:2]] + (["…"] if len(row.members) > 2 else [])
    where = [f"where {name} is like {_code(pattern)}" for name, pattern in row.where.items()]
    of = [f"in {', '.join(row.operations[:3])}{', …' if len(row.operations) > 3 else ''}"] if row.operations else []
    may = [WORDS[name].format(_limit(limit)) for name, limit in row.rule.items()]
    if row.together:
        may.append("all together")
    page = row.page.rpartition("/")[2].removesuffix(".html")
    return (
        " ".join((", ".join(shown), *of, *where)),
        ", ".join(may).replace("|", "\\|"),
        f"`{row.code or dialect_of(row.service).code}`",
        f"[{page}]({row.page})",
    )


def _limit(limit: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(limit, list):
        return ", ".join(map(str, limit))
    return limit if isinstance(limit, str) else f"{limit:,}" if limit is not True else json.dumps(limit)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
