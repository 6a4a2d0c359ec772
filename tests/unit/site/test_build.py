from pathlib import Path

import pytest

from tagship.base.errors import NotReady, ProgramFailed
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
    return SiteSource(tmp_path, "v1.0.0", "0123abc")


def test_the_command_runs_in_its_context_and_knows_the_version(source: SiteSource) -> None:
    told: list[Event] = []
    command = 'mkdir dist && echo making && echo "$VERSION $REVISION" > dist/index.html'
    build = builder(told).build(site(command), source)
    assert [file.path for file in build.files] == ["index.html"]
    assert (source.tree / "web/dist/index.html").read_text() == "v1.0.0 0123abc\n"
    assert told == [SiteBuildLine("making")]


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
        builder([]).build(site("true"), SiteSource(tmp_path, "v1.0.0", ""))


def test_a_folder_that_is_committed_needs_no_command(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello", encoding="utf-8")
    assert builder([]).build(Site(folder="."), SiteSource(tmp_path, "v1.0.0", "")).files[0].size == 5
