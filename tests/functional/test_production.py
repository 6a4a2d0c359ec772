"""A protected environment with a domain, as on an account of one's own: nothing but the endpoint is the embedded AWS's.

Beside the tour: the guard, plain Terraform without tagship, what a reviewer reads in the plan,
and how protection is lifted.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagship.base.errors import ProgramFailed
from tagship.base.process import Command
from tests.contract.infra import rendered
from tests.contract.infra.conftest import PlainTerraform, around, found_program, terraform
from tests.functional.harness import App, running
from tests.functional.limits import beyond_limits
from tests.support.left import left
from tour.stage import SYSTEMS

__all__ = ["around", "found_program", "terraform"]

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(2400)]

PRODUCTION = """
environments:
  production:
    account: "000000000000"
    domain: {name: notes.example.com, zone: example.com}
    network: {nat: per-zone, cidr: 10.40.0.0/16}
    database: {instance: db.r7g.large, readers: {min: 2, max: 3}}
    services:
      api:
        sign_in: true
        scaling:
          schedule:
            - {name: night, cron: "0 22 * * ? *", timezone: Europe/Berlin, min: 1, max: 2}
            - {name: day, cron: "0 7 * * ? *", timezone: Europe/Berlin, min: 2, max: 4}
"""
REFUSED = 5


class Production(App):
    """The same checkout, with an AWS account: its credentials, and the endpoint at which it answers."""

    @property
    def env(self) -> dict[str, str]:
        found = {**super().env, **self.aws.variables, "AWS_EC2_METADATA_DISABLED": "true"}
        return {**found, "AWS_ENDPOINT_URL": self.aws.endpoint}

    def infra(self, *words: str) -> str:
        return self.type("infra", *words, "--env", "production")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Production]:
    with running(tmp_path, more=SYSTEMS + PRODUCTION) as made:
        made.aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="test")
        yield Production(made.folder, made.aws)


def plain_plan(app: Production, folder: Path, terraform: PlainTerraform) -> tuple[int, Any]:
    """The exit code of a plan in an ejected folder, 2 where there is anything to change, and the plan's JSON."""
    root = folder / "root"

    def run(*words: str) -> Any:  # noqa: ANN401 - what the runner gives
        env = {**terraform.env, **app.env}
        return app.processes.run(Command((terraform.program.path, *words), cwd=root, env=env), check=False)

    assert run("init", "-backend-config=../backend.json", "-input=false").returncode == 0
    planned = run("plan", "-detailed-exitcode", "-input=false", "-out=it.tfplan")
    return planned.returncode, json.loads(run("show", "-json", "it.tfplan").stdout)


def refusal(app: Production, *words: str) -> str:
    with pytest.raises(ProgramFailed) as caught:
        app.infra(*words)
    assert caught.value.returncode == REFUSED
    return str(caught.value)


def test_a_protected_environment_is_reviewed_kept_left_and_destroyed(
    app: Production, terraform: PlainTerraform, tmp_path: Path
) -> None:
    before = left(app.aws)
    app.infra("apply", "--yes")

    # The plan is empty, with tagship and without; and what stands is what a reviewer would sign.
    assert json.loads(app.infra("plan", "--json")) == {"changes": [], "losses": [], "live": []}
    app.infra("eject", str(tmp_path / "plain"))
    code, plan = plain_plan(app, tmp_path / "plain", terraform)
    assert code == 0
    assert rendered.broken(plan, doors=("module.vpn",), public=("module.vpn",)) == []

    # What nobody can bring back is not taken away by a line that is missing in the manifest.
    manifest = app.folder / "tagship.yaml"
    whole = manifest.read_text(encoding="utf-8")
    manifest.write_text(whole.replace("    database: {instance: db.r7g.large", "    vpn: false\n    database: false #"))
    said = refusal(app, "apply", "--yes")
    assert "module.database[0].aws_rds_cluster.this" in said
    manifest.write_text(whole, encoding="utf-8")

    # Destroyed: what protects it is lifted, and only the database's last snapshot stays.
    app.infra("destroy", "--confirm", "production")
    rds = app.aws.client("rds")
    (snapshot,) = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert snapshot["DBClusterSnapshotIdentifier"].startswith("notes-production-final-")
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=snapshot["DBClusterSnapshotIdentifier"])
    assert left(app.aws) == before

    # Nothing that it sent is refused by AWS's documented limits, and each operation is one whose limits are known.
    assert beyond_limits(app) == []
