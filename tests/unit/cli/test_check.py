import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tagship.base.errors import ManifestInvalid, NotReady
from tagship.cli.check import check
from tests.support.endless import ENDLESS, Endless

GOOD = """app: shop
region: eu-central-1
services:
  api:
    port: 8000
environments:
  prod:
    account: "123456789012"
    services:
      api: {cpu: 1024, memory: 2048}
"""
WITH_PATHS = GOOD.replace("port: 8000", "port: 8000\n    paths: [/api/*]")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    path = tmp_path / "tagship.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(*words: str) -> tuple[object, str]:
    result = CliRunner().invoke(check, words, standalone_mode=False, catch_exceptions=True)
    if result.exception:
        raise result.exception
    return result.return_value, result.stdout


def test_a_good_manifest_is_described_for_each_environment(manifest: Path) -> None:
    code, said = run("--manifest", str(manifest))
    assert code == 0
    assert said.splitlines() == [
        "shop: api.",
        "local: the embedded AWS on this machine (eu-central-1)",
        "  api: 2 tasks (1 to 4) of 0.25 vCPU and 512 MiB, port 8000, for /*",
        "prod: account 123456789012, eu-central-1",
        "  api: 2 tasks (1 to 4) of 1 vCPU and 2048 MiB, port 8000, for /*",
    ]


def test_one_environment_can_be_asked_for(manifest: Path) -> None:
    assert "prod:" not in run("--manifest", str(manifest), "--env", "local")[1]


def test_an_environment_that_nobody_could_look_at_is_not_called_good(manifest: Path) -> None:
    code, said = run("--manifest", str(manifest), "--env", "local")

    assert "??    the environment could not be read: " in said
    assert code == NotReady.exit_code


def test_an_unknown_environment_is_an_error_with_the_nearest_spelling(manifest: Path) -> None:
    with pytest.raises(ManifestInvalid, match="did you mean `prod`"):
        run("--manifest", str(manifest), "--env", "prodd")


def test_problems_are_an_error_with_exit_code_three(manifest: Path) -> None:
    manifest.write_text(GOOD.replace("8000", "70000"), encoding="utf-8")
    with pytest.raises(ManifestInvalid, match=r"tagship\.yaml:5: services\.api\.port") as caught:
        run("--manifest", str(manifest))
    assert caught.value.exit_code == 3


def test_a_dockerfile_that_is_not_there_is_a_problem(manifest: Path) -> None:
    (manifest.parent / "Dockerfile").unlink()
    with pytest.raises(ManifestInvalid, match="there is no file `Dockerfile`"):
        run("--manifest", str(manifest))


@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_a_dockerfile_that_never_ends_is_a_problem_and_not_opened(manifest: Path, what: Endless) -> None:
    (manifest.parent / "Dockerfile").unlink()
    what.put(manifest.parent / "Dockerfile")
    with pytest.raises(ManifestInvalid, match=r"no file `Dockerfile` in `\.`: it is not a regular file"):
        run("--manifest", str(manifest))


@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_a_front_end_whose_page_never_ends_is_a_problem_and_not_opened(manifest: Path, what: Endless) -> None:
    manifest.write_text(f"{WITH_PATHS}site: {{folder: web}}\n", encoding="utf-8")
    (manifest.parent / "web").mkdir()
    what.put(manifest.parent / "web/index.html")
    with pytest.raises(ManifestInvalid, match=r"no `index\.html` in `web`: it is not a regular file"):
        run("--manifest", str(manifest))


@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_of_a_front_end_nothing_that_never_ends_is_opened(manifest: Path, what: Endless) -> None:
    manifest.write_text(f"{WITH_PATHS}site: {{folder: web}}\n", encoding="utf-8")
    (manifest.parent / "web").mkdir()
    (manifest.parent / "web/index.html").touch()
    what.put(manifest.parent / "web/package.json")
    assert run("--manifest", str(manifest))[0] == 0


def test_a_build_context_that_is_not_there_is_a_problem(manifest: Path) -> None:
    manifest.write_text(GOOD.replace("port: 8000", "port: 8000\n    build: {context: back}"), encoding="utf-8")
    with pytest.raises(ManifestInvalid, match="there is no folder `back`"):
        run("--manifest", str(manifest))


@pytest.mark.parametrize(("make", "says"), [(False, "there is no folder `web`"), (True, r"there is no `index\.html`")])
def test_a_front_end_without_index_html_is_a_problem(manifest: Path, make: bool, says: str) -> None:  # noqa: FBT001
    manifest.write_text(f"{WITH_PATHS}site: {{folder: web}}\n", encoding="utf-8")
    if make:
        (manifest.parent / "web").mkdir()
    with pytest.raises(ManifestInvalid, match=rf"tagship\.yaml:12: site\.folder: {says}"):
        run("--manifest", str(manifest))


def test_a_front_end_that_is_built_needs_the_folder_where_it_is_built(manifest: Path) -> None:
    site = "site: {folder: web/dist, build: {context: web, command: npm run build}}\n"
    manifest.write_text(f"{WITH_PATHS}{site}", encoding="utf-8")
    with pytest.raises(ManifestInvalid, match=r"tagship\.yaml:12: site\.build\.context: there is no folder `web`"):
        run("--manifest", str(manifest))
    (manifest.parent / "web").mkdir()
    assert run("--manifest", str(manifest))[0] == 0


def test_json_lists_the_problems_and_returns_three(manifest: Path) -> None:
    manifest.write_text(GOOD.replace("port", "prot"), encoding="utf-8")
    code, said = run("--manifest", str(manifest), "--json")
    assert code == 3
    assert json.loads(said) == {
        "problems": [{"line": 5, "path": "services.api.prot", "message": "unknown key; did you mean `port`?"}],
        "environments": {},
    }


def test_json_holds_each_environment_as_the_engine_sees_it(manifest: Path) -> None:
    code, said = run("--manifest", str(manifest), "--json")
    assert code == 0
    assert json.loads(said)["environments"]["prod"]["services"]["api"]["memory"] == 2048


def test_the_schema_is_printed_without_a_manifest(tmp_path: Path) -> None:
    code, said = run("--schema", "--manifest", str(tmp_path / "none.yaml"))
    assert code == 0
    assert json.loads(said)["title"] == "tagship.yaml"


def test_what_is_hardly_meant_is_said_and_no_mistake(manifest: Path) -> None:
    key = "sk_live_" + "a1B2" * 6
    text = GOOD.replace("port: 8000", f"port: 8000\n    environment: {{KEY: {key}}}")
    manifest.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(check, ["--manifest", str(manifest)], standalone_mode=False)
    assert result.return_value == 0
    assert "tagship.yaml:6: services.api.environment.KEY: looks like a secret" in result.stderr
    assert key not in result.output


def test_the_first_thing_to_type_is_what_a_machine_with_nothing_on_it_needs(manifest: Path) -> None:
    result = CliRunner().invoke(check, ["--manifest", str(manifest)], standalone_mode=False)
    assert result.stderr == "Next: tagship local up\n"


def test_what_cannot_run_on_this_machine_is_said_at_once(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    manifest.write_text(f"{GOOD}database: {{}}\n", encoding="utf-8")
    result = CliRunner().invoke(check, ["--manifest", str(manifest)], standalone_mode=False)
    assert result.return_value == 0
    assert "!! No Docker engine answers: on this machine, the database cannot run.\n" in result.stderr


def test_of_an_environment_on_aws_nothing_is_said_of_this_machine(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    manifest.write_text(f"{GOOD}database: {{}}\n", encoding="utf-8")
    result = CliRunner().invoke(check, ["--manifest", str(manifest), "--env", "prod"], standalone_mode=False)
    assert "on this machine" not in result.stderr
