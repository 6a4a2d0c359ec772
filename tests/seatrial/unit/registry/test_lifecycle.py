"""Lifecycle policies expire what ECR's own do (ECR user guide, "Examples of lifecycle policies")."""

from datetime import UTC, datetime, timedelta
from typing import Any

from seatrial.services.registry.lifecycle import StoredImage, expired

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def image(digest: str, *tags: str, days: float) -> StoredImage:
    return StoredImage(digest, frozenset(tags), NOW - timedelta(days=days))


def rule(priority: int, number: int, **selection: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    selection.setdefault("countType", "imageCountMoreThan")
    return {"rulePriority": priority, "selection": {"countNumber": number, **selection}, "action": {"type": "expire"}}


def gone(images: list[StoredImage], *rules: dict[str, Any]) -> set[str]:
    return expired({"rules": list(rules)}, images, NOW)


def test_images_without_a_tag_go_when_they_are_older_than_so_many_days() -> None:
    images = [image("old", days=15), image("tagged", "v1", days=15), image("new", days=13)]
    assert gone(images, rule(1, 14, tagStatus="untagged", countType="sinceImagePushed", countUnit="days")) == {"old"}


def test_of_tagged_images_the_newest_stay() -> None:
    images = [image(f"v{number}", f"v{number}", days=number) for number in range(4)]
    assert gone(images, rule(1, 2, tagStatus="tagged", tagPatternList=["v*"])) == {"v2", "v3"}


def test_images_whose_tags_do_not_fit_are_not_counted() -> None:
    images = [image("a", "v1", days=1), image("b", "latest", days=2), image("c", "v2", days=3)]
    assert gone(images, rule(1, 1, tagStatus="tagged", tagPatternList=["v*"])) == {"c"}


def test_of_several_prefixes_an_image_must_have_a_tag_for_each() -> None:
    images = [image("both", "alpha1", "beta1", days=9), image("one", "alpha2", days=9)]
    assert gone(images, rule(1, 0, tagStatus="tagged", tagPrefixList=["alpha", "beta"])) == {"both"}


def test_a_dot_in_a_pattern_is_a_dot() -> None:
    images = [image("a", "v1x0", days=1), image("b", "v1.0", days=1)]
    assert gone(images, rule(1, 0, tagStatus="tagged", tagPatternList=["v1.*"])) == {"b"}


def test_an_image_that_a_rule_of_a_lower_number_selects_is_that_rules_alone() -> None:
    images = [image("a", "prod1", days=3), image("b", "prod2", days=2), image("c", "x", days=1)]
    keep_two_of_prod = rule(1, 2, tagStatus="tagged", tagPrefixList=["prod"])
    assert gone(images, keep_two_of_prod, rule(2, 0, tagStatus="any")) == {"c"}


def test_a_rule_counts_what_is_another_rules_as_if_it_were_still_there() -> None:
    images = [image("a", "prod1", days=1), image("b", "x", days=2), image("c", "x2", days=3)]
    assert gone(images, rule(1, 9, tagStatus="tagged", tagPrefixList=["prod"]), rule(2, 1, tagStatus="any")) == {
        "b",
        "c",
    }


def test_a_policy_without_rules_expires_nothing() -> None:
    assert gone([image("a", days=999)]) == set()
