"""An app's own secret from the command line into a task, and a new value by a release of the same tag."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tagship.base.errors import NotReady, ProgramFailed
from tagship.base.process import Command
from tests.functional.harness import App, running

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(1200)]

FIRST, SECOND = "Seen only by tasks", "Seen by new tasks alone"
SETTING = "    environment:\n      NOTES_TITLE: Notes\n"
SECRET = "    secrets: {NOTES_TITLE: 'title:text', NOTES_SPARE: spare}\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path, more="") as made:
        manifest = made.folder / "tagship.yaml"
        manifest.write_text(manifest.read_text(encoding="utf-8").replace(SETTING, SECRET), encoding="utf-8")
        made.git("commit", "-qam", "two")
        made.git("tag", "v0.2.0")
        yield made


def said(app: App, *words: str) -> str:
    """What a command told whoever typed it."""
    command = Command((sys.executable, "-m", "tagship", *words), cwd=app.folder, env=app.env)
    return app.processes.run(command).stderr


def set_title(app: App, text: str) -> str:
    file = app.folder.parent / "title.env"
    file.write_text(f"text='{text}'\n", encoding="utf-8")
    return said(app, "secret", "set", "title", "--from-env-file", str(file))


def title(app: App) -> str:
    url = app.asked("infra", "output")["url"]
    return str(httpx.get(f"{url}/api/version", timeout=30, trust_env=False).json()["title"])


def kept(folder: Path) -> str:
    """Everything that tagship, Terraform and the embedded AWS's own processes have written down, as text."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix in {".json", ".log", ".tfstate"}]
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def test_a_changed_secret_reaches_new_tasks_of_the_same_tag_and_nothing_else(app: App) -> None:
    app.type("infra", "apply", "--yes")
    with pytest.raises(ProgramFailed, match="tagship secret set title --key text"):
        app.type("deploy")
    assert "Used by `api`" in set_title(app, FIRST)
    piped = f"printf spare | {sys.executable} -m tagship secret set spare"
    app.processes.run(Command(("sh", "-c", piped), cwd=app.folder, env=app.env))
    app.type("secret", "check")
    app.type("deploy")
    assert title(app) == FIRST

    set_title(app, SECOND)
    assert title(app) == FIRST
    assert "because the secret of `NOTES_TITLE` has changed" in said(app, "deploy", "--dry-run")
    app.type("deploy")
    assert title(app) == SECOND

    assert app.asked("infra", "plan")["changes"] == []
    written = kept(app.folder / ".tagship") + app.type("history", "--json") + app.type("secret", "list")
    assert FIRST not in written
    assert SECOND not in written

    app.type("secret", "unset", "spare")
    with pytest.raises(ProgramFailed) as caught:
        app.type("secret", "check")
    assert caught.value.returncode == NotReady.exit_code
    app.type("secret", "restore", "spare")
    app.type("secret", "check")
