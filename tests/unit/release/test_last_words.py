"""The last words of the usual programs name their cause, whatever a logger wraps around them, and nothing else does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tagship.release.diagnosis import advice
from tagship.release.diagnosis.causes import CAUSES
from tagship.release.diagnosis.diagnosis import Diagnosis, diagnose
from tagship.release.diagnosis.fatal import last_words
from tagship.release.diagnosis.last_words import table
from tagship.release.diagnosis.log_lines import LONGEST, bare
from tests.unit.release.test_diagnosis import evidence_of

FOLDER: Final = Path(__file__).parent / "last_words"
STACKS: Final = ("python", "node", "java", "dotnet", "ruby", "go", "php", "postgresql", "shell")


def read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def diagnosed(lines: list[str]) -> Diagnosis:
    return diagnose(evidence_of({"tasks": [{"exit_code": 3}], "log": lines}))


def wrong(stack: str, wrap: Callable[[list[str]], list[str]]) -> list[tuple[str, str, str]]:
    return [
        (case["cause"], found.cause, case["log"][-1])
        for case in read(stack)
        if (found := diagnosed(wrap(case["log"]))).cause != case["cause"]
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_the_usual_last_words_name_their_cause_and_what_to_change(stack: str) -> None:
    assert wrong(stack, lambda lines: lines) == []
    for case in read(stack):
        found = diagnosed(case["log"])
        missing = [words for words in case.get("says", []) if words not in f"{found.happened} {found.change}"]
        assert missing == [], case["log"]


def test_every_stack_has_twenty_last_words_and_each_names_where_it_is_from() -> None:
    assert {stack: len(read(stack)) for stack in STACKS if len(read(stack)) < 20} == {}
    assert [case for stack in STACKS for case in read(stack) if not case["source"]] == []
    assert {path.stem for path in FOLDER.glob("*.json")} == {*STACKS, "survived"}


def before_each(prefix: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [prefix + line for line in lines]


NOISE: Final = (
    '10.20.0.7 - - [01/Jan/2026:10:00:00 +0000] "GET /healthz HTTP/1.1" 200 2 "-" "ELB-HealthChecker/2.0"',
    '{"level": "info", "message": "request", "path": "/", "ms": 12}',
    "2026-01-01 10:00:00,123 INFO took 3000 rows in 2.5 seconds",
    "2026-01-01 10:00:00,123 WARNING LOG_LEVEL is not set",
)
WRAPS: Final[dict[str, Callable[[list[str]], list[str]]]] = {
    "a time": before_each("2026-01-01T10:00:00.123Z "),
    "a time with a comma": before_each("2026-01-01 10:00:00,123 "),
    "gunicorn": before_each("[2026-01-01 10:00:00 +0000] [7] [ERROR] "),
    "Python's logging": before_each("2026-01-01 10:00:00,123 - shop.main - ERROR - "),
    "Go's log": before_each("2026/01/01 10:00:00 "),
    "uvicorn": before_each("ERROR:    "),
    "Compose": before_each("api-1  | "),
    "colours": lambda lines: [f"\x1b[31m\x1b[1m{line}\x1b[0m" for line in lines],
    "JSON, a line each": lambda lines: [json.dumps({"level": "error", "message": line}) for line in lines],
    "JSON, all in one": lambda lines: [json.dumps({"severity": "ERROR", "msg": "\n".join(lines)})],
    "pino's JSON": lambda lines: [json.dumps({"level": 50, "time": 1, "err": {"stack": "\n".join(lines)}})],
    "JSON that is fatal": lambda lines: [json.dumps({"level": "fatal", "error": "\n".join(lines)})],
    "line ends of Windows": lambda lines: [f"{line}\r" for line in lines],
    "everyday lines": lambda lines: [*NOISE, *lines, *NOISE[::-1]],
    "more of the same": lambda lines: [*lines, *NOISE, *lines],
}


@pytest.mark.parametrize("wrap", WRAPS)
def test_what_a_logger_wraps_around_them_changes_no_cause(wrap: str) -> None:
    assert [found for stack in STACKS for found in wrong(stack, WRAPS[wrap])] == []


QUIET: Final[dict[str, Callable[[list[str]], list[str]]]] = {
    "information": before_each("2026-01-01 10:00:00,123 INFO "),
    "a warning": before_each("[2026-01-01 10:00:00 +0000] [7] [WARNING] "),
    "JSON": lambda lines: [json.dumps({"level": "warn", "message": "\n".join(lines)})],
    "followed by a healthy start": lambda lines: [*lines, "server listening on 0.0.0.0:8000"],
    "followed by another end": lambda lines: [*lines, "", "panic: runtime error: index out of range [3]"],
}


@pytest.mark.parametrize("wrap", QUIET)
def test_the_same_words_in_what_nobody_dies_of_name_no_cause(wrap: str) -> None:
    named = {diagnosed(QUIET[wrap](case["log"])).cause for stack in STACKS for case in read(stack)}
    assert named == {"crash"}


@pytest.mark.parametrize("case", read("survived"), ids=lambda case: case["why"])
def test_what_only_looks_like_last_words_is_none(case: dict[str, Any]) -> None:
    assert diagnosed(case["log"]).cause == case["cause"]


def test_every_saying_has_a_cause_and_no_cause_by_words_is_without_one() -> None:
    said = {log_pattern.cause for log_pattern in table()}
    assert said <= {cause.name for cause in CAUSES}
    cases = {case["cause"] for stack in STACKS for case in read(stack)}
    assert cases == said


def test_no_advice_is_without_a_saying() -> None:
    ours = {text for name, text in vars(advice).items() if name.isupper()}
    by_host = {advice.OWN_ADDRESS, advice.OTHER_ADDRESS}
    assert {log_pattern.advice for log_pattern in table()} - {""} == ours - by_host


def test_a_sentence_leaves_no_place_open() -> None:
    for stack in STACKS:
        for case in read(stack):
            found = diagnosed(case["log"])
            assert "{" not in found.change
            assert found.change


def test_a_hostile_log_is_read_in_no_time_to_speak_of() -> None:
    long = ["a" * 100_000, "{" * 50_000 + "}", "(" * 9_000, " \x1b[" * 9_000, "connection to server at " * 5_000]
    assert all(len(line.text) <= LONGEST for line in bare(long))
    assert last_words(tuple(long * 10)) is None


def test_a_file_of_a_process_id_that_the_image_holds_is_no_port_in_use() -> None:
    # rails/rails, railties/lib/rails/commands/server: in a container the file is from the image, and its process not.
    assert diagnosed(["A server is already running. Check /app/tmp/pids/server.pid."]).cause == "crash"
