"""The environment variables of Terraform's process. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NOT_OURS: Final = (
    "TF_CLI_ARGS",
    "TF_DATA_DIR",
    "TF_LOG",
    "TF_REATTACH_PROVIDERS",
    "TF_VAR_manifest",
    "TF_WORKSPACE",
)
"""What a user may have set for Terraform runs of their own, and what would lead ours astray."""


@dataclass(frozen=True)
class Access:
    """Which AWS Terraform speaks to.

    Args:
        region: such as ``eu-central-1``.
        endpoint_url: another endpoint than Amazon's own, for every service, or None.
        credentials: variables such as ``AWS_ACCESS_KEY_ID``; empty leaves it to the SDK's usual search.
    """

    region: str
    endpoint_url: str | None = None
    credentials: Mapping[str, str] | None = None


def process_environment(
    environ: Mapping[str, str],
    access: Access,
    *,
    cli_configuration: Path | None,
    plugin_cache: Path | None,
) -> dict[str, str | None]:
    """What to add to our own environment; None takes a variable away.

    Args:
        environ: the user's environment.
        access: which AWS.
        cli_configuration: an existing CLI configuration file, or None for none at all.
        plugin_cache: where downloaded providers are kept for all environments, or None to leave that as it is.
    """
    return {
        **dict.fromkeys(name for name in environ if name.startswith(_NOT_OURS)),
        "TF_IN_AUTOMATION": "1",
        "TF_CLI_CONFIG_FILE": str(cli_configuration) if cli_configuration else None,
        "AWS_REGION": access.region,
        **_cache(plugin_cache),
        **_credentials(access),
        **_endpoint(environ, access),
    }


def _cache(folder: Path | None) -> dict[str, str | None]:
    """The lock file is this folder's own and never committed, so the cache cannot break it."""
    if folder is None:
        return {}
    return {"TF_PLUGIN_CACHE_DIR": str(folder), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}


def _credentials(access: Access) -> dict[str, str | None]:
    if not access.credentials:
        return {}
    return {"AWS_PROFILE": None, "AWS_SESSION_TOKEN": None, **access.credentials}


def _endpoint(environ: Mapping[str, str], access: Access) -> dict[str, str | None]:
    """One endpoint for every service, whatever the user has set for single ones."""
    if access.endpoint_url is None:
        return {}
    return {
        **dict.fromkeys(name for name in environ if name.startswith("AWS_ENDPOINT_URL_")),
        "AWS_ENDPOINT_URL": access.endpoint_url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": None,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
