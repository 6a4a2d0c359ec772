"""What somebody may have meant."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like this one, or None where none is close."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question, or, where nothing is close, everything that is known."""
    known = tuple(known)
    if (guess := nearest(word, known)) is not None:
        return f"did you mean `{guess}`?"
    return f"known: {', '.join(f'`{each}`' for each in known)}" if known else "none are known"
