"""What is shipped, decided from what git says."""

from pathlib import Path

import pytest

from tagship.base.errors import NotReady, Refused
from tagship.base.fakes import ScriptedProcesses, says
from tagship.base.process import Command, SystemProcesses
from tagship.image.git import Git
from tagship.image.source import Choice, Facts, GitSources, Source, SourceRequest, choose, without_credentials

HEAD = "a" * 40
OLDER = "b" * 40
TAGS = {"v0.1.0": OLDER, "v0.2.0": HEAD, "nightly": HEAD, "release/2": HEAD}
CLEAN = Facts(head=HEAD, tags=TAGS, changed=())
DIRTY = Facts(head=HEAD, tags=TAGS, changed=("app.py",))


def test_without_a_name_the_newest_version_at_head_ships() -> None:
    assert choose(SourceRequest(), CLEAN) == Choice("v0.2.0", HEAD, with_changes=False)


def test_an_older_tag_ships_as_committed_whatever_the_working_tree_looks_like() -> None:
    assert choose(SourceRequest("v0.1.0"), DIRTY) == Choice("v0.1.0", OLDER, with_changes=False)


def test_a_dirty_tree_at_the_tag_is_refused_and_names_the_changes() -> None:
    changed = tuple(f"f{number}.py" for number in range(7))
    with pytest.raises(Refused, match=r"`f0.py`.*`f4.py` and 2 more") as refused:
        choose(SourceRequest("v0.2.0"), Facts(HEAD, TAGS, changed))
    assert "--allow-dirty" in (refused.value.hint or "")


def test_a_dirty_tree_ships_with_its_changes_when_told_so() -> None:
    assert choose(SourceRequest("v0.2.0", allow_dirty=True), DIRTY) == Choice("v0.2.0", HEAD, with_changes=True)


def test_allowing_dirt_where_there_is_none_ships_the_tag() -> None:
    assert choose(SourceRequest("v0.2.0", allow_dirty=True), CLEAN) == Choice("v0.2.0", HEAD, with_changes=False)


def test_a_working_tree_at_another_commit_is_never_shipped_under_a_tag() -> None:
    with pytest.raises(Refused, match=r"not at `v0.1.0`"):
        choose(SourceRequest("v0.1.0", allow_dirty=True), DIRTY)


def test_a_name_that_is_empty_is_no_tag_and_not_the_newest() -> None:
    with pytest.raises(Refused, match="There is no tag ``"):
        choose(SourceRequest(""), CLEAN)


def test_a_tag_of_no_commit_is_refused() -> None:
    with pytest.raises(Refused, match=r"`v1\.0\.0` does not point at a commit"):
        choose(SourceRequest("v1.0.0"), Facts(HEAD, {**TAGS, "v1.0.0": ""}, ()))


def test_a_tag_that_is_no_version_needs_to_be_insisted_on() -> None:
    with pytest.raises(Refused, match="`nightly` is not a semantic version"):
        choose(SourceRequest("nightly"), CLEAN)
    assert choose(SourceRequest("nightly", allow_any_tag=True), CLEAN).tag == "nightly"


def test_a_tag_that_cannot_name_an_image_is_refused_even_then() -> None:
    with pytest.raises(Refused, match="cannot name an image"):
        choose(SourceRequest("release/2", allow_any_tag=True), CLEAN)


def test_a_head_without_version_is_refused() -> None:
    with pytest.raises(Refused, match="No version tag points at"):
        choose(SourceRequest(), Facts(HEAD, {"v0.1.0": OLDER, "nightly": HEAD}, ()))


def test_a_head_with_another_tag_ships_when_any_tag_will_do() -> None:
    facts = Facts(HEAD, {"v0.1.0": OLDER, "nightly": HEAD}, ())
    assert choose(SourceRequest(allow_any_tag=True), facts).tag == "nightly"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@example.org/a.git", "https://example.org/a.git"),
        ("https://example.org/a.git", "https://example.org/a.git"),
        ("git@example.org:a.git", "git@example.org:a.git"),
        ("/srv/a@b.git", "/srv/a@b.git"),
    ],
)
def test_a_remote_is_shown_without_its_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_outside_a_repository_git_is_quoted(tmp_path: Path) -> None:
    processes = ScriptedProcesses(says("git", "rev-parse", stderr="fatal: not a git repository\n", returncode=128))
    with pytest.raises(NotReady, match="not a git repository") as not_ready:
        GitSources(processes, tmp_path).resolve(SourceRequest())
    assert "git init" in (not_ready.value.hint or "")


class Repo:
    """A real git repository, with the manifest's folder below its top."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.root = top / "app"
        self.root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("Dockerfile", "FROM scratch\n")
        self.write(".gitignore", ".env\n")
        self.write("assets/logo.txt", "logo\n")
        self.write(".gitattributes", "assets export-ignore\n")
        self.commit("v0.1.0")

    def git(self, *words: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "tag.gpgsign=false")
        return SystemProcesses().run(Command.of("git", *identity, *words, cwd=self.top)).stdout

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text)

    def commit(self, tag: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-gpg-sign", "--message", tag)
        self.git("tag", "--annotate", "--message", tag, tag)

    @property
    def sources(self) -> GitSources:
        return GitSources(SystemProcesses(), self.root)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


def shipped(repo: Repo, source: Source) -> dict[str, str]:
    with repo.sources.tree(source) as root:
        return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_what_ships_is_the_commit_without_ignored_files_and_with_export_ignored_ones(repo: Repo) -> None:
    repo.write(".env", "SECRET=1\n")
    source = repo.sources.resolve(SourceRequest())
    assert (source.tag, source.version, source.dirty) == ("v0.1.0", "v0.1.0", False)
    assert source.commit == repo.git("rev-parse", "HEAD").strip()
    assert sorted(shipped(repo, source)) == [".gitattributes", ".gitignore", "Dockerfile", "assets/logo.txt"]


def test_a_tag_of_a_tag_is_of_its_commit_and_one_of_a_tree_or_file_of_none(repo: Repo) -> None:
    head = repo.git("rev-parse", "HEAD").strip()
    for name, of in (("v8.0.0", "HEAD"), ("v8.0.1", "v8.0.0"), ("v8.0.2", "v8.0.1")):
        repo.git("tag", "--annotate", "--message", "x", name, of)
    repo.git("tag", "v7.0.0", "HEAD^{tree}")
    repo.git("tag", "v7.0.1", repo.git("hash-object", "-w", "app/Dockerfile").strip())
    tags = Git(SystemProcesses(), repo.top).tags()
    assert [tags[f"v8.0.{number}"] for number in range(3)] == [head] * 3
    assert (tags["v7.0.0"], tags["v7.0.1"]) == ("", "")


def test_a_tag_elsewhere_ships_its_own_files(repo: Repo) -> None:
    repo.write("Dockerfile", "FROM other\n")
    repo.commit("v0.2.0")
    source = repo.sources.resolve(SourceRequest("v0.1.0"))
    assert shipped(repo, source)["Dockerfile"] == "FROM scratch\n"


def test_dirt_ships_under_a_version_of_its_own_that_says_what_it_contains(repo: Repo) -> None:
    repo.write("Dockerfile", "FROM other\n")
    repo.write("new.txt", "new\n")
    repo.write(".env", "SECRET=1\n")
    source = repo.sources.resolve(SourceRequest(allow_dirty=True))
    assert source.dirty
    assert source.version == f"v0.1.0-dirty.{source.tree[:7]}"
    files = shipped(repo, source)
    assert (files["Dockerfile"], files["new.txt"], ".env" in files) == ("FROM other\n", "new\n", False)
    assert repo.sources.resolve(SourceRequest(allow_dirty=True)) == source


def test_looking_leaves_the_index_as_it_was(repo: Repo) -> None:
    repo.write("new.txt", "new\n")
    before = repo.git("status", "--porcelain")
    repo.sources.resolve(SourceRequest(allow_dirty=True))
    assert repo.git("status", "--porcelain") == before == "?? app/new.txt\n"


def test_only_changes_inside_the_build_contexts_matter(repo: Repo) -> None:
    repo.write("assets/logo.txt", "another\n")
    (repo.top / "elsewhere.txt").write_text("x")
    assert not repo.sources.resolve(SourceRequest(contexts=("Dockerfile",))).dirty
    with pytest.raises(Refused, match=r"assets/logo\.txt"):
        repo.sources.resolve(SourceRequest(contexts=("Dockerfile", "assets")))


def test_the_temporary_folder_is_gone_whatever_happens(repo: Repo) -> None:
    source = repo.sources.resolve(SourceRequest())
    tree = repo.sources.tree(source)
    root = tree.__enter__()
    assert root.exists()
    swallowed = tree.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not swallowed
    assert not root.parents[1].exists()


def test_a_temporary_folder_that_cannot_be_removed_hides_no_error(repo: Repo, tmp_path: Path) -> None:
    tree = repo.sources.tree(repo.sources.resolve(SourceRequest()))
    folder = tree.__enter__().parents[1]
    # Python removes nothing behind a link (shutil.rmtree), whoever asks.
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    swallowed = tree.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not swallowed
    folder.unlink()


def test_a_repository_without_commit_says_what_to_type(tmp_path: Path) -> None:
    SystemProcesses().run(Command.of("git", "init", "--quiet", cwd=tmp_path))
    with pytest.raises(NotReady, match="no commit yet"):
        GitSources(SystemProcesses(), tmp_path).resolve(SourceRequest())
