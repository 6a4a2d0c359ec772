"""The journal of CloudWatch Logs gives back what its state does not hold yet, and nothing twice."""

import json
from pathlib import Path

import pytest

from seatrial.core.service import AwsRequest
from seatrial.ministack.log_journal import MARK, STATE, LogJournal


def put(body: bytes) -> AwsRequest:
    headers = {"x-amz-target": "Logs_20140328.PutLogEvents", "authorization": "AWS4", "cookie": "not kept"}
    return AwsRequest("POST", "/", headers=headers, body=body, service="logs")


def opened(directory: Path) -> tuple[LogJournal, list[bytes]]:
    journal = LogJournal(directory)
    return journal, [request.body for request in journal.open()]


def left(journal: LogJournal, directory: Path) -> list[bytes]:
    """What a next process finds; the first one has ended."""
    journal.close()
    again, found = opened(directory)
    again.close()
    return found


def write_state(directory: Path, first: int) -> None:
    (directory / f"{STATE}.json").write_text(json.dumps({MARK: first, "payload": {}}))


@pytest.mark.parametrize("body", [b'{"a": "\\u00e9"}', "snow \u2603".encode(), b"\xa1\xff\x00cbor", b"two\nlines"])
def test_a_request_comes_back_as_it_was(tmp_path: Path, body: bytes) -> None:
    journal, before = opened(tmp_path)
    assert before == []
    journal.append(put(body))
    journal.close()
    (request,) = journal.open()
    journal.close()
    assert request.body == body
    assert request.headers == {"x-amz-target": "Logs_20140328.PutLogEvents", "authorization": "AWS4"}


def test_what_the_state_holds_does_not_come_back(tmp_path: Path) -> None:
    journal, _ = opened(tmp_path)
    journal.append(put(b"in the state"))
    first = journal.rotate()
    journal.append(put(b"after it"))
    write_state(tmp_path, first)
    assert left(journal, tmp_path) == [b"after it"]


def test_a_journal_knows_how_much_there_is_to_ask_again(tmp_path: Path) -> None:
    journal, _ = opened(tmp_path)
    assert journal.size == 0
    journal.append(put(b"x" * 1000))
    assert 1000 < journal.size < 1200
    journal.rotate()
    assert journal.size == 0
    journal.close()


def test_a_state_that_was_never_written_costs_nothing(tmp_path: Path) -> None:
    journal, _ = opened(tmp_path)
    journal.append(put(b"one"))
    journal.rotate()
    journal.append(put(b"two"))
    assert left(journal, tmp_path) == [b"one", b"two"]


def test_old_files_are_removed_once_the_state_is_written(tmp_path: Path) -> None:
    journal, _ = opened(tmp_path)
    journal.append(put(b"one"))
    first = journal.rotate()
    write_state(tmp_path, first)
    journal.forget(first)
    journal.close()
    assert [path.name for path in tmp_path.glob("*.journal")] == [f"{STATE}.{first}.journal"]


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    journal, _ = opened(tmp_path)
    journal.append(put(b"whole"))
    with (tmp_path / f"{STATE}.0.journal").open("ab") as file:
        file.write(b'{"path": "/", "he')
    assert left(journal, tmp_path) == [b"whole"]
