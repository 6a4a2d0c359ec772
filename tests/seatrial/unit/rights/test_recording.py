"""What calls ask for is written down, and of what they say nothing else."""

import json
from pathlib import Path
from typing import Any

from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import Rights
from seatrial.access.rights.callers import Asker
from seatrial.access.rights.recording import Recording
from seatrial.core.internal import AwsCallError
from seatrial.core.policies.principals import Principal
from tests.seatrial.unit.rights.asking import called
from tests.seatrial.unit.rights.stored import FakePolicies
from tests.seatrial.unit.rights.test_modules import NOW

ROOT = Asker(Principal("arn:aws:iam::000000000000:root", "000000000000"))
VPC = "vpc-0123456789abcdef0"


class FakeAws:
    """Knows the tags of one network."""

    async def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        if operation == "DescribeTags" and params["Filters"][0]["Values"] == [VPC]:
            return {"Tags": [{"Key": "tagship:app", "Value": "notes"}]}
        raise AwsCallError("NotFound", f"{service}:{operation}")


async def recorded(path: Path, service: str, operation: str, /, **params: Any) -> list[Any]:  # noqa: ANN401 - AWS's
    rights = Rights(FakeAws(), FakePolicies(), lambda: NOW)  # type: ignore[arg-type]
    call = called(service, operation, **params)
    Recording(path).note(call, await rights.requests(ROOT, call, Place("eu-central-1", "000000000000")))
    return lines(path)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


async def test_each_right_is_written_down_with_the_tags_of_its_resource(tmp_path: Path) -> None:
    (line,) = await recorded(tmp_path / "calls", "ec2", "DeleteVpc", VpcId=VPC)
    (need,) = line["needs"]
    assert line["call"] == "ec2:DeleteVpc"
    assert need[:2] == ["ec2:DeleteVpc", f"arn:aws:ec2:eu-central-1:000000000000:vpc/{VPC}"]
    assert need[2]["aws:resourcetag/tagship:app"] == ["notes"]


async def test_no_value_of_a_secret_is_written_down(tmp_path: Path) -> None:
    (line,) = await recorded(tmp_path / "calls", "secretsmanager", "CreateSecret", Name="a", SecretString="hidden")
    assert "hidden" not in json.dumps(line)


async def test_what_everybody_may_ask_is_not_written_down(tmp_path: Path) -> None:
    assert await recorded(tmp_path / "calls", "sts", "GetCallerIdentity") == []
