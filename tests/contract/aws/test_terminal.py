"""A person at a terminal in a real container, by the doors that ``tagship exec`` uses."""

import shlex
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from seatrial.core.engine import EngineClient
from tagship.aws.ecs import AwsEcs
from tagship.aws.ecs_shapes import OneOff
from tagship.aws.terminal import converse
from tagship.base.clock import SystemClock
from tagship.base.errors import AwsError, AwsUnreachable
from tests.contract.aws.harness import NETWORK, definition, session
from tests.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import IMAGE, eventually

pytestmark = pytest.mark.docker

PATIENCE = 120
PROMPT = b"# "
CLOCK = SystemClock()


class Person:
    """A window whose person types when they have read what they wait for.

    Args:
        script: what they wait for after what they typed last, and what they then type.
        size: of the window; another one is had from ``then`` once the first was answered.
    """

    def __init__(self, *script: tuple[bytes, bytes], size: tuple[int, int] = (0, 0)) -> None:
        self.printed = b""
        self.now = size
        self._script = script
        self._read = threading.Condition()

    def typed(self) -> Iterator[bytes]:
        begin = 0
        for awaited, keys in self._script:
            with self._read:
                assert self._read.wait_for(lambda: awaited in self.printed[begin:], PATIENCE), self.printed  # noqa: B023 - called within
                begin = len(self.printed)
            yield keys

    def show(self, data: bytes) -> None:
        with self._read:
            self.printed += data
            self._read.notify_all()

    def size(self) -> tuple[int, int]:
        return self.now


class Resizer(Person):
    """Whose window changes when the container has told its first size."""

    def size(self) -> tuple[int, int]:
        return (44, 122) if b"33 111" in self.printed else self.now


@dataclass(frozen=True)
class Container:
    """A container that runs, in a task that takes terminals or not."""

    ecs: AwsEcs
    cluster: str
    task: str

    def told(self, person: Person, command: str = "/bin/sh") -> str:
        """The last words of a session of this person with a command."""
        return converse(self.ecs.open_terminal(self.cluster, self.task, "api", command), person, CLOCK)


@pytest.fixture(scope="module")
def containers(local_aws: RunningAws, engine: EngineClient) -> dict[bool, Container]:  # noqa: ARG001 - needs Docker
    """By whether they take terminals."""
    name, ecs = "contract-terminal", AwsEcs(session(local_aws))
    local_aws.client("ecs").create_cluster(clusterName=name)
    revision = ecs.register(definition(name, IMAGE), {}).arn
    tasks = {
        terminal: ecs.run_task(
            name,
            OneOff(revision, "api", ("sleep", "3600"), NETWORK, "contract", token=str(terminal), terminal=terminal),
        ).arn
        for terminal in (True, False)
    }
    eventually(lambda: {ecs.task(name, arn).status for arn in tasks.values()} == {"RUNNING"})
    return {terminal: Container(ecs, name, arn) for terminal, arn in tasks.items()}


@pytest.fixture(scope="module")
def container(containers: dict[bool, Container]) -> Container:
    return containers[True]


def test_a_person_types_and_reads_until_the_shell_ends(container: Container) -> None:
    person = Person((PROMPT, b"echo $((6 * 7))\r"), (b"\n42\r", b"exit\r"))
    assert container.told(person) == ""
    assert b"\n42\r" in person.printed


def test_a_program_ends_by_itself_and_everything_it_printed_is_read(container: Container) -> None:
    person = Person()
    container.told(person, "python3 -c 'print(\"x\" * 500000)'")
    assert person.printed.count(b"x") == 500_000


COUNTER = """
import os, tty
tty.setraw(0)
print("go")
left = 3000
while left:
    left -= len(os.read(0, left))
print("all")
"""


def test_what_is_pasted_arrives_whole(container: Container) -> None:
    person = Person((b"go", b"y" * 3000))
    container.told(person, shlex.join(["python3", "-c", COUNTER]))
    assert b"all" in person.printed


def test_the_terminal_has_the_windows_size_and_follows_it(container: Container) -> None:
    follow = b'until [ "$(stty size)" = "44 122" ]; do sleep 0.1; done; echo follow$((1))ed; exit\r'
    person = Resizer(
        (PROMPT, b"until stty size | grep -v '^0'; do sleep 0.1; done\r"), (b"33 111", follow), size=(33, 111)
    )
    container.told(person)
    assert b"follow1ed" in person.printed


def test_ctrl_c_interrupts_the_program_and_not_the_session(container: Container) -> None:
    # It says by itself that it runs: what a terminal echoes was typed, and not yet begun.
    waits = b"sh -c 'echo it $((40 + 2)) waits; exec sleep 600'\r"
    person = Person((PROMPT, waits), (b"it 42 waits", b"\x03"), (PROMPT, b"echo $((6 * 7)); exit\r"))
    container.told(person)
    assert b"\n42\r" in person.printed


def test_the_person_reads_that_there_is_no_such_program(container: Container) -> None:
    person = Person()
    words = container.told(person, "nothing-like-it")
    assert "nothing-like-it" in words + person.printed.decode()


def test_another_token_is_refused(container: Container) -> None:
    grant = container.ecs.open_terminal(container.cluster, container.task, "api", "/bin/sh")
    with pytest.raises(AwsError, match="refused"):
        converse(replace(grant, token="another"), Person(), CLOCK)


def test_a_token_is_good_once(container: Container) -> None:
    grant = container.ecs.open_terminal(container.cluster, container.task, "api", "true")
    converse(grant, Person(), CLOCK)
    with pytest.raises(AwsError, match="refused"):
        converse(grant, Person(), CLOCK)


def test_a_channel_that_nobody_serves_is_unreachable(container: Container, free_tcp_port: int) -> None:
    grant = container.ecs.open_terminal(container.cluster, container.task, "api", "true")
    with pytest.raises(AwsUnreachable):
        converse(replace(grant, url=f"ws://127.0.0.1:{free_tcp_port}/"), Person(), CLOCK)


def test_a_task_that_takes_no_terminals_refuses(containers: dict[bool, Container]) -> None:
    with pytest.raises(AwsError, match="execute command was not enabled"):
        containers[False].told(Person())


def test_a_container_that_is_not_there_is_an_error(container: Container) -> None:
    with pytest.raises(AwsError):
        container.ecs.open_terminal(container.cluster, container.task, "nobody", "true")
