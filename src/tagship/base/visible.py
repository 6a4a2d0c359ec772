r"""Text of strangers, made safe to show: what a terminal would obey is shown as ``\x1b``."""

import re
from typing import Final

# C0 without tab and newline, DEL, C1; what turns the direction of writing round (Unicode, "Bidirectional Algorithm",
# explicit formatting characters) and so hides what is there; what takes no room, so that two names look alike;
# separators of lines; and bytes that were no UTF-8. What joins letters and emoji stays.
_OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)

_WIDE: Final = 0x100


def visible(text: str) -> str:
    r"""The text with everything that a terminal would obey spelled out; tabs and newlines stay.

    ``\r\n`` is a newline; a lone ``\r``, which would have the next word written over this one, is shown.
    """
    return _OBEYED.sub(_spelled, text.replace("\r\n", "\n"))


def visible_json(text: str) -> str:
    r"""JSON in which such characters are spelled as JSON spells them: ``\u009b``; it means the same."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _spelled(found: re.Match[str]) -> str:
    # A byte that `surrogateescape` brought in is that byte again.
    text = found[0].encode("utf-8", "surrogateescape") if "\udc80" <= found[0] <= "\udcff" else found[0]
    code = text[0] if isinstance(text, bytes) else ord(text)
    return f"\\x{code:02x}" if code < _WIDE else f"\\u{code:04x}"
