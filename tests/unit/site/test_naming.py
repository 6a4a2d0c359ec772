import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.site.naming import Kind, content_type, headers_of, kind_of

CASES: dict[str, str] = json.loads(Path(__file__).with_name("naming_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("path", "kind"), CASES.items(), ids=list(CASES))
def test_a_path_tells_how_long_its_file_may_be_cached(path: str, kind: str) -> None:
    assert kind_of(path).name == kind


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_word_is_never_taken_for_a_hash(word: str) -> None:
    assert kind_of(f"assets/some-{word}.js") is Kind.ASSET


@given(st.dates())
def test_a_date_is_never_taken_for_a_hash(day: object) -> None:
    assert kind_of(f"report-{str(day).replace('-', '')}.pdf") is Kind.ASSET


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("app.mjs", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("data.json", "application/json; charset=utf-8"),
        ("app.js.map", "application/json; charset=utf-8"),
        ("site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("logo.svg", "image/svg+xml; charset=utf-8"),
        ("photo.JPG", "image/jpeg"),
        ("photo.avif", "image/avif"),
        ("inter.woff2", "font/woff2"),
        ("module.wasm", "application/wasm"),
        ("paper.pdf", "application/pdf"),
        ("LICENSE", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_ending_on_every_machine(path: str, media: str) -> None:
    assert content_type(path) == media


def test_what_is_named_by_its_content_is_cached_for_a_year_and_html_is_asked_for_each_time() -> None:
    assert headers_of("app.3f2a9c1b.js", Kind.HASHED).cache_control == "public, max-age=31536000, immutable"
    assert headers_of("index.html", Kind.PAGE).cache_control == "no-cache"
