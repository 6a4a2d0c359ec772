"""Everything that a person is told went wrong, in one tree.

.. code-block:: text

    SeatrialError                     exit code 1
    ├── VariableInvalid               2   a variable of the environment has a value that it cannot have
    ├── NotReady                      4   something that is needed is not there: it says what to type
    │   ├── EngineUnavailable             no Docker engine answers
    │   ├── ProgramMissing                a program is not on the PATH
    │   ├── EmbeddedAwsUnavailable           the embedded AWS is not running, or cannot start
    │   └── DiskFull                      no space is left for its files
    └── Refused                       5   it could be done, and is not: it says how to insist

What AWS answers with is no such error: it is an answer. 2 is a wrong command line; 130 is Ctrl-C.
"""

from typing import ClassVar


class SeatrialError(Exception):
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


class VariableInvalid(SeatrialError):
    """A variable of the environment has a value that it cannot have, as an option of the command line might."""

    exit_code = 2


class NotReady(SeatrialError):
    """Something that is needed is not there yet."""

    exit_code = 4


class EngineUnavailable(NotReady):
    """No Docker engine answers."""


class ProgramMissing(NotReady):
    """A program that is run is not on the PATH."""


class EmbeddedAwsUnavailable(NotReady):
    """The embedded AWS is not running, or could not be started."""


class DiskFull(NotReady):
    """No space is left where the embedded AWS keeps its files."""


class Refused(SeatrialError):
    """It could be done and is not, unless told that it is meant."""

    exit_code = 5
