"""What the product says is kept in files beside the tests, so that a reviewer reads it as a person will.

``make golden`` writes them again; ``git diff`` then shows what is said anew. A plugin of pytest, loaded by
``tests/conftest.py``.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[Path, str], None]
REWRITES = "REWRITE_GOLDEN"


@pytest.fixture
def golden() -> Golden:
    """Compares a text with that of a file, or writes the file. Its tests are marked ``golden``."""
    return rewrite if os.environ.get(REWRITES) else compare


def compare(path: Path, text: str) -> None:
    """Fails where they differ, or where there is no file."""
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    assert text == kept, f"`{path.name}` says otherwise; if that is right, type: make golden"


def rewrite(path: Path, text: str) -> None:
    """Makes the file say this."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
