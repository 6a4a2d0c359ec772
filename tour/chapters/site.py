"""The front end: on S3, behind the same CloudFront as the back end, released with it."""

import re

import httpx

from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight


def play(stage: Stage, claims: Claims) -> None:
    """Load the page, and what it names."""
    url = stage.asked("status")["url"]
    page = httpx.get(f"{url}/", trust_env=False)
    claims.claim("the page is there", page.status_code == httpx.codes.OK, f"{len(page.content)} bytes")
    named = sorted(set(re.findall(r'(?:href|src)="/?([\w./-]+\.(?:css|js))"', page.text)))
    answers = {name: httpx.get(f"{url}/{name}", trust_env=False).status_code for name in named}
    fine = named and all(code == httpx.codes.OK for code in answers.values())
    claims.claim("so is every file that it names", fine, ", ".join(named))
    lacking = [each for each in ("strict-transport-security", "x-content-type-options") if each not in page.headers]
    claims.claim("it comes with the headers that browsers ask for", not lacking, ", ".join(lacking))
    build = stage.asked("history")[0]["site"]["build"]
    claims.claim("the record names its build", build, str(build)[:16])


CHAPTER = Chapter(
    "site",
    "the front end is on S3 and CloudFront",
    play,
    needs=("images",),
    sees=(Sight("site", "S3 and CloudFront of the embedded AWS"),),
)
