from pathlib import Path

import pytest

from tagship.base.errors import NotReady, ProgramFailed, Refused
from tagship.base.events import Event, Events
from tagship.base.process import SystemProcesses
from tagship.manifest.systems import Site
from tagship.site.build import SiteBuilder, SiteBuildLine, SiteSource


def builder(told: list[Event]) -> SiteBuilder:
    return SiteBuilder(SystemProcesses(), Events(told.append))


def site(command: str) -> Site:
    return Site.model_validate({"folder": "web/dist", "build": {"context": "web", "command": command}})


@pytest.fixture
def source(tmp_path: Path) -> SiteSource:
    (tmp_path / "web").mkdir()
    return SiteSource(tmp_path, tmp_path, "v1.0.0", "0123abc")


def test_the_command_runs_in_its_context_and_knows_the_version(source: SiteSource) -> None:
    told: list[Event] = []
    command = 'mkdir dist && echo making && echo "$VERSION $REVISION" > dist/index.html'
    build = builder(told).build(site(command), source)
    assert [file.path for file in build.files] == ["index.html"]
    assert (source.tree / "web/dist/index.html").read_text() == "v1.0.0 0123abc\n"
    assert told == [SiteBuildLine("making")]


def test_the_version_has_the_names_too_that_a_container_knows(source: SiteSource) -> None:
    builder([]).build(site('mkdir dist && echo "$TAGSHIP_VERSION $TAGSHIP_COMMIT" > dist/index.html'), source)
    assert (source.tree / "web/dist/index.html").read_text() == "v1.0.0 0123abc\n"


@pytest.mark.parametrize("link", ["web", "web/dist"])
def test_a_folder_of_the_site_that_is_a_link_out_of_the_repository_is_refused(tmp_path: Path, link: str) -> None:
    outside, top = tmp_path / "outside", tmp_path / "top"
    for folder in (outside / "dist", top):
        folder.mkdir(parents=True)
    (outside / "dist/index.html").write_text("private")
    (top / link).parent.mkdir(exist_ok=True)
    (top / link).symlink_to(outside / link.removeprefix("web").strip("/"))
    with pytest.raises(Refused, match="outside the repository"):
        builder([]).build(Site(folder="web/dist"), SiteSource(top, top, "v1.0.0", ""))


def test_a_build_that_runs_behind_a_link_out_of_the_repository_is_refused_before_it_runs(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "top").mkdir()
    (tmp_path / "top/web").symlink_to("../outside")
    with pytest.raises(Refused, match=r"\(`site\.build\.context`\) is a symlink to a target outside"):
        builder([]).build(site("touch ran"), SiteSource(tmp_path / "top", tmp_path / "top", "v1.0.0", ""))
    assert not (tmp_path / "outside/ran").exists()


def test_a_folder_that_is_a_link_within_the_repository_is_published(tmp_path: Path) -> None:
    (tmp_path / "top/shared").mkdir(parents=True)
    (tmp_path / "top/shared/index.html").write_text("hello")
    (tmp_path / "top/app").mkdir()
    (tmp_path / "top/app/web").symlink_to("../shared")
    source = SiteSource(tmp_path / "top/app", tmp_path / "top", "v1.0.0", "")
    assert [file.path for file in builder([]).build(Site(folder="web"), source).files] == ["index.html"]


def test_the_build_sees_no_credentials(source: SiteSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    told: list[Event] = []
    builder(told).build(site('mkdir dist; touch dist/index.html; echo "key=$AWS_SECRET_ACCESS_KEY"'), source)
    assert told == [SiteBuildLine("key=")]


def test_a_build_that_fails_is_told_with_its_last_words(source: SiteSource) -> None:
    with pytest.raises(ProgramFailed, match=r"(?s)site's build .* ended with exit code 3:.*no such module") as caught:
        builder([]).build(site("echo no such module; exit 3"), source)
    assert caught.value.returncode == 3
    assert "clean checkout" in str(caught.value.hint)


def test_a_build_that_writes_elsewhere_is_found_out(source: SiteSource) -> None:
    with pytest.raises(NotReady, match="no folder `dist`"):
        builder([]).build(site("mkdir out"), source)


def test_a_context_that_is_not_in_the_tag_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"no folder `web` in `v1\.0\.0`"):
        builder([]).build(site("true"), SiteSource(tmp_path, tmp_path, "v1.0.0", ""))


def test_a_folder_that_is_committed_needs_no_command(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello", encoding="utf-8")
    assert builder([]).build(Site(folder="."), SiteSource(tmp_path, tmp_path, "v1.0.0", "")).files[0].size == 5
