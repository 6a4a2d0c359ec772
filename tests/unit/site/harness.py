"""A site in a folder, its bucket and its CloudFront in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tagship.aws.fakes_site import FakeCloudFront, FakeS3
from tagship.base.events import Event, Events
from tagship.base.fakes import ManualClock
from tagship.site.bucket import SiteBucket, SiteVersion
from tagship.site.listing import SiteBuild, collect
from tagship.site.publish import Published, Publisher

COMMIT = "c" * 40
ONE = {"index.html": "one app.11aa22bb.js", "app.11aa22bb.js": "1", "logo.svg": "<svg/>", "old.html": "old"}
TWO = {"index.html": "two app.33cc44dd.js", "app.33cc44dd.js": "2", "logo.svg": "<svg/>", "new.png": "new"}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@dataclass
class Harness:
    folder: Path
    s3: FakeS3 = field(default_factory=FakeS3)
    edge: FakeCloudFront = field(default_factory=FakeCloudFront)
    clock: ManualClock = field(default_factory=ManualClock)
    told: list[Event] = field(default_factory=list)

    @property
    def bucket(self) -> SiteBucket:
        return SiteBucket(self.s3, "site")

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.bucket, self.edge, "E1", self.clock, Events(self.told.append))

    def keep(self, version: str, files: Mapping[str, str]) -> SiteBuild:
        build = collect(written(self.folder / version, files))
        self.bucket.save(build, self.folder / version, SiteVersion(version, build.id, COMMIT))
        return build

    def ship(self, version: str, files: Mapping[str, str]) -> Published:
        return self.publisher.publish(self.keep(version, files).id, version)

    @property
    def live(self) -> dict[str, str]:
        found = {key.removeprefix("live/"): body.decode() for (_, key), body in self.s3.objects.items()}
        return {path: text for path, text in found.items() if f"live/{path}" in self.s3.keys("site", "live/")}
