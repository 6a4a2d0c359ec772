"""Browsers that are open while a version is published, and while it is taken back."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tagship.aws.cloudfront import AwsCloudFront
from tagship.aws.s3 import S3
from tagship.aws.session import Aws
from tagship.base.clock import SystemClock
from tagship.base.events import Events
from tagship.site.bucket import SiteBucket, SiteVersion
from tagship.site.listing import SiteBuild, collect
from tagship.site.publish import Publisher
from tests.contract.conftest import access
from tests.seatrial.contract.cloudfront.distributions import Place
from tests.seatrial.contract.ecs.harness import eventually

ASSET = re.compile(r'"(/[^"]+)"')


def version(number: int) -> dict[str, str]:
    """A page that names two scripts by their content, one of them loaded late, and a picture that keeps its name."""
    scripts = (f"/assets/app.{number:07}a.js", f"/assets/late.{number:07}b.js")
    page = f'v{number} "{scripts[0]}" "{scripts[1]}" "/logo.svg"'
    return {"index.html": page, **{script[1:]: f"script of v{number}" for script in scripts}, "logo.svg": f"v{number}"}


@dataclass
class Browser:
    """Loads the page and all that it names, again and again; what it has open it keeps open and loads late."""

    url: str
    requests: int = 0
    failed: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            while not self._over.is_set():
                page = self._load(client, "/")
                if page and page.split()[0] not in self.seen:
                    self.seen.append(page.split()[0])
                for asset in ASSET.findall(page):
                    text = self._load(client, asset)
                    if "/assets/" in asset and page.split()[0] not in text:
                        self.failed.append(f"{asset} of {page.split()[0]} is {text!r}")

    def stop(self) -> None:
        self._over.set()

    def _load(self, client: httpx.Client, path: str) -> str:
        self.requests += 1
        answer = client.get(path)
        if answer.status_code != 200:
            self.failed.append(f"{path}: {answer.status_code}")
            return ""
        return answer.text


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_pages_that_are_open_go_on_working_through_a_release_and_a_rollback(place: Place, tmp_path: Path) -> None:
    aws = Aws(access(place.aws))
    bucket = SiteBucket(S3(aws), place.bucket)
    publisher = Publisher(bucket, AwsCloudFront(aws), place.distribution, SystemClock(), Events())

    def keep(number: int) -> SiteBuild:
        folder = written(tmp_path / f"v{number}", version(number))
        build = collect(folder)
        bucket.save(build, folder, SiteVersion(f"v{number}", build.id, "c" * 40))
        return build

    first = keep(1)
    publisher.publish(first.id, "first")
    browsers = [Browser(place.url) for _ in range(3)]
    threads = [threading.Thread(target=browser.run) for browser in browsers]
    opened = httpx.get(place.url, trust_env=False).text
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: all(browser.seen == ["v1"] for browser in browsers))
        publisher.publish(keep(2).id, "second")
        eventually(lambda: all(browser.seen == ["v1", "v2"] for browser in browsers))
        # A page of the first version, open all the while, loads its late script only now.
        for asset in ASSET.findall(opened):
            assert httpx.get(place.url + asset, trust_env=False).status_code == 200
        assert httpx.get(f"{place.url}/logo.svg", trust_env=False).text == "v2"
        publisher.publish(first.id, "back")
        eventually(lambda: httpx.get(place.url, trust_env=False).text.startswith("v1"))
        assert httpx.get(f"{place.url}/logo.svg", trust_env=False).text == "v1"
    finally:
        for browser in browsers:
            browser.stop()
        for thread in threads:
            thread.join()
    assert sum(browser.requests for browser in browsers) > 50
    assert [problem for browser in browsers for problem in browser.failed] == []
