"""Which Terraform and which provider the modules are written for. Pure."""

import re
from typing import Final

Version = tuple[int, int, int]

PROGRAM: Final[Version] = (1, 11, 0)
"""Terraform or OpenTofu: native state locking in S3 and write-only arguments."""

PROVIDER: Final[Version] = (5, 100, 0)
"""``hashicorp/aws``; ``terraform/modules/*/versions.tf`` says the same."""

PROVIDER_BELOW: Final[Version] = (6, 0, 0)


def parse(text: str) -> Version | None:
    """``1.11.4`` or ``v1.12.0-rc1`` as numbers; None where it is no version."""
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def written(version: Version) -> str:
    """``(1, 11, 0)`` as ``1.11``: without the patch where that is zero."""
    return ".".join(str(part) for part in (version if version[2] else version[:2]))


def provider_fits(text: str) -> bool:
    """Whether the modules accept this version of the AWS provider."""
    version = parse(text)
    return version is not None and PROVIDER <= version < PROVIDER_BELOW
