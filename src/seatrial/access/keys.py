"""The keys of one embedded AWS: made at its first start, kept in a file that only its user reads."""

import json
import secrets
import string
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from seatrial.access.private import create_private, write_private

TOKEN_HEADER = "x-seatrial-token"  # noqa: S105 - the name of a header
"""Where the token of administration is shown."""

_LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class InstanceKeys:
    """The account's own credentials, and what administration asks for.

    Args:
        access_key: a key id, ``AKIA`` and sixteen letters or digits (IAM user guide, "Unique identifiers").
        secret_key: forty characters.
        token: the token for what is outside AWS's API: faults, front doors, MiniStack's administration.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def drawn(cls) -> "InstanceKeys":
        """New ones."""
        return cls(new_access_key("AKIA"), new_secret(), secrets.token_urlsafe(32))


def read_keys(directory: Path) -> InstanceKeys | None:
    """The keys of the embedded AWS whose files these are; None before its first start."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        return InstanceKeys(**json.loads(_path(directory).read_text()))
    return None


def ensure_keys(directory: Path) -> InstanceKeys:
    """The same, made where there are none, or where their file is damaged."""
    if found := read_keys(directory):
        return found
    path, made = _path(directory), InstanceKeys.drawn()
    content = json.dumps(asdict(made))
    if create_private(path, content):
        return made
    if found := read_keys(directory):
        return found  # another start was quicker
    write_private(path, content)
    return made


def new_access_key(prefix: str) -> str:
    """``AKIA…`` for a key that lasts, ``ASIA…`` for one of a session."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(16))


def new_secret() -> str:
    """A secret key: forty characters, as AWS's."""
    return secrets.token_urlsafe(30)


def _path(directory: Path) -> Path:
    return directory / "credentials.json"
