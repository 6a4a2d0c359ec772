"""Whether what a manifest names is there: build contexts, Dockerfiles, the front end."""

from collections.abc import Iterator
from pathlib import Path

from tagship.manifest.load import Examined
from tagship.manifest.model import Manifest
from tagship.manifest.problems import Place, Problem, dotted


def missing_files(examined: Examined, folder: Path) -> tuple[Problem, ...]:
    """One problem for each thing that is named and not there; ``folder`` is the manifest's own."""
    if examined.manifest is None:
        return ()
    return tuple(
        Problem(examined.document.line_of(place), dotted(place), says)
        for place, says in (*_of_services(examined.manifest, folder), *_of_site(examined.manifest, folder))
    )


def _of_services(manifest: Manifest, folder: Path) -> Iterator[tuple[Place, str]]:
    for name, service in manifest.services.items():
        build = ("services", name, "build")
        context = folder / service.build.context
        if not context.is_dir():
            yield (*build, "context"), f"there is no folder `{service.build.context}`"
        elif not (file := context / service.build.dockerfile).is_file():
            named = f"`{service.build.dockerfile}` in `{service.build.context}`"
            yield (*build, "dockerfile"), f"there is no file {named}{_instead(file)}"


def _of_site(manifest: Manifest, folder: Path) -> Iterator[tuple[Place, str]]:
    if manifest.site is None:
        return
    site = folder / manifest.site.folder
    if build := manifest.site.build:  # it is the build that writes the folder
        if not (folder / build.context).is_dir():
            yield ("site", "build", "context"), f"there is no folder `{build.context}`"
    elif not site.is_dir():
        yield (
            ("site", "folder"),
            f"there is no folder `{manifest.site.folder}`; build the front end first, or write another folder",
        )
    elif not (file := site / "index.html").is_file():
        yield ("site", "folder"), f"there is no `index.html` in `{manifest.site.folder}`{_instead(file)}"


def _instead(path: Path) -> str:
    """What a person must hear who sees something there; it may be a pipe or a device, and is not opened."""
    return ": it is not a regular file" if path.exists() else ""
