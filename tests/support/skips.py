"""Where every test must run, one that is skipped fails; it is a plugin of pytest that ``tests/conftest.py`` loads.

``.ci/run`` sets ``NO_SKIPS=1``: what a test needs, the project's own files install there. Anywhere else a test that
needs a program, a right or an image that is not there is skipped, and says which.
"""

import os
from collections.abc import Generator, Mapping
from typing import Final

import pytest

ALLOWED: Final[Mapping[str, str]] = {}
"""Tests that may be skipped even there: the beginning of a test's id, and the reason."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """After each phase of each test."""
    report = yield
    judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """After each file: one may be skipped as a whole."""
    report = yield
    judge(report)
    return report


def judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a failure of a skip that is not allowed. A test that is expected to fail counts as skipped too, and may."""
    if not os.environ.get("NO_SKIPS") or not report.skipped or hasattr(report, "wasxfail"):
        return
    if any(report.nodeid.startswith(each) for each in ALLOWED):
        return
    report.outcome = "failed"
    why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
    report.longrepr = f"{report.nodeid} was skipped: {why}"
