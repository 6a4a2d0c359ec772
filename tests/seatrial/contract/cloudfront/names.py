"""A shop as Terraform makes it: a user pool with a domain, a distribution before a load balancer, one person."""

import http.client
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from seatrial.core.pages import NAMES_PATH
from seatrial.process.names import Named
from tests.seatrial.contract.cloudfront.distributions import ALL_VIEWER, everything_to, vpc_origin
from tests.seatrial.contract.conftest import REGION, RunningAws

WHO = ("ann@shop.example", "Secret-123-secret")
CONFIRMATION = "123456"


def named(aws: RunningAws) -> Named:
    """What the embedded AWS tells of its names."""
    return Named.of(httpx.get(f"{aws.endpoint}{NAMES_PATH}", headers=aws.shown, trust_env=False).json())


@dataclass(frozen=True)
class UserPool:
    """A user pool with a domain."""

    id: str
    prefix: str

    @property
    def domain(self) -> str:
        return f"{self.prefix}.auth.{REGION}.amazoncognito.com"

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.id}"


def user_pool(aws: RunningAws) -> UserPool:
    """A new one."""
    cognito, prefix = aws.client("cognito-idp"), f"people-{uuid4().hex[:8]}"
    made = cognito.create_user_pool(PoolName=prefix, UsernameAttributes=["email"])["UserPool"]["Id"]
    cognito.create_user_pool_domain(Domain=prefix, UserPoolId=made)
    return UserPool(made, prefix)


def client_of(aws: RunningAws, pool: UserPool, callback: str) -> str:
    """A new client of it without a secret; its id."""
    made = aws.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool.id,
        ClientName="app",
        GenerateSecret=False,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        AllowedOAuthFlowsUserPoolClient=True,
        CallbackURLs=[callback],
        SupportedIdentityProviders=["COGNITO"],
    )
    identity: str = made["UserPoolClient"]["ClientId"]
    return identity


def distribution(aws: RunningAws, balancer: str, dns: str) -> str:
    """A new one before a load balancer, which gets the viewer's ``Host``; its name."""
    config = everything_to(vpc_origin(aws, balancer), dns, ALL_VIEWER)
    made = aws.client("cloudfront").create_distribution(DistributionConfig=config)
    domain: str = made["Distribution"]["DomainName"]
    return domain


class Led(http.client.HTTPSConnection):
    """A connection to a name that is made to the port which stands for 443 of it, as ``curl --connect-to`` does.

    It trusts the authority alone, and checks the name as any other client.
    """

    def __init__(self, host: str, there: Named) -> None:
        self._trusting = ssl.create_default_context(cafile=str(there.authority))
        super().__init__(host, timeout=30, context=self._trusting)
        self._there = there

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self._there.port), 30)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self.host)


def asked(there: Named, url: str, *, host: str = "", **more: Any) -> tuple[int, dict[str, str], str]:  # noqa: ANN401 - of a request
    """Status, headers and text of an answer.

    Args:
        there: where the names are answered.
        url: by HTTPS.
        host: to be sent instead of the URL's.
        more: ``method``, ``body`` and ``headers``.
    """
    parts = urlsplit(url)
    with closing(Led(str(parts.hostname), there)) as connection:
        headers = {**more.get("headers", {}), **({"Host": host} if host else {})}
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request(more.get("method", "GET"), path, more.get("body"), headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
