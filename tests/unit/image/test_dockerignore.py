"""Which files stay out of a build context, as Docker has it."""

import pytest

from tagship.image.dockerignore import escaped, parse

CASES: list[tuple[str, str, bool]] = [
    # pattern lines, path, left out: moby/patternmatcher's own tests and docs.docker.com, ".dockerignore files"
    ("**", "file", True),
    ("**", "dir/file", True),
    ("**/", "dir/file", True),
    ("**/**", "dir/file", True),
    ("dir/**", "dir/file", True),
    ("dir/**", "dir/dir2/file", True),
    ("**/dir", "dir/file", True),
    ("**/dir2/*", "dir/dir2/file", True),
    ("**/dir2/**", "dir/dir2/dir3/file", True),
    ("**file", "dir/file", True),
    ("**/file", "file", True),
    ("**/file", "dir/dir/file", True),
    ("**/*.txt", "a/b.txt", True),
    ("a**/*.txt", "a/file.txt", True),
    ("a**/*.txt", "a/dir/dir/file.txt", True),
    ("a[b-d]e", "ace", True),
    ("a[b-d]e", "aae", False),
    ("[^.]*", "main.py", True),
    ("[^.]*", ".env", False),
    ("a[^b-d]e", "aae", True),
    ("a[^b-d]e", "ace", False),
    ("abc.def", "abcXdef", False),
    ("abc?def", "abcXdef", True),
    ("a?c", "a/c", False),
    ("*", "a/b", True),
    ("*.txt", "a/b.txt", False),
    ("a*", "b/a", False),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("a\\[b", "a[b", True),
    ("(a)+{b}|$^", "(a)+{b}|$^", True),
    ("a.b", "axb", False),
    ("/a", "a", True),
    ("a/", "a/b", True),
    ("./a", "a", True),
    ("b/../a", "a", True),
    ("  a  ", "a", True),
    ("# a\na", "# a", False),
    ("\n\na\n", "a", True),
    ("a\r\nb\r\n", "b", True),
    ("\ufeffa", "a", True),
    ("\ufeff# a", "a", False),
    ("*.md\n!README.md", "README.md", False),
    ("*.md\n!README.md", "OTHER.md", True),
    ("!README.md\n*.md", "README.md", True),
    ("*\n!src", "src/a/b", False),
    ("*\n! src", "src/a", False),
    ("src\n!src/keep", "src/keep/x", False),
    ("**\n!**/target/*.jar", "a/target/x.jar", False),
    ("**\n!**/target/*.jar", "a/target/x.class", True),
    ("a\n!a/b\na/b/c", "a/b/c", True),
    ("a\n!a/b\na/b/c", "a/b/d", False),
]


@pytest.mark.parametrize(("lines", "path", "out"), CASES)
def test_what_a_line_names_is_left_out_and_the_last_line_decides(lines: str, path: str, *, out: bool) -> None:
    assert parse(lines.encode()).leave_out(path) is out


def test_a_name_that_is_no_utf_8_is_matched_byte_by_byte() -> None:
    assert parse(b"caf\xe9*").leave_out(b"caf\xe9.txt".decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("line", ["!", "a[", "[b-a]"])
def test_a_pattern_without_meaning_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as error:
        parse(line.encode())
    assert str(error.value) == line


@pytest.mark.parametrize("path", ["Dockerfile", "a*b?", "[x]", "!a", "#a", "a\\b", "d/é"])
def test_an_escaped_path_names_itself_and_nothing_like_it(path: str) -> None:
    rules = parse(escaped(path).encode())
    assert rules.leave_out(path)
    assert not rules.leave_out(path + "x")
    assert not rules.leave_out("axb")
