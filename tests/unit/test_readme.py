"""The README promises nothing that no page has measured, and says first what somebody new needs first."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ENGLISH: Final = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN: Final = (ROOT / "README.ko.md").read_text(encoding="utf-8")
MEASURED: Final = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
FIGURE: Final = re.compile(r"(?<![\w.,])\d[\d,.]*\d(?![\w.])|(?<![\w.,-])\d(?![\w.,])", re.ASCII)


def reasons(text: str) -> list[str]:
    return re.findall(r"^- \*\*.*", text, re.MULTILINE)


def figures(reason: str) -> set[str]:
    return {found.strip(".,") for found in FIGURE.findall(re.sub(r"`[^`]*`", "", reason))}


def test_there_are_five_reasons_in_both_languages() -> None:
    assert len(reasons(ENGLISH)) == len(reasons(KOREAN)) == 5


@pytest.mark.parametrize("reason", reasons(ENGLISH), ids=lambda reason: reason[4:25])
def test_a_reason_has_a_figure_and_each_figure_is_one_of_the_benchmarks(reason: str) -> None:
    assert figures(reason)
    assert [figure for figure in figures(reason) if not re.search(rf"(?<![\d.,]){figure}(?!,?\d)", MEASURED)] == []


def test_a_figure_is_found_beside_its_unit_and_a_version_is_none() -> None:
    assert figures("0 of 13,108 requests, within 1.5 s, `v0.2.0` and `kill -9`.") == {"0", "13,108", "1.5"}
    assert figures("v0.1.0 of Terraform") == set()


def test_the_order_is_for_whom_status_install_demo_app_reasons_documentation() -> None:
    order = ["lost AWS Copilot", "**Status", "## Install", "## Try", "## Ship", "## Why", "## Documentation"]
    places = [ENGLISH.index(each) for each in order]
    assert places == sorted(places)


def test_that_nothing_has_run_on_an_aws_account_is_said_before_anything_is_promised() -> None:
    assert ENGLISH.index("Nothing of it has run on an AWS account yet") < ENGLISH.index("## ")
    assert KOREAN.index("아직 AWS 계정에서 실행해 본 것은 하나도 없습니다") < KOREAN.index("## ")


def test_the_korean_page_has_the_figures_of_the_english_one() -> None:
    assert [figures(reason) for reason in reasons(KOREAN)] == [figures(reason) for reason in reasons(ENGLISH)]


def test_what_a_fresh_machine_installs_before_the_demo_prints_errors_only() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "PIP_INSTALL := pip install --quiet --quiet --disable-pip-version-check\n" in makefile
    assert re.findall(r"^\t.*pip install.*", makefile, re.MULTILINE) == []
