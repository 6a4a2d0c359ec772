from hypothesis import given
from hypothesis import strategies as st

from tagship.notify.function.message import LONGEST_TEXT, MOST_SECTIONS, Message, Tone, escaped, fitted, sections

ESCAPES = ("&amp;", "&lt;", "&gt;")


def test_nothing_that_is_told_becomes_a_mention_or_a_link() -> None:
    payload = Message(Tone.NOTE, "<!channel> a & b", "<https://example.com|here>", ("<@U1>",)).payload()

    assert payload["text"] == "Note: &lt;!channel&gt; a &amp; b"
    assert payload["blocks"][0]["text"]["text"].endswith("*&lt;!channel&gt; a &amp; b*")
    assert payload["blocks"][1]["text"]["text"] == "&lt;https://example.com|here&gt;"
    assert payload["blocks"][2]["elements"][0]["text"] == "&lt;@U1&gt;"


def test_a_headline_of_many_lines_is_one() -> None:
    assert Message(Tone.ALARM, "a\n b").payload()["blocks"][0]["text"]["text"] == ":rotating_light: Alarm: *a b*"


def test_without_more_to_say_there_is_one_block() -> None:
    assert len(Message(Tone.GOOD, "a", "", ("",)).payload()["blocks"]) == 1


@given(st.text(alphabet="ab&<> \n", max_size=9000))
def test_no_text_is_longer_than_slack_takes(text: str) -> None:
    payload = Message(Tone.ALARM, text, text, (text, text)).payload()
    texts = [block.get("text") or block["elements"][0] for block in payload["blocks"]]

    assert all(1 <= len(each["text"]) <= LONGEST_TEXT for each in texts)
    assert len(payload["text"]) <= LONGEST_TEXT


@given(st.text(alphabet="a&<>", max_size=200), st.integers(min_value=10, max_value=60))
def test_a_cut_never_goes_through_an_escape(text: str, limit: int) -> None:
    kept = fitted(text, limit)

    assert len(kept) <= limit
    plain = kept.removesuffix(" …")
    for escape in ESCAPES:
        plain = plain.replace(escape, "")
    assert "&" not in plain
    assert kept == escaped(text) or kept.endswith(" …")


def test_a_text_longer_than_anybody_reads_is_cut_and_says_so() -> None:
    pieces = sections("x" * 100_000)

    assert len(pieces) == MOST_SECTIONS
    assert pieces[-1].endswith("…")
