"""``tagship``: the list of commands, and what happens when one of them fails."""

import atexit
import gc
import sys
from errno import EDQUOT, EIO, ENOSPC
from typing import Final, NoReturn

import click

from tagship import __version__
from tagship.base.errors import TagshipError
from tagship.cli import output
from tagship.cli.lazy import Entry, LazyGroup

INTERRUPTED = 130
"""The exit code of Ctrl-C, as every shell has it."""

_NO_ROOM: Final = frozenset({EDQUOT, EIO, ENOSPC})
_ALLOCATIONS: Final = 100_000
"""Between two looks for garbage. What a command loads stays until its end: looking every 700, as Python does, takes a
tenth of its time and finds nothing."""

COMMANDS = {
    "init": Entry("tagship.cli.init:init", "Write a tagship.yaml for this repository."),
    "check": Entry("tagship.cli.check:check", "Check that tagship.yaml is valid."),
    "local": Entry("tagship.cli.local.group:local", "The embedded AWS on this machine: up, down, status, reset."),
    "infra": Entry("tagship.cli.infra.group:infra", "One environment's infrastructure: plan, apply, output, destroy."),
    "secret": Entry("tagship.cli.secret.group:secret", "The app's own secrets: set, list, check, unset, copy."),
    "cost": Entry("tagship.cli.cost:cost", "Estimate what an environment costs a month."),
    "deploy": Entry("tagship.cli.deploy:deploy", "Ship a tag, and watch it to a verdict."),
    "rollback": Entry("tagship.cli.rollback:rollback", "Roll back to an earlier release."),
    "recover": Entry("tagship.cli.recover:recover", "Restore the last version that was live."),
    "rehearse": Entry("tagship.cli.rehearse:rehearse", "Rehearse releases with failures, on the embedded AWS."),
    "wait": Entry("tagship.cli.wait:wait", "Wait for a release that another process runs."),
    "status": Entry("tagship.cli.status:status", "Show what is live, and its health."),
    "history": Entry("tagship.cli.history:history", "List the releases, newest first."),
    "explain": Entry("tagship.cli.explain:explain", "Explain the cause of a failed release."),
    "run": Entry("tagship.cli.run:run", "Run a one-off command with a service's image."),
    "exec": Entry("tagship.cli.exec:exec_", "Run a command in a running task, with a terminal."),
    "scale": Entry("tagship.cli.scale:scale", "Set a service's number of tasks."),
    "logs": Entry("tagship.cli.logs:logs", "Print the containers' logs."),
    "completion": Entry("tagship.cli.completion:completion", "Print a shell's completion script."),
}

cli = LazyGroup(
    "tagship",
    COMMANDS,
    help="Push a git tag, and your app ships: to Amazon ECS, or to an embedded AWS on this machine.",
)
cli = click.version_option(__version__, prog_name="tagship")(cli)


def main() -> NoReturn:
    """Run a command; a person never sees a traceback for something that tagship knows."""
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # else the interpreter sifts all of it once more before it ends
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(_interrupted())
    except KeyboardInterrupt:
        sys.exit(_interrupted())
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TagshipError as error:
        output.error(error)
        sys.exit(error.exit_code)
    except OSError as problem:
        if problem.errno not in _NO_ROOM:
            raise
        output.error(output.unwritable(problem))  # help and version, which click writes itself
        sys.exit(TagshipError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted() -> int:
    output.say("Interrupted.")
    return INTERRUPTED
