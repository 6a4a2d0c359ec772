"""Whoever installed tagship without the embedded AWS is told which words to type, instead of a traceback."""

from collections.abc import Callable
from importlib import metadata

import pytest

from tagship.base.errors import LocalAwsUnavailable
from tagship.wiring.installed import missing_packages, require_embedded_aws

REQUIRES = [
    "boto3>=1.43",
    "hypercorn>=0.18; extra == 'local'",
    'ministack==1.5.33 ; extra == "local"',
    "uvloop>=0.22; (sys_platform != 'win32') and extra == 'local'",
    "sphinx; extra == 'docs'",
]


def only(*installed: str) -> Callable[[str], str]:
    def version(name: str) -> str:
        if name in installed:
            return "1.0"
        raise metadata.PackageNotFoundError(name)

    return version


def test_what_an_extra_wants_and_nobody_installed_is_missing() -> None:
    found = missing_packages("local", lambda _: REQUIRES, only("boto3", "ministack"))
    assert found == ["hypercorn", "uvloop"]


def test_nothing_is_missing_where_tagship_runs_from_its_sources() -> None:
    def unknown(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    assert missing_packages("local", unknown) == []


def test_nothing_is_missing_where_the_whole_extra_is_installed() -> None:
    require_embedded_aws(missing_packages("local"))


def test_the_error_names_the_packages_and_how_to_install_them() -> None:
    with pytest.raises(LocalAwsUnavailable, match=r"not installed: there is no hypercorn, uvloop\.") as caught:
        require_embedded_aws(["uvloop", "hypercorn"])
    assert "pipx install --force '.[local]'" in str(caught.value.hint)
