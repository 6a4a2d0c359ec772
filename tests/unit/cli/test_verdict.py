"""What a deploy says last: one next step, and the right one."""

import pytest

from tagship.base.errors import MigrationFailed
from tagship.cli.verdict import conclude
from tagship.release.conduct import Outcome, draft_record
from tagship.release.record import DiagnosisRecord, ServiceRecord
from tagship.release.steps import Plan
from tagship.release.verdict import Verdict

CASES = [
    (Verdict.ROLLED_BACK, ("push a new tag",), "fix the cause, then push a new tag"),
    (Verdict.ROLLED_BACK, ("deploy the same tag again",), "fix the cause, then deploy the same tag again"),
    (Verdict.ROLLED_BACK, ("push a new tag", "deploy the same tag again"), "if you changed nothing in the repository"),
    (Verdict.ROLLED_BACK, (), "if you changed nothing in the repository"),
    (Verdict.FAILED_BEFORE_UPDATE, (), "if you changed nothing in the repository"),
    (Verdict.SUPERSEDED, ("deploy the same tag again",), "tagship history"),
]


def outcome_of(verdict: Verdict, cures: tuple[str, ...], error: MigrationFailed | None = None) -> Outcome:
    services = {
        f"s{number}": ServiceRecord(
            digest="",
            revision="",
            diagnosis=DiagnosisRecord(
                cause="crash", happened="", change="", facts=(), log_stream="", log_lines=(), then=then
            ),
        )
        for number, then in enumerate(cures)
    }
    record = draft_record("deploy", "v1", "abc", "ann").model_copy(
        update={"services": services, "verdict": verdict.words}
    )
    return Outcome(Plan("v1", ()), verdict=verdict, record=record, error=error)


@pytest.mark.parametrize(("verdict", "cures", "words"), CASES)
def test_the_next_step_is_what_the_causes_agree_on(
    verdict: Verdict, cures: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conclude(outcome_of(verdict, cures), environment="local", url="", as_json=False) == verdict.exit_code
    assert words in capsys.readouterr().err


def test_an_error_that_says_what_to_do_has_the_only_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    error = MigrationFailed("It failed.", returncode=1, hint="fix it, then push a new tag")
    conclude(outcome_of(Verdict.FAILED_BEFORE_UPDATE, (), error), environment="local", url="", as_json=False)
    assert capsys.readouterr().err.count("Next: ") == 1
