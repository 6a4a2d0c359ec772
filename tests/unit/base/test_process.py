import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tagship.base.errors import ProgramFailed, ProgramMissing
from tagship.base.process import Command, SystemProcesses, is_running

PYTHON = sys.executable


def python(code: str, **settings: object) -> Command:
    return Command((PYTHON, "-c", code), **settings)  # type: ignore[arg-type]


def test_a_program_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(ProgramMissing, match="`no-such-program` is not on the PATH") as caught:
        SystemProcesses().run(Command.of("no-such-program"))
    assert caught.value.hint == "Install `no-such-program`."


def test_a_failure_quotes_the_programs_last_words_and_keeps_its_code() -> None:
    with pytest.raises(ProgramFailed, match="disk on fire") as caught:
        SystemProcesses().run(python("import sys; print('disk on fire', file=sys.stderr); sys.exit(3)"))
    assert caught.value.returncode == 3


def test_a_failure_may_be_left_to_the_caller() -> None:
    assert SystemProcesses().run(python("raise SystemExit(3)"), check=False).returncode == 3


def test_a_variable_can_be_added_and_another_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNWANTED", "1")
    show = "import os; print(os.environ.get('WANTED'), os.environ.get('UNWANTED'))"
    done = SystemProcesses().run(python(show, env={"WANTED": "yes", "UNWANTED": None}))
    assert done.stdout == "yes None\n"


def test_lines_come_one_by_one_and_the_failure_after_the_last() -> None:
    lines = SystemProcesses().lines(python("print('one'); print('two'); raise SystemExit(2)"))
    assert next(lines) == "one"
    assert next(lines) == "two"
    with pytest.raises(ProgramFailed, match="two"):
        next(lines)


def is_interrupted(folder: Path) -> bool:
    """Whether a program that runs hears an interruption when its lines are closed, and has ended then."""
    ended = folder / "ended"
    code = (
        "import time, pathlib\n"
        "try:\n    print('going', flush=True); time.sleep(60)\n"
        f"except KeyboardInterrupt: pathlib.Path({str(ended)!r}).touch()"
    )
    lines = SystemProcesses().lines(python(code))
    assert next(lines) == "going"
    lines.close()  # type: ignore[attr-defined]
    return ended.exists()


def test_closing_the_lines_interrupts_the_program_and_waits_for_its_end(tmp_path: Path) -> None:
    assert is_interrupted(tmp_path)


@pytest.fixture
def background() -> Iterator[None]:
    """As a shell without job control starts what runs in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("background")
def test_a_program_hears_the_interruption_though_we_were_started_in_the_background(tmp_path: Path) -> None:
    assert is_interrupted(tmp_path)


@pytest.mark.parametrize("whole_group", [True, False])
def test_what_a_program_started_hears_the_interruption_where_the_whole_group_is_meant(
    tmp_path: Path,
    whole_group: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    heard = tmp_path / "heard"
    inner = (
        "import signal, sys, pathlib\n"
        f"signal.signal(signal.SIGINT, lambda *_: (pathlib.Path({str(heard)!r}).touch(), sys.exit()))\n"
        "print('going', flush=True); signal.pause()\n"
    )
    # As `docker` before version 25: it waits for what it started, and does not tell it.
    outer = (
        "import signal, subprocess, sys\n"
        f"inner = subprocess.Popen([sys.executable, '-c', {inner!r}])\n"
        f"signal.signal(signal.SIGINT, lambda *_: {'None' if whole_group else 'inner.kill()'})\n"
        "inner.wait()"
    )
    lines = SystemProcesses().lines(replace(python(outer), whole_group=whole_group))
    assert next(lines) == "going"
    lines.close()  # type: ignore[attr-defined]
    assert heard.exists() == whole_group


@pytest.mark.usefixtures("background")
def test_a_program_that_is_not_there_is_named_in_the_background_too() -> None:
    with pytest.raises(ProgramMissing, match="`no-such-program` is not on the PATH"):
        next(SystemProcesses().lines(Command.of("no-such-program")))


def test_a_detached_program_writes_to_its_log_and_is_seen_running(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid = SystemProcesses().start_detached(python("print('here'); input()"), log=log)
    assert is_running(pid)
    os.waitpid(pid, 0)
    assert log.read_text().startswith("here")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a system without /proc says it otherwise")
def test_a_process_that_has_ended_is_not_running_though_nobody_has_taken_note() -> None:
    pid = os.posix_spawn(PYTHON, [PYTHON, "-c", ""], os.environ)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert not is_running(pid)
    os.waitpid(pid, 0)


def test_a_process_that_never_was_is_not_running() -> None:
    assert not is_running(2**22 + 1)


@pytest.fixture
def hostile_app(tmp_path: Path) -> Path:
    """An app whose modules are called as modules of Python and of ours."""
    for name in ("secrets", "email", "queue", "calendar", "signal", "rich", "tagship", "pydantic"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('the app\\'s own {name}.py ran')\n")
    (tmp_path / "click").mkdir()
    (tmp_path / "click" / "__init__.py").write_text("raise SystemExit('the app\\'s own click ran')\n")
    return tmp_path


def test_a_module_of_ours_that_starts_in_an_apps_folder_imports_none_of_the_apps(hostile_app: Path) -> None:
    done = SystemProcesses().run(Command.module("tagship", "--version", cwd=hostile_app), check=False)
    assert (done.returncode, done.stdout[:7]) == (0, "tagship"), done.stderr


@pytest.mark.parametrize(
    "module",
    [
        "seatrial.process.server",
        "tagship.pipeline.receive",
        "seatrial.services.elb.data.worker",
        "seatrial.services.cloudfront.worker",
    ],
)
def test_every_process_that_is_started_beside_an_app_finds_our_modules(hostile_app: Path, module: str) -> None:
    code = f"import sys, runpy; runpy.run_module({module!r}, run_name='looked at'); print('imported')"
    done = SystemProcesses().run(Command((PYTHON, "-P", "-c", code), cwd=hostile_app), check=False)
    assert (done.returncode, done.stdout) == (0, "imported\n"), done.stderr
    assert Command.module(module).argv == (PYTHON, "-P", "-m", module)


def test_python_dash_m_typed_by_a_person_in_an_apps_folder_is_tagship(hostile_app: Path) -> None:
    (hostile_app / "tagship.py").unlink()  # that one Python finds before any line of ours runs
    done = SystemProcesses().run(Command.of(PYTHON, "-m", "tagship", "--version", cwd=hostile_app), check=False)
    assert done.returncode == 0, done.stderr
