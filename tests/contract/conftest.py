"""What contract tests share: one embedded AWS for all tests of a worker, on ports and a home of its own."""

from tagship.aws.session import AwsAccess
from tests.seatrial.contract.conftest import REGION, RunningAws, engine, free_port, fresh_settings, local_aws, start

__all__ = ["REGION", "RunningAws", "access", "engine", "free_port", "fresh_settings", "local_aws", "start"]


def access(aws: RunningAws, region: str = REGION) -> AwsAccess:
    """The way to it for our doors to AWS."""
    return AwsAccess(region, aws.endpoint, aws.keys.access_key, aws.keys.secret_key)
