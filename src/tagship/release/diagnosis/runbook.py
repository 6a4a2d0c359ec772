"""The runbook, which has a section for each cause: ``docs/runbook.md``, shipped beside this file."""

import re
from functools import cache
from importlib.resources import files

_SECTION = re.compile(r"^## (?P<cause>[a-z0-9-]+)\n+(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@cache
def sections() -> dict[str, str]:
    """The text of each section by its cause, in the order in which they are tried; Markdown, a sentence a line."""
    text = (files("tagship.release.diagnosis") / "runbook.md").read_text(encoding="utf-8")
    return {found["cause"]: found["text"].strip() for found in _SECTION.finditer(text)}
