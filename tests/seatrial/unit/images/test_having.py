from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from docker.errors import APIError, ImageNotFound

from seatrial.ground.errors import NotReady, SeatrialError
from seatrial.ground.process import Command, SystemProcesses
from seatrial.process.images.catalogue import RECIPES, USUAL, image_of_database, image_of_function, instead_of
from seatrial.process.images.debian import Debian, words
from seatrial.process.images.having import Having, missing
from seatrial.process.images.missing import ImageMissing, how_to_have

POSTGRES = "postgres:17-alpine"


class FakeImages:
    """Docker's images; a registry answers, or none does."""

    def __init__(self, *here: str, registry: bool = False) -> None:
        self.here, self.registry, self.pulled = set(here), registry, list[str]()
        self.changes: Sequence[str] = ()

    def get(self, name: str) -> str:
        if name not in self.here:
            raise ImageNotFound(f"No such image: {name}")
        return name

    def pull(self, repository: str, tag: str) -> str:
        self.pulled.append(f"{repository}:{tag}")
        if not self.registry:
            raise APIError("dial tcp: lookup registry-1.docker.io: no such host")
        return tag

    def import_image_from_file(self, filename: str, repository: str, tag: str, changes: list[str]) -> str:
        assert Path(filename).parent.is_dir()
        self.here.add(f"{repository}:{tag}")
        self.changes = changes
        return tag


class FakePrograms:
    """Programs that print, and are remembered."""

    def __init__(self) -> None:
        self.started = list[tuple[str, ...]]()

    def lines(self, command: Command) -> Iterator[str]:
        self.started.append(command.argv)
        yield "I: downloading packages with apt..."
        yield "I: running --customize-hook in shell: ..."
        yield "done"


class Machine:
    """A machine with Docker; what is said and started on it is remembered."""

    def __init__(self, images: FakeImages, *, tools: bool = True, may_install: bool = False, pull: bool = True) -> None:
        self.said, self.programs, self.images = list[str](), FakePrograms(), images
        builder = Debian(self.programs, self.said.append, may_install, lambda: tools, {})
        environment = {} if pull else {"SEATRIAL_NO_PULL": "1"}
        self.having = Having(images, images, builder, self.said.append, environment)


def test_databases_and_functions_run_from_the_image_of_their_version() -> None:
    assert image_of_database("16.11") == "postgres:16-alpine"
    assert image_of_function("python3.13") == "public.ecr.aws/lambda/python:3.13"


def test_what_is_had_where_nothing_is_named_can_be_built() -> None:
    assert set(USUAL) <= set(RECIPES)


def test_an_image_that_is_here_is_neither_fetched_nor_built() -> None:
    machine = Machine(FakeImages(POSTGRES, registry=True))

    assert machine.having.have(POSTGRES) is False
    assert (machine.images.pulled, machine.programs.started, machine.said) == ([], [], [])


def test_an_image_that_a_registry_gives_is_fetched_and_that_is_told() -> None:
    machine = Machine(FakeImages(registry=True))

    assert machine.having.have(POSTGRES) is True
    assert (machine.images.pulled, machine.programs.started) == ([POSTGRES], [])
    assert machine.said == [f"-> Fetching the image `{POSTGRES}`."]


def test_where_no_registry_answers_it_is_built_from_debians_packages_and_each_stage_is_told() -> None:
    machine = Machine(FakeImages())

    assert machine.having.have(POSTGRES) is True
    ((program, *_),) = machine.programs.started
    assert program == "mmdebstrap"
    assert POSTGRES in machine.images.here
    assert f"LABEL seatrial.built-image={POSTGRES}" in machine.images.changes
    assert machine.said[1:] == [
        f"-> No registry gives `{POSTGRES}`: building it from Debian's packages, about half a minute.",
        "   downloading packages with apt",
    ]


def test_no_registry_is_asked_where_that_was_asked_for() -> None:
    machine = Machine(FakeImages(registry=True), pull=False)

    machine.having.have(POSTGRES)

    assert machine.images.pulled == []
    assert len(machine.programs.started) == 1


def test_without_mmdebstrap_it_is_said_what_to_install_and_nothing_is_installed() -> None:
    machine = Machine(FakeImages(), tools=False)

    with pytest.raises(ImageMissing) as caught:
        machine.having.have(POSTGRES)

    assert "no such host" in caught.value.message
    assert caught.value.hint == (
        f"sudo apt-get install mmdebstrap debian-archive-keyring, then seatrial images {POSTGRES}"
    )
    assert machine.programs.started == []


def test_what_building_needs_is_installed_where_that_was_asked_for() -> None:
    machine = Machine(FakeImages(), tools=False, may_install=True)

    machine.having.have(POSTGRES)

    assert [program for program, *_ in machine.programs.started] == ["apt-get", "apt-get", "mmdebstrap"]


def test_an_image_that_cannot_be_built_names_the_cause_and_a_version_that_can() -> None:
    with pytest.raises(NotReady) as caught:
        Machine(FakeImages()).having.have("postgres:16-alpine")

    assert "`postgres:16-alpine`" in caught.value.message
    assert "no such host" in caught.value.message
    assert "only `postgres:15-alpine` and `postgres:17-alpine` can" in caught.value.message
    assert caught.value.hint is not None
    assert "version 17.7" in caught.value.hint


def test_an_image_that_is_no_databases_names_no_version() -> None:
    with pytest.raises(ImageMissing) as caught:
        Machine(FakeImages()).having.have("grafana/grafana:12.2.1")

    assert caught.value.instead is None
    assert caught.value.hint == "docker pull grafana/grafana:12.2.1, where a registry answers, then try again."
    assert "only a registry has it" in caught.value.message


def test_which_are_missing_is_known_without_asking_a_registry() -> None:
    images = FakeImages(POSTGRES, registry=True)

    assert missing(images, (POSTGRES, "postgres:16-alpine")) == ("postgres:16-alpine",)
    assert images.pulled == []


@pytest.mark.parametrize(
    ("name", "how"),
    [
        (POSTGRES, "`seatrial images postgres:17-alpine` fetches it, or builds it from Debian's packages"),
        ("postgres:16-alpine", "`seatrial images postgres:16-alpine` fetches it; it cannot be built here"),
    ],
)
def test_one_command_has_an_image_whether_it_can_be_built_or_not(name: str, how: str) -> None:
    assert how_to_have(name) == how


@pytest.mark.parametrize("image", RECIPES)
def test_an_image_that_can_be_built_needs_no_other_version_instead(image: str) -> None:
    assert instead_of(image) is None


@pytest.mark.parametrize("image", RECIPES)
def test_a_recipe_is_one_command_line_with_everything_in_it(image: str) -> None:
    recipe = RECIPES[image]
    line = words(recipe, Path("/scratch/root.tar"), "http://mirror")

    assert line[0] == "mmdebstrap"
    assert line[-3:] == (recipe.suite, "/scratch/root.tar", "http://mirror")
    assert f"--include={','.join(recipe.packages)}" in line


def test_what_a_recipe_copies_into_the_image_is_there() -> None:
    copied = [hook.split()[3] for recipe in RECIPES.values() for hook in recipe.hooks if "=install -m" in hook]
    assert len(copied) == 3
    assert all(Path(path).is_file() for path in copied)


def test_a_program_that_fails_is_quoted() -> None:
    with pytest.raises(SeatrialError, match=r"`sh` ended with exit code 3:\n  E: no such suite"):
        list(SystemProcesses().lines(Command.of("sh", "-c", "echo 'E: no such suite' >&2; exit 3")))


def test_the_lines_of_a_program_come_from_both_its_streams() -> None:
    assert sorted(SystemProcesses().lines(Command.of("sh", "-c", "echo a; echo b >&2"))) == ["a", "b"]
