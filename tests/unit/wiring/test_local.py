"""The embedded AWS is a package of its own; what it says and how it fails are tagship's, once it has passed here."""

from pathlib import Path

import pytest

from seatrial.ground import errors as theirs
from tagship.base import errors
from tagship.wiring.local import as_ours, database_hint, home_directory


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
        raise theirs.LocalAwsUnavailable("Run `seatrial down` first.", hint="seatrial up --port 4567")
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


def test_a_missing_database_image_names_a_version_that_is_here_as_the_manifest_writes_it() -> None:
    assert database_hint("postgres:16-alpine", None) == (
        "docker pull postgres:16-alpine, where a registry answers, then tagship infra apply."
    )
    assert 'version: "17.7"' in database_hint("postgres:16-alpine", "17.7")
