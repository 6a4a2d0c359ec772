"""``tagship explain`` prints the runbook's section of a cause."""

import json

import pytest
from click.testing import CliRunner

from tagship.base.errors import Refused
from tagship.cli.explain import explain
from tagship.release.diagnosis.causes import CAUSES


@pytest.mark.parametrize("cause", [cause.name for cause in CAUSES] + ["unknown"])
def test_every_cause_is_explained_by_what_is_seen_and_what_to_do(cause: str) -> None:
    result = CliRunner().invoke(explain, [cause])
    assert result.exit_code == 0
    assert result.output.startswith(f"{cause}\n\nSeen: ")
    assert "\nDo" in result.output or cause in {"superseded", "unknown"}


def test_for_scripts_it_is_json() -> None:
    found = json.loads(CliRunner().invoke(explain, ["wrong-port", "--json"]).output)
    assert found["cause"] == "wrong-port"
    assert "services.NAME.port" in found["text"]


def test_without_a_cause_it_lists_all() -> None:
    names = [cause.name for cause in CAUSES] + ["unknown"]
    assert CliRunner().invoke(explain, []).output.split() == names
    assert json.loads(CliRunner().invoke(explain, ["--json"]).output) == names


def test_a_cause_that_is_not_there_is_guessed() -> None:
    error = CliRunner().invoke(explain, ["wrong-prot"]).exception
    assert isinstance(error, Refused)
    assert "did you mean `wrong-port`?" in error.message
