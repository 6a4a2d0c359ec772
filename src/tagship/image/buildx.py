"""Builds an image with ``docker buildx``, which speaks to BuildKit; the image ends up in the engine, to be pushed.

It is pushed by the engine, as any image is: so the registry's password is on no command line and in no file.
"""

import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tagship.base.errors import NotReady, ProgramFailed, ProgramMissing
from tagship.base.events import Event
from tagship.base.process import Command, Processes
from tagship.base.scratch import scratch
from tagship.image.builder import BuildLine, BuildRequest
from tagship.image.engine import BuildOptions
from tagship.image.layout import lay_out
from tagship.image.progress import Progress
from tagship.manifest.instructions import directives

_OF_DOCKER: Final = re.compile(r"(docker\.io/)?docker/dockerfile(:[\w.-]+)?(@sha256:[0-9a-f]{64})?")
"""What reads Dockerfiles as the engine's own BuildKit does, in another version; anything else may read something
else."""

_SYNTAX_LINE: Final = re.compile(rb"#([ \t]*)syntax([ \t]*)=", re.IGNORECASE)


@dataclass(frozen=True)
class Buildx:
    """The program.

    Args:
        processes: what starts it.
        environment: where the variables of secrets and of the SSH agent are; the program gets it, too.
        more: what is added to the program's environment.
    """

    processes: Processes
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    more: Mapping[str, str] = field(default_factory=dict)

    def answers(self) -> bool:
        """Whether it is at hand."""
        try:
            found = self.processes.run(Command.of("docker", "buildx", "version", env=self.more), check=False)
        except ProgramMissing:
            return False
        return found.returncode == 0

    def build(self, request: BuildRequest, options: BuildOptions) -> Generator[Event]:
        """Build, and tell the steps; in the end the engine has the image.

        Raises:
            EngineUnavailable: no Docker engine answers.
            NotReady: the variable of a secret is not set.
            ProgramFailed: the build failed.
        """
        secrets = secrets_of(request, self.environment)
        content = options.context.content
        progress = Progress(request, secrets)
        try:
            yield from self._run(options, request, content, progress)
        except ProgramFailed as error:
            syntax = directives(content.decode("utf-8", "replace")).get("syntax", "")
            if not (progress.syntax_missing and _OF_DOCKER.fullmatch(syntax)):
                raise progress.failed() from error
        else:
            return
        yield BuildLine(
            request.service,
            f"`{syntax}` of the line `# syntax=` cannot be pulled ({progress.why}): "
            "the engine's own BuildKit reads the Dockerfile.",
        )
        progress = Progress(request, secrets)
        try:
            yield from self._run(options, request, _SYNTAX_LINE.sub(rb"#\1syntax\2:", content, count=1), progress)
        except ProgramFailed as error:
            raise progress.failed() from error

    def _run(
        self, options: BuildOptions, request: BuildRequest, content: bytes, progress: Progress
    ) -> Generator[Event]:
        with scratch("tagship-context-") as folder:
            dockerfile = lay_out(options.context, folder, content)
            # An index with attestations beside the image would be pushed in its place.
            env = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1", **self.more}
            # Before version 25 `docker` does not pass an interrupt on to buildx.
            command = Command(words(options, request, folder / "context", dockerfile), env=env, whole_group=True)
            with closing(_closable(self.processes.lines(command))) as lines:
                for line in lines:
                    yield from progress.read(line)


def words(options: BuildOptions, request: BuildRequest, context: Path, dockerfile: Path) -> tuple[str, ...]:
    """The command line. Pure. Of secrets it has the names only."""
    flags = [
        *("--progress", "plain", "--load"),
        *("--platform", options.platform),
        *("--tag", options.reference),
        *("--file", str(dockerfile)),
        *(word for name, value in options.labels.items() for word in ("--label", f"{name}={value}")),
        *(word for name, value in options.arguments.items() for word in ("--build-arg", f"{name}={value}")),
        *(word for name, value in request.secrets.items() for word in ("--secret", f"id={name},env={value}")),
    ]
    if options.target:
        flags += ["--target", options.target]
    if request.ssh:
        flags += ["--ssh", "default"]
    return ("docker", "buildx", "build", *flags, str(context))


def secrets_of(request: BuildRequest, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of the secrets, each line by itself too, the longest first.

    Raises:
        NotReady: a variable is not set.
    """
    where = f"services.{request.service}.build"
    for name, variable in request.secrets.items():
        if variable not in environment:
            raise NotReady(
                f"The secret `{name}` of `{where}.secrets` comes from the environment variable `{variable}`, which is "
                "not set.",
                hint=f"Set `{variable}` where `tagship` runs, in CI as a secret of the job.",
            )
    if request.ssh and not environment.get("SSH_AUTH_SOCK"):
        raise NotReady(
            f"`{where}.ssh` needs an SSH agent, and `SSH_AUTH_SOCK` is not set.",
            hint="`eval $(ssh-agent) && ssh-add`, then run the command again.",
        )
    values = [environment[variable] for variable in request.secrets.values()]
    whole = {value for value in values if value}
    return tuple(sorted(whole | {line for value in whole for line in value.splitlines()}, key=len, reverse=True))


def _closable(lines: Iterator[str]) -> Generator[str]:
    yield from lines
