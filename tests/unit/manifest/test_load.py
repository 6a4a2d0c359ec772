"""What is wrong with a manifest is said in full, at its line, in our words."""

from io import StringIO
from pathlib import Path
from shlex import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tagship.base.errors import ManifestInvalid
from tagship.manifest.document import parse
from tagship.manifest.load import examine, load, loads, read, require_inside
from tagship.manifest.problems import Problem
from tests.support.endless import ENDLESS, Endless
from tests.support.golden import Golden

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
GOOD = "app: shop\nregion: eu-central-1\nservices:\n  api:\n    port: 8000\n"


@pytest.mark.golden
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_manifest_is_judged_as_its_case_says(case: Path, golden: Golden) -> None:
    """A manifest, and after ``#!`` what is said of it."""
    lines = case.read_text(encoding="utf-8").splitlines(keepends=True)
    manifest = "".join(line for line in lines if not line.startswith("#! "))
    said = [f"{each.line}: {each}" for each in examine(manifest).problems]
    golden(case, manifest + "".join(f"#! {each}\n" for each in said or ["none"]))


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 40


def test_problems_come_as_one_line_each_with_file_and_line() -> None:
    with pytest.raises(ManifestInvalid) as caught:
        loads(GOOD.replace("8000", "70000") + "    cpu: 300\n", "shop/tagship.yaml")
    assert caught.value.message.splitlines() == [
        "shop/tagship.yaml:5: services.api.port: must be between 1 and 65535, not 70000",
        "shop/tagship.yaml:6: services.api.cpu: must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, not `300`",
    ]
    assert caught.value.hint == "Correct `shop/tagship.yaml`, then run `tagship check`."


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="There is no") as caught:
        load(tmp_path / "tagship.yaml")
    assert "tagship init" in str(caught.value.hint)


def test_a_folder_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_a_file_that_is_not_text_says_which_byte(tmp_path: Path) -> None:
    path = tmp_path / "tagship.yaml"
    path.write_bytes(b"app: \xff\n")
    with pytest.raises(ManifestInvalid, match="byte 5"):
        load(path)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "tagship.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path).app == "shop"


def test_what_an_alias_brings_is_there_and_own_keys_win() -> None:
    manifest = loads(
        GOOD.replace("api:", "api: &api")
        + "    paths: [/api/*]\n    cpu: 512\n    memory: 1024\n  web:\n    <<: *api\n    paths: [/web/*]\n"
    )
    assert manifest.services["web"].cpu == 512
    assert manifest.services["web"].paths == ("/web/*",)


def test_of_several_merged_mappings_the_first_wins() -> None:
    document = parse("a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n")
    assert document.data["c"] == {"x": 1, "y": 3}


def test_yes_and_dates_and_leading_zeros_stay_as_written() -> None:
    manifest = loads(GOOD + "    environment: {A: yes, B: 2026-01-31, C: off, D: ~ , E: 'x'}\n".replace("D: ~ , ", ""))
    assert manifest.services["api"].environment == {"A": "yes", "B": "2026-01-31", "C": "off", "E": "x"}


def test_many_aliases_of_aliases_are_read_quickly() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, 40)]
    assert "more than" in parse("\n".join(lines) + "\n").problems[0].says


def test_deep_nesting_is_a_problem_and_no_crash() -> None:
    assert parse("[" * 5000).problems == [Problem(1, "", "nested too deeply")]


KEYS = """
    app region services network site environments api port cpu memory environment health count paths build cidr nat
    path interval min max desired prod local account folder context << prot
"""
keys = st.sampled_from(KEYS.split())
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 70000), st.floats(allow_nan=False), st.text(max_size=8), keys
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=30,
)


@given(tree=st.dictionaries(keys, trees, max_size=6))
def test_nothing_that_can_be_written_is_answered_in_foreign_words(tree: dict[str, object]) -> None:
    examined = examine(written(tree))
    assert (examined.manifest is None) == bool(examined.problems)
    for problem in examined.problems:
        assert "is not valid" not in problem.says


@given(text=st.text(max_size=200))
def test_no_text_makes_the_reader_crash(text: str) -> None:
    examined = examine(text)
    assert (examined.manifest is None) == bool(examined.problems)


def written(tree: object) -> str:
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.dump(tree, out)
    return out.getvalue()


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1"])
def test_a_region_of_another_partition_is_refused_with_the_reason(region: str) -> None:
    with pytest.raises(ManifestInvalid, match=f"`{region}` is in .*, a separate AWS partition"):
        loads(GOOD.replace("eu-central-1", region))


@pytest.mark.parametrize("text", ["# x\n" * 100_000, f"app: {'x' * 5_000_000}\n"])
def test_a_manifest_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tagship.yaml"
    path.write_text(text)
    with pytest.raises(ManifestInvalid, match="larger than 256 KiB"):
        read(path)


@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_a_manifest_that_never_ends_is_refused_unopened(tmp_path: Path, what: Endless) -> None:
    path = tmp_path / "tagship.yaml"
    what.put(path)
    with pytest.raises(ManifestInvalid) as refused:
        load(path)
    assert refused.value.message == f"`{path}` cannot be read: it is {what.kind}, not a regular file."
    assert refused.value.hint == f"Check the file: `ls -l {quote(str(path))}`."


@pytest.mark.parametrize("to", ["../outside.yaml", "/etc/hostname", "/proc/self/environ"])
def test_a_manifest_that_is_a_link_out_of_the_repository_is_refused(tmp_path: Path, to: str) -> None:
    (tmp_path / "outside.yaml").write_text(GOOD)
    (tmp_path / "repository/.git").mkdir(parents=True)
    link = tmp_path / "repository/tagship.yaml"
    link.symlink_to(to)
    with pytest.raises(ManifestInvalid, match="a symlink to a target outside the repository"):
        load(link)


def test_a_manifest_that_is_a_link_within_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "repository/.git").mkdir(parents=True)
    (tmp_path / "repository/apps/shop").mkdir(parents=True)
    (tmp_path / "repository/shared.yaml").write_text(GOOD)
    link = tmp_path / "repository/apps/shop/tagship.yaml"
    link.symlink_to("../../shared.yaml")
    assert load(link).app == "shop"
    (tmp_path / "checkout").symlink_to(tmp_path / "repository")
    assert load(tmp_path / "checkout/apps/shop/tagship.yaml").app == "shop"


def test_the_tree_of_a_tag_is_a_repository_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "tree/shop").mkdir(parents=True)
    for name, to in (("out", "../../x"), ("circle", "circle"), ("inside", "../y")):
        (tmp_path / "tree/shop" / name).symlink_to(to)
    require_inside(tmp_path / "tree/shop/inside", tmp_path / "tree")
    for name in ("out", "circle"):
        with pytest.raises(ManifestInvalid, match=r"a symlink to a target|a broken symlink"):
            require_inside(tmp_path / "tree/shop" / name, tmp_path / "tree")
