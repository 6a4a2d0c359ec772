"""What a publication changes, decided from what is served. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tagship.aws.s3 import Headers
from tagship.site.listing import INDEX, SiteBuild, SiteFile
from tagship.site.naming import Kind, headers_of, kind_of

Placed = Mapping[str, tuple[SiteFile, Headers]]
"""Files and their headers by the path at which they are served."""

EVERYTHING: Final = ("/*",)

_MOST_PATHS: Final = 100
"""Invalidations beyond this name everything: AWS takes money for each path beyond 1,000 a month, ``/*`` is one."""


@dataclass(frozen=True)
class Changes:
    """A publication, in its order.

    Args:
        hashed: files named by their content; nobody asks for them before the new pages are there.
        assets: other files.
        pages: HTML, which names all others; so it is last.
        gone: pages that this build has no more; assets stay, for open pages may still load them.
        stale: what CloudFront may have and must forget, as paths of URLs.
    """

    hashed: Placed
    assets: Placed
    pages: Placed
    gone: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many files are put."""
        return len(self.hashed) + len(self.assets) + len(self.pages)


def changes(wanted: SiteBuild, served: Mapping[str, str], *, cut_off: bool = False) -> Changes:
    """What to do so that visitors get a build.

    Args:
        wanted: the build.
        served: the MD5 of each path that is served now.
        cut_off: whether a publication was cut off: nobody knows what CloudFront has seen of it.
    """
    placed: dict[Kind, dict[str, tuple[SiteFile, Headers]]] = {kind: {} for kind in Kind}
    for path, file in wanted.served.items():
        if served.get(path) != file.md5:
            kind = _kind(path, served)
            placed[kind][path] = (file, headers_of(file.path, kind))
    gone = tuple(path for path in served if path not in wanted.served and kind_of(path) is Kind.PAGE)
    moved = (*placed[Kind.ASSET], *placed[Kind.PAGE], *gone)
    stale = tuple(sorted({url for path in moved for url in _urls(path)}))
    everything = cut_off or len(stale) > _MOST_PATHS
    return Changes(
        hashed=placed[Kind.HASHED],
        assets=placed[Kind.ASSET],
        pages=placed[Kind.PAGE],
        gone=gone,
        stale=EVERYTHING if everything else stale,
    )


def _kind(path: str, served: Mapping[str, str]) -> Kind:
    """A name that looks like a hash and has had another content is none, whatever it looks like."""
    kind = kind_of(path)
    return Kind.ASSET if kind is Kind.HASHED and path in served else kind


def _urls(path: str) -> tuple[str, ...]:
    url = f"/{quote(path)}"
    return (url, "/") if path == INDEX else (url,)
