"""A front end and a back end shipped together, with every command as a person types it, while browsers are open."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.functional.harness import App, running
from tests.seatrial.contract.ecs.harness import eventually

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(1200)]

SITE = """
site:
  folder: web/dist
  build:
    context: web
    command: mkdir dist && cp *.css *.js dist/ && sed "s/<h1>[^<]*/<h1>$VERSION/" index.html > dist/index.html
"""
HEADING = re.compile(r"<h1>([^<]*)</h1>")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path, more=SITE) as made:
        yield made


@dataclass
class Browser:
    """Loads the page, what it names, and asks the back end, again and again."""

    url: str
    requests: int = 0
    failed: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as client:
            while not self.over.wait(0.05):
                for path in ("/", "/style.css", "/app.js", "/api/version"):
                    self._load(client, path)

    def _load(self, client: httpx.Client, path: str) -> None:
        self.requests += 1
        try:
            answer = client.get(path)
        except httpx.HTTPError as error:
            self.failed.append(f"{path}: {error!r}")
            return
        if answer.status_code != 200:
            self.failed.append(f"{path}: {answer.status_code}")
        heading = HEADING.search(answer.text) if path == "/" else None
        if heading and heading[1] not in self.seen[-1:]:
            self.seen.append(heading[1])


def test_both_halves_are_shipped_and_taken_back_together_and_no_request_fails(app: App) -> None:
    app.type("infra", "apply", "--yes")
    app.type("deploy", "v0.1.0", "--until", "live")
    url = app.asked("status")["url"]
    browser = Browser(url)
    thread = threading.Thread(target=browser.run)
    thread.start()
    try:
        eventually(lambda: browser.seen == ["v0.1.0"])
        app.git("commit", "--quiet", "--allow-empty", "--message", "two")
        app.git("tag", "v0.2.0")
        app.type("deploy", "v0.2.0")
        eventually(lambda: browser.seen == ["v0.1.0", "v0.2.0"])
        assert httpx.get(f"{url}/api/version", trust_env=False).json()["version"] == "v0.2.0"
        app.type("rollback")
        eventually(lambda: browser.seen == ["v0.1.0", "v0.2.0", "v0.1.0"])
        assert httpx.get(f"{url}/api/version", trust_env=False).json()["version"] == "v0.1.0"
    finally:
        browser.over.set()
        thread.join()
    assert browser.failed == []
    assert browser.requests > 100
    builds = [release["site"]["build"] for release in app.asked("history")]
    assert builds[0] == builds[2] != builds[1]
    assert not app.asked("deploy", "v0.1.0", "--dry-run")["steps"]
    assert not (app.folder / "web/dist").exists()
    app.type("infra", "destroy", "--confirm", "local")
