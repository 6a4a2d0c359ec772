"""What the application is told from outside: environment variables, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass


class SettingMissing(Exception):
    """An environment variable that the application cannot do without is not set."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one place to another."""

    title: str
    version: str
    """The git tag that this image was built from."""
    revision: str
    """Its commit."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings, from environment variables."""
    return Settings(
        title=environ.get("NOTES_TITLE", "Notes"),
        version=environ.get("NOTES_VERSION", "unknown"),
        revision=environ.get("NOTES_REVISION", "unknown"),
    )


def required(environ: Mapping[str, str], name: str) -> str:
    """A setting that there is no default for."""
    try:
        return environ[name]
    except KeyError:
        raise SettingMissing(f"the environment variable {name} is not set") from None
