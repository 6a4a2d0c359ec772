"""The embedded AWS is a package of its own; what it says and how it fails are tagship's, once it has passed here."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from seatrial.ground import errors as theirs
from seatrial.process.images.catalogue import RECIPES
from seatrial.process.images.missing import cannot_be_built, lacks_tools
from tagship.base import errors
from tagship.infra.workspace import SOURCES
from tagship.manifest.load import load
from tagship.manifest.model import EnvironmentManifest
from tagship.notify.package import RUNTIME
from tagship.wiring.local import (
    LocalAws,
    as_ours,
    forget_working_files,
    have_each,
    home_directory,
    image_hint,
    images_of,
)


def every(kind: type[theirs.SeatrialError]) -> set[type[theirs.SeatrialError]]:
    return {kind, *(each for below in kind.__subclasses__() for each in every(below))}


@pytest.mark.parametrize("kind", sorted(every(theirs.SeatrialError), key=str))
def test_an_error_of_the_embedded_aws_keeps_its_exit_code(kind: type[theirs.SeatrialError]) -> None:
    raised = kind.__new__(kind)
    theirs.SeatrialError.__init__(raised, "It happened.")
    with pytest.raises(errors.TagshipError) as caught, as_ours():
        raise raised
    assert (caught.value.exit_code, caught.value.message) == (kind.exit_code, "It happened.")


def test_what_to_type_next_is_typed_as_tagships_own() -> None:
    with pytest.raises(errors.LocalAwsUnavailable) as caught, as_ours():
        raise theirs.EmbeddedAwsUnavailable("Run `seatrial down` first.", hint="seatrial up --port 4567")
    assert (caught.value.message, caught.value.hint) == (
        "Run `tagship local down` first.",
        "tagship local up --port 4567",
    )


@pytest.mark.parametrize(
    ("environment", "home"),
    [
        ({"TAGSHIP_HOME": "/srv/tagship"}, Path("/srv/tagship")),
        ({"TAGSHIP_HOME": "/srv/tagship", "SEATRIAL_HOME": "/elsewhere"}, Path("/srv/tagship")),
        ({"XDG_STATE_HOME": "/state"}, Path("/state/tagship")),
        ({"TAGSHIP_HOME": ""}, Path.home() / ".local/state/tagship"),
    ],
)
def test_tagships_home_is_where_the_nearest_setting_says(environment: dict[str, str], home: Path) -> None:
    assert home_directory(environment) == home


MANIFEST = """
app: shop
region: eu-central-1
services: {api: {port: 8000}}
database: {}
alerts: {}
"""


def test_an_image_that_a_task_alone_needs_stops_no_apply_and_another_does() -> None:
    said: list[str] = []

    def have(name: str) -> None:
        raise cannot_be_built(name, "no such host")

    have_each({"grafana:12": "Grafana"}, {"grafana:12"}, have, said.append)
    assert said[0].endswith("Grafana starts when it is here: docker pull grafana:12")
    with pytest.raises(errors.NotReady):
        have_each({"postgres:9": "the database"}, {"grafana:12"}, have, said.append)


def test_the_images_of_an_environment_are_those_of_what_its_manifest_names(tmp_path: Path) -> None:
    assert images_of(environment(tmp_path, MANIFEST)) == {
        "postgres:17-alpine": "the database",
        "public.ecr.aws/lambda/python:3.13": "the function that sends messages to Slack",
    }


def test_without_database_alerts_and_dashboards_no_image_is_needed_and_docker_is_not_asked(tmp_path: Path) -> None:
    bare = environment(tmp_path, MANIFEST.replace("database: {}\nalerts: {}\n", ""))
    assert images_of(bare) == {}
    assert list(LocalAws().images_that_are_missing(bare)) == []


def test_every_image_of_a_manifest_of_defaults_can_be_built_where_no_registry_answers(tmp_path: Path) -> None:
    systems = "database: {}\nauth: {}\nfirewall: {}\nalerts: {}\n"
    found = images_of(environment(tmp_path, MANIFEST.replace("database: {}\nalerts: {}\n", systems)))
    assert found
    assert set(found) <= set(RECIPES)


def test_the_runtime_of_the_function_is_that_of_the_module() -> None:
    module = (SOURCES / "modules/alerts/function.tf").read_text(encoding="utf-8")
    assert f'runtime          = "{RUNTIME}"' in module


def test_an_image_that_cannot_be_had_names_a_version_that_can_as_the_manifest_writes_it() -> None:
    assert image_hint(cannot_be_built("grafana/grafana:12.2.1", "no answer")) == (
        "docker pull grafana/grafana:12.2.1, where a registry answers, then tagship infra apply."
    )
    assert 'version: "17.7"' in image_hint(cannot_be_built("postgres:16-alpine", "no answer"))
    assert image_hint(lacks_tools("postgres:17-alpine", "no answer", install="apt-get install x")) == (
        "apt-get install x, then tagship local images postgres:17-alpine, then tagship infra apply."
    )


class FakeDocker(BaseHTTPRequestHandler):
    """A Docker engine that has one image (Engine API, ``GET /version`` and ``GET /images/NAME/json``)."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        here = self.path.endswith(("/_ping", "/version")) or "lambda/python" in self.path
        body = b'{"ApiVersion": "1.41"}' if here else b'{"message": "No such image"}'
        self.send_response(200 if here else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_an_image_that_is_missing_is_named_with_what_needs_it_and_the_one_command_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), FakeDocker) as engine:
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.server_port}")
        (said,) = LocalAws().images_that_are_missing(environment(tmp_path, MANIFEST))
        engine.shutdown()

    assert said == (
        "Not on this machine yet: `postgres:17-alpine`, which the database runs from. "
        "`tagship local images postgres:17-alpine` fetches it, or builds it from Debian's packages."
    )
    assert not any("/images/create" in path for path in FakeDocker.asked)


def environment(folder: Path, text: str) -> EnvironmentManifest:
    path = folder / "tagship.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path).for_environment("local")


def test_a_reset_takes_what_a_checkout_has_of_the_environment_that_is_gone_and_names_what_stays(tmp_path: Path) -> None:
    for name in ("local/terraform/root", "local.git/hooks", "production/terraform", "plugins"):
        (tmp_path / ".tagship" / name).mkdir(parents=True)

    (left,) = forget_working_files(tmp_path)

    assert "plugins` stays" in left
    assert sorted(path.name for path in (tmp_path / ".tagship").iterdir()) == ["plugins", "production"]


def test_a_reset_where_no_app_is_leaves_nothing_to_name(tmp_path: Path) -> None:
    assert forget_working_files(tmp_path) == ()
