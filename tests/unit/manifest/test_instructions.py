"""A Dockerfile is taken apart as BuildKit's parser does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.manifest.dockerfile import has_stage, stages
from tagship.manifest.instructions import directives, instructions


def read(text: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.word, each.rest) for each in instructions(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from x\n  run a\n", [(1, "FROM", "x"), (2, "RUN", "a")]),
        ("\ufeffFROM x\r\nRUN a \\\r\n b\r\nUSER c\r\n", [(1, "FROM", "x"), (2, "RUN", "a b"), (4, "USER", "c")]),
        ("RUN a \\\n# why\n\n  b\nUSER c", [(1, "RUN", "a b"), (5, "USER", "c")]),
        ("# escape=`\nRUN a `\n b\nRUN c\\\n", [(2, "RUN", "a b"), (4, "RUN", "c\\")]),
        ("# escape=`\r\nRUN a `\r\n b\r\n", [(2, "RUN", "a b")]),
        ("# a word first\n# escape=`\nRUN a `\nRUN b", [(3, "RUN", "a `"), (4, "RUN", "b")]),
        ("RUN\ta", [(1, "RUN", "a")]),
        ("RUN a \\", [(1, "RUN", "a")]),
        ("", []),
    ],
)
def test_lines_belong_together_as_the_parser_joins_them(text: str, found: list[tuple[int, str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "heredoc", "words"),
    [
        ("RUN <<EOF\nUSER a\nEOF\nCMD b", True, ["RUN", "CMD"]),
        ("RUN cat <<-'EOF' >/x\n\ta\n\tEOF\nCMD b", True, ["RUN", "CMD"]),
        ("COPY <<a <<b /\na\nb\nUSER x\nb\nCMD b", True, ["COPY", "USER", "B", "CMD"]),
        ("COPY <<a <<b /\nUSER x\na\nUSER y\nb\nCMD c", True, ["COPY", "CMD"]),
        ("ONBUILD RUN <<EOF\nUSER a\nEOF\nCMD b", True, ["ONBUILD", "CMD"]),
        ("RUN echo $((1<<2))\n2\nCMD b", False, ["RUN", "2", "CMD"]),
        ("RUN cat <<< EOF\nEOF\nCMD b", False, ["RUN", "EOF", "CMD"]),
        ("RUN echo '<<EOF'\nEOF", False, ["RUN", "EOF"]),
        ("RUN cat <<EOF \\\n a\nUSER x", False, ["RUN", "USER"]),
        ("ENV A=<<EOF\nEOF", False, ["ENV", "EOF"]),
    ],
)
def test_lines_of_a_here_document_are_no_instructions(text: str, heredoc: bool, words: list[str]) -> None:  # noqa: FBT001
    found = instructions(text)
    assert [each.word for each in found] == words
    assert found[0].heredoc == heredoc


def test_options_are_told_from_what_follows() -> None:
    (run,) = instructions('RUN --mount=type=cache,target=/x --network=none sh -c "--mount"')
    assert run.flags == ("--mount=type=cache,target=/x", "--network=none")


def test_directives_are_at_the_top_only() -> None:
    text = "\ufeff# Syntax = docker/dockerfile:1\r\n# escape=`\n# a remark\n# check=skip=all\n"
    assert directives(text) == {"syntax": "docker/dockerfile:1", "escape": "`"}


def test_stages_have_names_or_numbers() -> None:
    text = "FROM --platform=linux/amd64 x AS Build\nFROM y\nFROM z as last\n"
    assert stages(text) == ("build", "1", "last")
    assert [has_stage(text, target) for target in ("BUILD", "0", "2", "3", "y")] == [True, True, True, False, False]


@given(text=st.text(alphabet="RUN<EOF\\\n\r `#=\"'\ufeff"))
def test_no_text_makes_it_crash(text: str) -> None:
    lines = [each.line for each in instructions(text)]
    assert lines == sorted(set(lines))
