"""Where every test must run, a skip is a failure, whichever way it came about."""

import pytest

pytest_plugins = ["pytester"]

WAYS = {
    "in the test": "def test():\n    pytest.skip('no engine')",
    "by a mark": "@pytest.mark.skipif(True, reason='no engine')\ndef test(): ...",
    "in a fixture": "@pytest.fixture\ndef f():\n    pytest.skip('no engine')\ndef test(f): ...",
    "as a whole file": "pytest.skip('no engine', allow_module_level=True)",
}


def run(pytester: pytest.Pytester, text: str) -> pytest.RunResult:
    pytester.makepyfile(f"import pytest\n{text}\n")
    return pytester.runpytest_inprocess("-p", "tests.support.skips", "-p", "no:asyncio")


@pytest.mark.parametrize("way", WAYS)
def test_a_skip_fails_the_run_and_says_why(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("NO_SKIPS", "1")
    done = run(pytester, WAYS[way])
    assert done.ret != 0
    done.stdout.fnmatch_lines("*was skipped: *no engine*")


@pytest.mark.parametrize("way", WAYS)
def test_anywhere_else_it_is_a_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.delenv("NO_SKIPS", raising=False)
    assert run(pytester, WAYS[way]).parseoutcomes() == {"skipped": 1}


def test_a_test_that_is_expected_to_fail_is_not_skipped(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_SKIPS", "1")
    assert run(pytester, "@pytest.mark.xfail\ndef test():\n    assert False").parseoutcomes() == {"xfailed": 1}
