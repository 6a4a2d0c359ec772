"""What ``docker buildx`` is told, and what its lines mean: those of buildx 0.13 before engines 20.10 and 26."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagship.base.errors import EngineUnavailable, NotReady, ProgramFailed, ProgramMissing
from tagship.base.events import Event
from tagship.base.process import Command, Completed, SystemProcesses
from tagship.image.build import options_for
from tagship.image.builder import BuildLine, BuildRequest, BuildStep, RegistryCredentials
from tagship.image.buildx import Buildx
from tagship.image.context import find

BUILT = """#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 173B done
#3 [internal] load metadata for docker.io/library/python:3.11
#3 DONE 0.0s
#4 [build 1/2] FROM docker.io/library/python:3.11@sha256:abc
#4 sha256:abc 1.05MB / 3.51MB 0.2s
#4 CACHED
#6 [build 2/2] RUN make
#6 1.100 \x1b[91mcc -o app\x1b[0m

#7 [stage-1  1/10] COPY . /app/
#7 DONE 0.1s

#6 [build 2/2] RUN make
#6 2.147 linked
#6 DONE 2.2s
#8 exporting to image
#8 naming to docker.io/library/x:1 done"""
SOLVE = "ERROR: failed to solve: rpc error: code = Unknown desc = failed to solve with frontend dockerfile.v0: "


class Program(SystemProcesses):
    """Prints what is given, run after run, and remembers how it was started and what it was given to build."""

    def __init__(self, *printed: str, fails: bool = False, there: bool = True) -> None:
        self._printed, self._fails, self._there = list(printed), fails, there
        self.started: list[Command] = []
        self.dockerfiles: list[bytes] = []
        self.contexts: list[set[str]] = []

    def run(self, command: Command, *, check: bool = True) -> Completed:
        if not self._there:
            raise ProgramMissing("`docker` is not on the PATH.")
        return Completed(int(self._fails), f"{command.argv} {check}", "")

    def lines(self, command: Command) -> Iterator[str]:
        self.started.append(command)
        context = Path(command.argv[-1])
        self.dockerfiles.append(Path(after(command, "--file")).read_bytes())
        self.contexts.append({path.relative_to(context).as_posix() for path in context.rglob("*")})
        printed = self._printed.pop(0)
        yield from printed.splitlines()
        if "ERROR" in printed:
            raise ProgramFailed("`docker buildx` ended with exit code 1:\n", returncode=1)


def after(command: Command, flag: str) -> str:
    return command.argv[command.argv.index(flag) + 1]


@pytest.fixture
def request_(tmp_path: Path) -> BuildRequest:
    (tmp_path / "Dockerfile").write_text("# syntax=docker/dockerfile:1\nFROM scratch\nARG VERSION\n")
    (tmp_path / ".dockerignore").write_text("Dockerfile\nhidden\n")
    for name in ("hidden", "seen"):
        (tmp_path / name).write_text(name)
    return BuildRequest(
        service="api",
        context=tmp_path,
        top=tmp_path,
        dockerfile="Dockerfile",
        version="v0.1.0",
        revision="c" * 40,
        source="",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repository_url="registry.example.org/notes",
        credentials=RegistryCredentials("registry.example.org", "AWS", "the password"),
    )


def told(request: BuildRequest, program: Program, environment: Mapping[str, str] | None = None) -> list[Event]:
    return list(Buildx(program, environment or {}).build(request, options_for(request, find(request))))


def failure(request: BuildRequest, printed: str) -> ProgramFailed:
    with pytest.raises(ProgramFailed) as failed:
        told(request, Program(printed))
    return failed.value


@pytest.mark.parametrize(
    ("program", "answers"), [(Program(), True), (Program(fails=True), False), (Program(there=False), False)]
)
def test_it_is_at_hand_where_docker_knows_it(program: Program, answers: bool) -> None:  # noqa: FBT001
    assert Buildx(program).answers() == answers


def test_steps_and_their_lines_are_told_once_each(request_: BuildRequest) -> None:
    assert told(request_, Program(BUILT)) == [
        BuildStep("api", 1, 2, "FROM docker.io/library/python:3.11@sha256:abc"),
        BuildStep("api", 2, 2, "RUN make"),
        BuildLine("api", "cc -o app"),
        BuildStep("api", 1, 10, "COPY . /app/"),
        BuildLine("api", "linked"),
    ]


def test_the_command_line_has_the_names_of_secrets_and_no_password(request_: BuildRequest) -> None:
    program = Program(BUILT)
    asked = replace(request_, secrets={"npm": "TOKEN"}, ssh=True, target="app", arguments={"A": "b c"})
    told(asked, program, {"TOKEN": "hush-hush", "SSH_AUTH_SOCK": "/agent"})
    (command,) = program.started
    assert after(command, "--secret") == "id=npm,env=TOKEN"
    assert (after(command, "--ssh"), after(command, "--target")) == ("default", "app")
    assert [command.argv[at + 1] for at, word in enumerate(command.argv) if word == "--build-arg"] == [
        "VERSION=v0.1.0",
        "A=b c",
    ]
    assert after(command, "--tag") == "registry.example.org/notes:v0.1.0"
    assert not any("hush" in word or "the password" in word for word in command.argv)
    assert command.whole_group


def test_the_context_has_what_the_ignore_file_leaves_in(request_: BuildRequest) -> None:
    program = Program(BUILT)
    told(request_, program)
    assert program.contexts == [{".dockerignore", "seen"}]
    assert program.dockerfiles == [(request_.context / "Dockerfile").read_bytes()]
    assert not Path(program.started[0].argv[-1]).exists()


def test_no_line_repeats_a_secret(request_: BuildRequest) -> None:
    printed = "#6 [1/1] RUN cat key\n#6 0.1 hush-hush\n#6 0.2 second line, 1\n#6 ERROR: hush-hush: exit code: 2"
    asked = replace(request_, secrets={"key": "KEY", "one": "ONE"})
    with pytest.raises(ProgramFailed) as failed:
        told(asked, Program(printed), {"KEY": "hush-hush\nsecond line", "ONE": "1"})
    assert failed.value.message.endswith("failed:\n  ***\n  ***, 1\n  ***: exit code: 2")


@pytest.mark.parametrize(
    ("asked", "environment", "said"),
    [
        ({"secrets": {"key": "KEY"}}, {}, "environment variable `KEY`, which is not set"),
        ({"ssh": True}, {}, "`SSH_AUTH_SOCK` is not set"),
    ],
)
def test_what_a_build_is_promised_is_missed_before_it_begins(
    request_: BuildRequest, asked: dict[str, object], environment: dict[str, str], said: str
) -> None:
    program = Program(BUILT)
    with pytest.raises(NotReady, match=said):
        told(replace(request_, **asked), program, environment)  # type: ignore[arg-type]
    assert program.started == []


def test_a_failing_step_is_named_with_its_own_last_lines(request_: BuildRequest) -> None:
    lines = "\n".join(f"#5 {number}.1 line {number}" for number in range(30))
    ended = "executor failed running [/bin/sh -c make]: exit code: 3"
    failed = failure(
        request_,
        f"#4 [2/4] RUN other\n#5 [3/4] RUN make\n#4 1.0 x\n{lines}\n#5 ERROR: {ended}\n#4 CANCELED\n{SOLVE}{ended}",
    )
    assert failed.returncode == 3
    assert failed.message.startswith("Step 3 of 4, `RUN make`, of the image of `api` failed:\n  line 10\n")
    assert failed.message.endswith(f"  line 29\n  {ended}")


@pytest.mark.parametrize(
    ("printed", "said", "hint"),
    [
        (
            f"{SOLVE}failed to create LLB definition: dockerfile parse error line 2: unknown instruction: COPPY",
            "The build of the image of `api` failed:\n  dockerfile parse error line 2",
            "`COPY`",
        ),
        (f"{SOLVE}dockerfile parse error line 2: Unknown flag: link", "Unknown flag: link", "BuildKit is older"),
        (
            "ERROR: failed to solve: dockerfile parse error on line 2: unknown flag: exclude",
            "exclude",
            "BuildKit is older",
        ),
        (f"{SOLVE}dockerfile parse error line 3: unknown instruction: ECHO", "ECHO", "here-documents"),
        ('#6 [2/2] COPY a /\n#6 ERROR: "/a" not found: not found', "`COPY a /`", ".dockerignore"),
        (
            '#6 [2/2] COPY a /\n#6 ERROR: failed to calculate checksum of ref x::y: "/a": not found',
            "y",
            ".dockerignore",
        ),
        ("ERROR: failed to solve: target stage ap could not be found", "target stage ap", "`build.target`"),
        (
            "#3 [internal] load metadata for r.invalid/x:1\n#3 ERROR: failed to do request: no such host",
            "`FROM r.invalid/x:1`, of the image",
            "`docker pull r.invalid/x:1`",
        ),
        (
            "#3 resolve image config for docker-image://r.invalid/x:1\n#3 ERROR: failed to do request: no such host",
            "`# syntax=r.invalid/x:1`, of the image",
            "`docker pull r.invalid/x:1`",
        ),
    ],
)
def test_another_failure_is_quoted_without_its_wrapping(
    request_: BuildRequest, printed: str, said: str, hint: str
) -> None:
    (request_.context / "Dockerfile").write_text("FROM scratch\n")
    failed = failure(request_, printed)
    assert said in failed.message
    assert hint in (failed.hint or "")


def test_an_engine_that_is_not_there_says_what_to_do(request_: BuildRequest) -> None:
    printed = "ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"
    with pytest.raises(EngineUnavailable, match="Cannot connect to a Docker engine") as unavailable:
        told(request_, Program(printed))
    assert "Start Docker" in (unavailable.value.hint or "")


def test_docker_s_own_reader_that_cannot_be_pulled_is_said_and_done_without(request_: BuildRequest) -> None:
    missing = "#3 resolve image config for docker.io/docker/dockerfile:1\n#3 ERROR: no such host"
    program = Program(missing, BUILT)
    first, *others = told(request_, program)
    assert isinstance(first, BuildLine)
    assert first.text.startswith("`docker/dockerfile:1` of the line `# syntax=` cannot be pulled (no such host)")
    assert len(others) == 5
    assert program.dockerfiles[1] == b"# syntax:docker/dockerfile:1\nFROM scratch\nARG VERSION\n"


def test_a_failure_without_that_reader_is_told_as_any_other(request_: BuildRequest) -> None:
    missing = "#3 resolve image config for docker.io/docker/dockerfile:1\n#3 ERROR: no such host"
    with pytest.raises(ProgramFailed, match="exit code: 2"):
        told(request_, Program(missing, "#5 [1/1] RUN x\n#5 ERROR: exit code: 2"))
