"""Signing in at a load balancer, as a browser does it: Cognito's own pages, cookies, and what the target is told."""

import json
import re
import ssl
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from seatrial.core.pages import PUBLIC_KEYS_PATH
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import eventually

WHO = ("ann@shop.example", "Secret-123-secret")
_NUMBERS = count()


class _Mirror(BaseHTTPRequestHandler):
    """Says what it was told of who asks."""

    def do_GET(self) -> None:
        told = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-amzn-oidc")}
        body = json.dumps({"path": self.path, "told": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def mirror() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mirror)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class Shop:
    """A load balancer with an HTTPS listener, and a user pool with one person in it."""

    def __init__(self, aws: RunningAws, target: int) -> None:
        self._aws, self._elb, name = aws, aws.client("elbv2"), f"sign-in-{next(_NUMBERS)}"
        made = self._elb.create_load_balancer(Name=name, Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
        self._balancer, self._dns = made["LoadBalancerArn"], made["DNSName"]
        self.group = self._elb.create_target_group(
            Name=name, Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip", HealthCheckIntervalSeconds=5
        )["TargetGroups"][0]["TargetGroupArn"]
        certificate = aws.client("acm").request_certificate(DomainName="shop.example")["CertificateArn"]
        self._listener = self._elb.create_listener(
            LoadBalancerArn=self._balancer,
            Port=443,
            Protocol="HTTPS",
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )["Listeners"][0]["ListenerArn"]
        self._elb.register_targets(TargetGroupArn=self.group, Targets=[{"Id": "127.0.0.1", "Port": target}])
        self._pool()

    @property
    def url(self) -> str:
        return self._aws.doors[self._dns]["443"]

    def let_in(self, **more: Any) -> None:  # noqa: ANN401 - AWS's
        """From now on only who has signed in."""
        config = {"UserPoolArn": self._pool_arn, "UserPoolClientId": self.client, "UserPoolDomain": "shop", **more}
        actions = [
            {"Type": "authenticate-cognito", "Order": 1, "AuthenticateCognitoConfig": config},
            {"Type": "forward", "TargetGroupArn": self.group, "Order": 2},
        ]
        self._elb.modify_listener(ListenerArn=self._listener, DefaultActions=actions)

    def attached(self) -> bool:
        """Whether the target group is said to be behind this load balancer."""
        found = self._elb.describe_target_groups(TargetGroupArns=[self.group])["TargetGroups"][0]
        return bool(found["LoadBalancerArns"] == [self._balancer])

    def _pool(self) -> None:
        cognito = self._aws.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="people")["UserPool"]
        self._pool_arn = pool["Arn"]
        self.client = cognito.create_user_pool_client(
            UserPoolId=pool["Id"],
            ClientName="load-balancer",
            GenerateSecret=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid", "email"],
            AllowedOAuthFlowsUserPoolClient=True,
            CallbackURLs=[f"{self.url}/oauth2/idpresponse"],
            SupportedIdentityProviders=["COGNITO"],
        )["UserPoolClient"]["ClientId"]
        name, password = WHO
        given = [{"Name": "email", "Value": name}]
        cognito.admin_create_user(UserPoolId=pool["Id"], Username=name, UserAttributes=given)
        cognito.admin_set_user_password(UserPoolId=pool["Id"], Username=name, Password=password, Permanent=True)


def browser() -> httpx.Client:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return httpx.Client(verify=trusting, trust_env=False)


def signed_in(page: httpx.Response, reader: httpx.Client, password: str) -> httpx.Response:
    """What comes of filling in Cognito's form."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    hidden = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
    where = urlsplit(str(page.url))
    form = {**hidden, "username": WHO[0], "password": password}
    return reader.post(f"{where.scheme}://{where.netloc}/login", data=form)


@pytest.fixture
def shop(local_aws: RunningAws) -> Iterator[Shop]:
    with mirror() as port:
        made = Shop(local_aws, port)
        with browser() as reader:
            eventually(lambda: reader.get(made.url).status_code == 200, 60)
        yield made


def test_a_person_signs_in_with_cognito_and_the_target_is_told_who_it_is(shop: Shop, local_aws: RunningAws) -> None:
    shop.let_in(Scope="openid email")
    with browser() as reader:
        away = reader.get(f"{shop.url}/cart?x=1")
        assert (away.status_code, urlsplit(away.headers["location"]).path) == (302, "/oauth2/authorize")
        back = signed_in(reader.get(away.headers["location"]), reader, WHO[1])
        assert back.headers["location"].startswith(f"{shop.url}/oauth2/idpresponse?")
        home = reader.get(back.headers["location"])
        assert (home.status_code, home.headers["location"]) == (302, f"{shop.url}/cart?x=1")
        assert "AWSELBAuthSessionCookie-0" in reader.cookies
        seen = reader.get(home.headers["location"], headers={"x-amzn-oidc-identity": "root"}).json()
    assert seen["path"] == "/cart?x=1"
    head, claims, _ = (urlsafe_b64decode(part) for part in seen["told"]["x-amzn-oidc-data"].split("."))
    assert json.loads(claims)["email"] == WHO[0]
    assert seen["told"]["x-amzn-oidc-identity"] == json.loads(claims)["sub"]
    assert seen["told"]["x-amzn-oidc-accesstoken"].count(".") == 2
    key = httpx.get(f"{local_aws.endpoint}{PUBLIC_KEYS_PATH}/{json.loads(head)['kid']}")
    assert key.text.startswith("-----BEGIN PUBLIC KEY-----")


def test_a_target_group_behind_a_sign_in_has_a_load_balancer(shop: Shop) -> None:
    shop.let_in()
    assert shop.attached()


def test_a_wrong_password_lets_nobody_in(shop: Shop) -> None:
    shop.let_in()
    with browser() as reader:
        away = reader.get(shop.url)
        refused = signed_in(reader.get(away.headers["location"]), reader, "Wrong-123-wrong")
        assert "location" not in refused.headers
        assert reader.get(shop.url).status_code == 302


def test_who_comes_back_without_having_been_sent_away_is_not_let_in(shop: Shop) -> None:
    shop.let_in()
    with browser() as reader:
        assert reader.get(f"{shop.url}/oauth2/idpresponse?code=1&state=2").status_code == 401


def test_an_identity_provider_that_refuses_is_answered_with_561(shop: Shop) -> None:
    shop.let_in()
    with browser() as reader:
        away = httpx.URL(reader.get(shop.url).headers["location"])
        answers = [
            reader.get(f"{shop.url}/oauth2/idpresponse", params={"state": away.params["state"], **more}).status_code
            for more in ({"error": "access_denied"}, {"code": "made-up"})
        ]
    assert answers == [561, 561]


def test_strangers_are_refused_or_let_through_unnamed_where_the_rule_says_so(shop: Shop) -> None:
    shop.let_in(OnUnauthenticatedRequest="deny")
    with browser() as reader:
        assert reader.get(shop.url).status_code == 401
        shop.let_in(OnUnauthenticatedRequest="allow")
        passed = reader.get(shop.url, headers={"x-amzn-oidc-identity": "root"})
    assert (passed.status_code, passed.json()["told"]) == (200, {})
