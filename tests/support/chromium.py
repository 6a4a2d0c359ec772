"""A headless Chromium, driven by the DevTools protocol."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class Page:
    """One page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, count(1)

    def run(self, script: str) -> Any:  # noqa: ANN401 - the script's
        """What an expression is in the page; None while the page is being left for another."""
        return self._asked("Runtime.evaluate", expression=script).get("result", {}).get("value")

    def until(self, script: str, seconds: float = 60) -> Any:  # noqa: ANN401 - the script's
        """The first true value of an expression; what the page shows is in the failure."""
        deadline = time.monotonic() + seconds
        while not (found := self.run(script)):
            shown = self.run("location.href + ' ' + document.body.innerText")
            assert time.monotonic() < deadline, f"{script} is {found!r} on {shown}"
            time.sleep(0.1)
        return found

    def cookies(self, url: str) -> list[dict[str, Any]]:
        """Those that the browser would send there."""
        found: list[dict[str, Any]] = self._asked("Network.getCookies", urls=[url])["cookies"]
        return found

    def _asked(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - the protocol's
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(60))
            if told.get("id") == number:
                return dict(told.get("result", {}))


@contextmanager
def browsing(profile: Path, options: Sequence[str], url: str) -> Iterator[Page]:
    """A page of a browser with these options; without a browser, the test is skipped."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium")
    alone = ["--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--disable-dev-shm-usage"]
    if os.getuid() == 0:
        alone.append("--no-sandbox")
    words = [program, *alone, *options, url]
    # Its own log only tells what is wrong with a machine without a screen.
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_socket_of(profile, running), max_size=None, compression=None, proxy=None) as socket:
            yield Page(socket)
    finally:
        running.terminate()
        running.wait(30)


def _socket_of(profile: Path, running: "subprocess.Popen[bytes]") -> str:
    """Where the first page is driven: Chromium writes its port down as soon as it listens."""
    told, deadline = profile / "DevToolsActivePort", time.monotonic() + 60
    while True:
        assert running.poll() is None, "the browser has ended"
        assert time.monotonic() < deadline, "the browser does not answer"
        if told.exists() and (lines := told.read_text().splitlines()):
            listed = httpx.get(f"http://127.0.0.1:{lines[0]}/json/list", trust_env=False).json()
            if pages := [each["webSocketDebuggerUrl"] for each in listed if each["type"] == "page"]:
                return str(pages[0])
        time.sleep(0.1)
