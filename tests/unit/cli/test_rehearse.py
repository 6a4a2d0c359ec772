from pathlib import Path

from tagship.cli.rehearse import _HEADS, _row, _sentence, timings
from tagship.release.records.verdict import Verdict
from tagship.release.rehearsal.result import Rehearsed
from tagship.release.rehearsal.scenario_names import NAMES
from tests.unit.release.harness import environment_manifest

GOOD = Rehearsed("crash", "It crashes.", Verdict.ROLLED_BACK, ("crash",), "", 12.34, 200, 0, 31.4, "old")
OPERATIONS = (Path(__file__).parents[3] / "docs/operations.md").read_text(encoding="utf-8")


def test_a_row_says_what_users_saw_and_what_the_engine_said() -> None:
    row = _row(GOOD)
    assert row == ("crash", "200", "0", "31 ms", "rolled back by ECS", "11", "crash", "12.3", "old", "yes")


def test_a_row_that_was_skipped_has_as_many_cells() -> None:
    assert len(_row(Rehearsed("secret-denied", "", skipped="no secrets"))) == len(_HEADS)


def test_what_is_wrong_is_said_in_the_sentence_too() -> None:
    wrong = Rehearsed("crash", "", Verdict.RELEASED, requests=5, live="new", wrong=("the cause is `x`",))
    assert _sentence(GOOD) == "0 of 200 requests failed; the old version is live. As expected."
    assert _sentence(wrong).endswith("UNEXPECTED: the cause is `x`.")


def test_the_settings_that_decide_how_long_it_takes_are_named() -> None:
    api, worker = timings(environment_manifest())[:2]
    assert api.startswith("api: health check every 10 s")
    assert "30 s grace period" in worker


def test_every_rehearsal_has_its_row_in_the_docs() -> None:
    assert [name for name in NAMES if f"| `{name}` |" not in OPERATIONS] == []
