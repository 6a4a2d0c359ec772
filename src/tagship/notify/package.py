"""Makes the function's zip: of the same code the same bytes, so that Terraform sees only what has changed."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import ZipFile, ZipInfo

RUNTIME: Final = "python3.13"
"""Lambda's name for the Python that it runs in, as ``modules/alerts`` asks for it."""

_SOURCE: Final = Path(__file__).parents[1]

_FUNCTION: Final = "notify/function"
_BESIDE: Final = ("aws/errors.py", "aws/secret.py", "base/clock.py", "base/errors.py")
"""What the function uses of the parts below; a test imports it from the zip alone."""

_EMPTY: Final = ("__init__.py", "aws/__init__.py", "base/__init__.py", "notify/__init__.py")
"""Packages of which the function uses a part: their own words may change without the function's doing so."""

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell."""

_READABLE: Final = 0o100644 << 16
"""Lambda runs the code as another user than its owner (Lambda developer guide, "Working with .zip file archives")."""

_UNIX: Final = 3


def package() -> bytes:
    """The zip."""
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in sorted(_files()):
            entry = ZipInfo(f"tagship/{name}", _EARLIEST)
            # Stored, not deflated: what deflating makes differs from one zlib to the next.
            entry.external_attr, entry.create_system = _READABLE, _UNIX
            archive.writestr(entry, content)
    return made.getvalue()


def write(path: Path) -> None:
    """Write the zip where Terraform looks for it; what is the same already is left alone."""
    content = package()
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _files() -> Iterator[tuple[str, bytes]]:
    yield from ((name, b"") for name in _EMPTY)
    for path in (*sorted((_SOURCE / _FUNCTION).glob("*.py")), *(_SOURCE / name for name in _BESIDE)):
        yield path.relative_to(_SOURCE).as_posix(), path.read_bytes()
