"""What an image in the registry says of itself: from which commit it was built.

By the registry's own protocol (OCI distribution specification 1.1, "Pulling manifests" and "Pulling blobs"), which
ECR speaks with the same password as ``docker push`` (ECR user guide, "Private registry authentication").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from tagship.base.errors import AwsDenied, AwsError, AwsNotFound, AwsUnreachable
from tagship.image.builder import PLATFORM, RegistryCredentials

if TYPE_CHECKING:
    import httpx

REVISION_LABEL: Final = "org.opencontainers.image.revision"
"""OCI image specification, annotations.md, "Pre-Defined Annotation Keys"."""

_MANIFESTS: Final = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"
)
_TIMEOUT: Final = 30.0
_DENIED: Final = (401, 403)
_ABSENT: Final = 404
_FAILED: Final = 400


class Registry(Protocol):
    """What knows images that were pushed."""

    def commit_of(self, repository_url: str, tag: str, credentials: RegistryCredentials) -> str:
        """The commit that an image's label names; the empty string where it has no such label.

        Args:
            repository_url: without tag: ``111122223333.dkr.ecr.eu-central-1.amazonaws.com/notes-prod/api``.
            tag: which image.
            credentials: the credentials with which it is pulled.

        Raises:
            AwsNotFound: there is no such image.
            AwsDenied: these credentials may not pull it.
            AwsError: the registry answered with another error, or not at all.
        """
        ...


class OciRegistry:
    """A registry by its HTTP API; see ``Registry``."""

    def commit_of(self, repository_url: str, tag: str, credentials: RegistryCredentials) -> str:
        """See ``Registry.commit_of``."""
        import httpx  # noqa: PLC0415 - few releases ask a registry

        host, _, name = repository_url.partition("/")
        known = (credentials.username, credentials.password)
        # As Docker does it: without TLS on loopback, where the embedded AWS is, and nowhere else.
        near = host.partition(":")[0] in {"127.0.0.1", "localhost"}
        base = f"{'http' if near else 'https'}://{host}/v2/{name}"
        with httpx.Client(auth=known, timeout=_TIMEOUT, follow_redirects=True, trust_env=not near) as client:
            manifest = _asked(client, f"{base}/manifests/{tag}")
            if "manifests" in manifest:
                manifest = _asked(client, f"{base}/manifests/{_ours(manifest)}")
            config = _asked(client, f"{base}/blobs/{manifest.get('config', {}).get('digest', '')}")
        labels = config.get("config", {}).get("Labels") or {}
        return str(labels.get(REVISION_LABEL, ""))


def _asked(client: "httpx.Client", url: str) -> Mapping[str, Any]:
    import httpx  # noqa: PLC0415 - as above

    try:
        answer = client.get(url, headers={"Accept": _MANIFESTS})
        if answer.status_code in _DENIED:
            raise AwsDenied(
                f"These credentials may not read `{url}` in the registry.",
                hint="They need ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; `tagship infra apply` grants "
                "both to the deploying role.",
            )
        if answer.status_code == _ABSENT:
            raise AwsNotFound(f"The registry has no `{url}`.")
        if answer.status_code >= _FAILED:
            raise AwsError(f"The registry returned {answer.status_code} for `{url}`: {answer.text[:200]}")
        document = answer.json()
    except httpx.HTTPError as error:
        raise AwsUnreachable(f"The registry did not respond for `{url}`: {error}") from error
    except ValueError as error:
        raise AwsError(f"The registry's response for `{url}` is not JSON.") from error
    if not isinstance(document, dict):
        raise AwsError(f"The registry's response for `{url}` is not a JSON object.")
    return document


def _ours(index: Mapping[str, Any]) -> str:
    """Of an image for several platforms, the digest of the one that runs."""
    listed = index["manifests"]
    wanted = [each for each in listed if "{os}/{architecture}".format_map(_platform(each)) == PLATFORM]
    return str((wanted or listed or [{}])[0].get("digest", ""))


def _platform(entry: Mapping[str, Any]) -> Mapping[str, str]:
    return {"os": "", "architecture": "", **entry.get("platform", {})}


@dataclass
class FakeRegistry:
    """The commit of each image, by repository and tag; one that is not named has no label."""

    commits: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def commit_of(self, repository_url: str, tag: str, credentials: RegistryCredentials) -> str:  # noqa: ARG002
        """See ``Registry.commit_of``."""
        self.asked.append((repository_url, tag))
        return self.commits.get((repository_url, tag), "")
