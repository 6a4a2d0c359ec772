"""On a full disk nothing is done, and what was begun before it was full still ends."""

from pathlib import Path
from typing import Any

import pytest

from seatrial.core.asgi import Message, Receive, Send, read_body, send_response
from seatrial.core.disk_space import RESERVE_BYTES, SPARE_BYTES, DiskSpace
from seatrial.core.gateway import Gateway, needs_room
from seatrial.core.internal import AwsCallError, InProcessAws
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.settings import InstanceSettings
from seatrial.ministack.emulator import NotKept

SETTINGS = InstanceSettings(home=Path("/nowhere"))


class Disk:
    """The free bytes of a made-up disk."""

    def __init__(self, free: int) -> None:
        self.free = free

    def __call__(self, _: Path) -> int:
        return self.free


class Changed(OwnService):
    """ECS, which counts what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def claims(self, request: AwsRequest) -> bool:
        return request.service == "ecs"

    async def handle(self, request: AwsRequest) -> AwsResponse:
        self.done.append(request.operation)
        return AwsResponse.of_json({"clusterArns": []})


class Emulated:
    """The emulator, which counts what it was asked to do."""

    def __init__(self) -> None:
        self.done = 0

    async def __call__(self, _scope: Message, receive: Receive, send: Send) -> None:
        await read_body(receive)
        self.done += 1
        await send_response(send, AwsResponse.of_json({}))


async def keep(_request: AwsRequest, _status: int) -> None:
    """All is well."""


async def cannot_keep(_request: AwsRequest, _status: int) -> None:
    raise NotKept


def test_a_request_fits_where_it_has_room_twice_and_some_is_left(tmp_path: Path) -> None:
    disk = Disk(2 * 1000 + SPARE_BYTES)
    disk_space = DiskSpace(tmp_path, disk)
    assert (disk_space.has(1000), disk_space.has(1001)) == (True, False)
    disk.free = 0
    assert not disk_space.has(0)


def test_what_was_begun_gets_the_reserve_and_the_next_change_makes_it_again(tmp_path: Path) -> None:
    disk_space = DiskSpace(tmp_path, Disk(1 << 40))
    assert not disk_space.give_up_reserve()
    assert disk_space.has(0)
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
    assert (disk_space.give_up_reserve(), disk_space.give_up_reserve()) == (True, False)
    assert disk_space.has(0)
    assert (tmp_path / "reserve").exists()


def test_without_a_reserve_nothing_is_taken_in(tmp_path: Path) -> None:
    assert not DiskSpace(tmp_path / "not there", Disk(1 << 40)).has(0)


@pytest.mark.parametrize(("service", "operation"), [("ecs", "CreateCluster"), ("secretsmanager", "CreateSecret")])
async def test_on_a_full_disk_a_change_is_refused_and_not_made(service: str, operation: str) -> None:
    ecs, emulator = Changed(), Emulated()
    gateway = Gateway(SETTINGS, emulator, keep, has_room=lambda _: False)
    gateway.plug(ecs)
    params = {"Name": "n"} if service == "secretsmanager" else {}
    with pytest.raises(AwsCallError) as raised:
        await InProcessAws(gateway, SETTINGS).call(service, operation, **params)
    assert (raised.value.code, raised.value.status) == ("ServiceUnavailable", 503)
    assert (ecs.done, emulator.done) == ([], 0)


async def test_an_object_is_weighed_by_what_its_head_says() -> None:
    asked: list[int] = []
    emulator = Emulated()

    def has_room(size: int) -> bool:
        asked.append(size)
        return False

    gateway = Gateway(SETTINGS, emulator, keep, has_room)
    with pytest.raises(AwsCallError) as raised:
        await InProcessAws(gateway, SETTINGS).call("s3", "PutObject", Bucket="b", Key="k", Body=b"x" * 5000)
    assert (raised.value.status, asked, emulator.done) == (503, [5000], 0)


async def test_what_reads_or_takes_away_goes_on() -> None:
    emulator = Emulated()
    aws = InProcessAws(Gateway(SETTINGS, emulator, keep, has_room=lambda _: False), SETTINGS)
    await aws.call("secretsmanager", "ListSecrets")
    await aws.call("secretsmanager", "DeleteSecret", SecretId="s")
    assert emulator.done == 2
    assert not needs_room(AwsRequest("DELETE", "/bucket/key", service="s3"))
    assert not needs_room(AwsRequest("POST", "/bucket", query={"delete": ""}))


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("secretsmanager", "CreateSecret", {"Name": "n"}),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"x"}),
    ],
)
async def test_what_could_not_be_kept_is_no_success(service: str, operation: str, params: dict[str, Any]) -> None:
    aws = InProcessAws(Gateway(SETTINGS, Emulated(), cannot_keep), SETTINGS)
    with pytest.raises(AwsCallError) as raised:
        await aws.call(service, operation, **params)
    assert (raised.value.code, raised.value.status) == ("InternalFailure", 500)
