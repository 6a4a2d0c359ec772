"""What `tagship check` asks a person to look at again: forms as the services document them, nothing that is usual."""

from pathlib import Path

import pytest

from tagship.manifest.doubts import doubts, looks_secret
from tagship.manifest.load import examine

# Joined here, so that nobody's scanner takes a test for a leak.
SECRETS = [
    "sk_live_" + "51HxYz" * 4,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1b2" * 9,
    "github_pat_" + "11ABCDEFG" * 3,
    "glpat-" + "abcdefghij" * 2,
    "xoxb-" + "123-456-abc",
    "-----BEGIN RSA PRIVATE " + "KEY-----\nMII",
    "https://hooks.slack.com/" + "services/T0/B0/x",
    "postgresql://shop:" + "hunter2@db:5432/shop",
]
USUAL = [
    "info",
    "4",
    "true",
    "sk_test_anything",
    "https://example.com/api",
    "http://user@example.com/",
    "postgresql://db:5432/shop",
    "postgresql://shop:$PASSWORD@db/shop",
    "redis://cache:6379/0",
    "arn:aws:iam::123456789012:role/shop",
    "AKIA",
    "ghp_",
]


@pytest.mark.parametrize("value", SECRETS)
def test_a_key_that_somebody_gave_out_looks_secret(value: str) -> None:
    assert looks_secret(value)


@pytest.mark.parametrize("value", USUAL)
def test_a_usual_setting_does_not(value: str) -> None:
    assert not looks_secret(value)


MANIFEST = """app: shop
region: eu-central-1
services:
  api:
    port: 8000
    paths: [/api/*]
site: {folder: web}
environments:
  prod:
    services:
      api:
        environment:
          KEY: KEY_HERE
"""


def test_an_environments_own_setting_is_looked_at_too(tmp_path: Path) -> None:
    (doubt,) = doubts(examine(MANIFEST.replace("KEY_HERE", SECRETS[0])), tmp_path)
    assert (doubt.line, doubt.path) == (13, "environments.prod.services.api.environment.KEY")


@pytest.mark.parametrize(("scripts", "doubted"), [('{"build": "vite build"}', True), ('{"test": "x"}', False)])
def test_sources_that_are_published_as_they_are_are_doubted(tmp_path: Path, scripts: str, doubted: bool) -> None:  # noqa: FBT001
    (tmp_path / "web").mkdir()
    (tmp_path / "web/package.json").write_text(f'{{"scripts": {scripts}}}', encoding="utf-8")
    assert [each.path for each in doubts(examine(MANIFEST), tmp_path)] == ["site.folder"] * doubted


def test_a_front_end_with_its_build_is_not(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/package.json").write_text('{"scripts": {"build": "x"}}', encoding="utf-8")
    built = MANIFEST.replace("{folder: web}", "{folder: web, build: {context: web, command: make}}")
    assert doubts(examine(built), tmp_path) == ()


BUILT = """app: shop
region: eu-central-1
services:
  api:
    port: 8000
    build:
      target: APP
      args: {PORT: "1", http_proxy: x}
"""


def test_an_argument_and_a_stage_that_the_dockerfile_has_are_no_doubt(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x AS app\nARG PORT\n", encoding="utf-8")
    assert doubts(examine(BUILT), tmp_path) == ()
    assert doubts(examine(BUILT.replace("APP", '"0"')), tmp_path) == ()


def test_an_argument_that_no_arg_takes_and_a_stage_that_is_not_there_are_doubted(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x AS apps\nARG PORTS\n", encoding="utf-8")
    assert [(each.line, str(each)) for each in doubts(examine(BUILT), tmp_path)] == [
        (7, "services.api.build.target: no stage of `Dockerfile` is named `APP`; did you mean `apps`?"),
        (8, "services.api.build.args.PORT: no `ARG` of `Dockerfile` takes it"),
    ]


def test_a_build_argument_that_looks_secret_is_doubted(tmp_path: Path) -> None:
    (doubt,) = doubts(examine(BUILT.replace('"1"', SECRETS[0])), tmp_path)
    assert doubt.says.endswith("can read it; see `secrets`")


def test_a_manifest_with_mistakes_is_not_looked_at() -> None:
    assert doubts(examine("app: 1\n"), Path()) == ()
