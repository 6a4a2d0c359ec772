"""A board goes forward only, and an undo has one of its own."""

from tagship.release.board import ProgressBoard
from tagship.release.progress import ServiceProgress
from tagship.release.records.verdict import Verdict


def board_of(**services: ServiceProgress) -> ProgressBoard:
    return ProgressBoard(services)


def live_board() -> ProgressBoard:
    board = board_of(api=ServiceProgress(revision="api:1", previous="api:1"))
    board.registered("api", "api:2", "content")
    board.updated("api", "api:2", "content", began=10.0, before=[], previous_port=None)
    board.went_live("api", Verdict.STILL_DRAINING, 5.0)
    return board


def test_when_it_served_is_kept_when_its_old_tasks_are_gone() -> None:
    board = live_board()
    board.went_live("api", Verdict.RELEASED, 60.0)
    known = board.services["api"]
    assert (known.verdict, known.live_after, known.seconds) == (Verdict.RELEASED, 5.0, 60.0)


def test_what_an_undo_does_with_a_service_leaves_what_the_release_did_as_it_is() -> None:
    board = live_board()
    undo = board.for_undo()
    assert undo.services["api"].verdict is None
    undo.updated("api", "api:1", "", began=20.0, before=[], previous_port=None)
    undo.failed("api", Verdict.ROLLED_BACK, 3.0)
    assert (board.services["api"].verdict, board.services["api"].revision) == (Verdict.STILL_DRAINING, "api:2")
    assert not board.all_reverted


def test_a_release_is_put_back_when_everything_that_it_updated_is_and_the_front_end_too() -> None:
    board = live_board()
    board.site_publishing("new", "old")
    board.reverted("api")
    assert not board.all_reverted
    board.site_reverted()
    assert board.all_reverted


def test_an_interruption_is_postponed_once_and_told_once() -> None:
    board = board_of()
    assert board.postpone_interruption()
    assert not board.postpone_interruption()
    assert board.take_interruption()
    assert not board.take_interruption()


def test_what_is_followed_keeps_the_time_of_its_update() -> None:
    board = live_board()
    board.followed("api", 99.0)
    assert board.services["api"].began == 10.0
