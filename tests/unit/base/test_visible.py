r"""Text of strangers: nothing in it is obeyed by a terminal."""

import pytest

from tagship.base.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 \t tab\nline", "plain é 日本 \t tab\nline"),
        ("\x1b]0;pwned\x07a", "\\x1b]0;pwned\\x07a"),
        ("\x1b[2J\x9b31m", "\\x1b[2J\\x9b31m"),
        ("one\r\ntwo", "one\ntwo"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\x00\x08\x7f", "\\x00\\x08\\x7f"),
        ("v1\u202egpj.exe", "v1\\u202egpj.exe"),
        ("a\u2028b", "a\\u2028b"),
        ("sh\u200bop\ufeff", "sh\\u200bop\\ufeff"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown
    shown.encode()
