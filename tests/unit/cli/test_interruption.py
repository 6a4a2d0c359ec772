"""Ctrl-C in the middle of a rollout: whom it asks, for how long, and what counts as the answer."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tagship.cli.interruption import PATIENCE, Interruption
from tagship.release.context import Choice


@pytest.fixture(autouse=True)
def as_started_by_a_person() -> Iterator[None]:
    """A shell's background job has Ctrl-C ignored from its start (POSIX.1, 2.11), and the claims are of no such run."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.default_int_handler) for number in signals]
    yield
    for number, handler in zip(signals, before, strict=True):
        signal.signal(number, handler)


def nobody(_: float) -> str | None:
    raise AssertionError("nobody is asked")


def person(*answers: str | None) -> Interruption:
    said = iter(answers)
    return Interruption(read=lambda _: next(said), terminal=lambda: True)


@pytest.mark.parametrize(
    ("answers", "choice"),
    [
        (("r\n",), Choice.ROLL_BACK),
        (("\n",), Choice.ROLL_BACK),
        (("l\n",), Choice.LEAVE),
        ((" W \n",), Choice.GO_ON),
        (("what?\n", "l\n"), Choice.LEAVE),
        ((None,), Choice.ROLL_BACK),
        (("what?\n", None), Choice.ROLL_BACK),
    ],
)
def test_a_person_chooses_and_whoever_does_not_answer_has_it_rolled_back(
    answers: tuple[str | None, ...], choice: Choice
) -> None:
    assert person(*answers).choose() is choice


def test_the_question_says_how_long_it_stands_and_no_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []

    def read(seconds: float) -> None:
        waited.append(seconds)

    Interruption(read=read, terminal=lambda: True).choose()
    said = capsys.readouterr().err
    assert waited == [PATIENCE]
    assert f"without an answer in {PATIENCE} s it is rolled back" in said
    assert f"No answer in {PATIENCE} s: rolling back." in said


def test_ctrl_c_at_the_question_leaves_the_rollout_as_it_is() -> None:
    def read(_: float) -> str | None:
        raise KeyboardInterrupt

    assert Interruption(read=read, terminal=lambda: True).choose() is Choice.LEAVE


def test_after_going_on_a_signal_from_outside_counts_again() -> None:
    interruption = person("w\n")
    with interruption.heard():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert interruption.choose() is Choice.GO_ON
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.choose() is Choice.ROLL_BACK


def test_nothing_moves_on_the_terminal_while_the_question_stands() -> None:
    seen: list[str] = []

    @contextmanager
    def paused() -> Iterator[None]:
        seen.append("away")
        yield
        seen.append("back")

    def read(_: float) -> str:
        seen.append("asked")
        return "w\n"

    Interruption(paused, read, lambda: True).choose()
    assert seen == ["away", "asked", "back"]


def test_without_a_terminal_nobody_is_asked_and_the_rollout_is_taken_back() -> None:
    assert Interruption(read=nobody, terminal=lambda: False).choose() is Choice.ROLL_BACK


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("terminal", [True, False])
def test_who_ends_the_run_from_outside_has_it_rolled_back_without_a_question(
    number: signal.Signals,
    terminal: bool,  # noqa: FBT001 - a row
) -> None:
    interruption = Interruption(read=nobody, terminal=lambda: terminal)
    before = signal.getsignal(number)
    with interruption.heard():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        assert interruption.choose() is Choice.ROLL_BACK
    assert signal.getsignal(number) is before


def test_without_a_terminal_the_first_signal_counts_and_what_follows_disturbs_nothing() -> None:
    interruption = Interruption(read=nobody, terminal=lambda: False)
    with interruption.heard():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)


def test_a_person_at_a_terminal_may_press_ctrl_c_as_often_as_she_likes() -> None:
    with Interruption(read=nobody, terminal=lambda: True).heard():
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
