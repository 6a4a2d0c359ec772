import pytest

from tagship.release.planning.next_release import next_release
from tagship.release.records.record import ReleaseRecord, draft_record


def record(version: str, verdict: str) -> ReleaseRecord:
    return draft_record("deploy", version, "0" * 40, "somebody").model_copy(update={"verdict": verdict})


RELEASED, BACK = "released", "rolled back by ECS"


@pytest.mark.parametrize(
    ("tags", "records", "local", "elsewhere"),
    [
        ((), [], "git tag v0.1.0 && git push local v0.1.0", "git tag v0.1.0 && tagship deploy v0.1.0 --env staging"),
        (("release-5",), [], "git tag v0.1.0 && git push local v0.1.0", None),
        (("v0.1.0",), [], "git push local v0.1.0", "tagship deploy v0.1.0 --env staging"),
        (("v0.10.0", "v0.9.0"), [], "git push local v0.10.0", None),
        (("v0.1.0",), [("v0.1.0", RELEASED)], "tagship status", "tagship status --env staging"),
        (("v0.1.0", "v0.2.0"), [("v0.1.0", RELEASED)], "git push local v0.2.0", None),
        (
            ("v0.1.0", "v0.2.0"),
            [("v0.2.0", BACK), ("v0.1.0", RELEASED)],
            "tagship deploy v0.2.0",
            "tagship deploy v0.2.0 --env staging",
        ),
        (("v0.1.0", "v0.2.0"), [("v0.1.0", RELEASED), ("v0.2.0", RELEASED)], "tagship status", None),
        (("v0.1.0",), [("v0.2.0", RELEASED)], "tagship status", None),
        (("v0.1.0",), [("v0.1.0", BACK)], "tagship deploy v0.1.0", None),
    ],
)
def test_the_next_command_follows_from_what_is_tagged_and_what_was_released(
    tags: tuple[str, ...], records: list[tuple[str, str]], local: str, elsewhere: str | None
) -> None:
    told = [record(*each) for each in records]

    assert next_release(tags, told, environment="local", local=True) == local
    if elsewhere:
        assert next_release(tags, told, environment="staging", local=False) == elsewhere
