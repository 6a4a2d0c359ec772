"""What a file's path says: whether its name holds a hash of its content, how long it may be cached, its type. Pure."""

import re
from enum import Enum
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from typing import Final

from tagship.aws.s3 import Headers


class Kind(Enum):
    """How a file may be cached; the value is its ``Cache-Control``."""

    HASHED = "public, max-age=31536000, immutable"
    """Its name changes with its content, so whoever has it need never ask again."""
    ASSET = "public, max-age=0, must-revalidate, s-maxage=86400"
    """Browsers ask each time and mostly hear "not modified"; CloudFront keeps it until it is invalidated."""
    PAGE = "no-cache"
    """HTML names the other files: everybody asks each time."""


_PAGES: Final = frozenset({".html", ".htm", ".xhtml"})

_IMMUTABLE_FOLDERS: Final = ("_next/static/", "_app/immutable/")
"""Folders of which Next.js and SvelteKit promise that nothing in them ever changes."""

_HASHING_FOLDERS: Final = frozenset({"assets", "_astro", "_nuxt"})
"""Folders into which Vite, Astro and Nuxt write names that end with eight characters of Base64."""

_HEXADECIMAL: Final = re.compile(r"(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}")
"""``3f2a9c1b``: webpack, Parcel, Next.js. With a letter and a digit: a date has no letter, a word no digit."""

_ALPHANUMERIC: Final = re.compile(r"(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{8}")
"""``5QK3F2XA``: esbuild, and Angular with it."""

_MIXED: Final = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9_-]{8}")
"""Eight characters of Base64 with all three of capitals, small letters and digits: no word and no version."""

_IN_FOLDER: Final = re.compile(r"(?=.*([A-Z].*[a-z]|[a-z].*[A-Z]|[0-9].*[A-Za-z]|[A-Za-z].*[0-9]))[A-Za-z0-9_-]{8}")
"""Eight characters of Base64 where names are known to end so: two of the three are enough."""

_TYPES: Final = MimeTypes(filenames=())
_OWN_TYPES: Final = {
    ".avif": "image/avif",
    ".cjs": "text/javascript",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""Types that differ from one Python to the next, or that machines know and Python does not."""

_TEXTS: Final = frozenset({"application/json", "application/manifest+json", "application/xml", "image/svg+xml"})


def kind_of(path: str) -> Kind:
    """The kind of a file, by its path alone, such as ``assets/index-DiwrgTda.js``.

    A hash that is overlooked costs a request that is answered "not modified"; a name that is wrongly taken for one
    would keep its first content in every browser for a year. So a hash must look like no word, date or version.
    """
    pure = PurePosixPath(path)
    if pure.suffix.lower() in _PAGES or path.endswith("/"):
        return Kind.PAGE
    if path.startswith(_IMMUTABLE_FOLDERS):
        return Kind.HASHED
    in_folder = bool(_HASHING_FOLDERS & set(pure.parts[:-1]))
    return Kind.HASHED if any(_is_hash(part, in_folder=in_folder) for part in _parts(pure.name)) else Kind.ASSET


def headers_of(path: str, kind: Kind) -> Headers:
    """What S3 is to answer with the file."""
    return Headers(content_type(path), kind.value)


def content_type(path: str) -> str:
    """The media type by the path's ending, with the character set of what is text."""
    suffix = PurePosixPath(path).suffix.lower()
    found = _OWN_TYPES.get(suffix) or _TYPES.guess_type(f"file{suffix}", strict=False)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") or found in _TEXTS else found


def _parts(name: str) -> tuple[str, ...]:
    """What may be a hash: each part between dots but the first and the last, and the end of the first after a hyphen.

    Base64 may itself hold a hyphen, so of ``index-ab-c3DeF.js`` the last eight characters are looked at too.
    """
    first, *others = name.split(".")
    ends = [first.rpartition("-")[2], first.rpartition("_")[2]]
    if len(first) > _BASE64 + 1 and first[-_BASE64 - 1] in "-_":
        ends.append(first[-_BASE64:])
    whole = (first,) if others else ()
    return (*(end for end in ends if end != first), *whole, *others[:-1])


_BASE64: Final = 8


def _is_hash(part: str, *, in_folder: bool) -> bool:
    patterns = (_HEXADECIMAL, _ALPHANUMERIC, _MIXED, *((_IN_FOLDER,) if in_folder else ()))
    return any(pattern.fullmatch(part) for pattern in patterns)
