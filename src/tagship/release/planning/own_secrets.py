"""The app's own secrets for a release: all of them are there, or nothing is begun."""

from tagship.base.errors import NotReady
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.secret.doors import SecretDoors
from tagship.secret.resolve import Resolution, resolve


def own_secrets(manifest: EnvironmentManifest, doors: SecretDoors) -> Resolution:
    """Find every secret that the manifest names.

    Raises:
        NotReady: some are not there, each on a line with what to type.
    """
    found = resolve(manifest, Names(manifest.app, manifest.environment).prefix, doors)
    if not found.lacking:
        return found
    lines = "".join(
        f"\n  services.{each.service}.secrets.{each.variable}: {each.words}{f': {each.hint}' if each.hint else ''}"
        for each in found.lacking
    )
    hint = next((each.hint for each in found.lacking if each.hint), None)
    raise NotReady(f"Secrets are missing, so nothing was changed:{lines}", hint=hint)
