"""The web application: an API for notes, and the front end's files."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, HTTPException
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, StringConstraints

from notes.log import RequestLog
from notes.settings import Settings, read_settings
from notes.store import NotesInMemory

WEB = Path(__file__).parent.parent / "web"


class NewNote(BaseModel):
    """What somebody sends to keep a note."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NoteOut(BaseModel):
    """A note as the API shows it."""

    id: int
    text: str
    written_at: datetime


class NoteList(BaseModel):
    """All notes, newest first, and where they are kept."""

    notes: list[NoteOut]
    kept: str = "in memory"


class Version(BaseModel):
    """What is running."""

    title: str
    version: str
    revision: str


def create_app(settings: Settings | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> FastAPI:
    """The application; settings come from the environment unless given."""
    settings = settings or read_settings(os.environ)
    app = FastAPI(title=settings.title, version=settings.version)
    app.add_middleware(RequestLog)
    _add_facts(app, settings)
    _add_notes(app, NotesInMemory(), now)
    app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


def _add_facts(app: FastAPI, settings: Settings) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether this task can serve: asked by the load balancer."""
        return {"status": "ok"}

    @app.get("/api/version")
    async def version() -> Version:
        """Which git tag and which commit is running."""
        return Version(title=settings.title, version=settings.version, revision=settings.revision)


def _add_notes(app: FastAPI, notes: NotesInMemory, now: Callable[[], datetime]) -> None:
    @app.get("/api/notes")
    async def list_notes() -> NoteList:
        """All notes, newest first."""
        return NoteList(notes=[NoteOut.model_validate(note, from_attributes=True) for note in notes.all()])

    @app.post("/api/notes", status_code=201)
    async def add_note(new: NewNote) -> NoteOut:
        """Keep a note."""
        return NoteOut.model_validate(notes.add(new.text, now()), from_attributes=True)

    @app.delete("/api/notes/{note_id}", status_code=204)
    async def remove_note(note_id: int) -> None:
        """Forget a note."""
        if not notes.remove(note_id):
            raise HTTPException(404, f"there is no note {note_id}")
