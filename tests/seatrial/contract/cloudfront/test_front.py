"""What a viewer gets at the port of a distribution."""

import httpx
import pytest

from tests.seatrial.contract.cloudfront.distributions import Place, build
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import eventually


def test_the_root_answers_with_the_default_document(place: Place) -> None:
    place.put("index.html", "hello")
    found = place.get("/")
    assert (found.text, found.headers["content-type"]) == ("hello", "text/html")


def test_a_file_is_kept_until_it_is_invalidated(place: Place) -> None:
    place.put("a.html", "one")
    assert place.get("/a.html").headers["x-cache"] == "Miss from cloudfront"
    place.put("a.html", "two")
    kept = place.get("/a.html")
    assert (kept.text, kept.headers["x-cache"]) == ("one", "Hit from cloudfront")
    assert int(kept.headers["age"]) >= 0
    place.forget("/other.html")
    assert place.get("/a.html").text == "one"
    place.forget("/a.html")
    assert place.get("/a.html").text == "two"


def test_a_page_that_is_not_to_be_kept_is_asked_for_again_within_a_moment(place: Place) -> None:
    place.put("index.html", "one", "no-cache")
    assert place.get("/").text == "one"
    place.put("index.html", "two", "no-cache")
    eventually(lambda: place.get("/").text == "two")


def test_a_file_that_is_not_there_is_not_found_and_what_is_not_live_cannot_be_had(place: Place) -> None:
    place.aws.client("s3").put_object(Bucket=place.bucket, Key="builds/secret.json", Body=b"{}")
    assert place.get("/nothing.png").status_code == 404
    assert place.get("/builds/secret.json").status_code == 404
    assert place.get("/../builds/secret.json").status_code in {400, 403, 404}


def test_what_the_viewer_has_already_is_not_sent_again(place: Place) -> None:
    place.put("a.html", "one")
    etag = place.get("/a.html").headers["etag"]
    again = place.get("/a.html", **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_head_request_has_the_headers_and_no_body(place: Place) -> None:
    place.put("a.html", "one")
    found = httpx.head(place.url + "/a.html", trust_env=False)
    assert (found.status_code, found.headers["content-type"], found.content) == (200, "text/html", b"")


def test_a_service_answers_its_paths_with_every_method_and_its_own_errors(place: Place) -> None:
    for method in ("GET", "POST", "DELETE"):
        body = b"" if method == "GET" else b"body"
        found = httpx.request(method, place.url + "/api/notes/9?x=1", content=body, trust_env=False)
        assert (found.status_code, found.json()) == (404, {"detail": "no such note"})
    assert "(CloudFront)" in found.headers["via"]


def test_the_site_takes_no_method_but_those_of_readers(place: Place) -> None:
    found = httpx.post(place.url + "/index.html", content=b"", trust_env=False)
    assert (found.status_code, found.headers["x-cache"]) == (403, "Error from cloudfront")


@pytest.mark.parametrize("path", ["logout", "health", "oauth2/authorize", "v2/a", "iceberg/a", "_ministack/health"])
def test_a_site_has_every_path_those_of_the_emulators_own_pages_too(place: Place, path: str) -> None:
    assert place.get(f"/{path}").status_code == 404
    place.put(path, "mine")
    place.forget(f"/{path}")
    assert place.get(f"/{path}").text == "mine"


def test_a_function_answers_every_path_that_names_no_file_and_no_services_error(local_aws: RunningAws) -> None:
    place = build(local_aws, single_page=True)
    place.put("index.html", "app")
    assert place.get("/deep/route").text == "app"
    assert place.get("/nothing.png").status_code == 404
    assert place.get("/api/notes/9").json() == {"detail": "no such note"}


def test_a_distribution_that_is_disabled_answers_no_more(place: Place) -> None:
    client = place.aws.client("cloudfront")
    found = client.get_distribution_config(Id=place.distribution)
    url = place.url
    client.update_distribution(
        Id=place.distribution,
        IfMatch=found["ETag"],
        DistributionConfig={**found["DistributionConfig"], "Enabled": False},
    )

    def refused() -> bool:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            return True
        return False

    eventually(refused)
