"""The door to Route 53: hosted zones, which are there before an environment with a domain is built."""

from functools import cached_property
from typing import Any
from uuid import uuid4

from tagship.aws.errors import translated
from tagship.aws.session import Aws


class AwsHostedZones:
    """Hosted zones by their API."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - a boto3 client
        return self._aws.client("route53")

    def ensure(self, name: str) -> bool:
        """Have a public hosted zone of this name; returns whether it was made now."""
        with translated():
            listed = self._client.list_hosted_zones_by_name(DNSName=name, MaxItems="1")["HostedZones"]
            if listed and listed[0]["Name"].rstrip(".") == name.rstrip("."):
                return False
            self._client.create_hosted_zone(Name=name, CallerReference=str(uuid4()))
            return True
