"""What the application promises, asked of it over HTTP without a network."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from httpx import ASGITransport, AsyncClient
from notes.app import create_app
from notes.log import JsonLines
from notes.settings import SettingMissing, Settings, read_settings, required

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = create_app(Settings(title="Notes", version="v1.2.3", revision="abc"), now=lambda: NOW)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://notes") as client:
        yield client


async def test_a_healthy_task_says_ok(client: AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_the_version_is_the_git_tag_and_the_commit(client: AsyncClient) -> None:
    assert (await client.get("/api/version")).json() == {"title": "Notes", "version": "v1.2.3", "revision": "abc"}


async def test_a_note_that_was_added_is_listed_first(client: AsyncClient) -> None:
    await client.post("/api/notes", json={"text": "buy bread"})
    added = await client.post("/api/notes", json={"text": " call Ada "})
    assert added.status_code == 201
    listed = (await client.get("/api/notes")).json()
    assert [note["text"] for note in listed["notes"]] == ["call Ada", "buy bread"]
    assert listed["notes"][0]["written_at"] == "2026-01-01T12:00:00Z"


async def test_the_list_says_that_notes_are_kept_in_memory(client: AsyncClient) -> None:
    assert (await client.get("/api/notes")).json() == {"notes": [], "kept": "in memory"}


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
async def test_an_empty_or_endless_note_is_refused(client: AsyncClient, text: str) -> None:
    assert (await client.post("/api/notes", json={"text": text})).status_code == 422
    assert (await client.get("/api/notes")).json()["notes"] == []


async def test_a_note_can_be_forgotten_once(client: AsyncClient) -> None:
    note = (await client.post("/api/notes", json={"text": "buy bread"})).json()
    assert (await client.delete(f"/api/notes/{note['id']}")).status_code == 204
    assert (await client.delete(f"/api/notes/{note['id']}")).status_code == 404


async def test_the_front_end_is_served_at_the_root(client: AsyncClient) -> None:
    page = await client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "<main" in page.text
    assert (await client.get("/app.js")).status_code == 200
    assert (await client.get("/style.css")).status_code == 200


async def test_a_request_is_logged_as_one_line_of_json(client: AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="notes")
    await client.get("/api/version", headers={"X-Amzn-Trace-Id": "Root=1-abc"})
    await client.get("/healthz")
    (record,) = (record for record in caplog.records if record.name == "notes")
    line = json.loads(JsonLines().format(record))
    assert (line["path"], line["status"], line["trace"]) == ("/api/version", 200, "Root=1-abc")


def test_settings_have_defaults_for_a_laptop() -> None:
    assert read_settings({}) == Settings(title="Notes", version="unknown", revision="unknown")


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingMissing, match="NOTES_KEY is not set"):
        required({}, "NOTES_KEY")
