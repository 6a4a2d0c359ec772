"""One suite for RDS, ECR, Logs and Secrets Manager in memory and for the doors to the embedded AWS."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import pytest

from tagship.aws.cognito import AwsUserPools
from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.fakes_infra import FakeDatabases, FakeImages, FakeLeftovers
from tagship.aws.leftovers import AwsLeftovers, Leftovers
from tagship.aws.rds import AUTOSCALED, AwsDatabases, Databases
from tagship.aws.roles import AwsServiceRoles
from tagship.aws.s3 import S3
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws


@pytest.fixture
def name() -> str:
    return f"contract-{uuid4().hex[:12]}"


@dataclass
class Harness:
    """A cluster with a writer and one reader that scaling has added, and what tells of them."""

    databases: Databases
    cluster: str
    reader: str


def embedded(local_aws: RunningAws, name: str, reader: str) -> AwsDatabases:
    rds, scaling = local_aws.client("rds"), local_aws.client("application-autoscaling")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="root_of_it",
        MasterUserPassword="hush-hush",
    )
    for instance in (f"{name}-1", reader):
        rds.create_db_instance(
            DBInstanceIdentifier=instance,
            DBClusterIdentifier=name,
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
        )
    scaling.register_scalable_target(
        ServiceNamespace="rds",
        ResourceId=f"cluster:{name}",
        ScalableDimension="rds:cluster:ReadReplicaCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    return AwsDatabases(session(local_aws))


@pytest.fixture(params=["fake", "embedded"])
def harness(request: pytest.FixtureRequest, name: str) -> Any:  # noqa: ANN401 - a generator of stages
    reader = f"{AUTOSCALED}{name}"
    if request.param == "fake":
        yield Harness(FakeDatabases({name: [reader]}, scaled={name}), name, reader)
        return
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    yield Harness(embedded(local_aws, name, reader), name, reader)
    rds = local_aws.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def test_a_reader_that_scaling_has_added_is_found_and_goes(harness: Harness) -> None:
    assert harness.databases.autoscaled_readers(harness.cluster) == [harness.reader]

    harness.databases.delete_reader(harness.reader)
    harness.databases.delete_reader(harness.reader)

    assert harness.databases.autoscaled_readers(harness.cluster) == []


def test_what_is_not_there_is_not_up(harness: Harness) -> None:
    if isinstance(harness.databases, FakeDatabases):
        harness.databases.never_up |= {"nobody"}

    assert not harness.databases.instance_is_up("nobody")
    assert not harness.databases.cluster_is_up("nobody")
    harness.databases.delete_reader(harness.reader)


def test_scaling_is_stopped_once(harness: Harness) -> None:
    assert harness.databases.stop_scaling(harness.cluster)
    assert not harness.databases.stop_scaling(harness.cluster)
    harness.databases.delete_reader(harness.reader)


def test_a_cluster_that_is_not_there_has_no_readers_and_no_snapshot(harness: Harness) -> None:
    assert harness.databases.autoscaled_readers("nobody") == []
    assert not harness.databases.has_snapshot("nobody-last")
    harness.databases.delete_reader(harness.reader)


def test_a_snapshot_is_found_by_its_name(local_aws: RunningAws, name: str) -> None:
    reader = f"{AUTOSCALED}{name}"
    found = embedded(local_aws, name, reader)
    rds = local_aws.client("rds")
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=f"{name}-last", DBClusterIdentifier=name)

    assert found.has_snapshot(f"{name}-last")

    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=f"{name}-last")
    for instance in (f"{name}-1", reader):
        rds.delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


@dataclass
class Left:
    """Two log groups and one secret, and what deletes them."""

    leftovers: Leftovers
    groups: list[str] = field(default_factory=list)
    secret: str = ""


@pytest.fixture(params=["fake", "embedded"])
def left(request: pytest.FixtureRequest, name: str) -> Left:
    groups = [f"/aws/lambda/{name}", f"/aws/lambda/{name}-2"]
    if request.param == "fake":
        return Left(FakeLeftovers(set(groups), {name}), groups, name)
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    for group in groups:
        local_aws.client("logs").create_log_group(logGroupName=group)
    secret = local_aws.client("secretsmanager").create_secret(Name=name, SecretString="hush")["ARN"]
    return Left(AwsLeftovers(session(local_aws)), groups, secret)


def test_log_groups_are_found_by_how_they_begin_and_go(left: Left) -> None:
    assert left.leftovers.log_groups(left.groups[0]) == left.groups

    for group in (*left.groups, left.groups[0]):
        left.leftovers.delete_log_group(group)

    assert left.leftovers.log_groups(left.groups[0]) == []


def test_a_secret_goes_at_once_and_its_name_is_free(left: Left, local_aws: RunningAws, name: str) -> None:
    left.leftovers.delete_secret(left.secret)
    left.leftovers.delete_secret(left.secret)

    secrets = local_aws.client("secretsmanager")
    secrets.create_secret(Name=name, SecretString="again")
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_a_secret_that_waits_for_its_deletion_goes_at_once_too(local_aws: RunningAws, name: str) -> None:
    secrets = local_aws.client("secretsmanager")
    secret = secrets.create_secret(Name=name, SecretString="hush")["ARN"]
    secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=30)

    AwsLeftovers(session(local_aws)).delete_secret(secret)

    secrets.create_secret(Name=name, SecretString="again")
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


class Images(Protocol):
    """See ``AwsEcr.has_images``."""

    def has_images(self, repository: str, /) -> bool: ...


def pushed(local_aws: RunningAws, name: str) -> None:
    """An image, as far as ECR's own API can push one."""
    ecr = local_aws.client("ecr")
    config = b"{}"
    part = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
    ecr.upload_layer_part(
        repositoryName=name, uploadId=part, partFirstByte=0, partLastByte=len(config) - 1, layerPartBlob=config
    )
    digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    ecr.complete_layer_upload(repositoryName=name, uploadId=part, layerDigests=[digest])
    media = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": media,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": len(config),
            "digest": digest,
        },
        "layers": [],
    }
    ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageManifestMediaType=media, imageTag="v1")


@pytest.mark.parametrize("kind", ["fake", "embedded"])
def test_a_repository_has_images_once_one_was_pushed(kind: str, local_aws: RunningAws, name: str) -> None:
    fake, found = FakeImages(), AwsEcr(session(local_aws))
    images: Images = fake if kind == "fake" else found
    assert not images.has_images("nobody")
    local_aws.client("ecr").create_repository(repositoryName=name)
    assert not images.has_images(name)

    fake.filled.add(name)
    pushed(local_aws, name)

    assert images.has_images(name)
    local_aws.client("ecr").delete_repository(repositoryName=name, force=True)


def test_a_pool_and_a_group_hold_somebody_once_somebody_is_in_them(local_aws: RunningAws, name: str) -> None:
    cognito = local_aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    cognito.create_group(UserPoolId=pool, GroupName="staff")
    pools = AwsUserPools(session(local_aws))
    assert not pools.has_users(pool)
    assert not pools.has_members(pool, "staff")

    cognito.admin_create_user(UserPoolId=pool, Username="kim", MessageAction="SUPPRESS")
    assert pools.has_users(pool)
    assert not pools.has_members(pool, "staff")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="kim", GroupName="staff")

    assert pools.has_members(pool, "staff")
    assert not pools.has_users("eu-central-1_nobody")
    cognito.delete_user_pool(UserPoolId=pool)


def test_in_a_cluster_that_is_not_there_nothing_runs(local_aws: RunningAws, name: str) -> None:
    assert AwsEcs(session(local_aws)).running(name) == {}


def test_an_older_version_is_something_and_an_emptied_bucket_holds_nothing(local_aws: RunningAws, name: str) -> None:
    found = S3(session(local_aws))
    assert not found.holds_anything(name)
    found.ensure_bucket(name)
    assert not found.holds_anything(name)
    found.put_new(name, "one", b"first")
    found.delete(name, ["one"])

    assert found.keys(name, "") == []
    assert found.holds_anything(name)

    found.empty(name)
    assert not found.holds_anything(name)
    found.delete_bucket(name)


def test_a_service_linked_role_that_is_there_already_is_no_error(local_aws: RunningAws) -> None:
    roles = AwsServiceRoles(session(local_aws))

    roles.ensure("ecs.amazonaws.com")
    assert roles.ensure("ecs.amazonaws.com") is False
