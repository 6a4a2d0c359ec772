"""``python -m tour``: plays the tour; see ``make tour`` and ``make test-aws``."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tagship.base.errors import ProgramFailed, TagshipError
from tour.chapter import Chapter, NotSo
from tour.progress import Progress
from tour.report import summary, written
from tour.stage import ENVIRONMENT, Stage
from tour.story import CHAPTERS, LAST, play, wanted

INTERRUPTED = 130
"""The exit code of Ctrl-C, as every shell has it."""


def main() -> int:
    """Play what is asked for; 0 where every claim holds."""
    options = _options()
    stage = Stage(options.folder.absolute() / options.on, options.on, options.port)
    progress = _progress(stage, fresh=options.fresh)
    chapters = wanted(options.chapters, progress)
    if options.on == "aws" and not _agreed(chapters, yes=options.yes):
        return 1
    try:
        play(stage, chapters, progress, _show)
    except (NotSo, TagshipError, ProgramFailed) as problem:
        _show(f"  NOT SO: {problem}")
        _show("\nNext: the same command plays on from this chapter; with --fresh the tour begins anew.")
        return 1
    except KeyboardInterrupt:
        _show("  Interrupted.\n\nNext: the same command plays on from this chapter.")
        return INTERRUPTED
    finally:
        _report(stage, progress)
    if LAST in progress.played:
        stage.clear()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tour", description="Plays the whole architecture, and checks it.")
    names = [chapter.name for chapter in CHAPTERS]
    parser.add_argument(
        "chapters", nargs="*", metavar="CHAPTER", choices=[*names, []], help=f"only these: {', '.join(names)}"
    )
    parser.add_argument("--on", choices=("local", "local-small", "aws"), default="local", help="which AWS")
    parser.add_argument("--folder", type=Path, default=Path(".tour"), help="where everything is that the tour makes")
    parser.add_argument("--port", type=int, default=4690, help="of the embedded AWS")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    parser.add_argument("--yes", action="store_true", help="do not ask before it costs money")
    return parser.parse_args()


def _progress(stage: Stage, *, fresh: bool) -> Progress:
    path = stage.folder / "progress.json"
    found = Progress.read(path)
    if fresh or LAST in found.played:
        stage.clear()
        path.unlink(missing_ok=True)
        return Progress(path)
    return found


def _agreed(chapters: list[Chapter], *, yes: bool) -> bool:
    """Whether you agree to what it takes on your account."""
    for chapter in chapters:
        _show(f"{chapter.name:<10} about {chapter.minutes:>3} minutes, about ${chapter.dollars:.2f}")
    minutes, dollars = sum(each.minutes for each in chapters), sum(each.dollars for each in chapters)
    _show(f"Together about {minutes} minutes and ${dollars:.2f} on the account of your credentials.")
    _show(f"The environment is `{ENVIRONMENT}` of the app `notes`; the chapter `{LAST}` takes all of it away again.")
    return yes or (sys.stdin.isatty() and input("Play it? [y/N] ").strip().lower() == "y")


def _report(stage: Stage, progress: Progress) -> None:
    _show("")
    for line in summary(CHAPTERS, progress, embedded=stage.embedded):
        _show(line)
    page = stage.folder / "report.md"
    if stage.folder.exists():
        now, by = datetime.now(UTC), stage.players
        text = written(CHAPTERS, progress, on=stage.on, by=by, now=now, limits=stage.limits())
        page.write_text(text, encoding="utf-8")
        _show(f"The report: {page}")


def _show(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a program of its own


if __name__ == "__main__":
    sys.exit(main())
