"""Where the notes are kept: for now in memory, so each task has its own, and a new release begins empty."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Note:
    """Something that somebody wanted to remember."""

    id: int
    text: str
    written_at: datetime


class NotesInMemory:
    """Notes of this process, newest first, lost when it ends."""

    def __init__(self) -> None:
        self._notes: dict[int, Note] = {}
        self._ids = itertools.count(1)

    def all(self) -> Iterable[Note]:
        """Every note, newest first."""
        return reversed(self._notes.values())

    def add(self, text: str, written_at: datetime) -> Note:
        """Keep a note."""
        note = Note(next(self._ids), text, written_at)
        self._notes[note.id] = note
        return note

    def remove(self, note_id: int) -> bool:
        """Forget a note; whether there was one."""
        return self._notes.pop(note_id, None) is not None
