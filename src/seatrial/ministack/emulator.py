"""The door to MiniStack: told where to keep its state before it is imported, and saved before a change is answered."""

import asyncio
import contextlib
import copy
import hashlib
import importlib
import json
import logging
import os
import pickle
import threading
from collections.abc import Callable, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from functools import partial, wraps
from pathlib import Path
from typing import Any, Protocol

from seatrial.core.asgi import Message, Receive, Send, call_app
from seatrial.core.damage import put_aside
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.ministack import log_journal
from seatrial.ministack.functions.isolate import FunctionFailed, Isolates
from seatrial.ministack.lent_engine import lend_engine
from seatrial.ministack.log_journal import LogJournal
from seatrial.ministack.logs import LogMemory

_log = logging.getLogger("seatrial")


class RecordMetric(Protocol):
    """Takes one sample of a metric; called from any thread."""

    def __call__(
        self, namespace: str, name: str, value: float, *, unit: str, dimensions: Mapping[str, str], region: str
    ) -> None:
        """Take it."""
        ...


SWEEP_DELAY = 0.5
"""Seconds after a change until every state is looked through: for what a service changed in another one."""

LOGS_DELAY = 10.0
"""Seconds until log lines that did not come by the API of CloudWatch Logs, as those of a Lambda function, are saved."""

MOST_JOURNAL = 16 << 20
"""Bytes of a journal of log lines after which the state is written: all of it is asked again at the next start."""

TRIES = 50
"""How often a state is copied anew that one of MiniStack's threads changed meanwhile: an answer waits for the copy."""

TRY_DELAY = 0.01
"""Seconds until then, so that the thread gets on."""

_ALONE = {
    **{name: name for name in ("acm", "ec2", "ecr", "iam", "kms", "route53", "s3", "secretsmanager", "sqs", "ssm")},
    "elasticloadbalancing": "alb",
    "wafv2": "waf",
}
"""Signing names of services whose calls change their own state, and that state's name; others change several."""

_LOGGING = {"codebuild", "dynamodb", "events", "lambda", "s3", "scheduler", "sns", "sqs", "states"}
"""Signing names of services whose calls may run something that writes to CloudWatch Logs."""


def prepare(environment: MutableMapping[str, str], settings: InstanceSettings) -> None:
    """Tell MiniStack, which reads its environment while it is imported, who and where it is.

    Every AWS variable of the person is taken away: nothing in here may ever reach a real account.
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
            "MINISTACK_HOSTNAME": f"seatrial-{settings.instance_id}",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "RDS_PERSIST": "1",
            # Functions run in containers or not at all, never as processes of this machine.
            "LAMBDA_EXECUTOR": "docker",
            "LAMBDA_STRICT": "1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }
    )


# inside: the gateway, which answers InternalFailure
class NotKept(Exception):
    """What a request has changed could not be written down."""


class MiniStack:
    """MiniStack as an ASGI application that loses nothing.

    There can be one in a process, for its configuration and its state are global.
    """

    def __init__(self, settings: InstanceSettings, make_room: Callable[[], bool] = lambda: False) -> None:
        self._make_room = make_room
        prepare(os.environ, settings)
        # Only here and only now: it reads the variables above while it is imported.
        app: Any = importlib.import_module("ministack.app")
        app._load_persisted_state = self._restore  # noqa: SLF001 - see docs/architecture.md
        self._module = app
        self._persistence = importlib.import_module("ministack.core.persistence")
        # It would look for an image that one registry lacks at three public ones: names of ours are nobody's business.
        responses: Any = importlib.import_module("ministack.core.responses")
        responses.install_docker_hub_fallback = lambda: None
        self._load_state = self._persistence.load_state
        lend_engine(settings.instance_id)
        # It would run them in a Node.js of the person's.
        javascript: Any = importlib.import_module("ministack.core.cloudfront_js")
        javascript.evaluate, javascript.CloudFrontFunctionError = Isolates().evaluate, FunctionFailed
        one_at_a_time(importlib.import_module("ministack.services.lambda_svc"), "_write_context_arn_shim")
        for kept_in in (responses.AccountScopedDict, responses.AccountRegionScopedDict):
            kept_in.__deepcopy__ = _copy_fast
        self._directory = settings.directory / "ministack"
        self._logs = LogJournal(self._directory)
        self._log_memory = LogMemory(importlib.import_module("ministack.services.cloudwatch_logs"))
        self._due: set[str] = set()
        self._wanted = asyncio.Event()
        self._saved: asyncio.Future[bool] | None = None
        self._later: dict[float, asyncio.TimerHandle] = {}
        self._touched: set[str | None] = set()
        self._written: dict[str, bytes] = {}
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._module.app(scope, receive, send)

    def publish_metrics(self, record: RecordMetric) -> None:
        """From now on the metrics of MiniStack's own services, those of ``AWS/Lambda``, are told to ``record``.

        Its services publish through one function of its module for CloudWatch, which nobody asks any more.
        """
        metrics: Any = importlib.import_module("ministack.services.cloudwatch")
        responses: Any = importlib.import_module("ministack.core.responses")

        def record_metric(
            namespace: str,
            metric_name: str,
            value: float,
            unit: str = "None",
            *dimensions: Mapping[str, str] | None,
            **named: Mapping[str, str] | None,
        ) -> None:
            about = next(iter((*dimensions, *named.values())), None) or {}
            record(namespace, metric_name, float(value), unit=unit, dimensions=about, region=responses.get_region())

        metrics.record_metric = record_metric

    async def persist(self, request: AwsRequest, status: int) -> None:
        """Wait until what a request has changed is on disk; ``status`` is its answer's.

        Requests that come together wait for one write.

        Raises:
            NotKept: it cannot be written. The gateway asks for room before a change, so that this is rare.
        """
        if request.service == "logs":
            if status < 300:  # noqa: PLR2004 - HTTP
                self._append(request)
                self._log_memory.bound()
                if self._logs.size > MOST_JOURNAL:
                    self._save_now(_logs_alone())
            return
        if not self._tasks:
            return
        alone = _ALONE.get(request.service)
        self._touched.add(alone)
        self._save_later(SWEEP_DELAY, self._others)
        if request.service in _LOGGING:
            self._save_later(LOGS_DELAY, _logs_alone)
        if not await asyncio.shield(self._save_now({alone} if alone else self._states())):
            raise NotKept

    async def start(self) -> None:
        """Restore what was saved, and begin."""
        self._directory.mkdir(parents=True, exist_ok=True)
        started = asyncio.Event()

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set()

        await self._events.put({"type": "lifespan.startup"})
        lifespan = asyncio.create_task(self._module.app({"type": "lifespan"}, self._events.get, send))
        await started.wait()
        left = self._logs.open()
        for request in left:
            await self._ask_again(request)
        if left:
            await self.save(_logs_alone())
        self._tasks = [lifespan, asyncio.create_task(self._save_changes())]

    async def stop(self) -> None:
        """Save, and end."""
        for timer in self._later.values():
            timer.cancel()
        (lifespan, saving), self._tasks = self._tasks, []
        # Not cancelled: a thread that still writes would put an older state over the one that MiniStack writes.
        self._wanted.set()
        await saving
        await self.save(_logs_alone())
        self._logs.close()
        await self._events.put({"type": "lifespan.shutdown"})
        await lifespan

    async def save(self, names: AbstractSet[str]) -> None:
        """Write the states of these names that differ from what is on disk.

        The copies are made on the loop, where the services change their state; encoding and writing are not.
        """
        if log_journal.STATE in names:
            self._log_memory.bound()
        sources = self._module._build_persistence_save_dict()  # noqa: SLF001 - see docs/architecture.md
        states, first = {}, None
        for name in names & sources.keys():
            logs = name == log_journal.STATE
            states[name] = await _copied(partial(self._log_memory.copied, sources[name]) if logs else sources[name])
            # No wait between the copy and this, so that each request is in one of the two.
            first = self._logs.rotate() if logs else first
        await asyncio.to_thread(self._write, states, first)
        if first is not None:
            self._logs.forget(first)

    def _restore(self) -> None:
        """As MiniStack's own, but a state that cannot be read is put aside instead of written over."""
        for name, module in self._module._state_map.items():  # noqa: SLF001 - see docs/architecture.md
            path = self._directory / f"{name}.json"
            try:
                if data := self._load_state(name):
                    self._module._get_module(module).load_persisted_state(data)  # noqa: SLF001 - as above
                whole = isinstance(data, dict) or not path.exists()
            except Exception:  # noqa: BLE001 - whatever a damaged state leads to
                _log.exception("The state of %s could not be restored", name)
                whole = False
            if not whole:
                put_aside(path)

    def _states(self) -> set[str]:
        """Of every service that was used, but for CloudWatch Logs."""
        return set(self._module._build_persistence_save_dict()) - {log_journal.STATE}  # noqa: SLF001 - as above

    def _others(self) -> AbstractSet[str]:
        """Where calls to one service were all that happened, its own state is saved already."""
        touched, self._touched = self._touched, set()
        return self._states() - touched if len(touched) == 1 else self._states()

    def _append(self, request: AwsRequest) -> None:
        for _ in range(2):
            try:
                self._logs.append(request)
            except OSError as error:
                if not self._make_room():
                    raise NotKept from error
            else:
                return
        raise NotKept

    def _save_now(self, names: AbstractSet[str]) -> "asyncio.Future[bool]":
        """A future that is done when what is there now is on disk, or could not be written: whether it is."""
        if self._saved is None:
            self._saved = asyncio.get_running_loop().create_future()
        self._due.update(names)
        self._wanted.set()
        return self._saved

    def _save_later(self, seconds: float, names: Callable[[], AbstractSet[str]]) -> None:
        """Save these after a while, together with what changes until then."""
        if seconds not in self._later:

            def now() -> None:
                del self._later[seconds]
                self._save_now(names())

            self._later[seconds] = asyncio.get_running_loop().call_later(seconds, now)

    async def _save_changes(self) -> None:
        """Until ``stop``."""
        while self._tasks:
            await self._wanted.wait()
            self._wanted.clear()
            due, saved = self._due, self._saved
            self._due, self._saved = set(), None
            kept = await self._save_safely(due)
            if not kept:
                self._due |= due
            if saved and not saved.done():
                saved.set_result(kept)

    async def _save_safely(self, names: AbstractSet[str]) -> bool:
        """Whether these are on disk; where it is full, what was begun gets the reserve."""
        try:
            try:
                await self.save(names)
            except OSError:
                if not self._make_room():
                    raise
                await self.save(names)
        except Exception:  # noqa: BLE001 - a full disk, say: ending here would lose every later change too
            _log.exception("The state of the embedded AWS could not be saved")
            return False
        return True

    async def _ask_again(self, request: AwsRequest) -> None:
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": "POST",
            "path": request.path,
            "raw_path": request.path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
        }
        await call_app(self._module.app, scope, request.body)
        self._log_memory.bound()

    def _write(self, states: Mapping[str, Any], first_journal: int | None) -> None:
        for name, state in states.items():
            if state is None:
                continue
            mark = {log_journal.MARK: first_journal} if name == log_journal.STATE else {}
            encoded = self._encode(name, state, mark)
            digest = hashlib.sha256(encoded).digest()
            if self._written.get(name) != digest:
                _replace(self._directory / f"{name}.json", encoded)
                self._written[name] = digest

    def _encode(self, name: str, state: Any, mark: Mapping[str, Any]) -> bytes:  # noqa: ANN401 - whatever it keeps
        version = self._persistence._state_format_version(name)  # noqa: SLF001 - see docs/architecture.md
        versioned = {**mark, "__ministack_format__": version, "payload": state}
        return json.dumps(versioned, default=self._persistence._json_default).encode()  # noqa: SLF001 - as above


def one_at_a_time(module: Any, name: str) -> None:  # noqa: ANN401 - MiniStack is untyped
    """From now on a function of a module runs in one thread at a time.

    Two cold starts of one function wrote the same temporary file: the first rename took it from the second.
    """
    function, lock = getattr(module, name), threading.Lock()

    @wraps(function)
    def alone(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as above
        with lock:
            return function(*arguments, **options)

    setattr(module, name, alone)


def _logs_alone() -> AbstractSet[str]:
    return {log_journal.STATE}


def _copy_fast(store: Any, _memo: Any) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """As ``copy.deepcopy``, several times faster: MiniStack copies its state on the loop, where it delays everybody."""
    try:
        return pickle.loads(pickle.dumps(store, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own memory
    except (pickle.PicklingError, AttributeError, TypeError):  # something in it is no plain value
        made = type(store)()
        made._data = copy.deepcopy(store._data)  # noqa: SLF001 - as its own copy would
        return made


async def _copied(get_state: Any) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """A copy of a state; taken again where a dictionary grew meanwhile, in one of MiniStack's threads."""
    for _ in range(TRIES):
        with contextlib.suppress(RuntimeError):
            return get_state()
        await asyncio.sleep(TRY_DELAY)
    return get_state()


def _replace(path: Path, content: bytes) -> None:
    """Old or new, never half."""
    unfinished = path.with_suffix(".new")
    try:
        unfinished.write_bytes(content)
    except OSError:
        unfinished.unlink(missing_ok=True)  # Half of it would keep the room that the next try needs.
        raise
    unfinished.replace(path)
