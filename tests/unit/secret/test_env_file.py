"""A file of several values is read as people write it, and an error never shows one."""

import pytest

from tagship.base.errors import Refused
from tagship.secret.env_file import parse


def test_names_and_values_are_read_with_and_without_quotes() -> None:
    text = "# mail\n\nUSER=ann\nexport PASSWORD = 'a b#c'\nURL=\"postgres://x?y=z\"\n"
    assert parse(text) == {"USER": "ann", "PASSWORD": "a b#c", "URL": "postgres://x?y=z"}


@pytest.mark.parametrize("text", ["", "# nothing\n", "hunter2\n", "A=\n", "A='hunter2\n", "A='\n", "1A=hunter2"])
def test_what_is_no_such_line_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text)
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"
