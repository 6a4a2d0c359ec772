"""The zip, run as Lambda runs it: by a Python that sees the standard library and the zip, and nothing else."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest

from tagship.base.process import Command, Completed, SystemProcesses
from tagship.notify import package

EVENT = Path(__file__).parent / "events/alarm-cpu.json"
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tagship.base.clock import SystemClock
from tagship.notify.function import index

webhook = sys.argv[2]
means = index.Dependencies(lambda: webhook, SystemClock(), "shop-staging", seconds=5)
sys.exit(index.notify(json.load(open(sys.argv[3]))["event"], means) - 1)
"""
AS_LAMBDA = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["boto3"] = type(sys)("boto3")
from importlib import import_module
module, _, name = "tagship.notify.function.index.handler".rpartition(".")
print(getattr(import_module(module), name).__module__)
"""


class Receiver(BaseHTTPRequestHandler):
    """Takes everything."""

    taken: list[Any]

    def do_POST(self) -> None:
        self.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def taken() -> Iterator[tuple[str, list[Any]]]:
    """A receiver's address, and what it took."""
    handler = type("Taking", (Receiver,), {"taken": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/services/x", handler.taken  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "made/alerts.zip"
    package.write(path)
    return path


def alone(*words: str) -> Completed:
    """Python without site-packages, without this checkout, without variables."""
    return SystemProcesses().run(Command((sys.executable, "-I", "-S", "-c", *words)), check=False)


def test_the_function_runs_from_its_zip_with_the_standard_library_alone(
    archive: Path, taken: tuple[str, list[Any]]
) -> None:
    webhook, messages = taken

    done = alone(PROGRAM, str(archive), webhook, str(EVENT))

    assert done.returncode == 0, done.stderr
    assert [message["text"] for message in messages] == ["Alarm: `api`: CPU at 91.3 %, above 80 %"]


def test_the_handler_is_where_terraform_says(archive: Path) -> None:
    terraform = Path(package.__file__).parents[1] / "infra/terraform/modules/alerts/function.tf"

    assert '"tagship.notify.function.index.handler"' in terraform.read_text()
    assert alone(AS_LAMBDA, str(archive)).stdout.strip() == "tagship.notify.function.index"


def test_the_same_code_makes_the_same_bytes() -> None:
    assert package.package() == package.package()


def test_the_zip_is_sorted_dateless_and_readable() -> None:
    entries = ZipFile(BytesIO(package.package())).infolist()

    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.compress_type for entry in entries} == {ZIP_STORED}
    assert not any("__pycache__" in entry.filename for entry in entries)


def test_a_zip_that_is_the_same_is_left_alone(archive: Path) -> None:
    before = archive.stat().st_mtime_ns

    package.write(archive)

    assert archive.stat().st_mtime_ns == before


def test_a_zip_of_other_code_is_replaced(archive: Path) -> None:
    archive.write_bytes(b"older")

    package.write(archive)

    assert archive.read_bytes() == package.package()
