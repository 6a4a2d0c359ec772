import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.errors import EmbeddedAwsUnavailable
from seatrial.ground.fakes import ManualClock
from seatrial.ground.process import SystemProcesses, is_running
from seatrial.process import instance, running
from seatrial.process.running import InstanceFacts
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start

HERE = {"LocationConstraint": "eu-central-1"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[InstanceSettings]:
    """Settings of an embedded AWS that this test alone starts and stops."""
    settings = fresh_settings(tmp_path / "home")
    yield settings
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def down(settings: InstanceSettings) -> bool:
    return instance.down(settings, SystemProcesses(), SystemClock(), print)


def lines(aws: RunningAws) -> list[str]:
    events = aws.client("logs").get_log_events(logGroupName="app", logStreamName="web", startFromHead=True)["events"]
    return [event["message"] for event in events]


def test_what_was_made_is_there_after_down_and_up(own: InstanceSettings) -> None:
    start(own)
    RunningAws(own).client("s3").create_bucket(Bucket="kept", CreateBucketConfiguration=HERE)
    assert down(own)
    start(own)
    assert [bucket["Name"] for bucket in RunningAws(own).client("s3").list_buckets()["Buckets"]] == ["kept"]


def test_a_killed_server_has_lost_nothing_that_it_answered_a_moment_ago(own: InstanceSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    aws = RunningAws(own)
    aws.client("s3").create_bucket(Bucket="kept", CreateBucketConfiguration=HERE)
    aws.client("s3").put_object(Bucket="kept", Key="release", Body=b"v1")
    aws.client("ecr").create_repository(repositoryName="app")
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="app")
    logs.create_log_stream(logGroupName="app", logStreamName="web")
    now = int(SystemClock().now().timestamp() * 1000)
    for word in ("first", "second"):
        line = {"timestamp": now, "message": word}
        logs.put_log_events(logGroupName="app", logStreamName="web", logEvents=[line])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert not instance.status(own).running
    start(own)
    assert aws.client("s3").get_object(Bucket="kept", Key="release")["Body"].read() == b"v1"
    assert aws.client("ecr").describe_repositories()["repositories"][0]["repositoryName"] == "app"
    assert lines(aws) == ["first", "second"]
    down(own)
    start(own)
    assert lines(aws) == ["first", "second"]


def test_no_line_is_lost_or_twice_there_where_a_full_journal_became_the_state(own: InstanceSettings) -> None:
    start(own)
    logs, full = RunningAws(own).client("logs"), own.directory / "ministack/cloudwatch_logs.0.journal"
    logs.create_log_group(logGroupName="app")
    logs.create_log_stream(logGroupName="app", logStreamName="web")
    said = 0
    while full.exists():
        assert said < 130, "32 MB are more than a journal may have"
        events = [{"timestamp": 1767225600000 + said, "message": f"{said} {'x' * 250_000}"}]
        logs.put_log_events(logGroupName="app", logStreamName="web", logEvents=events)
        said += 1
    instance.kill(own, SystemProcesses(), SystemClock(), print)
    assert [line.split()[0] for line in lines(RunningAws(own))] == [str(number) for number in range(said)]


def test_up_finds_what_runs_already(own: InstanceSettings) -> None:
    assert start(own).pid == start(own).pid


def test_down_leaves_no_process_and_says_whether_there_was_one(own: InstanceSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    assert down(own)
    assert not is_running(pid)
    assert not instance.status(own).running
    assert not down(own)


def test_reset_forgets_everything(own: InstanceSettings) -> None:
    start(own)
    RunningAws(own).client("s3").create_bucket(Bucket="gone", CreateBucketConfiguration=HERE)
    instance.reset(own, SystemProcesses(), SystemClock(), print)
    assert not own.directory.exists()
    start(own)
    assert RunningAws(own).client("s3").list_buckets()["Buckets"] == []


def test_a_taken_port_is_named_with_a_free_one_to_type(own: InstanceSettings) -> None:
    with socket.create_server(("127.0.0.1", own.port)), pytest.raises(EmbeddedAwsUnavailable) as refused:
        start(own)
    assert f"Port {own.port}" in refused.value.message
    assert "seatrial up --port" in str(refused.value.hint)


def test_a_server_that_cannot_start_has_its_last_words_quoted(own: InstanceSettings) -> None:
    own.directory.mkdir(parents=True)
    (own.directory / "state.sqlite").write_text("this is no database, and that is what will be said")
    with pytest.raises(EmbeddedAwsUnavailable, match="file is not a database"):
        start(own)


class Lists(BaseHTTPRequestHandler):
    """Another program, which answers every question with a list."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[1, 2]")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_program_that_answers_something_else_is_another_program(own: InstanceSettings) -> None:
    with HTTPServer(("127.0.0.1", own.port), Lists) as other, ThreadPoolExecutor(1) as pool:
        pool.submit(other.serve_forever)
        try:
            assert not instance.status(own).running
            with pytest.raises(EmbeddedAwsUnavailable, match="used by another program"):
                start(own)
        finally:
            other.shutdown()


def test_the_last_port_that_is_taken_is_told_with_one_below_it(own: InstanceSettings) -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(EmbeddedAwsUnavailable) as refused:
        start(replace(own, port=65535))
    assert "--port 65534" in str(refused.value.hint)


def test_of_four_that_are_started_at_once_one_stays_and_says_who_it_is(own: InstanceSettings) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: start(own), range(4)))
    facts = json.loads((own.directory / "instance.json").read_text())
    assert {status.pid for status in found} == {facts["pid"]}
    assert is_running(facts["pid"])


def test_a_server_that_is_busy_is_waited_for_and_not_called_absent(own: InstanceSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    busy = instance.status(own)
    assert (busy.running, busy.pid) == (False, pid)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(start, own)
        os.kill(pid, signal.SIGCONT)
        assert waiting.result().pid == pid


def test_a_server_that_is_ending_is_followed_by_another(own: InstanceSettings) -> None:
    # The kernel takes a killed process's locks away when it is gone, not when it is killed.
    with ThreadPoolExecutor(1) as pool, running.only_one(own.directory, InstanceFacts(os.getpid(), own.port, "")):
        waiting = pool.submit(start, own)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=1)
    assert waiting.result().running


def test_a_damaged_state_is_put_aside_and_the_rest_is_there(own: InstanceSettings) -> None:
    start(own)
    aws = RunningAws(own)
    aws.client("secretsmanager").create_secret(Name="kept", SecretString="x")
    aws.client("s3").create_bucket(Bucket="still-there", CreateBucketConfiguration=HERE)
    down(own)
    damaged = own.directory / "ministack" / "secretsmanager.json"
    content = damaged.read_bytes()[:-1]
    damaged.write_bytes(content)
    said: list[str] = []
    instance.up(own, SystemProcesses(), SystemClock(), said.append)
    aws.client("secretsmanager").create_secret(Name="new", SecretString="y")
    (aside,) = damaged.parent.glob("secretsmanager.json.damaged-*")
    assert aside.read_bytes() == content
    assert str(aside) in "\n".join(said)
    assert [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]] == ["still-there"]


def test_a_process_id_that_is_somebody_elses_now_is_left_alone(own: InstanceSettings) -> None:
    own.directory.mkdir(parents=True)
    stale = {"pid": os.getpid(), "port": own.port, "started": "2026-01-01T00:00:00+00:00"}
    (own.directory / "instance.json").write_text(json.dumps(stale))
    assert not instance.status(own).running
    assert not down(own)
    assert start(own).running


def test_a_server_that_hangs_is_ended_by_down(own: InstanceSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert not instance.status(own).running
    impatient = ManualClock()
    assert instance.down(own, SystemProcesses(), impatient, print)
    assert not is_running(pid)


NEVER_TAKES_NOTE = """
import time
from seatrial.core.settings import InstanceSettings
from seatrial.process.control import Control
Control(InstanceSettings.from_environment()).up()
print("up", flush=True)
time.sleep(600)
"""


def test_down_ends_though_the_servers_parent_never_takes_note(own: InstanceSettings) -> None:
    ours = {"HOME": own.home, "PORT": own.port, "FRONT_DOOR_PORT": own.front_door_port}
    environ = {**os.environ, **{f"SEATRIAL_{name}": str(value) for name, value in ours.items()}}
    with subprocess.Popen([sys.executable, "-c", NEVER_TAKES_NOTE], env=environ, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        assert down(own)
        assert parent.poll() is None
        parent.kill()


def test_no_credential_of_the_person_reaches_the_server(own: InstanceSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    pid = start(own).pid
    assert b"AWS_PROFILE" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_two_at_once_do_not_see_each_other(own: InstanceSettings, tmp_path: Path) -> None:
    other = fresh_settings(tmp_path / "other")
    start(own)
    start(other)
    try:
        RunningAws(own).client("s3").create_bucket(Bucket="mine", CreateBucketConfiguration=HERE)
        assert RunningAws(other).client("s3").list_buckets()["Buckets"] == []
        assert own.instance_id != other.instance_id
    finally:
        instance.reset(other, SystemProcesses(), SystemClock(), print)
    assert instance.status(own).running
