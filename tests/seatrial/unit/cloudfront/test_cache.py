import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.cloudfront.cache import Cache, CachedResponse, lifetime
from seatrial.services.cloudfront.policies import CachePolicy
from seatrial.services.cloudfront.service import invalidated

POLICIES = {
    "optimized": CachePolicy(minimum=1, default=86_400, maximum=31_536_000),
    "plain": CachePolicy(),
    "disabled": CachePolicy(minimum=0, default=0, maximum=0),
    "by cookie": CachePolicy(cacheable=False),
}
CASES = json.loads(Path(__file__).with_name("lifetimes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("policy", "status", "control", "seconds"), CASES, ids=str)
def test_an_answer_is_kept_as_long_as_origin_and_policy_say(
    policy: str, status: int, control: str, seconds: int
) -> None:
    headers = {"cache-control": control} if control else {}
    assert lifetime(status, headers, POLICIES[policy]) == seconds


def test_an_answer_with_a_cookie_is_nobody_elses() -> None:
    assert lifetime(200, {"cache-control": "max-age=60", "set-cookie": "a=b"}, POLICIES["optimized"]) == 0


def kept(body: bytes = b"x", until: float = 10) -> CachedResponse:
    return CachedResponse(200, (), body, 0, until)


def filled(*keys: str) -> Cache:
    cache = Cache()
    for key in keys:
        cache.put(key, kept(), 0)
    return cache


def test_an_answer_is_used_until_its_time_is_over() -> None:
    cache = filled("/a")
    assert cache.get("/a", 9.9) is not None
    assert cache.get("/a", 10) is None


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/a", {"/a?q=1", "/ab", "/ü b"}),
        ("/a*", {"/ü b"}),
        ("/*", set()),
        ("a", {"/a?q=1", "/ab", "/ü b"}),
        ("/%C3%BC%20b", {"/a", "/a?q=1", "/ab"}),
        ("/nothing", {"/a", "/a?q=1", "/ab", "/ü b"}),
    ],
)
def test_an_invalidation_forgets_what_it_names(path: str, left: set[str]) -> None:
    keys = ("/a", "/a?q=1", "/ab", "/ü b")
    cache = filled(*keys)
    cache.invalidate([path])
    assert {key for key in keys if cache.get(key, 0)} == left


def test_what_was_asked_for_before_an_invalidation_is_not_kept_after_it() -> None:
    cache = Cache()
    before = cache.generation
    cache.invalidate(["/a"])
    cache.put("/a", kept(), before)
    assert cache.get("/a", 0) is None


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60))))
def test_it_never_keeps_more_than_it_may(answers: list[tuple[str, int]]) -> None:
    cache = Cache(most_bytes=100)
    for key, size in answers:
        cache.put(key, kept(b"x" * size), 0)
    found = [cache.get(key, 0) for key in "abcdef"]
    assert sum(len(each.body) for each in found if each) <= 100
    if answers:
        assert cache.get(answers[-1][0], 0) is not None


def test_the_paths_of_an_invalidation_are_read_in_any_namespace() -> None:
    text = '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>2</Quantity>'
    text += "<Items><Path>/a</Path><Path>/b*</Path></Items></Paths></InvalidationBatch>"
    assert list(invalidated(text.encode())) == ["/a", "/b*"]
    assert list(invalidated(b"no xml")) == []
