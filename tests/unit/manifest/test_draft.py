"""``tagship init`` writes a manifest that loads, whatever the repository holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.manifest.draft import DEFAULT_REGION, Draft, Repository, app_name, draft, ignoring, slug, worth_reading
from tagship.manifest.load import loads
from tagship.manifest.model import Manifest


def drafted(*files: str, **contents: str) -> tuple[Manifest, Draft]:
    texts = {name: contents.get(name.replace("/", "__").replace(".", "_"), "") for name in files}
    made = draft(Repository("shop", files, {name: texts[name] for name in worth_reading(files)}))
    return loads(made.text), made


def test_one_dockerfile_becomes_one_service_with_what_it_says() -> None:
    manifest, made = drafted("Dockerfile", Dockerfile="EXPOSE 9000\nHEALTHCHECK CMD curl http://localhost:9000/up\n")
    (service,) = manifest.services.values()
    assert (service.port, service.health.path) == (9000, "/up")
    assert made.notes == ("Service `web` from `Dockerfile`: port 9000; health path /up.",)


def test_no_dockerfile_says_what_to_add() -> None:
    manifest, made = drafted("README.md")
    assert manifest.services["web"].build.dockerfile == "Dockerfile"
    assert "There is no Dockerfile yet: add one" in made.notes[0]


@pytest.mark.parametrize(
    ("file", "text", "port"),
    [
        ("requirements.txt", "Flask==3.0\n", 5000),
        ("requirements.txt", "fastapi>=0.1\n", 8000),
        ("pyproject.toml", 'dependencies = ["django>=5"]\n', 8000),
        ("package.json", '{"dependencies": {"express": "5"}}', 3000),
    ],
)
def test_a_framework_says_the_port_where_the_dockerfile_does_not(file: str, text: str, port: int) -> None:
    made = draft(Repository("shop", ("Dockerfile", file), {"Dockerfile": "FROM x\n", file: text}))
    (service,) = loads(made.text).services.values()
    assert service.port == port
    assert "a guess" in made.notes[0]
    assert "Not seen in the Dockerfile" in made.text


def test_several_dockerfiles_become_several_services() -> None:
    manifest, _ = drafted("api/Dockerfile", "api/main.py", "frontend/Dockerfile", "frontend/package.json")
    assert {name: service.build.context for name, service in manifest.services.items()} == {
        "api": "api",
        "frontend": "frontend",
    }
    assert manifest.services["frontend"].paths == ("/*",)
    assert manifest.services["api"].paths == ("/api", "/api/*")


def test_a_dockerfile_named_after_its_purpose_names_its_service() -> None:
    manifest, _ = drafted("Dockerfile", "Dockerfile.worker", "src/app.py")
    assert manifest.services["worker"].build.dockerfile == "Dockerfile.worker"


def test_a_folder_of_dockerfiles_only_is_built_from_the_root() -> None:
    manifest, _ = drafted("docker/api/Dockerfile", "src/app.py")
    assert manifest.services["api"].build.context == "."
    assert manifest.services["api"].build.dockerfile == "docker/api/Dockerfile"


@pytest.mark.parametrize(
    "path",
    ["Dockerfile.dev", "Dockerfile.dockerignore", "tests/Dockerfile", ".devcontainer/Dockerfile", "dev.Dockerfile"],
)
def test_a_dockerfile_that_is_not_shipped_is_left_alone(path: str) -> None:
    assert worth_reading((path,)) == ()


def test_a_folder_with_index_html_is_the_front_end() -> None:
    manifest, made = drafted("Dockerfile", "web/index.html")
    assert manifest.site is not None
    assert manifest.site.folder == "web"
    assert list(manifest.services) == ["api"]
    assert "Front end in `web`." in made.notes


def test_a_front_end_that_is_built_is_written_with_its_build() -> None:
    package = '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "5", "vue-router": "4"}}'
    manifest, made = drafted(
        "api/Dockerfile", "api/x.py", "web/index.html", "web/package.json", "web/yarn.lock", web__package_json=package
    )
    assert manifest.site is not None
    assert manifest.site.build is not None
    assert (manifest.site.folder, manifest.site.build.context) == ("web/dist", "web")
    assert manifest.site.build.command == "yarn install --frozen-lockfile && yarn run build"
    assert manifest.site.single_page
    assert "Front end in `web/dist`, built in `web` by `yarn install" in made.notes[-1]


def test_a_front_end_whose_folder_no_yaml_can_name_is_left_out() -> None:
    package = '{"scripts": {"build": ""}, "dependencies": {"vite": "5"}}'
    text = draft(Repository("shop", ("Dockerfile", "\x7f/package.json"), {"\x7f/package.json": package})).text
    assert "site:" not in text


def test_a_front_end_that_is_a_container_is_no_site() -> None:
    manifest, _ = drafted("web/Dockerfile", "web/index.html")
    assert manifest.site is None


@pytest.mark.parametrize(
    ("remote", "folder", "name"),
    [
        ("git@host:team/My_Shop.git", "x", "my-shop"),
        ("https://host/team/shop/", "x", "shop"),
        ("", "Notes App", "notes-app"),
        ("", "2048", "app"),
        ("", "sg", "my-sg"),
        ("", "internal-tools", "my-internal-tools"),
        ("", "日本", "app"),
    ],
)
def test_the_app_is_named_after_the_remote_or_the_folder(remote: str, folder: str, name: str) -> None:
    assert app_name(Repository(folder, (), remote=remote)) == name


@pytest.mark.parametrize(
    ("region", "written"), [("us-west-2", "us-west-2"), ("", DEFAULT_REGION), ("x", DEFAULT_REGION)]
)
def test_the_region_comes_from_the_environment_where_it_is_one(region: str, written: str) -> None:
    made = draft(Repository("shop", ("Dockerfile",), region=region))
    assert loads(made.text).region == written
    assert ("AWS_REGION was not set" in made.text) == (region != written)


def test_editors_are_told_of_a_schema_only_where_it_is_in_the_repository() -> None:
    assert "yaml-language-server" not in drafted("Dockerfile")[1].text
    assert "$schema=./tagship.schema.json" in drafted("Dockerfile", "tagship.schema.json")[1].text


def test_the_draft_without_its_comment_signs_loads_too() -> None:
    made = drafted("Dockerfile")[1].text
    uncommented = made.replace("    # environment:\n    #   ", "    environment:\n      ")
    head, example = uncommented.split("# environments:\n")
    example = "environments:\n" + "\n".join(line.removeprefix("# ") for line in example.splitlines())
    manifest = loads(head + example + "\n")
    assert manifest.for_environment("prod").services["web"].cpu == 512
    assert manifest.services["web"].environment == {"LOG_LEVEL": "info"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ".tagship/\n"),
        ("*.pyc", "*.pyc\n.tagship/\n"),
        ("*.pyc\n", "*.pyc\n.tagship/\n"),
        ("/.tagship\n", "/.tagship\n"),
        (".tagship/\n", ".tagship/\n"),
    ],
)
def test_working_files_are_ignored_once(before: str, after: str) -> None:
    assert ignoring(before) == after


@given(text=st.text())
def test_a_slug_is_legal_or_empty(text: str) -> None:
    made = slug(text)
    assert made == "" or 2 <= len(made) <= 30
    assert made == slug(made)


words = st.one_of(
    st.sampled_from(
        ["web", "frontend", "api", "docker", "src", "a b", "true", "no", "1", "ü", "~x", "a:b", "#", "-", "c\\d"]
    ),
    st.text(min_size=1, max_size=40).filter(lambda word: "/" not in word and word not in {".", ".."}),
)
names = st.sampled_from(
    [
        "Dockerfile",
        "Dockerfile.worker",
        "api.Dockerfile",
        "Dockerfile.ü",
        "index.html",
        "package.json",
        "requirements.txt",
    ]
)
paths = st.builds(lambda folders, name: "/".join([*folders, name]), st.lists(words, max_size=2), names)
texts = st.one_of(
    st.text(max_size=60),
    st.just('{"scripts": {"build": ""}, "dependencies": {"vite": "5"}}'),
    st.sampled_from(["EXPOSE 0", "EXPOSE 80", "HEALTHCHECK CMD curl http://localhost/ü x", "express", "flask"]),
)


@given(files=st.lists(paths, unique=True, max_size=8), data=st.data())
def test_whatever_the_repository_holds_the_draft_loads(files: list[str], data: st.DataObject) -> None:
    contents = {path: data.draw(texts) for path in worth_reading(files)}
    folder, remote, region = data.draw(st.tuples(st.text(), st.text(), st.text()))
    made = draft(Repository(folder, tuple(files), contents, remote, region))
    assert loads(made.text).services
