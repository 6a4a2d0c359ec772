"""Runs when a tag is pushed: checks it out afresh, deploys it, and tells the pusher as it goes.

Started by the hook that ``pipeline/remote.py`` writes:
``python -P -m tagship.pipeline.receive REPOSITORY CHECKOUT [QUARANTINE]``.
Where it ends with another code than 0, git takes nothing of the push and ``git push`` fails, as with other remotes
that deploy: a script sees that nothing was released, and the same push tries again.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from tagship.base.errors import NotReady, ProgramFailed, Refused, TagshipError
from tagship.base.process import Command, Processes, SystemProcesses
from tagship.base.scratch import scratch
from tagship.base.visible import visible
from tagship.pipeline.pushed import GOOD, REFUSED, Push, ending, read

INTERRUPTED = 130

MANIFEST = "tagship.yaml"

Say = Callable[[str], None]

_PLAIN = ("-c", "filter.lfs.process=", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.required=false")
"""Git LFS fetches nothing: a release takes its content from the checkout."""


@dataclass
class Receiver:
    """What deploys tags that arrive in a bare repository.

    Args:
        processes: what starts git and tagship.
        repository: the bare repository.
        checkout: the folder of ``tagship.yaml`` in the checkout that the repository belongs to.
        say: tells the pusher one line.
        quarantine: where git keeps the objects of the push until it is taken (git-receive-pack(1), "Quarantine
            Environment"); None where there is none.
    """

    processes: Processes
    repository: Path
    checkout: Path
    say: Say
    quarantine: Path | None = None
    interrupted: bool = field(default=False, init=False)

    def receive(self, lines: Iterable[str]) -> int:
        """Deploy the newest version that was pushed, to its end; returns 0 where the push is to be taken."""
        push = read(lines)
        for word in push.words:
            self.say(word)
        if push.ships is None:
            return REFUSED if push.refused else 0
        code = INTERRUPTED if self.interrupted else self._ship(push, push.ships)
        return 0 if code in GOOD else code

    def interrupt(self) -> None:
        """Have the deploy that runs roll back, and no further one begin.

        One Ctrl-C of the pusher arrives several times, from the terminal and from git that ends: the first one counts,
        for a second one would have the deploy leave its rollout where it is.
        """
        if not self.interrupted:
            self.interrupted = True
            self.processes.interrupt()

    def _ship(self, push: Push, tag: str) -> int:
        try:
            with self._fresh_checkout(push, tag) as folder:
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
    def _fresh_checkout(self, push: Push, tag: str) -> Iterator[Path]:
        """A clean checkout of the tag, in which git can still tell tag, commit and origin; yields our folder in it.

        It has the objects of the push by itself: where the pusher hangs up, git takes the quarantine away.
        """
        with scratch("tagship-push-") as folder:
            form = self._ask(self.repository, "rev-parse", "--show-object-format") or "sha1"
            self._git(folder, "init", "--quiet", "--template=", f"--object-format={form}")
            self._lend_objects(folder / ".git")
            self._write_tags(folder / ".git", push)
            if not self._ask(folder, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}"):
                raise Refused(f"The tag `{tag}` does not point at a commit.")
            self._git(folder, *_PLAIN, "checkout", "--quiet", "--detach", "--no-recurse-submodules", f"refs/tags/{tag}")
            self._lend_stores(folder / ".git")
            if origin := self._ask(self.checkout, "remote", "get-url", "origin"):
                self._git(folder, "remote", "add", "origin", origin)
            yield self._our_folder(tag, folder)

    def _lend_objects(self, git_dir: Path) -> None:
        info = git_dir / "objects" / "info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "alternates").write_text(f"{self.repository / 'objects'}\n", encoding="utf-8")
        if self.quarantine:
            copytree(self.quarantine, git_dir / "objects", dirs_exist_ok=True)
        shallow = self._shared / "shallow"
        if shallow.exists():
            (git_dir / "shallow").write_bytes(shallow.read_bytes())

    def _write_tags(self, git_dir: Path, push: Push) -> None:
        """Every tag, those of the push among them, as ``packed-refs`` (gitrepository-layout(5)) has them."""
        known = self._ask(self.repository, "for-each-ref", "refs/tags", "--format=%(refname:strip=2) %(objectname)")
        tags = {**dict(line.rsplit(" ", 1) for line in known.splitlines()), **push.tags}
        text = "".join(f"{identity} refs/tags/{name}\n" for name, identity in sorted(tags.items()))
        (git_dir / "packed-refs").write_text(text, encoding="utf-8", errors="surrogateescape")

    def _lend_stores(self, git_dir: Path) -> None:
        """What git itself does not hold, a release finds where the checkout has it: submodules, and Git LFS."""
        for name in ("modules", "lfs"):
            if (self._shared / name).is_dir():
                (git_dir / name).symlink_to(self._shared / name)

    @property
    def _shared(self) -> Path:
        """The git directory of the checkout."""
        return (self.checkout / self._ask(self.checkout, "rev-parse", "--git-common-dir")).absolute()

    def _our_folder(self, tag: str, top: Path) -> Path:
        prefix = self._ask(self.checkout, "rev-parse", "--show-prefix")
        if not (top / prefix / MANIFEST).exists():
            raise NotReady(f"`{tag}` has no `{prefix}{MANIFEST}`.")
        return top / prefix

    def _git(self, folder: Path, *words: str) -> None:
        self.processes.run(Command.of("git", *words, cwd=folder))

    def _ask(self, folder: Path, *words: str) -> str:
        """What git says in a folder; empty where it says nothing."""
        return self.processes.run(Command.of("git", *words, cwd=folder), check=False).stdout.rstrip("\n")


def send_to_pusher(line: str) -> None:
    """Pass a line on at once; a pusher who has hung up does not stop a rollout that is under way."""
    try:
        sys.stdout.write(f"{visible(line)}\n")
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
    repository, checkout, *quarantine = (Path(word) for word in sys.argv[1:] if word)
    sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    receiver = Receiver(SystemProcesses(), repository, checkout, send_to_pusher, next(iter(quarantine), None))
    return serve(receiver, sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
