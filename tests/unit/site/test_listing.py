import os
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, Refused
from tagship.site.listing import SiteBuild, collect
from tests.unit.site.harness import ONE, written


def test_the_same_files_have_the_same_id_wherever_they_lie(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a", ONE), written(tmp_path / "b/c", dict(reversed(ONE.items())))
    assert collect(one).id == collect(two).id


@pytest.mark.parametrize("change", [{"index.html": "other"}, {"more.txt": ""}])
def test_another_path_or_content_is_another_build(tmp_path: Path, change: dict[str, str]) -> None:
    before = collect(written(tmp_path, ONE)).id
    assert collect(written(tmp_path, change)).id != before


def test_a_build_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    build = collect(written(tmp_path, ONE))
    assert SiteBuild.from_json(build.to_json()) == build


def test_hidden_files_are_not_published_but_for_those_meant_for_visitors(tmp_path: Path) -> None:
    files = {".env": "SECRET", ".git/config": "", "a/.DS_Store": "", ".well-known/security.txt": "mail", **ONE}
    assert set(collect(written(tmp_path, files)).served) == {".well-known/security.txt", *ONE}


def test_a_folder_answers_with_its_index(tmp_path: Path) -> None:
    build = collect(written(tmp_path, {"index.html": "", "docs/a/index.html": "a"}))
    assert build.served["docs/a/"] == build.served["docs/a/index.html"]
    assert "" not in build.served


def test_a_folder_without_index_html_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"no `index\.html` in"):
        collect(written(tmp_path, {"app.js": ""}))
    with pytest.raises(NotReady, match="no folder `dist`"):
        collect(tmp_path / "dist")


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "site", ONE)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (folder / "leak.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match=r"`leak\.txt` is a symlink to a target outside"):
        collect(folder)


def test_what_cannot_be_published_is_named_in_a_sentence(tmp_path: Path) -> None:
    folder = written(tmp_path / "site", {**ONE, "a/b.txt": ""})
    odd = {
        "nowhere.txt": "is a broken symlink",
        "circle.txt": "is a broken symlink",
        "folder": "is a symlink to a folder",
        "pipe": "is not a regular file",
    }
    for name, said in odd.items():
        path = folder / name
        if name == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to({"nowhere.txt": "nothing", "circle.txt": "circle.txt", "folder": "a"}[name])
        with pytest.raises(Refused, match=rf"`{name}` of the site {said}|`{name}` .* {said}"):
            collect(folder)
        path.unlink()
    assert collect(folder).files


def test_a_name_that_is_no_utf_8_is_shown_byte_by_byte(tmp_path: Path) -> None:
    folder = written(tmp_path, ONE)
    (folder / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_text("")
    with pytest.raises(Refused, match=r"`caf\\xe9\.txt` of the site has a name that is not UTF-8"):
        collect(folder)


def test_a_path_that_is_longer_than_a_key_of_s3_is_refused(tmp_path: Path) -> None:
    longest = "/".join(["d" * 200] * 5)
    folder = written(tmp_path, {**ONE, f"{longest}/{'x' * 14}": ""})
    assert max(len(file.path) for file in collect(folder).files) == 1019
    written(tmp_path, {f"{longest}/{'x' * 15}": ""})
    with pytest.raises(Refused, match="name of 1020 bytes"):
        collect(folder)
