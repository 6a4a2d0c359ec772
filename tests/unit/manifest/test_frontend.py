"""What ``tagship init`` takes for the front end: never sources, and never what a container serves."""

import json

import pytest

from tagship.manifest.frontend import FrontEnd, builds, front_end


def package(*needs: str, build: bool = True) -> str:
    return json.dumps({"scripts": {"build": "x"} if build else {}, "devDependencies": dict.fromkeys(needs, "1")})


@pytest.mark.parametrize(
    ("needs", "folder"),
    [("vite", "web/dist"), ("react-scripts", "web/build"), ("@vue/cli-service", "web/dist"), ("parcel", "web/dist")],
)
def test_sources_are_built_into_the_folder_of_their_builder(needs: str, folder: str) -> None:
    found = front_end(["web/index.html", "web/package.json"], {"web/package.json": package(needs)}, ())
    assert found == FrontEnd(folder, "web", "npm install && npm run build")


@pytest.mark.parametrize(
    ("lock", "installs"),
    [("package-lock.json", "npm ci"), ("pnpm-lock.yaml", "pnpm install"), ("yarn.lock", "yarn install")],
)
def test_the_lock_file_says_by_which_program(lock: str, installs: str) -> None:
    found = front_end(["package.json", lock], {"package.json": package("vite")}, ("api",))
    assert found is not None
    assert (found.folder, found.context) == ("dist", ".")
    assert found.command.startswith(installs)


def test_what_an_earlier_build_left_does_not_hide_the_build() -> None:
    files = ["frontend/dist/index.html", "frontend/package.json"]
    found = front_end(files, {"frontend/package.json": package("vite")}, ())
    assert found is not None
    assert found.context == "frontend"


def test_routes_in_the_browser_make_it_a_single_page() -> None:
    found = front_end(["web/package.json"], {"web/package.json": package("vite", "react-router-dom")}, ())
    assert found is not None
    assert found.single_page


@pytest.mark.parametrize("text", [package("express"), package("vite", build=False), "", "[]", '{"scripts": 1}'])
def test_a_package_that_builds_no_pages_leaves_the_folder_as_it_is(text: str) -> None:
    assert front_end(["web/index.html", "web/package.json"], {"web/package.json": text}, ()) == FrontEnd("web")


def test_what_a_service_is_built_from_is_no_front_end() -> None:
    assert front_end(["web/package.json"], {"web/package.json": package("vite")}, ("web",)) is None


def test_a_package_builds_where_it_has_a_script_of_that_name() -> None:
    assert builds(package())
    assert not builds(package(build=False))
    assert not builds("no json")
