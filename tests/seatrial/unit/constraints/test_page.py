"""What the page tells is what the table says."""

from tests.seatrial.unit.constraints.page import PAGE, page


def test_the_page_is_made_of_the_table() -> None:
    again = "run: python tests/seatrial/unit/constraints/page.py"
    assert PAGE.read_text(encoding="utf-8") == page(), again
