"""AWS's API models as botocore has them, read in less time.

For each client botocore looks into every folder of four hundred services, only to name them where one is unknown, and
parses models of a megabyte into ordered dictionaries, which dictionaries have been since Python 3.7.
"""

import gzip
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader


class ModelFiles(JSONFileLoader):
    """Reads one file of a model."""

    def load_file(self, file_path: str) -> Mapping[str, Any] | None:
        """The document of a file, which may be packed; None where there is none.

        Args:
            file_path: without ``.json`` or ``.json.gz``.
        """
        with suppress(FileNotFoundError, NotADirectoryError):
            return _document(Path(f"{file_path}.json").read_bytes())
        with suppress(FileNotFoundError, NotADirectoryError):
            return _document(gzip.decompress(Path(f"{file_path}.json.gz").read_bytes()))
        return None


class Models(Loader):
    """Finds the models; see ``botocore.loaders``."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's shape
        """The names of all folders that may be a service; what a folder lacks is told when it is read."""
        return self._folders

    @cached_property
    def _folders(self) -> list[str]:
        """For each client botocore asks twice, and the names of four hundred folders are as many objects."""
        found: set[str] = set()
        for path in self.search_paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                found.update(os.listdir(path))  # noqa: PTH208 - names are wanted, not paths
        return sorted(found)


def models(more: str | None) -> Models:
    """What finds them.

    Args:
        more: folders to look into first, as ``AWS_DATA_PATH`` names them (botocore, ``create_loader``).
    """
    named = [os.path.expanduser(os.path.expandvars(each)) for each in (more or "").split(os.pathsep) if each]  # noqa: PTH111 - as above
    return Models(extra_search_paths=named, file_loader=ModelFiles())


def _document(text: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text)
    return found
