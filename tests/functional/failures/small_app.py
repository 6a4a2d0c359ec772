"""A small real application that misbehaves as its manifest tells it to, in a git repository of its own."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

APP = r"""
import importlib, os, signal, socket, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
told = os.environ.get
print("version", told("TAGSHIP_VERSION"), "starts", flush=True)
if told("IMPORT"):
    importlib.import_module(told("IMPORT"))
if told("SETTING"):
    os.environ[told("SETTING")]
if told("DATABASE"):
    socket.create_connection((told("DATABASE"), 5432), 5)
if told("EAT"):
    eaten = [bytearray(os.urandom(1 << 20)) for _ in range(int(told("EAT")))]
if told("KILL"):
    os.kill(os.getpid(), int(told("KILL")))
if told("EXIT"):
    sys.exit(int(told("EXIT")))
if told("CRASH_AFTER"):
    words = lambda: (print("last words", file=sys.stderr, flush=True), os._exit(3))
    threading.Timer(float(told("CRASH_AFTER")), words).start()
time.sleep(float(told("LISTEN_AFTER", "0")))

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        check = self.path.startswith("/healthz")
        if check:
            time.sleep(float(told("HANG", "0")))
        body = told("TAGSHIP_VERSION", "").encode()
        self.send_response(int(told("HEALTH", "200")) if check else 404 if self.path == "/nowhere" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

where = (told("HOST", "0.0.0.0"), int(told("LISTEN", "8000")))
server = ThreadingHTTPServer(where, Handler)
print(f"listening on http://{where[0]}:{where[1]}", flush=True)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
"""

DOCKERFILE = 'FROM python:3.11-slim-bookworm\nCOPY app.py /app.py\nCMD ["python3", "/app.py"]\n'

_IDENTITY = ("-c", "user.name=failures", "-c", "user.email=failures@tagship.invalid", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Change:
    """What a version changes.

    Args:
        api: variables of the first service.
        worker: variables of the second one.
        lines: more lines of the first service in the manifest.
        files: other files, by name.
    """

    api: Mapping[str, str] = field(default_factory=dict)
    worker: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def manifest(change: Change) -> str:
    """Two services, the first of which is the gatekeeper; short intervals, so that nobody waits long."""
    lines = ["app: little", "region: eu-central-1", "network: {nat: none}", "services:"]
    for name, path, variables in (("api", "/*", change.api), ("worker", "/work/*", change.worker)):
        lines += [
            f"  {name}:",
            "    port: 8000",
            f'    paths: ["{path}"]',
            "    health: {interval: 5, timeout: 2, healthy_threshold: 2, unhealthy_threshold: 2, grace_period: 12}",
            "    count: {desired: 1, min: 1, max: 2}",
            "    drain: 1",
            "    stop_timeout: 5",
            "    environment:",
            *(f'      {key}: "{value}"' for key, value in {"APP": name, **variables}.items()),
        ]
        lines += [f"    {line}" for line in change.lines] if name == "api" else []
    return "\n".join([*lines, ""])


class Little:
    """The repository.

    Args:
        folder: is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")
        self._number = 0

    def tag(self, change: Change | None = None) -> str:
        """Commit the application with this change and nothing else, under the next version; returns the tag."""
        change = change or Change()
        files = {"app.py": APP, "Dockerfile": DOCKERFILE, "tagship.yaml": manifest(change), **change.files}
        for name in self._git("ls-files").split():
            (self.folder / name).unlink(missing_ok=True)
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        version = f"v1.0.{self._number}"
        self._number += 1
        self._git("add", "--all")
        self._git(*_IDENTITY, "commit", "--quiet", "--allow-empty", "--message", version)
        self._git("tag", version)
        return version

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout
