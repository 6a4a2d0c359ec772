"""One suite for CloudFront in memory and for the door to the embedded AWS."""

import pytest

from tagship.aws.cloudfront import AwsCloudFront
from tagship.aws.fakes_site import FakeCloudFront
from tagship.base.errors import AwsNotFound
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws

Either = AwsCloudFront | FakeCloudFront


def door(local_aws: RunningAws) -> AwsCloudFront:
    return AwsCloudFront(session(local_aws))


def a_distribution(local_aws: RunningAws) -> str:
    made = local_aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "contract",
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "site",
                        "DomainName": "nobody.s3.eu-central-1.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }
    )
    identity: str = made["Distribution"]["Id"]
    return identity


@pytest.fixture(params=["fake", "embedded"])
def cloudfront(request: pytest.FixtureRequest) -> Either:
    return FakeCloudFront() if request.param == "fake" else door(request.getfixturevalue("local_aws"))


@pytest.fixture
def distribution(cloudfront: Either, request: pytest.FixtureRequest) -> str:
    return "E1" if isinstance(cloudfront, FakeCloudFront) else a_distribution(request.getfixturevalue("local_aws"))


def test_a_distribution_gets_ready(cloudfront: Either, distribution: str) -> None:
    assert cloudfront.deployed(distribution)


def test_an_invalidation_is_done_after_a_while(cloudfront: Either, distribution: str) -> None:
    made = cloudfront.invalidate(distribution, ("/", "/index.html"), "release-1")
    assert cloudfront.invalidated(distribution, made)


def test_the_same_reference_starts_nothing_new(cloudfront: Either, distribution: str) -> None:
    made = cloudfront.invalidate(distribution, ("/*",), "release-2")
    assert cloudfront.invalidate(distribution, ("/*",), "release-2") == made


def test_a_distribution_that_is_not_there_is_not_found(local_aws: RunningAws) -> None:
    with pytest.raises(AwsNotFound):
        door(local_aws).deployed("ENOSUCHTHING")
