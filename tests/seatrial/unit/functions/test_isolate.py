"""CloudFront Functions in isolates."""

from typing import Any

import pytest

from seatrial.ministack.functions.isolate import FunctionFailed, Isolates, as_script

EVENT: dict[str, Any] = {"version": "1.0", "request": {"method": "GET", "uri": "/notes/7", "headers": {}}}


def evaluate(code: str, event: dict[str, Any] = EVENT) -> Any:  # noqa: ANN401 - any JSON
    return Isolates().evaluate(code.encode(), event)


def test_a_handler_gets_the_event_and_its_answer_comes_back() -> None:
    code = "function handler(event) { event.request.uri = '/index.html'; return event.request }"
    assert evaluate(code)["uri"] == "/index.html"


def test_a_handler_may_be_asynchronous() -> None:
    assert evaluate("async function handler(event) { return (await event).request.uri }") == "/notes/7"


def test_a_handler_that_returns_nothing_gives_none() -> None:
    assert evaluate("function handler() {}") is None


def test_an_event_cannot_end_the_script_that_carries_it() -> None:
    event = {"request": {"uri": "'\"`${1}\u2028</script>\\"}}
    assert evaluate("function handler(event) { return event.request.uri }", event) == "'\"`${1}\u2028</script>\\"


@pytest.mark.parametrize(
    "code",
    [
        "function handler() { throw new Error('as it should') }",
        "async function handler() { throw new Error('as it should') }",
        "function handle() { return 'as it should: no handler' }",
        "function handler() { as it should }",
        "function handler() { return () => 1 }",
    ],
)
def test_a_function_that_fails_is_told_in_its_own_words(code: str) -> None:
    with pytest.raises(FunctionFailed, match=r"as it should|handler is not defined|Unexpected identifier|Expecting"):
        evaluate(code)


@pytest.mark.parametrize(
    "reach",
    ["process", "require('fs')", "require('child_process')", "fetch", "XMLHttpRequest", "Deno", "import('node:fs')"],
)
def test_a_function_reaches_neither_files_nor_programs_nor_the_network(reach: str) -> None:
    with pytest.raises(FunctionFailed):
        evaluate(f"async function handler() {{ return typeof (await {reach}) }}")


def test_a_function_that_takes_all_memory_is_ended_and_the_next_call_works() -> None:
    isolates = Isolates()
    greedy = (
        b"function handler(event) { const all = []; while (event.greedy) all.push(new Array(1e5).fill(1)); return 1 }"
    )
    with pytest.raises(FunctionFailed):
        isolates.evaluate(greedy, {"greedy": True})
    assert isolates.evaluate(greedy, {}) == 1


def test_what_runtime_2_gives_besides_the_language_is_there() -> None:
    code = """
    import qs from 'querystring';
    function handler() {
      return [qs.parse('a=1&b=%20x&a=2'), qs.stringify({a: [1, 2]}), atob(btoa('h\\u00fc')), btoa('a')]
    }
    """
    assert evaluate(code) == [{"a": ["1", "2"], "b": " x"}, "a=1&a=2", "hü", "YQ=="]


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("import qs from 'querystring';", 'const qs = require("querystring");'),
        ('import * as qs from "querystring"', 'const qs = require("querystring");'),
        (
            "import { parse, stringify as write } from 'querystring';",
            'const { parse, stringify: write } = require("querystring");',
        ),
        ("const text = 'import it';", "const text = 'import it';"),
    ],
)
def test_an_import_is_a_call_of_require(written: str, run: str) -> None:
    assert as_script(written) == run
