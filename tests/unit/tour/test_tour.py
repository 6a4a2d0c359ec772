"""Which chapters are played, and what the end says."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tour.chapter import Chapter, Claim, Claims, NotSo
from tour.progress import Played, Progress
from tour.report import summary, written
from tour.story import CHAPTERS, LAST, wanted
from tour.systems import SYSTEMS, Sight, table

NOTHING = Progress(Path("progress.json"))


def names(chapters: Sequence[Chapter]) -> list[str]:
    return [chapter.name for chapter in chapters]


def after(*played: str) -> Progress:
    return Progress(Path("progress.json"), {name: Played(1.0, (Claim("it is so", "1"),)) for name in played})


def test_there_are_twenty_systems_and_each_chapter_shows_some_of_them() -> None:
    assert len(SYSTEMS) == 20
    assert {sight.system for chapter in CHAPTERS for sight in chapter.sees} <= SYSTEMS.keys()


def test_a_chapter_needs_only_chapters_before_it() -> None:
    for index, chapter in enumerate(CHAPTERS):
        assert set(chapter.needs) <= set(names(CHAPTERS[:index]))
    assert CHAPTERS[-1].name == LAST


def test_the_whole_tour_goes_on_where_it_ended() -> None:
    assert names(wanted((), NOTHING)) == names(CHAPTERS)
    assert names(wanted((), after("network", "guard"))) == names(CHAPTERS[2:])


def test_one_chapter_alone_is_played_after_those_that_it_needs() -> None:
    assert names(wanted(["rollback"], NOTHING)) == ["network", "images", "rollback"]
    assert names(wanted(["rollback"], after("network", "images", "rollback"))) == ["rollback"]


def test_a_claim_that_does_not_hold_ends_the_chapter_and_is_not_shown() -> None:
    shown: list[str] = []
    claims = Claims(shown.append)
    claims.claim("this holds", 1, "1 of 1")
    with pytest.raises(NotSo, match="this does not: 0 of 1"):
        claims.claim("this does not", 0, "0 of 1")
    assert shown == ["  ok  this holds: 1 of 1"]


def test_the_sum_never_says_twenty_while_one_is_not_seen() -> None:
    rows = dict(table([Sight("verdict"), Sight("fargate", "containers")]))
    assert rows["a release is deployed and waited for"] == "real"
    assert rows["ECS on Fargate"] == "stand-in: containers"
    assert rows["WAF blocks attacks"] == "not seen"
    assert summary(CHAPTERS, NOTHING, embedded=True)[-1] == "Of 20 systems: 0 real, 0 by a stand-in, 20 not seen."


def test_on_an_account_what_was_seen_is_real() -> None:
    played = after("images")
    assert "Of 20 systems: 3 real, 0 by a stand-in, 17 not seen." in summary(CHAPTERS, played, embedded=False)
    assert "Of 20 systems: 1 real, 2 by a stand-in, 17 not seen." in summary(CHAPTERS, played, embedded=True)


def test_the_report_says_what_was_skipped() -> None:
    page = written(CHAPTERS, after("network"), on="aws", by="me", now=datetime(2026, 1, 2, tzinfo=UTC))
    assert page.startswith("# The tour on `aws`, 2026-01-02\n\nPlayed by me.\n")
    assert "## network: the whole architecture is built by Terraform\n\n- it is so: 1\n\n1 s" in page
    assert "## guard: a plan that would lose data is refused\n\nSkipped." in page


def test_the_report_says_which_of_awss_limits_the_calls_met() -> None:
    counted = {"calls": 1200, "terraform": 1000, "met": 45, "rows": 15, "of": 17, "refused": 0}
    limits = {"ec2": counted, "sts": dict.fromkeys(counted, 1)}
    page = written(
        CHAPTERS, after("network"), on="local", by="the account", now=datetime(2026, 1, 2, tzinfo=UTC), limits=limits
    )
    assert "| ec2 | 1,200 | 1,000 | 45 | 15 of 17 | 0 |" in page
    assert "| all | 1,201 | 1,001 | 46 | 16 of 18 | 1 |" in page


def test_where_no_call_was_counted_the_report_says_nothing_of_limits() -> None:
    assert "limits" not in written(CHAPTERS, after("network"), on="aws", by="me", now=datetime(2026, 1, 2, tzinfo=UTC))


def test_what_was_played_is_read_again(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json", after("network").played, {"ec2 Vpcs": 1})
    progress.keep()
    assert Progress.read(progress.path) == progress


def test_the_page_about_the_first_hour_names_every_chapter_with_its_minutes_and_dollars() -> None:
    page = (Path(__file__).parents[3] / "docs" / "first-hour.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| `")
    ]
    assert [(row[0].strip("`"), row[2], row[3]) for row in rows] == [
        (chapter.name, str(chapter.minutes), f"{chapter.dollars:.2f}" if chapter.dollars else "")
        for chapter in CHAPTERS
    ]
