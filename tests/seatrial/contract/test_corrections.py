from collections.abc import Iterator

import pytest

from tests.seatrial.contract.conftest import RunningAws

EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def group(local_aws: RunningAws) -> Iterator[str]:
    """A new security group in a network of its own."""
    ec2 = local_aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made: str = ec2.create_security_group(GroupName="new", Description="new", VpcId=vpc)["GroupId"]
    yield made
    ec2.delete_security_group(GroupId=made)
    ec2.delete_vpc(VpcId=vpc)


def rules(aws: RunningAws, group: str) -> list[str | None]:
    """The descriptions of a group's rules."""
    found = aws.client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return [rule.get("Description") for rule in found["SecurityGroupRules"]]


def test_the_rule_that_lets_everything_out_is_revoked_as_terraform_asks(local_aws: RunningAws, group: str) -> None:
    assert rules(local_aws, group) == [None]
    revoked = {**EVERYTHING, "FromPort": 0, "ToPort": 0}
    local_aws.client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=[revoked])
    assert rules(local_aws, group) == []


def test_a_rule_keeps_the_description_it_was_made_with(local_aws: RunningAws, group: str) -> None:
    ec2 = local_aws.client("ec2")
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[{**EVERYTHING, "FromPort": 0, "ToPort": 0}])
    described = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "To the world"}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[described])
    assert rules(local_aws, group) == ["To the world"]
