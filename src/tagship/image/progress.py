"""Reads what ``docker buildx build --progress=plain`` prints. Pure: lines in, events and verdicts out.

Plain rather than ``rawjson``: every version has it, and 0.13 spreads a JSON document over many lines.
The lines are those of buildx 0.13 before the BuildKit of engine 20.10 and of engine 26.
"""

import re
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from tagship.base.errors import EngineUnavailable, TagshipError
from tagship.base.events import Event
from tagship.image.builder import BuildLine, BuildRequest, BuildStep
from tagship.image.engine import INSTALL, MAY_NOT
from tagship.image.stream import COLOUR, LAST_WORDS, step_failed

_STEP: Final = re.compile(r"#(\d+) \[(?:.* )?(\d+)/(\d+)\] (.*)")
_BASE: Final = re.compile(r"#(\d+) \[internal\] load metadata for (\S+)")
_SYNTAX: Final = re.compile(r"#(\d+) resolve image config for (?:docker-image://)?(\S+)")
_SAID: Final = re.compile(r"#(\d+) \d+\.\d+ ?(.*)")
_ERROR: Final = re.compile(r"#(\d+) ERROR: (.*)")
_AT_LAST: Final = re.compile(r"(?:ERROR|error): (.*)")
_WRAPPED: Final = re.compile(
    r"^(failed to solve: |rpc error: code = \w+ desc = |failed to solve with frontend \S+: "
    r"|failed to create LLB definition: |failed to read dockerfile: )+"
)
_CODE: Final = re.compile(r"exit code: (\d+)")
_NO_ENGINE: Final = re.compile(r"Cannot connect to the Docker daemon|error during connect|permission denied .* connect")

_HIDDEN: Final = "***"
_SHORTEST: Final = 4
"""Characters of a secret that is looked for in what is printed: shorter ones stand in half of all lines."""


@dataclass
class Progress:
    """What a build said so far: its steps, which may go on at the same time, and the last lines of each.

    Args:
        request: what is built.
        secrets: what no line may repeat.
    """

    request: BuildRequest
    secrets: Collection[str] = ()
    steps: dict[str, BuildStep] = field(default_factory=dict)
    last_words: dict[str, deque[str]] = field(default_factory=dict)
    failed_step: str | None = None
    why: str = ""
    syntax: str | None = None
    """The vertex that fetches what ``# syntax=`` names."""

    def read(self, line: str) -> list[Event]:
        """Note one line, and tell what it means."""
        line = self._without_secrets(COLOUR.sub("", line).rstrip())
        if found := _STEP.match(line) or _BASE.match(line):
            return self._step(found)
        if found := _SAID.match(line):
            return self._note(found[1], found[2])
        if found := _ERROR.match(line):
            self.failed_step, self.why = found[1], found[2]
        elif found := _SYNTAX.match(line):
            self.syntax = found[1]
            self.steps[found[1]] = BuildStep(self.request.service, 0, 0, f"# syntax={found[2]}")
        elif found := _AT_LAST.match(line):
            self.why = self.why or _WRAPPED.sub("", found[1])
        return []

    @property
    def syntax_missing(self) -> bool:
        """Whether it failed because what ``# syntax=`` names could not be fetched."""
        return self.failed_step is not None and self.failed_step == self.syntax

    def failed(self) -> TagshipError:
        """The error for a build that has failed."""
        if _NO_ENGINE.search(self.why):
            hint = MAY_NOT if "permission denied" in self.why else INSTALL
            return EngineUnavailable(f"Cannot connect to a Docker engine: {self.why}.", hint=hint)
        where = self.failed_step or ""
        code = _CODE.search(self.why)
        words = [*self.last_words.get(where, ()), self.why or "it ended without a word"]
        return step_failed(self.request, self.steps.get(where), words, int(code[1]) if code else 1)

    def _step(self, found: re.Match[str]) -> list[Event]:
        vertex = found[1]
        if vertex in self.steps:  # a step that goes on while others do is named again
            return []
        if found.re is _BASE:
            self.steps[vertex] = BuildStep(self.request.service, 0, 0, f"FROM {found[2]}")
            return []
        number, of, instruction = found.groups()[1:]
        self.steps[vertex] = BuildStep(self.request.service, int(number), int(of), instruction)
        return [self.steps[vertex]]

    def _note(self, vertex: str, text: str) -> list[Event]:
        self.last_words.setdefault(vertex, deque(maxlen=LAST_WORDS)).append(text)
        return [BuildLine(self.request.service, text)] if text else []

    def _without_secrets(self, line: str) -> str:
        for secret in self.secrets:
            if len(secret) >= _SHORTEST:
                line = line.replace(secret, _HIDDEN)
        return line
