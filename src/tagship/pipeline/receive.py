"""Runs when a tag has been pushed: checks it out afresh, deploys it, and tells the pusher as it goes.

Started by the hook that ``pipeline/remote.py`` writes: ``python -P -m tagship.pipeline.receive REPOSITORY CHECKOUT``.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tagship.base.errors import NotReady, ProgramFailed, TagshipError
from tagship.base.process import Command, Processes, SystemProcesses
from tagship.pipeline.pushed import ending, tags_to_deploy

INTERRUPTED = 130

MANIFEST = "tagship.yaml"

Say = Callable[[str], None]


@dataclass
class Receiver:
    """What deploys tags that arrive in a bare repository.

    Args:
        processes: what starts git and tagship.
        repository: the bare repository.
        checkout: the folder of ``tagship.yaml`` in the checkout that the repository belongs to.
        say: tells the pusher one line.
    """

    processes: Processes
    repository: Path
    checkout: Path
    say: Say
    interrupted: bool = field(default=False, init=False)

    def receive(self, lines: Iterable[str]) -> int:
        """Deploy what was pushed, each tag to its end; returns the exit code of the last that failed, or 0."""
        codes = [INTERRUPTED if self.interrupted else self._ship(tag) for tag in tags_to_deploy(lines)]
        return next((code for code in reversed(codes) if code), 0)

    def interrupt(self) -> None:
        """Have the deploy that runs roll back, and no further one begin.

        One Ctrl-C of the pusher arrives several times, from the terminal and from git that ends: the first one counts,
        for a second one would have the deploy leave its rollout where it is.
        """
        if not self.interrupted:
            self.interrupted = True
            self.processes.interrupt()

    def _ship(self, tag: str) -> int:
        try:
            with self._fresh_clone(tag) as folder:
                code = self._deploy(tag, folder)
        except TagshipError as error:
            self.say(error.message)
            code = error.exit_code
        self.say(ending(tag, code))
        return code

    def _deploy(self, tag: str, folder: Path) -> int:
        if self.interrupted:
            return INTERRUPTED
        command = Command.module("tagship", "deploy", tag, "--env", "local", cwd=folder)
        try:
            for line in self.processes.lines(command):
                self.say(line)
        except ProgramFailed as failed:
            return failed.returncode
        return 0

    @contextmanager
    def _fresh_clone(self, tag: str) -> Iterator[Path]:
        """A clean checkout of the tag, in which git can still tell tag, commit and origin; yields our folder in it."""
        with TemporaryDirectory(prefix="tagship-push-") as folder:
            self._git("clone", "--quiet", "--shared", "--no-checkout", str(self.repository), folder)
            self._git("-C", folder, "checkout", "--quiet", "--detach", f"refs/tags/{tag}")
            if origin := self._ask("remote", "get-url", "origin"):
                self._git("-C", folder, "remote", "set-url", "origin", origin)
            else:
                self._git("-C", folder, "remote", "remove", "origin")
            yield self._our_folder(tag, Path(folder))

    def _our_folder(self, tag: str, clone: Path) -> Path:
        prefix = self._ask("rev-parse", "--show-prefix")
        if not (clone / prefix / MANIFEST).exists():
            raise NotReady(f"`{tag}` has no `{prefix}{MANIFEST}`.")
        return clone / prefix

    def _git(self, *words: str) -> None:
        self.processes.run(Command.of("git", *words, cwd=self.repository))

    def _ask(self, *words: str) -> str:
        """What git says of the checkout; empty where it says nothing."""
        return self.processes.run(Command.of("git", *words, cwd=self.checkout), check=False).stdout.strip()


def tell_pusher(line: str) -> None:
    """Pass a line on at once; a pusher who has hung up does not stop a rollout that is under way."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # What is still in the buffer would be an error of its own at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def serve(receiver: Receiver, lines: Iterable[str]) -> int:
    """Receive; whatever ends the pusher, Ctrl-C, a closed terminal or a signal, has the deploy roll back."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: receiver.interrupt())
    return receiver.receive(lines)


def main() -> int:
    """What the hook runs."""
    repository, checkout = (Path(word) for word in sys.argv[1:])
    return serve(Receiver(SystemProcesses(), repository, checkout, tell_pusher), sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
