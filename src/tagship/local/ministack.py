"""The door to MiniStack: told where to keep its state before it is imported, and saved after each change."""

import asyncio
import contextlib
import importlib
import json
import logging
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from tagship.local.asgi import Message, Receive, Send
from tagship.local.settings import LocalSettings

_log = logging.getLogger("tagship.local")

SAVE_DELAY = 0.2
"""Seconds between a change and its being on disk; changes in between are saved with it."""


def prepare(environment: MutableMapping[str, str], settings: LocalSettings) -> None:
    """Tell MiniStack, which reads its environment while it is imported, who and where it is.

    Every AWS variable of the person is taken away: MiniStack passes its environment on to the Lambda functions that
    it runs on this machine, and none of them may ever reach a real account.
    """
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    state = settings.directory / "ministack"
    environment.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "MINISTACK_REGION": settings.region,
            "MINISTACK_ACCOUNT_ID": settings.account_id,
            # Its containers are labelled NAME:PORT, and its reaper removes those of its own label only.
            "MINISTACK_HOSTNAME": f"tagship-{settings.instance_id}",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "RDS_PERSIST": "1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }
    )


class MiniStack:
    """MiniStack as an ASGI application that loses nothing.

    There can be one in a process, for its configuration and its state are global.
    """

    def __init__(self, settings: LocalSettings) -> None:
        prepare(os.environ, settings)
        # Only here and only now: it reads the variables above while it is imported.
        self._module = importlib.import_module("ministack.app")
        self._persistence = importlib.import_module("ministack.core.persistence")
        # It would look for an image that one registry lacks at three public ones: names of ours are nobody's business.
        responses: Any = importlib.import_module("ministack.core.responses")
        responses.install_docker_hub_fallback = lambda: None
        self._directory = settings.directory / "ministack"
        self._changed = asyncio.Event()
        self._written: dict[str, bytes] = {}
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._module.app(scope, receive, send)

    def changed(self) -> None:
        """Something may have changed: save soon."""
        self._changed.set()

    async def start(self) -> None:
        """Restore what was saved, and begin."""
        self._directory.mkdir(parents=True, exist_ok=True)
        started = asyncio.Event()

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set()

        await self._events.put({"type": "lifespan.startup"})
        self._tasks = [asyncio.create_task(self._module.app({"type": "lifespan"}, self._events.get, send))]
        await started.wait()
        self._tasks.append(asyncio.create_task(self._save_changes()))

    async def stop(self) -> None:
        """Save, and end."""
        lifespan, saving = self._tasks
        saving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saving
        await self._events.put({"type": "lifespan.shutdown"})
        await lifespan

    async def save(self) -> None:
        """Write every service's state that differs from what is on disk.

        The copies are made on the loop, where the services change their state; encoding and writing are not.
        """
        states = {}
        for name, get_state in self._module._build_persistence_save_dict().items():  # noqa: SLF001 - see docs/architecture.md
            try:
                states[name] = get_state()
            except RuntimeError:  # a dictionary grew meanwhile, in one of its threads
                self.changed()
        await asyncio.to_thread(self._write, states)

    async def _save_changes(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(SAVE_DELAY)
            self._changed.clear()
            try:
                await self.save()
            except Exception:  # noqa: BLE001 - a full disk, say: ending here would lose every later change too
                _log.exception("The state of the embedded AWS could not be saved")

    def _write(self, states: dict[str, Any]) -> None:
        for name, state in states.items():
            if state is None:
                continue
            encoded = self._encode(name, state)
            if self._written.get(name) != encoded:
                _replace(self._directory / f"{name}.json", encoded)
                self._written[name] = encoded

    def _encode(self, name: str, state: Any) -> bytes:  # noqa: ANN401 - whatever a service of MiniStack keeps
        version = self._persistence._state_format_version(name)  # noqa: SLF001 - see docs/architecture.md
        versioned = {"__ministack_format__": version, "payload": state}
        return json.dumps(versioned, default=self._persistence._json_default).encode()  # noqa: SLF001 - as above


def _replace(path: Path, content: bytes) -> None:
    """Old or new, never half."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(content)
    unfinished.replace(path)
