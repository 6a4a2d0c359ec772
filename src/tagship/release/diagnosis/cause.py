"""What a cause is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what to type next is said by who looks for no sign
    from tagship.release.diagnosis.signs import Sign


class Cure(Enum):
    """What can be released once the cause is gone."""

    CODE = "push a new tag"
    """It lies in the repository: the code, the Dockerfile or tagship.yaml, which are read at the tag."""

    OUTSIDE = "deploy the same tag again"
    """It lies in AWS or a database, and nothing of it in the repository."""

    EITHER = "push a new tag; if you changed nothing in the repository, deploy the same tag again"


@dataclass(frozen=True)
class Cause:
    """A named cause.

    Args:
        name: stable, for scripts; its section in the runbook has the same name.
        sign: the sign by which it is known.
        happened: a sentence, with places for words: those of the sign, and of ``diagnosis.words``.
        change: what to do about it.
        cure: what can be released then.
    """

    name: str
    sign: Sign
    happened: str
    change: str
    cure: Cure = Cure.CODE
