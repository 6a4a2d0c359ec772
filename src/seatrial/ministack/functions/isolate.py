"""Runs CloudFront Functions in V8 isolates: no network, no files, no programs, bounded time and memory."""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from py_mini_racer import JSEvalException, JSPromise, JSPromiseError, MiniRacer

SECONDS: Final = 5.0
"""Until a function is ended. AWS gives it about a millisecond of computing; a loaded laptop is slower."""

MEMORY: Final = 64 * 1024 * 1024
"""Bytes of an isolate. AWS gives a function 2 MB (quotas on CloudFront Functions); an empty isolate has more."""

MOST: Final = 8
"""Isolates that are kept, each for one function's code."""

_IMPORT: Final = re.compile(
    r"""^\s*import\s+(?:(?P<all>\*\s*as\s*\w+)|\{(?P<some>[^}]*)\}|(?P<one>\w+))\s+from\s+['"](?P<of>[^'"]+)['"]\s*;?\s*$""",
    re.MULTILINE,
)
"""Runtime 2.0 writes ``import name from 'module'`` where 1.0 writes ``require('module')``."""

_CALL: Final = "Promise.resolve(handler(JSON.parse({event}))).then((made) => JSON.stringify(made ?? null))"


# inside: MiniStack's CloudFront, which answers 503
class FunctionFailed(Exception):
    """The function threw, ran too long, or is no function."""


class Isolates:
    """The functions that were called last, each compiled in an isolate of its own."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, _Isolate] = OrderedDict()
        self._lock = threading.Lock()

    def evaluate(self, code: bytes, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the handler returns
        """What the function makes of an event.

        Args:
            code: its source, with a ``handler`` at the top level.
            event: the event as in the developer guide, "CloudFront Functions event structure".

        Raises:
            FunctionFailed: in the function's own words.
        """
        with self._lock:
            isolate = self._kept.pop(code, None) or _Isolate(code)
            self._kept[code] = isolate
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        try:
            return isolate.call(event)
        except (JSEvalException, JSPromiseError, TimeoutError, ValueError) as error:
            with self._lock:
                # An isolate that ran out of memory or time is of no use to the next call.
                self._kept.pop(code, None)
            raise FunctionFailed(str(error)) from error


class _Isolate:
    """One function's code in an isolate; one call at a time."""

    def __init__(self, code: bytes) -> None:
        self._code = code
        self._lock = threading.Lock()
        self._engine: MiniRacer | None = None

    def call(self, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
        with self._lock:
            engine = self._engine = self._engine or self._compiled()
            answer = engine.eval(_CALL.format(event=json.dumps(json.dumps(event))), timeout_sec=SECONDS)
            if isinstance(answer, JSPromise):
                answer = answer.get(timeout=SECONDS)
            return json.loads(str(answer))

    def _compiled(self) -> MiniRacer:
        engine = MiniRacer()
        engine.set_hard_memory_limit(MEMORY)
        engine.eval(files(__package__).joinpath("runtime.js").read_text("utf-8"), timeout_sec=SECONDS)
        engine.eval(as_script(self._code.decode("utf-8", "replace")), timeout_sec=SECONDS)
        return engine


def as_script(code: str) -> str:
    """The same code with its imports as calls of ``require``. Pure."""

    def required(found: re.Match[str]) -> str:
        names = f"{{{(found['some'] or '').replace(' as ', ': ')}}}"
        name = found["one"] or re.sub(r"\*\s*as\s*", "", found["all"] or "") or names
        return f"const {name} = require({json.dumps(found['of'])});"

    return _IMPORT.sub(required, code)
