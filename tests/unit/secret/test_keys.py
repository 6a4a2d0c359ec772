"""Keys are kept as a tag that AWS takes, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tagship.secret.keys import TAG, keys_of, tag_of
from tests.support.documented import refused


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ('{"b": 1, "a": 2}', "a b"),
        ("plain", None),
        ("[1]", None),
        ("{}", None),
        ('{"with space": 1}', None),
        ('{"with:colon": 1}', None),
        (json.dumps({f"key{number}": 1 for number in range(60)}), None),
    ],
)
def test_the_tag_names_the_keys_and_nothing_else(value: str, tag: str | None) -> None:
    assert tag_of(value) == tag


@given(some.dictionaries(some.text(max_size=40), some.text(), max_size=20))
def test_every_tag_is_one_that_aws_takes_and_says_the_keys(values: dict[str, str]) -> None:
    tag = tag_of(json.dumps(values))
    if tag is None:
        return
    assert refused("secretsmanager", "CreateSecret", "Tags[].Value", tag) is None
    assert keys_of({TAG: tag}) == frozenset(values)


def test_without_the_tag_nothing_is_known() -> None:
    assert keys_of({"other": "x"}) is None
