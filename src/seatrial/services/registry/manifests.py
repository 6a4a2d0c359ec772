"""What a manifest says: which blobs and manifests it needs, how large the image is. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 2


@dataclass(frozen=True)
class Manifest:
    """An image, or an index of images.

    Args:
        blobs: size in bytes by digest: the configuration and the layers.
        manifests: the digests an index points to.
    """

    blobs: Mapping[str, int]
    manifests: tuple[str, ...]

    @property
    def size(self) -> int:
        """ECR's ``imageSizeInBytes``: all layers, compressed, and the configuration."""
        return sum(self.blobs.values())


def checked_manifest(text: str | bytes) -> Manifest:
    """Read what somebody pushes: an image has a configuration and layers, an index has manifests.

    Source: OCI image specification, "Image Manifest" and "Image Index": both have ``schemaVersion`` 2.

    Raises:
        ValueError: it is neither.
    """
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(document, dict) or document.get("schemaVersion") != VERSION:
        raise ValueError(f"its schemaVersion is not {VERSION}")
    is_image = "config" in document and isinstance(document.get("layers"), list)
    if not is_image and not isinstance(document.get("manifests"), list):
        raise ValueError("it has neither a configuration with layers nor manifests")
    return parse_manifest(text)


def parse_manifest(text: str | bytes) -> Manifest:
    """Read a Docker or OCI manifest or index.

    Raises:
        ValueError: it is no JSON object of that kind.
    """
    document = json.loads(text)
    try:
        parts = [document["config"]] if "config" in document else []
        # A layer with `urls` is fetched from there and never pushed.
        parts += [layer for layer in document.get("layers", ()) if not layer.get("urls")]
        blobs = {part["digest"]: _size(part) for part in parts}
        return Manifest(blobs, tuple(entry["digest"] for entry in document.get("manifests", ())))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no manifest ({error})") from error


def _size(part: Mapping[str, Any]) -> int:
    return int(part.get("size", 0))
