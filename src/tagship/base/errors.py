"""Everything that can go wrong, in one tree.

.. code-block:: text

    TagshipError                      exit code 1
    ├── VariableInvalid               2   a variable of the environment has a value that it cannot have
    ├── ManifestInvalid               3   tagship.yaml is missing or says something impossible
    ├── NotReady                      4   something tagship needs is not there: it says what to type
    │   ├── EngineUnavailable             no Docker engine answers
    │   ├── ProgramMissing                a program (terraform, git) is not on the PATH
    │   └── LocalAwsUnavailable           the embedded AWS is not running, or cannot start
    ├── Refused                       5   tagship could, and will not: it says how to insist
    │   ├── LeaseHeld                     another release of this environment is running
    │   └── StateLocked                   another Terraform run of this environment is running
    ├── ProgramFailed                 6   a program ran and failed: its own last words are quoted
    │   └── MigrationFailed               a migration ended badly, before any service was touched
    └── AwsError                      7   AWS answered with an error
        ├── AwsNotFound                   the thing that was named does not exist
        ├── AwsConflict                   a conditional request lost: somebody was there first
        ├── AwsThrottled                  too many requests
        ├── AwsDenied                     these credentials may not do this
        │   └── AwsExpired                    these credentials are not good any more
        └── AwsUnreachable                no answer at all, or a failure on AWS's own side

Exit codes from 10 on are verdicts (``release/records/verdict.py``); 2 is a wrong command line; 130 is Ctrl-C.
Foreign errors are translated at the door where they come in, with ``raise … from``.
"""

from typing import ClassVar


class TagshipError(Exception):
    """What happened and why, in one or more full sentences, and what to type next.

    Args:
        message: what happened and why; names in backticks.
        hint: the next thing to do, a command where there is one.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class VariableInvalid(TagshipError):
    """A variable of the environment has a value that it cannot have, as an option of the command line might."""

    exit_code = 2


class ManifestInvalid(TagshipError):
    """``tagship.yaml`` is missing, unreadable, or says something impossible; one line a problem."""

    exit_code = 3


class NotReady(TagshipError):
    """Something that tagship needs is not there yet."""

    exit_code = 4


class EngineUnavailable(NotReady):
    """No Docker engine answers."""


class ProgramMissing(NotReady):
    """A program that tagship runs is not on the PATH, or is too old."""


class LocalAwsUnavailable(NotReady):
    """The embedded AWS is not running, or could not be started."""


class Refused(TagshipError):
    """Tagship could do this and will not, unless told that it is meant."""

    exit_code = 5


class LeaseHeld(Refused):
    """Another release of this environment is running."""


class StateLocked(Refused):
    """Another run of Terraform holds this environment's state."""


class ProgramFailed(TagshipError):
    """A program ran and failed.

    Args:
        message: which program, doing what, with which exit code, and its own last words.
        returncode: the program's exit code; negative is the signal that ended it.
    """

    exit_code = 6

    def __init__(self, message: str, *, returncode: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.returncode = returncode


class MigrationFailed(ProgramFailed):
    """A release's migration ended with another exit code than 0, could not start, or took too long."""


class AwsError(TagshipError):
    """AWS answered with an error.

    Args:
        message: operation, AWS's error code and AWS's own words.
        code: AWS's error code, such as ``ClusterNotFoundException``; empty where there was no answer.
    """

    exit_code = 7

    def __init__(self, message: str, *, code: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AwsNotFound(AwsError):
    """The thing that was named does not exist."""


class AwsConflict(AwsError):
    """A conditional request lost: somebody was there first."""


class AwsThrottled(AwsError):
    """Too many requests; the SDK has already retried."""


class AwsDenied(AwsError):
    """These credentials may not do this, or there are none."""


class AwsExpired(AwsDenied):
    """These credentials were good for a time that is over."""


class AwsUnreachable(AwsError):
    """No answer at all: network, endpoint or time-out; or AWS failed on its own side (HTTP 500 and more)."""
