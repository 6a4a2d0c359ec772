"""The git remote that ships: a bare repository beside the checkout, whose hook deploys each version tag pushed to it.

It does on this machine what a workflow at a git host does: the tag is checked out afresh, and deployed from there.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tagship.base.errors import Refused
from tagship.base.process import Command, Completed, Processes
from tagship.base.repository import IN_ENGLISH, no_repository

NAME = "local"
"""The remote's name: ``git push local v1.2.3``."""

FOLDER = ".tagship"
"""Working files of a checkout; ignores itself."""

REPOSITORY = f"{FOLDER}/local.git"

KEPT = ("TAGSHIP_HOME", "SEATRIAL_PORT")
"""Variables that say which embedded AWS is meant: the hook must find the one that its maker used."""


@dataclass(frozen=True)
class Remote:
    """The remote of one checkout, as it should be."""

    checkout: Path
    """The folder of ``tagship.yaml``."""
    interpreter: Path
    """The Python that runs tagship, with its absolute path."""
    environment: Mapping[str, str]
    """Variables that the hook sets."""

    @classmethod
    def of(cls, checkout: Path, interpreter: Path, environ: Mapping[str, str]) -> "Remote":
        """The remote of a checkout, as seen with this interpreter and this environment."""
        return cls(checkout.absolute(), interpreter, {name: environ[name] for name in KEPT if environ.get(name)})

    @property
    def repository(self) -> Path:
        """The bare repository."""
        return self.checkout / REPOSITORY

    @property
    def hook(self) -> Path:
        """The hook that git runs before it takes what was pushed: where it fails, nothing is taken."""
        return self.repository / "hooks" / "pre-receive"

    @property
    def former_hook(self) -> Path:
        """Where an earlier tagship had it."""
        return self.repository / "hooks" / "post-receive"


def hook_script(remote: Remote) -> str:
    """The text of the hook.

    Git tells its hooks about the repository by variables such as ``GIT_DIR``; every git command inside would obey
    them, so they are taken away first.
    """
    python = shlex.quote(str(remote.interpreter))
    exports = [f"export {name}={shlex.quote(value)}" for name, value in sorted(remote.environment.items())]
    return "\n".join(
        [
            "#!/bin/sh",
            "# Written by tagship: deploys the newest version tag of a push. `tagship local up` rewrites it.",
            "repository=$(pwd)",
            "quarantine=${GIT_QUARANTINE_PATH-}",
            "# shellcheck disable=SC2046  # each variable is a word of its own",
            "unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH",
            *exports,
            "export PYTHONUNBUFFERED=1 NO_COLOR=1",
            f"if [ ! -x {python} ]; then",
            f"    echo 'tagship is no longer at' {python}'. Run: tagship local up' >&2",
            "    exit 1",
            "fi",
            f"checkout={shlex.quote(str(remote.checkout))}",
            f'exec {python} -P -m tagship.pipeline.receive "$repository" "$checkout" "$quarantine"',
            "",
        ]
    )


def ensure(processes: Processes, remote: Remote) -> bool:
    """Have the remote as it should be; returns whether anything had to be done.

    Raises:
        NotReady: the checkout is in no git repository.
        Refused: another remote has the name.
    """
    address = _address(processes, remote)
    changed = [_ensure_repository(processes, remote), _ensure_hook(remote), address != str(remote.repository)]
    if changed[-1]:
        verb = "set-url" if address else "add"
        processes.run(Command.of("git", "remote", verb, NAME, str(remote.repository), cwd=remote.checkout))
    return any(changed)


def _address(processes: Processes, remote: Remote) -> str:
    """The address that the name has now; empty where it is free."""
    looked = _git(processes, remote, "rev-parse", "--git-dir")
    if looked.returncode:
        make = "`git init && git add --all && git commit -m 'First version'`"
        raise no_repository(remote.checkout, looked.stderr, make=make)
    address = _git(processes, remote, "remote", "get-url", NAME).stdout.strip()
    # Ours, even where the checkout has been moved since.
    if address and not address.endswith(f"/{REPOSITORY}"):
        raise Refused(
            f"A git remote `{NAME}` exists already, and points at `{address}`.",
            hint=f"`git remote rename {NAME} another-name`, then run the command again.",
        )
    return address


def _git(processes: Processes, remote: Remote, *words: str) -> Completed:
    return processes.run(Command.of("git", *words, cwd=remote.checkout, env=IN_ENGLISH), check=False)


def _ensure_repository(processes: Processes, remote: Remote) -> bool:
    if (remote.repository / "HEAD").exists():
        return False
    remote.repository.mkdir(parents=True, exist_ok=True)
    (remote.checkout / FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
    form = _git(processes, remote, "rev-parse", "--show-object-format").stdout.strip() or "sha1"
    words = ("--quiet", "--bare", "--initial-branch=main", f"--object-format={form}", str(remote.repository))
    processes.run(Command.of("git", "init", *words))
    # A shallow clone, as workflows have it, may push its tags here.
    processes.run(Command.of("git", "config", "receive.shallowUpdate", "true", cwd=remote.repository))
    return True


def _ensure_hook(remote: Remote) -> bool:
    script = hook_script(remote)
    remote.former_hook.unlink(missing_ok=True)
    if remote.hook.exists() and remote.hook.read_text(encoding="utf-8") == script:
        return False
    remote.hook.parent.mkdir(parents=True, exist_ok=True)
    remote.hook.write_text(script, encoding="utf-8")
    remote.hook.chmod(0o755)
    return True
