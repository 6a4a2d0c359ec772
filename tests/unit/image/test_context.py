"""What a build sees of a context, and what it never sees."""

import os
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, Refused
from tagship.image.builder import BuildRequest, RegistryCredentials
from tagship.image.context import find, packed
from tests.support.endless import ENDLESS, Endless

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/private.txt").write_text("hush")
    (tmp_path / "top/app").mkdir(parents=True)
    (tmp_path / "top/app/Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "top/app/a.txt").write_text("a")
    return tmp_path / "top"


def request_of(top: Path, dockerfile: str = "Dockerfile") -> BuildRequest:
    return BuildRequest(
        service="api",
        context=top / "app",
        top=top,
        dockerfile=dockerfile,
        version="v0.1.0",
        revision="c" * 40,
        source="",
        created=CREATED,
        repository_url="registry.example.org/notes",
        credentials=RegistryCredentials("registry.example.org", "AWS", "hush"),
    )


def archive_of(request: BuildRequest) -> dict[str, tarfile.TarInfo]:
    with packed(find(request)) as file, tarfile.open(fileobj=file, errors="surrogateescape") as archive:
        return {entry.name: entry for entry in archive}


def content_of(request: BuildRequest, name: str) -> bytes:
    with packed(find(request)) as file, tarfile.open(fileobj=file) as archive:
        found = archive.extractfile(name)
        assert found is not None
        return found.read()


def test_a_file_has_its_content_whether_it_may_be_executed_and_the_commits_time(top: Path) -> None:
    (top / "app/run.sh").write_text("#!/bin/sh\n")
    (top / "app/run.sh").chmod(0o700)
    (top / "app/a.txt").chmod(0o600)
    (top / "app/folder").mkdir(mode=0o700)
    (top / "app/folder/b").write_text("")
    found = archive_of(request_of(top))
    assert {name: entry.mode for name, entry in found.items()} == {
        "Dockerfile": 0o644,
        "a.txt": 0o644,
        "folder": 0o755,
        "folder/b": 0o644,
        "run.sh": 0o755,
    }
    assert {(entry.uid, entry.gid, entry.mtime) for entry in found.values()} == {(0, 0, int(CREATED.timestamp()))}


def test_the_same_files_are_the_same_archive_byte_for_byte(top: Path) -> None:
    with packed(find(request_of(top))) as one:
        first = one.read()
    os.utime(top / "app/a.txt", (1, 1))
    with packed(find(request_of(top))) as other:
        assert other.read() == first


def test_a_dockerfile_in_latin_1_is_sent_as_it_is(top: Path) -> None:
    (top / "app/Dockerfile").write_bytes(b"# caf\xe9\nFROM scratch\n")
    assert content_of(request_of(top), "Dockerfile") == b"# caf\xe9\nFROM scratch\n"


def test_a_name_that_is_no_utf_8_is_sent_as_it_is(top: Path) -> None:
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    (top / "app" / name).write_text("")
    assert name in archive_of(request_of(top))


@pytest.mark.parametrize("target", ["../../outside", "/etc", "../app/../../outside"])
def test_a_context_that_is_a_link_out_of_the_repository_is_refused(top: Path, target: str) -> None:
    (top / "app").rename(top / "other")
    (top / "app").symlink_to(target)
    with pytest.raises(
        Refused, match="build context of `api` is a symlink to a target outside the repository"
    ) as refused:
        find(request_of(top))
    assert "services.api.build.context" in (refused.value.hint or "")


def test_a_context_that_is_a_link_within_the_repository_is_followed(top: Path) -> None:
    (top / "app").rename(top / "other")
    (top / "app").symlink_to("other")
    assert set(archive_of(request_of(top))) == {"Dockerfile", "a.txt"}


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"])
def test_a_file_of_the_build_that_is_a_link_out_of_the_repository_is_refused_unread(top: Path, name: str) -> None:
    (top / "app" / name).unlink(missing_ok=True)
    (top / "app" / name).symlink_to("../../outside/private.txt")
    with pytest.raises(Refused, match=f"`{name}` of `api` is a symlink to a target outside") as refused:
        find(request_of(top))
    assert "hush" not in refused.value.message


def test_a_dockerfile_below_a_folder_that_is_a_link_out_of_the_repository_is_refused(top: Path) -> None:
    (top / "app/docker").symlink_to("../../outside")
    with pytest.raises(Refused, match="outside the repository"):
        find(request_of(top, "docker/private.txt"))


def test_a_dockerfile_that_is_a_link_within_the_repository_is_sent_as_what_it_leads_to(top: Path) -> None:
    (top / "docker").mkdir()
    (top / "app/Dockerfile").rename(top / "docker/api.Dockerfile")
    (top / "app/Dockerfile").symlink_to("../docker/api.Dockerfile")
    assert archive_of(request_of(top))["Dockerfile"].isreg()
    assert content_of(request_of(top), "Dockerfile") == b"FROM scratch\n"


def test_links_inside_the_context_stay_links_wherever_they_lead(top: Path) -> None:
    (top / "app/out").symlink_to("../../outside/private.txt")
    (top / "app/nowhere").symlink_to("nothing")
    (top / "app/folder").symlink_to("../../outside")
    found = archive_of(request_of(top))
    assert [found[name].linkname for name in ("out", "nowhere", "folder")] == [
        "../../outside/private.txt",
        "nothing",
        "../../outside",
    ]


def test_a_link_in_a_circle_is_a_sentence(top: Path) -> None:
    (top / "app/Dockerfile").unlink()
    (top / "app/Dockerfile").symlink_to("Dockerfile")
    with pytest.raises((Refused, NotReady)):
        find(request_of(top))


@pytest.mark.parametrize("kind", ["absent", "folder"])
def test_without_a_dockerfile_it_says_what_to_type(top: Path, kind: str) -> None:
    (top / "app/Dockerfile").unlink()
    if kind == "folder":
        (top / "app/Dockerfile").mkdir()
    with pytest.raises(NotReady, match="has no `Dockerfile` in the build context of `api`") as error:
        find(request_of(top))
    assert "git status --ignored" in (error.value.hint or "")


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_a_dockerfile_or_an_ignore_file_that_never_ends_is_refused_unopened(
    top: Path, what: Endless, name: str
) -> None:
    (top / "app" / name).unlink(missing_ok=True)
    what.put(top / "app" / name)
    says = "outside the repository" if what.kind == "a device" else f"cannot be read: it is {what.kind}"
    with pytest.raises(Refused, match=rf"`{name}` of `api` .*{says}"):
        find(request_of(top))


@pytest.mark.parametrize("what", [each for each in ENDLESS if not each.linked], ids=str)
def test_what_never_ends_in_a_context_is_refused_unopened(top: Path, what: Endless) -> None:
    what.put(top / "app/data")
    with pytest.raises(Refused, match=f"`data` in the build context cannot be sent: it is {what.kind}") as refused:
        archive_of(request_of(top))
    assert ".dockerignore" in str(refused.value.hint)


def test_the_ignore_file_beside_the_dockerfile_counts_before_the_general_one(top: Path) -> None:
    (top / "app/api.Dockerfile").write_text("FROM scratch\n")
    (top / "app/api.Dockerfile.dockerignore").write_text("secret.txt\n")
    (top / "app/.dockerignore").write_text("a.txt\n")
    (top / "app/secret.txt").write_text("hush")
    ours, general = archive_of(request_of(top, "api.Dockerfile")), archive_of(request_of(top))
    assert ("secret.txt" in ours, "a.txt" in ours) == (False, True)
    assert ("secret.txt" in general, "a.txt" in general) == (True, False)


def test_the_ignore_file_of_a_dockerfile_in_a_folder_lies_beside_it_and_speaks_of_the_context(top: Path) -> None:
    (top / "app/docker").mkdir()
    (top / "app/docker/api.Dockerfile").write_text("FROM scratch\n")
    (top / "app/docker/api.Dockerfile.dockerignore").write_text("/a.txt\n")
    assert "a.txt" not in archive_of(request_of(top, "docker/api.Dockerfile"))


def test_what_is_kept_below_a_folder_that_is_left_out_comes_with_its_folders(top: Path) -> None:
    (top / "app/x/target").mkdir(parents=True)
    (top / "app/x/target/x.jar").write_text("")
    (top / "app/x/other").write_text("")
    (top / "app/.dockerignore").write_text("**\n!**/target/*.jar\n!.dockerignore\n")
    assert set(archive_of(request_of(top))) == {".dockerignore", "Dockerfile", "x", "x/target", "x/target/x.jar"}


@pytest.mark.parametrize("ignore", ["Dockerfile\n.dockerignore\n", "*\n"])
def test_a_dockerfile_that_is_to_stay_out_is_sent_and_the_engine_told_to_remove_it(top: Path, ignore: str) -> None:
    (top / "app/.dockerignore").write_text(ignore)
    assert content_of(request_of(top), "Dockerfile") == b"FROM scratch\n"
    assert content_of(request_of(top), ".dockerignore") == b".dockerignore\nDockerfile\n"


def test_a_pattern_without_meaning_names_its_file(top: Path) -> None:
    (top / "app/.dockerignore").write_text("a[\n")
    with pytest.raises(Refused, match=r"`\.dockerignore` of `api` has an invalid pattern: `a\[`"):
        find(request_of(top))


def test_the_context_may_be_the_top_itself(top: Path) -> None:
    request = replace(request_of(top), context=top / "app", top=top / "app")
    assert set(archive_of(request)) == {"Dockerfile", "a.txt"}
