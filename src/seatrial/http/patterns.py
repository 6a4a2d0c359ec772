r"""AWS's wildcards: ``*`` is any number of characters, ``?`` exactly one, ``\*`` and ``\?`` are themselves."""

import re

_TOKEN = re.compile(r"\\[*?\\]|[*?]|[^*?\\]+|\\", re.DOTALL)


def wildcard(pattern: str, *, case_sensitive: bool) -> re.Pattern[str]:
    """Compile one of AWS's patterns; match it with ``fullmatch``.

    Source: ``RuleCondition`` in the ELBv2 API reference.
    """
    first, *others = _between_stars(pattern)
    translated = first
    if others:
        # Atomic: the first place that fits is taken for good, so that many stars stay linear in the path's length.
        translated += "".join(f"(?>.*?{part})" for part in others[:-1] if part) + ".*" + others[-1]
    return re.compile(translated, re.DOTALL if case_sensitive else re.DOTALL | re.IGNORECASE)


def regex(pattern: str, *, case_sensitive: bool) -> re.Pattern[str]:
    """Compile one of AWS's ``RegexValues``; ``fullmatch`` of it holds where the expression is found anywhere.

    One that Python cannot read never matches; AWS refuses most of those when the rule is made.
    """
    flags, expression = _LEADING_FLAGS.match(pattern), pattern
    if flags:
        expression = f"(?{flags[1]}:{pattern[flags.end() :]})"
    try:
        return re.compile(f"(?s:.*?)(?:{expression})(?s:.*)", 0 if case_sensitive else re.IGNORECASE)
    except re.error:
        return _NEVER


_LEADING_FLAGS = re.compile(r"\(\?([ims]+)\)")
_NEVER = re.compile(r"(?!)")


def status_codes(matcher: str) -> tuple[tuple[int, int], ...]:
    """The inclusive ranges in a health check's ``HttpCode``, such as ``200,204`` or ``200-299``."""
    return tuple(_range(part) for part in matcher.split(",") if part.strip())


def _between_stars(pattern: str) -> list[str]:
    parts = [""]
    for token in _TOKEN.findall(pattern):
        if token == "*":  # noqa: S105 - a wildcard, not a password
            parts.append("")
        else:
            parts[-1] += _literal(token)
    return parts


def _literal(token: str) -> str:
    if token == "?":  # noqa: S105 - as above
        return "."
    return re.escape(token[1:] if len(token) > 1 and token[0] == "\\" else token)


def _range(part: str) -> tuple[int, int]:
    first, _, last = part.partition("-")
    return int(first), int(last or first)
