"""What several corrections of RDS do together, on the recorded cases of each."""

import json
from pathlib import Path
from typing import Any

from tests.seatrial.unit.corrections.cases import FOLDER, FakeAws, context, corrected, correction_of, texts


def steps(case: str) -> list[dict[str, Any]]:
    recorded: list[dict[str, Any]] = json.loads((FOLDER / f"{case}.json").read_text())["steps"]
    return recorded


async def test_a_member_has_the_identifier_and_the_port_of_its_cluster(tmp_path: Path) -> None:
    where = context(tmp_path, FakeAws())
    await corrected(correction_of(where, "addresses_that_stay"), "rds", steps("cluster_endpoints")[0])
    described = await corrected(correction_of(where, "addresses_of_members"), "rds", steps("instance_insights")[1])
    endpoint = "DescribeDBInstancesResult/DBInstances/DBInstance/Endpoint"
    assert texts(described, f"{endpoint}/Address") == ["whole-1.cbf84216.eu-central-1.rds.amazonaws.com"]
    assert texts(described, f"{endpoint}/Port") == ["5432"]
    where.store.close()


async def test_the_address_of_an_instance_without_a_known_cluster_is_left(tmp_path: Path) -> None:
    where = context(tmp_path, FakeAws())
    described = await corrected(correction_of(where, "addresses_of_members"), "rds", steps("instance_insights")[1])
    assert texts(described, "DescribeDBInstancesResult/DBInstances/DBInstance/Endpoint/Address") == ["localhost"]
    where.store.close()
