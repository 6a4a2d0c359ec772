"""What several corrections of RDS do together, on the recorded cases of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from tests.seatrial.unit.corrections.cases import FOLDER, FakeAws, context, corrected, correction_of, request, texts

UPGRADE = "Action=ModifyDBCluster&AllowMajorVersionUpgrade=true&DBClusterIdentifier=whole-serverless&EngineVersion={}"


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


async def test_the_major_version_of_a_cluster_that_has_data_stays_and_the_safe_way_is_said(tmp_path: Path) -> None:
    where = context(tmp_path, FakeAws())
    correction = correction_of(where, "major_version_of_data")
    made, with_an_instance = steps("cluster_serverless")
    without_instances = {**made, "operation": "DescribeDBClusters", "request": with_an_instance["request"]}

    await corrected(correction, "rds", made)
    upgrade = request("rds", "ModifyDBCluster", UPGRADE.format("17.7"))
    assert correction.rewrite(upgrade) is upgrade  # nothing is in it yet

    await corrected(correction, "rds", with_an_instance)
    await corrected(correction, "rds", without_instances)  # what it held is there still
    with pytest.raises(AwsCallError, match=r"from 16\.11 to 17\.7: .* ask for 16\.11 again.* pg_dump") as refused:
        correction.rewrite(upgrade)
    assert (refused.value.code, refused.value.status) == ("InvalidParameterCombination", 400)
    minor = request("rds", "ModifyDBCluster", UPGRADE.format("16.12"))
    assert correction.rewrite(minor) is minor
    where.store.close()
