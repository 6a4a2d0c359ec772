"""The chapters in their order, each after those that it needs."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tests.support.left import left
from tour.chapter import Chapter, Claims
from tour.chapters import database, destroy, guard, images, network, release, rollback, scaling, site
from tour.progress import Played, Progress
from tour.stage import Stage

CHAPTERS: Final[Sequence[Chapter]] = (
    network.CHAPTER,
    guard.CHAPTER,
    images.CHAPTER,
    release.CHAPTER,
    site.CHAPTER,
    database.CHAPTER,
    rollback.CHAPTER,
    scaling.CHAPTER,
    destroy.CHAPTER,
)
LAST: Final = destroy.CHAPTER.name
"""After it nothing is there any more, so the next tour begins anew."""


def wanted(names: Iterable[str], progress: Progress) -> list[Chapter]:
    """Which chapters are to be played.

    Args:
        names: chapters that are asked for; none: all that were not played yet.
        progress: what was played.
    """
    by_name = {chapter.name: chapter for chapter in CHAPTERS}
    asked = [by_name[name] for name in names]
    if not asked:
        return [chapter for chapter in CHAPTERS if chapter.name not in progress.played]
    needed = {name for chapter in asked for name in _needed(chapter, by_name) if name not in progress.played}
    return [chapter for chapter in CHAPTERS if chapter in asked or chapter.name in needed]


def _needed(chapter: Chapter, by_name: dict[str, Chapter]) -> set[str]:
    return {one for name in chapter.needs for one in (name, *_needed(by_name[name], by_name))}


def play(stage: Stage, chapters: Sequence[Chapter], progress: Progress, show: Callable[[str], None]) -> None:
    """Play them one after the other; what was played is kept, whatever comes after.

    Raises:
        NotSo: a claim does not hold.
        ProgramFailed: a command failed.
    """
    stage.prepare()
    if not progress.before:
        progress.before = left(stage)
    for number, chapter in enumerate(chapters, 1):
        show(f"\n{number}/{len(chapters)} {chapter.name}: {chapter.title}")
        claims, began = Claims(show), time.monotonic()
        chapter.play(stage, claims)
        if chapter.name == LAST:
            claims.claim("nothing is left behind", left(stage) == progress.before, _more(left(stage), progress.before))
        seconds = time.monotonic() - began
        progress.played[chapter.name] = Played(seconds, tuple(claims.made))
        progress.keep()
        show(f"  {seconds:.0f} s")


def _more(now: dict[str, int], before: dict[str, int]) -> str:
    more = {kind: count - before.get(kind, 0) for kind, count in now.items() if count != before.get(kind, 0)}
    return ", ".join(f"{count:+} {kind}" for kind, count in more.items()) or f"{len(now)} kinds looked at"
