"""Renders the table of systems as ``docs/seatrial/systems.md``; run it to write the page again."""

from pathlib import Path

from seatrial.process.systems import SYSTEMS, rows

PAGE = Path(__file__).parents[4] / "docs/seatrial/systems.md"
TEMPLATE = Path(__file__).with_name("page.md")


def page() -> str:
    """The whole page."""
    lines = ["| system | is | by, or kept | otherwise than on AWS |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows(SYSTEMS)]
    return TEMPLATE.read_text(encoding="utf-8").replace("{systems}", "\n".join(lines))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
