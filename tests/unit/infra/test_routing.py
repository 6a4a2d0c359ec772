from hypothesis import given
from hypothesis import strategies as st

from tagship.infra.routing import LAST, LONGEST, priorities

patterns = st.text("ab/*?-", min_size=0, max_size=LONGEST - 1).map(lambda rest: "/" + rest)


def in_order(*paths: str) -> list[str]:
    found = priorities(paths)
    return sorted(found, key=lambda path: found[path])


def test_a_longer_prefix_is_asked_before_the_catch_all() -> None:
    assert in_order("/*", "/api/*", "/api/admin/*") == ["/api/admin/*", "/api/*", "/*"]


def test_of_equally_many_characters_the_pattern_without_a_wildcard_goes_first() -> None:
    assert in_order("/api*", "/api") == ["/api", "/api*"]


def test_no_patterns_have_no_priorities() -> None:
    assert priorities([]) == {}


@given(st.lists(patterns, max_size=30))
def test_priorities_are_distinct_and_within_what_aws_allows(paths: list[str]) -> None:
    found = priorities(paths)
    assert set(found) == set(paths)
    assert len(set(found.values())) == len(found)
    assert all(1 <= place <= LAST for place in found.values())


def test_two_patterns_that_hash_to_one_place_get_two_places() -> None:
    same_rank = [f"/{number:04}/*" for number in range(150)]
    assert len(set(priorities(same_rank).values())) == 150


def test_a_new_service_moves_no_other_services_rule() -> None:
    before = priorities(["/*", "/api/*"])
    after = priorities(["/*", "/api/*", "/admin/*", "/reports/*"])
    assert {path: after[path] for path in before} == before
