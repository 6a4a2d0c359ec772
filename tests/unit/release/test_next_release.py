import pytest

from tagship.release.diagnosis.cause import Cure
from tagship.release.planning.next_release import next_release
from tagship.release.records.record import DiagnosisRecord, ReleaseRecord, ServiceRecord, draft_record


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


@pytest.mark.parametrize(
    ("cure", "said"), [(Cure.CODE, "tagship explain missing-setting"), (Cure.OUTSIDE, "tagship deploy v0.2.0")]
)
def test_a_version_whose_own_code_failed_is_not_shipped_again(cure: Cure, said: str) -> None:
    why = DiagnosisRecord(
        cause="missing-setting", happened="", change="", facts=(), log_stream="", log_lines=(), then=cure.value
    )
    service = ServiceRecord(digest="", revision="", diagnosis=why)
    failed = record("v0.2.0", BACK).model_copy(update={"services": {"api": service}})

    assert next_release(("v0.2.0",), [failed], environment="local", local=True) == said
