"""What Grafana's container does before Grafana: lays out its files, and gives it a key that nobody knows."""

import base64
import gzip
from pathlib import Path

import pytest

from tagship.base.process import Command, Completed, SystemProcesses
from tagship.infra.workspace import SOURCES
from tests.unit.infra.hcl import rendered

SCRIPT = (SOURCES / "modules/dashboards/start.sh.tftpl").read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "grafana"


def started(home: Path, *, random: str = "/dev/urandom") -> Completed:
    """Run the script, with a program in Grafana's place that prints the key."""
    grafana = home.with_name("run.sh")
    grafana.write_text('#!/bin/sh\nprintf %s "$GF_SECURITY_SECRET_KEY"\n', encoding="utf-8")
    grafana.chmod(0o755)
    script = rendered(SCRIPT, {"home": str(home), "paths": ["dashboards/0.json", "provisioning/datasources/a.yaml"]})
    script = script.replace("/run.sh", str(grafana)).replace("/dev/urandom", random)
    files = {f"FILE_{n}": base64.b64encode(gzip.compress(text)).decode() for n, text in enumerate((b"{}", b"sources"))}
    return SystemProcesses().run(Command.of("sh", "-c", script, env=files), check=False)


def test_each_file_is_where_grafana_looks_for_it(home: Path) -> None:
    assert started(home).returncode == 0

    assert (home / "dashboards/0.json").read_text() == "{}"
    assert (home / "provisioning/datasources/a.yaml").read_text() == "sources"
    assert {path.name for path in (home / "provisioning").iterdir()} == {
        "alerting",
        "dashboards",
        "datasources",
        "plugins",
    }


def test_the_key_has_32_bytes_and_is_new_each_time(home: Path) -> None:
    first, second = started(home).stdout, started(home).stdout

    assert len(base64.b64decode(first)) == len(base64.b64decode(second)) == 32
    assert first != second


def test_without_a_key_grafana_does_not_start(home: Path) -> None:
    assert started(home, random="/dev/null").returncode != 0
