"""A message, and what Slack is sent for it. Pure.

Source: Slack's reference, "Blocks" (50 blocks a message), "Text object" (3,000 characters) and "Formatting text"
(``&``, ``<`` and ``>`` are escaped, and nothing else is).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

Json = dict[str, Any]

LONGEST_TEXT: Final = 3000
MOST_SECTIONS: Final = 8
"""Sections of one message. Slack takes 50 blocks; nobody reads more than this."""

_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CUT: Final = " …"


class Tone(Enum):
    """How bad it is, in a sign and in a word: nothing is said by colour alone."""

    ALARM = ":rotating_light: Alarm"
    WARNING = ":warning: Warning"
    GOOD = ":white_check_mark: Recovered"
    NOTE = ":information_source: Note"


@dataclass(frozen=True)
class Message:
    """What is told, in plain text.

    Args:
        tone: how bad it is.
        headline: one sentence, without a full stop.
        text: what there is to say beyond it; may be long.
        facts: short, in small print.
    """

    tone: Tone
    headline: str
    text: str = ""
    facts: tuple[str, ...] = ()

    def payload(self) -> Json:
        """What an incoming webhook is posted: blocks, and the text that notifications show."""
        return {"text": fitted(f"{_word(self.tone)}: {_line(self.headline)}", LONGEST_TEXT), "blocks": self._blocks()}

    def _blocks(self) -> list[Json]:
        sign = self.tone.value
        headline = fitted(_line(self.headline), LONGEST_TEXT - len(sign) - 4)
        blocks = [_section(f"{sign}: *{headline}*"), *map(_section, sections(self.text))]
        if small := fitted(" · ".join(fact for fact in self.facts if fact), LONGEST_TEXT):
            blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": small}]})
        return blocks


def escaped(text: str) -> str:
    """As Slack takes it: no text is a link, a mention or an emphasis of the channel."""
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


def fitted(text: str, limit: int) -> str:
    """Escaped, and cut where it is longer than this many characters; never within an escape."""
    pieces = list(_pieces(text.strip(), limit))
    if len(pieces) <= 1:
        return "".join(pieces)
    return next(_pieces(text.strip(), limit - len(_CUT))) + _CUT


def sections(text: str) -> list[str]:
    """A long text in escaped pieces that Slack takes, at most so many; the last one says where it was cut."""
    pieces = list(_pieces(text.strip(), LONGEST_TEXT - len(_CUT)))
    if len(pieces) > MOST_SECTIONS:
        return [*pieces[: MOST_SECTIONS - 1], pieces[MOST_SECTIONS - 1] + _CUT]
    return pieces


def _pieces(text: str, limit: int) -> Iterator[str]:
    piece: list[str] = []
    length = 0
    for letter in text:
        one = _ESCAPED.get(letter, letter)
        if length + len(one) > limit:
            yield "".join(piece)
            piece, length = [], 0
        piece.append(one)
        length += len(one)
    if piece:
        yield "".join(piece)


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _line(text: str) -> str:
    return " ".join(text.split())


def _word(tone: Tone) -> str:
    return tone.value.partition(" ")[2]
