import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.conftest import RunningAws, fresh_settings, start
from tagship.base.clock import SystemClock
from tagship.base.errors import LocalAwsUnavailable
from tagship.base.fakes import ManualClock
from tagship.base.process import SystemProcesses, is_running
from tagship.local import instance
from tagship.local.settings import LocalSettings

HERE = {"LocationConstraint": "eu-central-1"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalSettings]:
    """Settings of an embedded AWS that this test alone starts and stops."""
    settings = fresh_settings(tmp_path / "home")
    yield settings
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def down(settings: LocalSettings) -> bool:
    return instance.down(settings, SystemProcesses(), SystemClock(), print)


def lines(aws: RunningAws) -> list[str]:
    events = aws.client("logs").get_log_events(logGroupName="app", logStreamName="web", startFromHead=True)["events"]
    return [event["message"] for event in events]


def test_what_was_made_is_there_after_down_and_up(own: LocalSettings) -> None:
    start(own)
    RunningAws(own).client("s3").create_bucket(Bucket="kept", CreateBucketConfiguration=HERE)
    assert down(own)
    start(own)
    assert [bucket["Name"] for bucket in RunningAws(own).client("s3").list_buckets()["Buckets"]] == ["kept"]


def test_a_killed_server_has_lost_nothing_that_it_answered_a_moment_ago(own: LocalSettings) -> None:
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


def test_up_finds_what_runs_already(own: LocalSettings) -> None:
    assert start(own).pid == start(own).pid


def test_down_leaves_no_process_and_says_whether_there_was_one(own: LocalSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    assert down(own)
    assert not is_running(pid)
    assert not instance.status(own).running
    assert not down(own)


def test_reset_forgets_everything(own: LocalSettings) -> None:
    start(own)
    RunningAws(own).client("s3").create_bucket(Bucket="gone", CreateBucketConfiguration=HERE)
    instance.reset(own, SystemProcesses(), SystemClock(), print)
    assert not own.directory.exists()
    start(own)
    assert RunningAws(own).client("s3").list_buckets()["Buckets"] == []


def test_a_taken_port_is_named_with_a_free_one_to_type(own: LocalSettings) -> None:
    with socket.create_server(("127.0.0.1", own.port)), pytest.raises(LocalAwsUnavailable) as refused:
        start(own)
    assert f"Port {own.port}" in refused.value.message
    assert "tagship local up --port" in str(refused.value.hint)


def test_a_server_that_cannot_start_has_its_last_words_quoted(own: LocalSettings) -> None:
    own.directory.mkdir(parents=True)
    (own.directory / "state.sqlite").write_text("this is no database, and that is what will be said")
    with pytest.raises(LocalAwsUnavailable, match="file is not a database"):
        start(own)


def test_a_process_id_that_is_somebody_elses_now_is_left_alone(own: LocalSettings) -> None:
    own.directory.mkdir(parents=True)
    stale = {"pid": os.getpid(), "port": own.port, "started": "2026-01-01T00:00:00+00:00"}
    (own.directory / "instance.json").write_text(json.dumps(stale))
    assert not instance.status(own).running
    assert not down(own)
    assert start(own).running


def test_a_server_that_hangs_is_ended_by_down(own: LocalSettings) -> None:
    pid = start(own).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert not instance.status(own).running
    impatient = ManualClock()
    assert instance.down(own, SystemProcesses(), impatient, print)
    assert not is_running(pid)


NEVER_TAKES_NOTE = """
import time
from tagship.wiring.local import LocalAws
LocalAws().up()
print("up", flush=True)
time.sleep(600)
"""


def test_down_ends_though_the_servers_parent_never_takes_note(own: LocalSettings) -> None:
    ours = {"HOME": own.home, "LOCAL_PORT": own.port, "FRONT_DOOR_PORT": own.front_door_port}
    environ = {**os.environ, **{f"TAGSHIP_{name}": str(value) for name, value in ours.items()}}
    with subprocess.Popen([sys.executable, "-c", NEVER_TAKES_NOTE], env=environ, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        assert down(own)
        assert parent.poll() is None
        parent.kill()


def test_no_credential_of_the_person_reaches_the_server(own: LocalSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    pid = start(own).pid
    assert b"AWS_PROFILE" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_two_at_once_do_not_see_each_other(own: LocalSettings, tmp_path: Path) -> None:
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
