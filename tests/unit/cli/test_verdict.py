"""The last words of a release say one thing."""

from pathlib import Path

import pytest

from tagship.base.errors import MigrationFailed, NotReady, TagshipError
from tagship.cli.verdict import conclude
from tagship.release.planning.steps import Plan
from tagship.release.records.record import DiagnosisRecord, ServiceRecord, draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.run import Outcome
from tests.support.golden import Golden

RECORD = draft_record("deploy", "v1.0.0", "abc", "ann@desk")


def said(verdict: Verdict, error: TagshipError | None, capsys: pytest.CaptureFixture[str]) -> str:
    outcome = Outcome(Plan("v1.0.0", ()), RECORD, verdict, error)
    assert conclude(outcome, environment="local", url="http://shop", as_json=False) == verdict.exit_code
    return capsys.readouterr().err


@pytest.mark.parametrize("verdict", [Verdict.FAILED_BEFORE_UPDATE, Verdict.PUT_BACK])
@pytest.mark.parametrize(
    "error",
    [
        MigrationFailed("It ended with exit code 1.", returncode=1, hint="Fix the migration, and push a new tag."),
        NotReady("There is no Docker engine.", hint="Start it"),
    ],
)
def test_where_the_cause_is_known_there_is_one_next_step(
    verdict: Verdict, error: TagshipError, capsys: pytest.CaptureFixture[str]
) -> None:
    words = said(verdict, error, capsys)
    assert words.count("Next:") == 1
    assert f"Next: {error.hint}" in words
    assert "again" not in words


@pytest.mark.parametrize("verdict", Verdict)
def test_where_no_cause_is_known_every_verdict_has_a_next_step(
    verdict: Verdict, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(verdict, None, capsys).count("Next:") == 1


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


@pytest.mark.golden
def test_every_verdict_reads_as_in_the_file(capsys: pytest.CaptureFixture[str], golden: Golden) -> None:
    golden(
        Path(__file__).with_name("verdicts.txt"),
        "\n".join(f"# {verdict.name}\n{said(verdict, None, capsys)}" for verdict in Verdict),
    )
