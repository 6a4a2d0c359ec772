"""How a tour ends: the twenty systems, and for each whether it was real, a stand-in or not seen. Pure."""

from collections.abc import Sequence
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


def written(chapters: Sequence[Chapter], progress: Progress, *, on: str, by: str, now: datetime) -> str:
    """The report as a Markdown page, to read or to send."""
    lines = [f"# The tour on `{on}`, {now:%Y-%m-%d}", "", f"Played by {by}.", ""]
    for chapter in chapters:
        played = progress.played.get(chapter.name)
        lines += [f"## {chapter.name}: {chapter.title}", ""]
        lines += [f"- {claim.line}" for claim in played.claims] if played else ["Skipped."]
        lines += ["", f"{played.seconds:.0f} s", ""] if played else [""]
    rows = table(sights(chapters, progress, embedded=on != "aws"))
    lines += ["## The systems", "", "| system | seen |", "|---|---|", *(f"| {text} | {how} |" for text, how in rows)]
    return "\n".join([*lines, ""])
