"""How a tour ends: the twenty systems, and for each whether it was real, a stand-in or not seen. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tour.chapter import Chapter
from tour.progress import Progress
from tour.systems import REAL, Sight, table


def sights(chapters: Sequence[Chapter], progress: Progress, *, embedded: bool) -> list[Sight]:
    """What was seen in the chapters that were played; on an account everything that was seen is real."""
    seen = [sight for chapter in chapters if chapter.name in progress.played for sight in chapter.sees]
    return seen if embedded else [Sight(sight.system) for sight in seen]


def summary(chapters: Sequence[Chapter], progress: Progress, *, embedded: bool) -> list[str]:
    """The table as lines, and the sum, which never says twenty while one was not seen."""
    rows = table(sights(chapters, progress, embedded=embedded))
    width = max(len(text) for text, _ in rows)
    counted = {kind: sum(how.startswith(kind) for _, how in rows) for kind in (REAL, "stand-in", "not seen")}
    sums = f"{counted[REAL]} real, {counted['stand-in']} by a stand-in, {counted['not seen']} not seen."
    return [*(f"  {text:<{width}}  {how}" for text, how in rows), "", f"Of {len(rows)} systems: {sums}"]


def touched(limits: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Which of AWS's documented limits the calls met, as lines of Markdown; none where nothing was counted."""
    if not limits:
        return []
    names = ("calls", "terraform", "met", "rows", "of", "refused")
    sums = {name: sum(counted[name] for counted in limits.values()) for name in names}
    head = ["| service | calls | Terraform's | met a row | rows met | beyond |", "|---|---|---|---|---|---|"]
    return [*head, *(_touched(service, counted) for service, counted in limits.items()), _touched("all", sums)]


def _touched(service: str, counted: Mapping[str, int]) -> str:
    cells = (f"{counted['calls']:,}", f"{counted['terraform']:,}", f"{counted['met']:,}")
    rows = f"{counted['rows']} of {counted['of']}"
    return f"| {' | '.join((service, *cells, rows, str(counted['refused'])))} |"


def written(
    chapters: Sequence[Chapter],
    progress: Progress,
    *,
    on: str,
    by: str,
    now: datetime,
    limits: Mapping[str, Mapping[str, int]] | None = None,
) -> str:
    """The report as a Markdown page, to read or to send."""
    lines = [f"# The tour on `{on}`, {now:%Y-%m-%d}", "", f"Played by {by}.", ""]
    for chapter in chapters:
        played = progress.played.get(chapter.name)
        lines += [f"## {chapter.name}: {chapter.title}", ""]
        lines += [f"- {claim.line}" for claim in played.claims] if played else ["Skipped."]
        lines += ["", f"{played.seconds:.0f} s", ""] if played else [""]
    rows = table(sights(chapters, progress, embedded=on != "aws"))
    lines += ["## The systems", "", "| system | seen |", "|---|---|", *(f"| {text} | {how} |" for text, how in rows)]
    if table_of_limits := touched(limits or {}):
        lines += ["", "## What met AWS's limits, since the embedded AWS was started", "", *table_of_limits]
    return "\n".join([*lines, ""])
