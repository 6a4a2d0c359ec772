"""Builds a front end in a clean checkout."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tagship.base.errors import NotReady, ProgramFailed, Refused
from tagship.base.events import Event, Events
from tagship.base.process import Command, Processes
from tagship.manifest.systems import Site
from tagship.site.listing import SiteBuild, collect


@dataclass(frozen=True)
class SiteBuildLine(Event):
    """A line that the build command printed."""

    text: str


@dataclass(frozen=True)
class SiteSource:
    """What is built: the checkout, and what the build may know of it.

    ``top`` is the folder of everything that git holds; ``tree``, the one with ``tagship.yaml``, is it or below it.
    """

    tree: Path
    top: Path
    version: str
    revision: str


class SiteBuilder:
    """Runs build commands of front ends."""

    def __init__(self, processes: Processes, events: Events) -> None:
        self._processes, self._events = processes, events

    def build(self, site: Site, source: SiteSource) -> SiteBuild:
        """Run the build command, where there is one, and read the folder that it wrote.

        Raises:
            ProgramFailed: the command failed; its last lines are quoted.
            NotReady: there is no build context, or no ``index.html`` in the folder afterwards.
            Refused: a context or a folder that is a link leads out of the repository; or see ``collect``.
        """
        if site.build:
            self._run(_inside(source, site.build.context, "site.build.context"), site.build.command, source)
        return collect(_inside(source, site.folder, "site.folder"))

    def _run(self, folder: Path, command: str, source: SiteSource) -> None:
        if not folder.is_dir():
            raise NotReady(
                f"There is no folder `{folder.relative_to(source.tree)}` in `{source.version}`.",
                hint="Correct `site.build.context` in tagship.yaml, commit, and tag again.",
            )
        known = {"VERSION": source.version, "REVISION": source.revision}
        known |= {"TAGSHIP_VERSION": source.version, "TAGSHIP_COMMIT": source.revision}
        words = ("/bin/sh", "-c", command)
        try:
            for line in self._processes.lines(Command(words, cwd=folder, env={**_without_credentials(), **known})):
                self._events.emit(SiteBuildLine(line))
        except ProgramFailed as error:
            last_words = error.message.partition("\n")[2]
            raise ProgramFailed(
                f"The site's build `{command}` ended with exit code {error.returncode}:\n{last_words}",
                returncode=error.returncode,
                hint="Run it in a clean checkout of the tag, correct it, commit, and tag again.",
            ) from error


def _inside(source: SiteSource, path: str, key: str) -> Path:
    """The folder, which lies in the repository wherever links lead."""
    folder = source.tree / path
    try:
        inside = folder.resolve().is_relative_to(source.top.resolve())
    except (OSError, RuntimeError) as error:  # links in a circle
        raise Refused(f"`{path}` (`{key}`) is a broken symlink.") from error
    if not inside:
        raise Refused(
            f"`{path}` (`{key}`) is a symlink to a target outside the repository, which git does not store.",
            hint=f"Replace it with the files themselves, or correct `{key}` in tagship.yaml.",
        )
    return folder


def _without_credentials(environment: Mapping[str, str] = os.environ) -> dict[str, str | None]:
    """A build runs the code of many strangers: the credentials of the release are not for them."""
    return {name: None for name in environment if name.startswith(("AWS_", "TAGSHIP_"))}
