"""The site's bucket: what is where, and how builds are kept in it.

.. code-block:: text

    live/PATH               what visitors get; CloudFront can read this folder only
    contents/SHA256         each content once, whichever builds have it
    builds/ID.json          a build: its paths and their contents
    versions/VERSION.json   which build a version has, and from which commit
    live.json               which build is live, which builds are kept, whether a publication is under way

A build that is kept needs nothing but copies within the bucket to be live again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

from tagship.aws.s3 import Headers, StoredObject
from tagship.base.parallel import run_parallel
from tagship.site.listing import SiteBuild, SiteFile

LIVE: Final = "live/"
CONTENTS: Final = "contents/"
BUILDS: Final = "builds/"
VERSIONS: Final = "versions/"
MARKER: Final = "live.json"

AT_ONCE: Final = 16
"""Requests at once; S3 takes 3,500 writes a second for each prefix ("Best practices design patterns")."""

_RAW: Final = Headers("application/octet-stream", "no-store")
_JSON: Final = Headers("application/json", "no-store")


class Objects(Protocol):
    """The calls of ``aws/s3.py`` that a site needs."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """An object, or None."""
        ...

    def put(self, bucket: str, key: str, body: bytes, headers: Headers) -> None:
        """Create or replace an object."""
        ...

    def copy(self, bucket: str, source: str, target: str, headers: Headers) -> None:
        """Copy an object within its bucket."""
        ...

    def etags(self, bucket: str, prefix: str) -> Mapping[str, str]:
        """The ETags, without quotation marks, of the keys that begin so."""
        ...

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        """Delete objects."""
        ...


@dataclass(frozen=True)
class Live:
    """What visitors get.

    Args:
        build: the id of the build that is live; empty before the first publication.
        kept: ids of the builds that can be published again, the newest first.
        publishing: the id of a build whose publication has begun and not ended; empty where there is none.
    """

    build: str = ""
    kept: tuple[str, ...] = ()
    publishing: str = ""


@dataclass(frozen=True)
class SiteVersion:
    """What was built for a version: the build's id, and the commit that it was built from."""

    version: str
    build: str
    commit: str


class SiteBucket:
    """The bucket of one environment's site."""

    def __init__(self, objects: Objects, name: str) -> None:
        self._objects, self._name = objects, name

    def save(self, build: SiteBuild, folder: Path, built: SiteVersion) -> tuple[int, int]:
        """Keep a build that lies in a folder, under a version's name; only new contents are sent.

        Returns:
            How many files were sent, and their bytes.
        """
        known = self._objects.etags(self._name, CONTENTS)
        new = {file.sha256: file for file in build.files if CONTENTS + file.sha256 not in known}
        run_parallel([lambda file=file: self._send(file, folder) for file in new.values()], AT_ONCE)  # type: ignore[misc]
        self._put(f"{BUILDS}{build.id}.json", build.to_json())
        facts = {"build": built.build, "commit": built.commit}
        self._put(f"{VERSIONS}{built.version}.json", json.dumps(facts).encode())
        return len(new), sum(file.size for file in new.values())

    def version(self, version: str) -> SiteVersion | None:
        """What was built for a version.

        None where nothing was, where it is not kept any more, and where nobody wrote down from which commit: that one
        is built again.
        """
        found = self._objects.get(self._name, f"{VERSIONS}{version}.json")
        values = json.loads(found.body) if found else {}
        known = SiteVersion(version, str(values.get("build", "")), str(values.get("commit", "")))
        return known if known.commit and known.build and self.build(known.build) else None

    def build(self, identity: str) -> SiteBuild | None:
        """A build that is kept."""
        found = self._objects.get(self._name, f"{BUILDS}{identity}.json")
        return SiteBuild.from_json(found.body) if found else None

    def missing(self, build: SiteBuild) -> tuple[str, ...]:
        """The paths of a build whose content is gone."""
        known = self._objects.etags(self._name, CONTENTS)
        return tuple(file.path for file in build.files if CONTENTS + file.sha256 not in known)

    def live(self) -> Live:
        """What visitors get, as the last publication wrote it down."""
        found = self._objects.get(self._name, MARKER)
        if found is None:
            return Live()
        values = json.loads(found.body)
        return Live(values["build"], tuple(values["kept"]), values["publishing"])

    def mark(self, live: Live) -> None:
        """Write down what visitors get."""
        self._put(MARKER, json.dumps(asdict(live)).encode())

    def served(self) -> dict[str, str]:
        """The MD5 of each path that visitors may ask for, as S3 has it."""
        return {key.removeprefix(LIVE): etag for key, etag in self._objects.etags(self._name, LIVE).items()}

    def serve(self, placed: Mapping[str, tuple[SiteFile, Headers]]) -> None:
        """Copy contents to where visitors get them, all at the same time."""
        works = [
            lambda path=path, sha=file.sha256, headers=headers: self._objects.copy(
                self._name, CONTENTS + sha, LIVE + path, headers
            )
            for path, (file, headers) in placed.items()
        ]
        run_parallel(works, AT_ONCE)

    def withdraw(self, paths: Sequence[str]) -> None:
        """Visitors get these no more."""
        self._objects.delete(self._name, [LIVE + path for path in paths])

    def sweep(self, kept: Sequence[str]) -> int:
        """Forget every build but these, and every content and served file that none of them names.

        Returns:
            How many objects were deleted.
        """
        builds = [found for identity in kept if (found := self.build(identity))]
        wanted = {f"{BUILDS}{build.id}.json" for build in builds}
        wanted |= {CONTENTS + file.sha256 for build in builds for file in build.files}
        wanted |= {LIVE + path for build in builds for path in build.served}
        there = [key for prefix in (LIVE, CONTENTS, BUILDS) for key in self._objects.etags(self._name, prefix)]
        gone = [key for key in there if key not in wanted]
        self._objects.delete(self._name, gone)
        return len(gone)

    def _send(self, file: SiteFile, folder: Path) -> None:
        self._objects.put(self._name, CONTENTS + file.sha256, (folder / file.path).read_bytes(), _RAW)

    def _put(self, key: str, body: bytes) -> None:
        self._objects.put(self._name, key, body, _JSON)
