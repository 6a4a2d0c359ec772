r"""What is shown: nothing of a stranger is obeyed by the terminal, and what cannot be written is one line."""

import json
import sys
from pathlib import Path

import pytest

from tagship.base.errors import TagshipError
from tagship.base.process import Command, SystemProcesses
from tagship.cli import output

EVIL = "\x1b]0;pwned\x07"
SHOWN = "\\x1b]0;pwned\\x07"


def test_talk_data_tables_errors_and_next_steps_show_what_a_terminal_would_obey(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.say(EVIL)
    output.data(EVIL)
    output.table([(EVIL, "b\nc")], ("WHO", "WHAT"))
    output.error(TagshipError(EVIL, hint=EVIL))
    output.next_step(EVIL)
    shown = capsys.readouterr()
    assert EVIL not in shown.out + shown.err
    assert (shown.out + shown.err).count(SHOWN) == 6
    assert "b\\nc" in shown.out


def test_json_for_a_script_means_the_same_and_holds_nothing_that_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"who": EVIL, "name": "é\x9b\u202e\udce9"}
    output.as_json(value)
    output.as_json_line(value)
    first, second = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert json.loads(first) == json.loads(second) == value
    assert "é" in second
    assert "\x9b" not in second


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full cannot be tried")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["local", "--help"], ["check", "--schema"]])
def test_a_full_disk_is_one_line_of_help_too(words: list[str]) -> None:
    command = ("sh", "-c", '"$0" -m tagship "$@" > /dev/full', sys.executable, *words)
    done = SystemProcesses().run(Command.of(*command), check=False)
    assert done.stderr == "Error: Cannot write the output to stdout: No space left on device.\n"
    assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full cannot be tried")
def test_a_full_disk_is_one_line() -> None:
    code = (
        "from tagship.base.errors import TagshipError\nfrom tagship.cli import output\n"
        "try: output.data('x')\nexcept TagshipError as error: output.error(error)\n"
    )
    done = SystemProcesses().run(Command.of("sh", "-c", '"$0" -c "$1" > /dev/full', sys.executable, code))
    assert done.stderr == "Error: Cannot write the output to stdout: No space left on device.\n"
