"""Writes the table of what each field reaches into docs/terraform.md, from src/tagship/infra/reach.py."""

import re
from pathlib import Path

from tagship.infra.reach import table

PAGE = Path(__file__).parents[1] / "docs/terraform.md"

text = PAGE.read_text(encoding="utf-8")
PAGE.write_text(
    re.sub(r"^\| a change of \|.*?\n(?=\n)", lambda _: table(), text, flags=re.MULTILINE | re.DOTALL), encoding="utf-8"
)
