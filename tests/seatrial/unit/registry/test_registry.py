from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from seatrial.ground.fakes import ManualClock
from seatrial.services.registry.blobs import BlobStore
from seatrial.services.registry.login import Logins
from seatrial.services.registry.manifests import checked_manifest, parse_manifest
from seatrial.services.registry.pending_blobs import PATIENCE, PendingBlobs
from seatrial.services.registry.protocol import TAG, RegistryError, Route, byte_range, route


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("/v2/", Route("base")),
        ("/v2", Route("base")),
        ("/v2/team/app/blobs/uploads/", Route("upload", "team/app", "")),
        ("/v2/app/blobs/uploads/0af1", Route("upload", "app", "0af1")),
        ("/v2/app/blobs/sha256:00", Route("blob", "app", "sha256:00")),
        ("/v2/a-b_c.d/manifests/v1.2.3", Route("manifest", "a-b_c.d", "v1.2.3")),
        ("/v2/app/tags/list", Route("tags", "app")),
        ("/v2/apis", None),
        ("/v2/email/outbound-emails", None),
        ("/v2/App/tags/list", None),
        ("/v2/../tags/list", None),
    ],
)
def test_a_path_means_one_thing(path: str, meaning: Route | None) -> None:
    assert route(path) == meaning


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("bytes=0-3", (0, 4)),
        ("bytes=6-", (6, 4)),
        ("bytes=-3", (7, 3)),
    ],
)
def test_a_range_is_a_start_and_a_length(header: str | None, part: tuple[int, int] | None) -> None:
    assert byte_range(header, 10) == part


def test_a_range_outside_is_refused() -> None:
    with pytest.raises(RegistryError) as refused:
        byte_range("bytes=10-", 10)
    assert refused.value.status == 416


def test_an_image_is_its_layers_and_configuration() -> None:
    manifest = parse_manifest('{"config": {"digest": "c", "size": 2}, "layers": [{"digest": "l", "size": 40}]}')
    assert manifest.blobs == {"c": 2, "l": 40}
    assert manifest.size == 42


def test_a_layer_that_lies_elsewhere_is_not_asked_for() -> None:
    assert parse_manifest('{"layers": [{"digest": "l", "size": 1, "urls": ["https://example.com"]}]}').blobs == {}


def test_an_index_points_to_its_images() -> None:
    assert parse_manifest('{"manifests": [{"digest": "a"}, {"digest": "b"}]}').manifests == ("a", "b")


@pytest.mark.parametrize("text", ["", "[]", "1", '{"config": 1}', '{"layers": [{}]}'])
def test_anything_else_is_no_manifest(text: str) -> None:
    with pytest.raises(ValueError, match=r"no manifest|Expecting"):
        parse_manifest(text)


def test_a_promise_holds_until_it_is_kept_or_forgotten() -> None:
    clock = ManualClock()
    promises = PendingBlobs(clock)
    promises.add("kept")
    promises.add("forgotten")
    promises.resolve(["kept", "never made"])
    assert promises.outstanding() == {"forgotten"}
    clock.sleep(PATIENCE)
    assert promises.outstanding() == set()


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"2",
        b"\xff",
        b"[" * 100_000,
        b'{"schemaVersion": 1, "layers": [], "config": {"digest": "c"}}',
        b'{"schemaVersion": 2, "layers": []}',
        b'{"schemaVersion": 2, "config": {"digest": "c"}}',
        b'{"schemaVersion": 2, "manifests": {}}',
        b'{"schemaVersion": 2, "config": {}, "layers": []}',
    ],
)
def test_what_is_no_manifest_is_not_taken(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked_manifest(content)


def test_images_and_indexes_are_taken() -> None:
    assert checked_manifest(b'{"schemaVersion": 2, "config": {"digest": "c"}, "layers": []}').blobs == {"c": 0}
    assert checked_manifest(b'{"schemaVersion": 2, "manifests": [{"digest": "m"}]}').manifests == ("m",)


@pytest.mark.parametrize("tag", ["\nX", "", ".a", "-a", "a b", "a" * 129, "v1\n", "é"])
def test_a_tag_has_only_letters_that_the_specification_allows(tag: str) -> None:
    assert not TAG.fullmatch(tag)
    assert TAG.fullmatch("v1.2.3-rc_1")


async def test_an_upload_that_the_disk_does_not_take_leaves_nothing_behind(tmp_path: Path) -> None:
    async def full() -> AsyncIterator[bytes]:
        yield b"x" * 100
        raise OSError(28, "No space left on device")

    blobs = BlobStore(tmp_path)
    blobs.prepare()
    upload = blobs.start_upload()
    with pytest.raises(OSError, match="No space left"):
        await blobs.append(upload, full())
    assert (list((tmp_path / "uploads").iterdir()), blobs.upload(upload.id)) == ([], None)


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def test_a_login_holds_for_twelve_hours_whatever_happens_to_the_process() -> None:
    token, until = Logins("ours", lambda: 1000.0).issue()
    assert until == 1000 + 12 * 3600
    assert Logins("ours", lambda: until).accepts(f"Basic {token}")
    assert not Logins("ours", lambda: until + 1).accepts(f"Basic {token}")
    assert not Logins("another", lambda: 1000.0).accepts(f"Basic {token}")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        "Bearer QVdTOng=",
        basic("AWS", ""),
        basic("AWS", "9999999999.00"),
        basic("me", "1.1"),
        basic("AWS", "\u00b2.1"),
        "Basic /w==",
    ],
)
def test_nothing_else_is_a_login(authorization: str) -> None:
    assert not Logins("ours", lambda: 1000.0).accepts(authorization)


def test_a_login_is_one_of_its_user_and_until_its_own_hour() -> None:
    logins = Logins("ours", lambda: 1000.0)
    password = b64decode(logins.issue()[0]).decode().partition(":")[2]
    later = password.replace(password.partition(".")[0], "99999999", 1)
    assert logins.accepts(basic("AWS", password))
    assert not logins.accepts(basic("me", password))
    assert not logins.accepts(basic("AWS", later))
