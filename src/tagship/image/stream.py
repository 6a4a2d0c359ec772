"""Reads the JSON stream of Docker's build and push APIs. Pure: entries in, events and verdicts out.

The shapes are those of the Engine API 1.41 (``/build``, ``/images/{name}/push``), classic builder.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tagship.base.errors import ProgramFailed, Refused, TagshipError
from tagship.base.events import Event
from tagship.image import complaints
from tagship.image.builder import BuildLine, BuildRequest, BuildStep, ImagePushed, LayerPushed

Entry = Mapping[str, Any]
"""One JSON object of Docker's stream: ``{"stream": …}``, ``{"status": …}``, ``{"error": …}`` or ``{"aux": …}``."""

LAST_WORDS = 20
"""Lines of a failed step that its error quotes."""

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)")
_BOOKKEEPING = re.compile(r"( --->|Removing intermediate container |Successfully (built|tagged) )")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class BuildTranscript:
    """What a build said so far: the step it is at, and that step's last lines."""

    request: BuildRequest
    step: BuildStep | None = None
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))

    def read(self, entry: Entry) -> list[Event]:
        """Note one entry, and tell what it means.

        Raises:
            ProgramFailed: the entry says that the build failed.
        """
        if "error" in entry:
            raise self._failed(entry)
        lines = (COLOUR.sub("", line).rstrip() for line in str(entry.get("stream", "")).splitlines())
        return [self._note(line) for line in lines if line and not _BOOKKEEPING.match(line)]

    def _note(self, line: str) -> Event:
        if found := _STEP.match(line):
            number, of, instruction = found.groups()
            self.step = BuildStep(self.request.service, int(number), int(of), instruction)
            self.last_words.clear()
            return self.step
        self.last_words.append(line)
        return BuildLine(self.request.service, line)

    def _failed(self, entry: Entry) -> ProgramFailed:
        why = str(entry["error"]).strip()
        returncode = int(entry.get("errorDetail", {}).get("code", 1))
        return step_failed(self.request, self.step, [*self.last_words, why], returncode)


def step_failed(
    request: BuildRequest, step: BuildStep | None, last_words: list[str], returncode: int = 1
) -> ProgramFailed:
    """The error for a build that failed; the last of the last words is what the engine says."""
    numbers = f"Step {step.number} of {step.of}, " if step and step.of else ""
    where = f"{numbers}`{step.instruction}`," if step else "The build"
    quoted = "\n".join(f"  {line}" for line in last_words)
    message = f"{where} of the image of `{request.service}` failed:\n{quoted}"
    hint = complaints.hint(" ".join(last_words), step.instruction if step else "")
    return ProgramFailed(message, returncode=returncode, hint=hint)


@dataclass
class PushTranscript:
    """What a push said so far: bytes of each layer, and the digest once the registry has named it."""

    request: BuildRequest
    sent: dict[str, int] = field(default_factory=dict)
    digest: str | None = None

    def read(self, entry: Entry) -> list[Event]:
        """Note one entry, and tell what it means.

        Raises:
            Refused: the tag exists and is immutable.
            ProgramFailed: the registry did not take the image.
        """
        if "error" in entry:
            raise _not_taken(self.request, str(entry["error"]).strip())
        self.digest = entry.get("aux", {}).get("Digest", self.digest)
        layer = self._layer(entry)
        return [layer] if layer else []

    def ended(self) -> ImagePushed:
        """What the registry said at the end.

        Raises:
            ProgramFailed: it named no digest.
        """
        if self.digest is None:
            raise _not_taken(self.request, "the registry returned no digest")
        reference = f"{self.request.repository_url}:{self.request.version}"
        return ImagePushed(self.request.service, reference, self.digest, sum(self.sent.values()))

    def _layer(self, entry: Entry) -> LayerPushed | None:
        layer, status = str(entry.get("id", "")), entry.get("status")
        if status == "Layer already exists":
            return LayerPushed(self.request.service, layer, sent=0, total=0)
        progress = entry.get("progressDetail") or {}
        if status != "Pushing" or "current" not in progress:
            return None
        # Docker counts the tar's framing too, so that `current` may end a little above `total`.
        total = int(progress.get("total", progress["current"]))
        self.sent[layer] = min(int(progress["current"]), total)
        return LayerPushed(self.request.service, layer, sent=self.sent[layer], total=total)


def _not_taken(request: BuildRequest, why: str) -> TagshipError:
    reference = f"{request.repository_url}:{request.version}"
    if "immutable" in why.lower():
        # ECR refuses even the same digest again (aws/containers-roadmap#2179), so it need not be another image.
        return Refused(
            f"`{reference}` exists already, and the repository's tags are immutable: {why}",
            hint=f"Tag the commit with a new version instead of moving `{request.version}`.",
        )
    return ProgramFailed(f"The registry rejected `{reference}`: {why}", returncode=1, hint=complaints.hint(why))
