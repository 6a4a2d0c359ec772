"""Whether this installation holds an extra: the embedded AWS is one, and a plain ``pip install`` leaves it out."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import metadata

from tagship.base.errors import LocalAwsUnavailable


def require_embedded_aws(missing: Iterable[str]) -> None:
    """Go on where nothing is missing.

    Args:
        missing: names of packages, of ``missing_packages("local")``.

    Raises:
        LocalAwsUnavailable: the extra ``local`` was not installed, or not all of it.
    """
    if lacking := sorted(missing):
        raise LocalAwsUnavailable(
            f"The embedded AWS is not installed: there is no {', '.join(lacking)}.",
            hint="Install it with its extra `local`, in a clone of it: pipx install --force '.[local]'.",
        )


def missing_packages(
    extra: str,
    requires: Callable[[str], list[str] | None] = metadata.requires,
    version: Callable[[str], str] = metadata.version,
) -> list[str]:
    """The packages of an extra that are not installed; none where tagship itself runs without being installed.

    Markers other than the extra's own are left aside: the one of today excludes Windows, where tagship does not run.
    """
    with suppress(metadata.PackageNotFoundError):
        names = [_name(each) for each in requires("tagship") or () if re.search(rf"extra == ['\"]{extra}['\"]", each)]
        return [name for name in names if not _is_installed(name, version)]
    return []


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def _is_installed(name: str, version: Callable[[str], str]) -> bool:
    with suppress(metadata.PackageNotFoundError):
        return bool(version(name))
    return False
