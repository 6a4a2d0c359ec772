"""``tagship init``."""

import os
from pathlib import Path
from shlex import quote

import click

from tagship.base.errors import Refused
from tagship.base.process import SystemProcesses
from tagship.base.regular import require_regular
from tagship.cli import options, output


@click.command()
@options.manifest
@click.option("--force", is_flag=True, help="Replace an existing manifest.")
def init(manifest_path: Path, *, force: bool) -> None:
    """Write a tagship.yaml for this repository."""
    from tagship.manifest.draft import draft
    from tagship.manifest.survey import survey

    if manifest_path.exists() and not force:
        raise Refused(
            f"`{manifest_path}` already exists.",
            hint="`tagship check` verifies it; `tagship init --force` replaces it.",
        )
    folder = manifest_path.parent
    if not folder.is_dir():
        raise Refused(f"There is no folder `{folder}`.", hint=f"`mkdir -p {folder}`, then run the command again.")
    gitignore = folder / ".gitignore"
    for written in (manifest_path, gitignore):
        _require_writable(written)
    drafted = draft(survey(folder, SystemProcesses(), os.environ))
    manifest_path.write_text(drafted.text, encoding="utf-8")
    output.say(f"Wrote `{manifest_path}`.")
    for note in drafted.notes:
        output.say(f"  {note}")
    _ignore(gitignore)
    output.next_step("tagship check")


def _require_writable(path: Path) -> None:
    """A pipe or a device would not take it, or never answer."""
    try:
        require_regular(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(
            f"`{path}` cannot be written: {error.strerror}.",
            hint=f"`rm {quote(str(path))}`, then run the command again.",
        ) from error


def _ignore(gitignore: Path) -> None:
    from tagship.manifest.draft import ignoring

    before = gitignore.read_text(encoding="utf-8", errors="surrogateescape") if gitignore.exists() else ""
    after = ignoring(before)
    if after != before:
        gitignore.write_text(after, encoding="utf-8", errors="surrogateescape")
        output.say("Added `.tagship/`, tagship's working files, to `.gitignore`.")
