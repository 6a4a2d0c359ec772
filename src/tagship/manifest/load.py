"""From a file to a ``Manifest``, or to every problem it has: one line each, with the line number."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import Any

from pydantic import ValidationError

from tagship.base.errors import ManifestInvalid
from tagship.base.regular import open_regular
from tagship.manifest.document import Document, parse
from tagship.manifest.model import Manifest
from tagship.manifest.problems import Problem, dotted, findings, in_words, telling

FILE_NAME = "tagship.yaml"

MOST_BYTES = 256 * 1024
"""Bytes of a manifest, a hundred times those of a large app: 30 MB of YAML take half a minute to read."""


@dataclass(frozen=True)
class Examined:
    """A manifest that was looked at: there are problems, or there is a manifest."""

    document: Document
    manifest: Manifest | None
    problems: tuple[Problem, ...]


def load(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ManifestInvalid: it is missing, unreadable or wrong; one line a problem, ``FILE:LINE: PATH: …``.
    """
    return loads(read(path), str(path))


def loads(text: str, name: str = FILE_NAME) -> Manifest:
    """Read a manifest from its text; ``name`` is what problems call the file.

    Raises:
        ManifestInvalid: as ``load``.
    """
    examined = _examined_once(text)
    if examined.manifest is None:
        raise invalid(examined.problems, name)
    return examined.manifest


def invalid(problems: Iterable[Problem], name: str = FILE_NAME) -> ManifestInvalid:
    """The error that says all of these, one line each."""
    return ManifestInvalid(
        "\n".join(f"{name}:{problem.line}: {problem}" for problem in problems),
        hint=f"Correct `{name}`, then run `tagship check`.",
    )


def read(path: Path) -> str:
    """The text of a manifest.

    Raises:
        ManifestInvalid: there is no such file, it cannot be read, it is a pipe or a device, or it is a link that leads
            out of its repository.
    """
    if top := next((folder for folder in path.absolute().parents if (folder / ".git").exists()), None):
        require_inside(path, top)
    try:
        with open_regular(path) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ManifestInvalid(
                f"`{path}` is larger than {MOST_BYTES // 1024} KiB, the most that a manifest may have.",
                hint="Check that it is the right file; `environment` is for settings, files belong in the image.",
            )
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ManifestInvalid(
            f"There is no `{path}`.", hint="Run `tagship init` to write one, or change to its folder."
        ) from error
    except UnicodeDecodeError as error:
        raise ManifestInvalid(
            f"`{path}` is not text in UTF-8: byte {error.start} cannot be read.", hint="Save it again as UTF-8."
        ) from error
    except OSError as error:
        raise ManifestInvalid(
            f"`{path}` cannot be read: {error.strerror}.", hint=f"Check the file: `ls -l {quote(str(path))}`."
        ) from error


def require_inside(path: Path, top: Path) -> None:
    """See that a manifest, wherever links lead, is a file of the repository whose folder ``top`` is.

    Raises:
        ManifestInvalid: it is not, so that a tag would ship what only this machine has.
    """
    try:
        inside = path.resolve().is_relative_to(top.resolve())
    except (OSError, RuntimeError) as error:  # links in a circle
        raise ManifestInvalid(f"`{path}` is a broken symlink.") from error
    if not inside:
        raise ManifestInvalid(
            f"`{path}` is a symlink to a target outside the repository, which git does not store.",
            hint="Replace it with the file itself, and commit it.",
        )


def examine(text: str) -> Examined:
    """Everything that a manifest's text says, or everything that is wrong with it."""
    document = parse(text)
    if document.problems:
        return Examined(document, None, tuple(document.problems))
    if not isinstance(document.data, dict):
        return Examined(document, None, (_not_a_mapping(document),))
    try:
        return Examined(document, Manifest.model_validate(document.data), ())
    except ValidationError as error:
        return Examined(document, None, _problems(error, document))


@lru_cache(maxsize=2)
def _examined_once(text: str) -> Examined:
    """What the text says, remembered: a deploy reads the working folder's manifest and the tag's, mostly the same."""
    return examine(text)


def _not_a_mapping(document: Document) -> Problem:
    if document.data is None:
        return Problem(1, "", "is empty; it needs at least `app`, `region` and `services`")
    return Problem(document.line_of(()), "", "must be a mapping: `app: …`, `region: …`, `services: …`")


def _problems(error: ValidationError, document: Document) -> tuple[Problem, ...]:
    errors: list[Any] = list(error.errors(include_url=False))
    found = telling(findings(errors, document.raw, Manifest.model_json_schema()))
    problems = [Problem(document.line_of(each.path), dotted(each.path), in_words(each)) for each in found]
    return tuple(sorted(problems, key=lambda problem: problem.line))
