"""ECR."""

import re
from typing import Any

from tagship.local.corrections.correction import Correction, in_json, operation
from tagship.local.settings import LocalSettings

_AMAZONS = re.compile(r"^(https://)?\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com")


def registry_address(settings: LocalSettings) -> Correction:
    """The account's registry is where AWS says it is: here, on this machine.

    AWS: ``repositoryUri`` is what ``docker push`` takes, ``proxyEndpoint`` what ``docker login`` takes
    (ECR API reference, ``Repository`` and ``AuthorizationData``).
    """
    return Correction(operation("ecr"), in_json(lambda document: _readdressed(document, settings.registry)))


def _readdressed(value: Any, registry: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _readdressed(inner, registry) for key, inner in value.items()}
    if isinstance(value, list):
        return [_readdressed(inner, registry) for inner in value]
    if isinstance(value, str):
        return _AMAZONS.sub(lambda found: f"http://{registry}" if found[1] else registry, value)
    return value
