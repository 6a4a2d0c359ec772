import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.asgi import call_app
from seatrial.core.faults import Faults
from seatrial.core.faults.page import FaultsPage
from seatrial.core.service import AwsResponse
from seatrial.core.state import Store

HOST = {"host": "127.0.0.1:4566"}


@pytest.fixture
def page(tmp_path: Path) -> FaultsPage:
    return FaultsPage(Faults(Store(tmp_path / "state.sqlite")), 4566)


async def ask(page: FaultsPage, method: str, path: str = "/_seatrial/faults", **more: Any) -> AwsResponse:  # noqa: ANN401
    assert page.serves(path)
    headers = more.get("headers", HOST)
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (more.get("client", "127.0.0.1"), 50000),
    }
    return await call_app(page, scope, more.get("body", b""))


def order(**fields: Any) -> bytes:  # noqa: ANN401 - JSON
    return json.dumps(fields).encode()


async def test_a_fault_is_set_listed_and_cleared(page: FaultsPage) -> None:
    made = await ask(page, "POST", body=order(kind="crash", service="api", seconds=3))
    assert made.status == 201
    assert (made.json()["id"], made.json()["kind"], made.json()["seconds"]) == ("1", "crash", 3)
    assert (await ask(page, "GET")).json() == {"faults": [made.json()]}
    assert (await ask(page, "DELETE", "/_seatrial/faults/1")).json() == {"cleared": 1}
    gone = await ask(page, "DELETE", "/_seatrial/faults/1")
    assert (gone.status, gone.json()["message"]) == (404, "No fault `1` is set.")
    assert (await ask(page, "DELETE")).json() == {"cleared": 0}
    assert (await ask(page, "PUT")).status == 405


@pytest.mark.parametrize("body", [b"", b"{", b"[]", order(kind="crsh"), b'"' + b"x" * 70000 + b'"'])
async def test_what_is_no_fault_is_a_bad_request(page: FaultsPage, body: bytes) -> None:
    answer = await ask(page, "POST", body=body)
    assert answer.status == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "asked",
    [
        {"client": "172.17.0.2"},
        {"headers": {}},
        {"headers": {"host": "evil.example:4566"}},
        {"headers": {"host": "127.0.0.1"}},
        {"headers": HOST | {"origin": "https://evil.example"}},
        {"headers": HOST | {"origin": "null"}},
        {"headers": HOST | {"origin": "http://127.0.0.1:4566"}},
    ],
    ids=["container", "no host", "rebound name", "no port", "web page", "opaque page", "our own bucket's page"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_container_or_a_page_in_a_browser_is_refused(
    page: FaultsPage, method: str, asked: dict[str, Any]
) -> None:
    answer = await ask(page, method, body=order(kind="crash"), **asked)
    assert answer.status == 403
    assert (await ask(page, "GET")).json() == {"faults": []}


def test_only_its_own_paths_are_served(page: FaultsPage) -> None:
    assert not page.serves("/_seatrial/faultsy")
    assert not page.serves("/_seatrial/health")
