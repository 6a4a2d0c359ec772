"""Runs Terraform in an environment's working folder, and tells what it does while it does it."""

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tagship.base.clock import Clock
from tagship.base.errors import ProgramFailed
from tagship.base.events import Event, Events
from tagship.base.process import Command, Processes
from tagship.infra.diagnostics import Diagnostic, error_of
from tagship.infra.events import TerraformInterrupted
from tagship.infra.plan import Change, Plan
from tagship.infra.program import Program
from tagship.infra.stream import Message, parse
from tagship.infra.workspace import Workspace

PLAN_FILE: Final = "plan.tfplan"
"""What ``apply`` applies."""

LOOK_FILE: Final = "look.tfplan"
"""The plan of somebody who only looks: never applied, and gone when it was read."""

_FLAGS: Final = ("-json", "-input=false")


@dataclass(frozen=True)
class Terraform:
    """One environment's Terraform.

    Args:
        program: Terraform or OpenTofu.
        workspace: where it runs.
        environment: the environment's name, for error messages.
        env: what its process gets beside our own environment; None takes a variable away.
        processes: what starts it.
        clock: says for how long somebody else has held the state.
        events: told of each resource.
        looking: plan without the state's lock, which is an object in the bucket, and beside the plan that is applied.
    """

    program: Program
    workspace: Workspace
    environment: str
    env: Mapping[str, str | None]
    processes: Processes
    clock: Clock
    events: Events
    looking: bool = False

    def init(self) -> None:
        """Get the provider and connect the state, where that was not done for these very modules already.

        Raises:
            ProgramFailed: Terraform could not; its own words are quoted.
        """
        if self.workspace.is_initialised(self.program):
            return
        words = ("init", "-input=false", "-no-color", "-reconfigure", *self.workspace.backend_words)
        done = self.processes.run(self._command(*words), check=False)
        if done.returncode:
            raise ProgramFailed(_init_failed(done.stdout + done.stderr), returncode=done.returncode)
        self.workspace.mark_initialised(self.program)

    def plan(self, *, destroy: bool = False, targets: Sequence[str] = ()) -> Plan:
        """Compare what is with what should be, and save the answer for ``apply``.

        Args:
            destroy: plan to take everything away.
            targets: addresses; the plan is about them, and what they need, alone.

        Raises:
            DestructionPrevented: it would destroy what the modules protect.
            StateLocked: another run holds the state.
            NotReady: the modules refuse a value of the manifest.
            ProgramFailed: anything else.
        """
        unlocked = ("-lock=false",) if self.looking else ()
        words = ("plan", *_FLAGS, f"-out={self._plan_file}", *unlocked, *(("-destroy",) if destroy else ()))
        messages = self._messages("plan", *words, *(f"-target={target}" for target in targets))
        plan = Plan(tuple(message for message in messages if isinstance(message, Change)))
        self.events.emit(plan.summary)
        return plan

    def show(self) -> dict[str, Any]:
        """The saved plan, whole. It holds every value of the environment, so it is never written anywhere.

        Raises:
            ProgramFailed: there is none.
        """
        found: dict[str, Any] = json.loads(self.processes.run(self._command("show", "-json", self._plan_file)).stdout)
        return found

    def apply(self, *, doing: str = "apply") -> None:
        """Do exactly what the saved plan says.

        Raises:
            StateLocked: another run holds the state.
            ProgramFailed: some resource could not be made; what was made is in the state.
        """
        for message in self._messages(doing, "apply", *_FLAGS, PLAN_FILE):
            if isinstance(message, Event):
                self.events.emit(message)

    def untaint(self, address: str) -> None:
        """Trust a resource that was cut off while it was made, so that it is finished in place, not replaced.

        Raises:
            ProgramFailed: Terraform could not.
        """
        self.processes.run(self._command("untaint", "-no-color", address))

    def unlock(self, lock: str) -> None:
        """Take away a lock whose holder is gone.

        Raises:
            ProgramFailed: nothing is locked, or the lock that is held is another one.
        """
        done = self.processes.run(self._command("force-unlock", "-force", lock), check=False)
        if done.returncode:
            first = (done.stderr + done.stdout).strip().splitlines()[:1]
            words = re.sub(r"\x1b\[[0-9;]*m", "", "".join(first))
            raise ProgramFailed(f"Terraform could not unlock: {words}", returncode=done.returncode)

    @property
    def _plan_file(self) -> str:
        return LOOK_FILE if self.looking else PLAN_FILE

    def _messages(self, doing: str, *words: str) -> Iterator[Message]:
        """What Terraform says, complaints kept back: they become the error at the end."""
        complaints: list[Diagnostic] = []
        lines = self.processes.lines(self._command(*words))
        try:
            for line in lines:
                message = parse(line)
                if isinstance(message, Diagnostic):
                    complaints.append(message)
                elif message:
                    yield message
        except ProgramFailed as error:
            known = error_of(complaints, doing=doing, environment=self.environment, now=self.clock.now())
            raise known or error from error
        except KeyboardInterrupt:
            self.events.emit(TerraformInterrupted())
            raise
        finally:
            if isinstance(lines, Generator):
                lines.close()

    def _command(self, *words: str) -> Command:
        return Command((self.program.path, *words), cwd=self.workspace.root, env=self.env)


def _init_failed(said: str) -> str:
    """Terraform's own words from its first error on, without its frames."""
    lines = [line.strip(" │╷╵") for line in said.splitlines()]
    begin = next((index for index, line in enumerate(lines) if line.startswith("Error:")), 0)
    words = "\n".join(f"  {line}" for line in lines[begin:] if line)
    return f"Terraform could not initialise:\n{words}"
