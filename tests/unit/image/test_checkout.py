"""What is laid out is what git holds at the tag: submodules, Git LFS, attributes, odd names and odd clones."""

from hashlib import sha256
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, Refused
from tagship.base.process import SystemProcesses
from tagship.image.checkout import ignores_case, require_distinct
from tagship.image.pointer import Pointer, read
from tagship.image.source import GitSources, SourceRequest
from tests.unit.image.repo import Repo

CONTENT = b"a large picture"
OID = sha256(CONTENT).hexdigest()
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {len(CONTENT)}\n"
LFS = {".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n", "a/logo.png": POINTER, "b.txt": "b"}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@pytest.fixture
def library(tmp_path: Path) -> Repo:
    found = Repo(tmp_path / "library")
    found.commit("one", {"lib.c": "one"})
    return found


def with_submodule(repo: Repo, library: Repo, path: str = "vendor/lib") -> None:
    repo.git("submodule", "--quiet", "add", str(library.top), path)
    repo.commit("v1", {"app.c": "app"})


def test_a_submodule_ships_with_the_files_of_the_commit_that_the_tag_names(repo: Repo, library: Repo) -> None:
    with_submodule(repo, library)
    library.commit("two", {"lib.c": "two", "more.c": "more"})
    repo.git("-C", "vendor/lib", "pull", "--quiet", "origin", "main")
    repo.commit("v2")
    assert (repo.shipped("v1")["vendor/lib/lib.c"], "vendor/lib/more.c" in repo.shipped("v1")) == (b"one", False)
    assert repo.shipped("v2")["vendor/lib/lib.c"] == b"two"


def test_a_submodule_within_a_submodule_ships_too(repo: Repo, library: Repo, tmp_path: Path) -> None:
    inner = Repo(tmp_path / "inner")
    inner.commit("one", {"inner.c": "inner"})
    library.git("submodule", "--quiet", "add", str(inner.top), "deep/er")
    library.commit("two")
    with_submodule(repo, library)
    with pytest.raises(NotReady, match="`vendor/lib/deep/er` is a submodule"):
        repo.shipped("v1")
    repo.git("submodule", "--quiet", "update", "--init", "--recursive")
    assert repo.shipped("v1")["vendor/lib/deep/er/inner.c"] == b"inner"


def test_a_submodule_that_is_not_here_is_named_with_what_to_type(repo: Repo, library: Repo, tmp_path: Path) -> None:
    with_submodule(repo, library)
    fresh = repo.clone(tmp_path / "fresh")
    with pytest.raises(NotReady, match="`vendor/lib` is a submodule") as error:
        fresh.shipped("v1")
    assert "git submodule update --init" in (error.value.hint or "")
    fresh.git("submodule", "--quiet", "update", "--init")
    assert fresh.shipped("v1")["vendor/lib/lib.c"] == b"one"


def test_a_commit_that_the_submodule_does_not_have_yet_is_missed(repo: Repo, library: Repo, tmp_path: Path) -> None:
    with_submodule(repo, library)
    fresh = repo.clone(tmp_path / "fresh", "--recurse-submodules")
    library.commit("two", {"lib.c": "two"})
    repo.git("-C", "vendor/lib", "pull", "--quiet", "origin", "main")
    repo.commit("v2")
    fresh.git("fetch", "--quiet", "--tags", "--no-recurse-submodules")
    with pytest.raises(NotReady, match=r"its commit [0-9a-f]{12} is not on this machine"):
        fresh.shipped("v2")


@pytest.mark.parametrize("name", ["{}/.git", "x/../../../../library/.git"])
def test_the_name_of_a_submodule_leads_to_no_other_repository_of_the_machine(
    repo: Repo, library: Repo, name: str
) -> None:
    commit = library.git("rev-parse", "HEAD").strip()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    named = name.format(library.top)
    (repo.top / ".gitmodules").write_text(f'[submodule "{named}"]\n\tpath = lib\n\turl = ../library\n')
    (repo.top / "lib").mkdir()
    repo.git("add", ".gitmodules")
    repo.git("commit", "--quiet", "--message", "theirs")
    repo.git("tag", "v1")
    with pytest.raises(NotReady, match="`lib` is a submodule"):
        repo.shipped("v1")


def test_a_submodule_that_nothing_builds_may_be_missing(repo: Repo, library: Repo, tmp_path: Path) -> None:
    with_submodule(repo, library)
    fresh = repo.clone(tmp_path / "fresh")
    assert fresh.shipped("v1", "web", "api")["app.c"] == b"app"
    for context in ("vendor", "vendor/lib", "vendor/lib/src", "./vendor/"):
        with pytest.raises(NotReady):
            fresh.shipped("v1", context)


def test_a_repository_within_that_is_no_submodule_is_refused(repo: Repo, library: Repo) -> None:
    repo.git("clone", "--quiet", str(library.top), "nested")
    repo.commit("v1")
    with pytest.raises(Refused, match="`nested` is a git repository inside this one but not a submodule") as refused:
        repo.shipped("v1")
    assert "git rm --cached nested" in (refused.value.hint or "")


def test_changes_inside_a_submodule_are_not_shipped_as_dirt_unseen(repo: Repo, library: Repo) -> None:
    with_submodule(repo, library)
    Repo.at(repo.top / "vendor/lib").write({"lib.c": "changed"})
    with pytest.raises(Refused, match="submodule `vendor/lib` has uncommitted changes"):
        GitSources(SystemProcesses(), repo.top).resolve(SourceRequest("v1", allow_dirty=True, allow_any_tag=True))


def test_a_file_of_git_lfs_ships_with_its_content(repo: Repo) -> None:
    repo.commit("v1", LFS)
    repo.write({f".git/lfs/objects/{OID[:2]}/{OID[2:4]}/{OID}": CONTENT})
    assert repo.shipped("v1")["a/logo.png"] == CONTENT


def test_git_lfs_may_keep_its_content_elsewhere(repo: Repo, tmp_path: Path) -> None:
    repo.commit("v1", LFS)
    Repo.at(tmp_path / "store").write({f"objects/{OID[:2]}/{OID[2:4]}/{OID}": CONTENT})
    repo.git("config", "lfs.storage", str(tmp_path / "store"))
    assert repo.shipped("v1")["a/logo.png"] == CONTENT


@pytest.mark.parametrize("kept", [b"", b"another pictur!"])
def test_a_file_of_git_lfs_whose_content_is_not_here_is_named(repo: Repo, kept: bytes) -> None:
    repo.commit("v1", LFS)
    if kept:
        repo.write({f".git/lfs/objects/{OID[:2]}/{OID[2:4]}/{OID}": kept})
    with pytest.raises(NotReady, match=r"`a/logo\.png` is stored in Git LFS") as error:
        repo.shipped("v1")
    assert "git lfs fetch" in (error.value.hint or "")
    assert repo.shipped("v1", "web")["a/logo.png"] == POINTER.encode(), "nothing builds it"


def test_git_lfs_need_not_be_installed_where_it_is_configured(repo: Repo) -> None:
    repo.commit("v1", LFS)
    repo.write({f".git/lfs/objects/{OID[:2]}/{OID[2:4]}/{OID}": CONTENT})
    sources = GitSources(SystemProcesses(), repo.top)
    source = sources.resolve(SourceRequest("v1", allow_any_tag=True))
    repo.git("config", "filter.lfs.process", "no-such-program filter-process")
    repo.git("config", "filter.lfs.required", "true")
    with sources.tree(source) as root:
        assert (root / "a/logo.png").read_bytes() == CONTENT


def test_a_file_that_only_looks_like_a_pointer_ships_as_it_is(repo: Repo) -> None:
    repo.commit("v1", {"a.txt": POINTER})
    assert repo.shipped("v1")["a.txt"] == POINTER.encode()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (POINTER.encode(), Pointer(OID, len(CONTENT))),
        (POINTER.replace("oid", "ext-0-foo sha256:1\noid").encode(), Pointer(OID, len(CONTENT))),
        (POINTER.replace("git-lfs.github", "hawser.github").encode(), Pointer(OID, len(CONTENT))),
        (b"version https://git-lfs.github.com/spec/v1\n", None),
        (b"\n" + POINTER.encode(), None),
        (b"", None),
    ],
)
def test_a_pointer_is_told_by_its_whole_form(content: bytes, found: Pointer | None) -> None:
    assert read(content) == found


def test_attributes_are_those_of_the_tag_and_not_of_what_is_checked_out(repo: Repo) -> None:
    repo.commit("v1", {".gitattributes": "*.bat text eol=crlf\n", "run.bat": "echo\n"})
    repo.commit("v2", {".gitattributes": "", "run.bat": "echo 2\n"})
    assert repo.shipped("v1")["run.bat"] == b"echo\r\n"
    repo.commit("v3", {".gitattributes": "*.bat text eol=crlf\n"})
    assert repo.shipped("v2")["run.bat"] == b"echo 2\n"


def test_what_this_user_prefers_of_line_ends_changes_nothing(repo: Repo) -> None:
    repo.commit("v1", {".gitattributes": "*.txt text=auto\n", "a.txt": "a\n"})
    repo.git("config", "core.autocrlf", "true")
    repo.git("config", "core.eol", "crlf")
    assert repo.shipped("v1")["a.txt"] == b"a\n"


def test_nothing_of_git_archive_happens_and_an_encoding_of_the_tree_does(repo: Repo) -> None:
    attributes = ("a.txt export-ignore", "b.txt export-subst", "c.txt text working-tree-encoding=UTF-16LE")
    repo.write({".gitattributes": "\n".join(attributes)})
    repo.commit("v1", {"a.txt": "a", "b.txt": "$Format:%H$\n", "c.txt": "é\n".encode("utf-16-le")})
    found = repo.shipped("v1")
    assert (found["a.txt"], found["b.txt"], found["c.txt"]) == (b"a", b"$Format:%H$\n", "é\n".encode("utf-16-le"))


def test_modes_links_and_names_are_those_of_git(repo: Repo) -> None:
    odd = b"caf\xe9 \n'\"$(x).txt".decode("utf-8", "surrogateescape")
    repo.write({"run.sh": "#!/bin/sh\n", odd: "odd"})
    (repo.top / "run.sh").chmod(0o755)
    (repo.top / "nowhere").symlink_to("../nothing")
    repo.commit("v1")
    sources = GitSources(SystemProcesses(), repo.top)
    with sources.tree(sources.resolve(SourceRequest("v1", allow_any_tag=True))) as root:
        assert (root / "run.sh").stat().st_mode & 0o100
        assert str((root / "nowhere").readlink()) == "../nothing"
        assert (root / odd).read_text() == "odd"


def test_a_sparse_checkout_ships_everything(repo: Repo) -> None:
    repo.commit("v1", {"a/a.txt": "a", "b/b.txt": "b"})
    repo.git("sparse-checkout", "set", "a")
    assert not (repo.top / "b").exists()
    assert set(repo.shipped("v1")) >= {"a/a.txt", "b/b.txt"}
    repo.write({"a/a.txt": "changed"})
    sources = GitSources(SystemProcesses(), repo.top)
    with sources.tree(sources.resolve(SourceRequest("v1", allow_dirty=True, allow_any_tag=True))) as root:
        assert ((root / "a/a.txt").read_text(), (root / "b/b.txt").read_text()) == ("changed", "b")


@pytest.mark.parametrize("words", [("--depth=1",), ("--filter=blob:none", "--no-checkout"), ("--bare",)])
def test_a_clone_that_is_shallow_partial_or_bare_of_files_ships_everything(
    repo: Repo, tmp_path: Path, words: tuple[str, ...]
) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit("v0", {"a.txt": "0"})
    repo.commit("v1", {"a.txt": "1", "b/b.txt": "b"})
    fresh = repo.clone(tmp_path / "fresh", *words)
    if "--bare" in words:  # a linked worktree of a bare repository
        fresh.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "main")
        fresh = Repo.at(tmp_path / "linked")
    elif "--no-checkout" in words:
        fresh.git("checkout", "--quiet", "main")
    found = fresh.shipped("v1")
    assert (found["a.txt"], found["b/b.txt"]) == (b"1", b"b")


def test_a_linked_worktree_finds_the_submodules_of_the_repository(repo: Repo, library: Repo, tmp_path: Path) -> None:
    with_submodule(repo, library)
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "HEAD")
    assert Repo.at(tmp_path / "linked").shipped("v1")["vendor/lib/lib.c"] == b"one"


def test_names_that_are_one_file_here_are_refused_by_both_names(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"`src/A\.txt` and `src/a\.txt` are two files in git"):
        require_distinct(["src/A.txt", "b", "src/a.txt"], lambda: True)
    require_distinct(["src/A.txt", "b", "src/a.txt"], lambda: False)
    require_distinct(["src/A.txt", "b"], lambda: True)
    (tmp_path / "x").touch()
    assert ignores_case(tmp_path) is (tmp_path / "X").exists()
