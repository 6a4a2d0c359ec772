import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tagship.cli.cost import cost

MANIFEST = """\
app: notes
region: ap-northeast-2
services:
  api:
    port: 8000
environments:
  staging: {account: "111122223333"}
"""


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "tagship.yaml"
    path.write_text(MANIFEST)
    return str(path)


def test_the_table_ends_what_stands_with_its_sum_and_says_what_is_assumed(manifest: str) -> None:
    done = CliRunner().invoke(cost, ["--env", "staging", "--manifest", manifest])

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("ap-northeast-2, 2026-10")
    whats = [line.split("  ")[0] for line in lines]
    assert whats.index("NAT gateways") < whats.index("Infrastructure") < whats.index("Data through NAT")
    assert whats[-1] == "Usage"
    assert "the bill is AWS's" in done.stderr


def test_a_script_reads_the_same_lines_and_sums(manifest: str) -> None:
    done = CliRunner().invoke(cost, ["--env", "staging", "--manifest", manifest, "--json"])

    found = json.loads(done.stdout)
    assert found["fixed"] == pytest.approx(
        sum(line["monthly"] for line in found["lines"] if line["kind"] == "fixed"), abs=0.01
    )
    assert {line["kind"] for line in found["lines"]} == {"fixed", "by use"}
