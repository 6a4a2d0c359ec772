"""An internal load balancer behind a VPC origin, through the real API of the embedded AWS, and no site."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.cloudfront.distributions import (
    ALL_BUT_HOST,
    ALL_VIEWER,
    AND_CLOUDFRONTS,
    everything_to,
    vpc_origin,
)
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.elb.test_load_balancer import Stack, eventually, forward, target

SHOP = {"Quantity": 1, "Items": ["shop.example"]}


class Inside(Stack):
    """A load balancer, the VPC origin for it, and a distribution that forwards everything there."""

    scheme = "internal"

    def __init__(self, aws: RunningAws) -> None:
        super().__init__(aws)
        self.aws, self.cloudfront = aws, aws.client("cloudfront")
        self.origin = self.new_origin()
        made = self.cloudfront.create_distribution(DistributionConfig=self.config(self.origin))["Distribution"]
        self.distribution, self.domain = made["Id"], made["DomainName"]

    def new_origin(self, policy: str = "http-only", port: int = 80) -> str:
        return vpc_origin(self.aws, self.balancer, policy, port)

    def config(self, origin: str, asked: str = ALL_BUT_HOST) -> dict[str, Any]:
        return everything_to(origin, self.dns, asked)

    def update(self, **changed: Any) -> None:  # noqa: ANN401 - boto3's own
        now = self.cloudfront.get_distribution_config(Id=self.distribution)
        config = {**now["DistributionConfig"], **changed}
        self.cloudfront.update_distribution(Id=self.distribution, IfMatch=now["ETag"], DistributionConfig=config)

    @property
    def front(self) -> str:
        return (instance.status(self.aws.settings).front_doors or {})[self.domain]["443"]

    def get(self, path: str = "/") -> httpx.Response:
        return httpx.get(self.front + path, trust_env=False)


@pytest.fixture
def inside(local_aws: RunningAws) -> Inside:
    return Inside(local_aws)


def test_everything_goes_to_the_load_balancer_and_comes_back_with_the_security_headers(inside: Inside) -> None:
    with target(b"hello") as port:
        inside.register(port)
        got = inside.get("/any/path?x=1")
    assert inside.dns.startswith("internal-")
    assert (got.text, got.headers["x-cache"]) == ("hello", "Miss from cloudfront")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["strict-transport-security"] == "max-age=31536000"


def test_the_api_tells_of_a_vpc_origin_what_aws_does(inside: Inside) -> None:
    client = inside.cloudfront
    found = client.get_vpc_origin(Id=inside.origin)
    assert found["VpcOrigin"]["Status"] == "Deployed"
    assert found["VpcOrigin"]["VpcOriginEndpointConfig"]["Arn"] == inside.balancer
    listed = client.list_vpc_origins()["VpcOriginList"]["Items"]
    assert inside.origin in [item["Id"] for item in listed]
    with pytest.raises(ClientError, match="CannotDeleteEntityWhileInUse"):
        client.delete_vpc_origin(Id=inside.origin, IfMatch=found["ETag"])
    spare = inside.new_origin("https-only")
    client.delete_vpc_origin(Id=spare, IfMatch=client.get_vpc_origin(Id=spare)["ETag"])
    with pytest.raises(ClientError, match="EntityNotFound"):
        client.get_vpc_origin(Id=spare)


def test_a_port_that_the_load_balancer_does_not_have_is_a_bad_gateway_until_it_has_it(inside: Inside) -> None:
    inside.update(Origins=inside.config(inside.new_origin("http-only", 8080))["Origins"])
    assert inside.get().status_code == 502
    with target(b"hello") as port:
        inside.register(port)
        inside.elb.create_listener(
            LoadBalancerArn=inside.balancer, Port=8080, Protocol="HTTP", DefaultActions=[forward(inside.group)]
        )
        assert inside.get().text == "hello"


def test_https_between_cloudfront_and_the_load_balancer_carries_the_viewers_host(inside: Inside) -> None:
    certificate = inside.aws.client("acm").request_certificate(DomainName="shop.example")["CertificateArn"]
    wanted = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example"]}}]
    listener = inside.elb.create_listener(
        LoadBalancerArn=inside.balancer,
        Port=443,
        Protocol="HTTPS",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )["Listeners"][0]["ListenerArn"]
    inside.elb.create_rule(ListenerArn=listener, Priority=1, Conditions=wanted, Actions=[forward(inside.group)])
    config = inside.config(inside.new_origin("https-only"), ALL_VIEWER)
    inside.update(Origins=config["Origins"], DefaultCacheBehavior=config["DefaultCacheBehavior"], Aliases=SHOP)
    with target(b"hello") as port:
        inside.register(port)
        asked = httpx.get(inside.front, headers={"host": "shop.example"}, trust_env=False)
        assert asked.text == "hello"
        assert inside.get().status_code == 404
        assert httpx.get(inside.front, headers={"host": "evil.example"}, trust_env=False).status_code == 403


class RedirectingApp(BaseHTTPRequestHandler):
    """Adds the missing slash with a whole URL, as Starlette, Django and Rails do, from what CloudFront tells."""

    def do_GET(self) -> None:
        whole = f"{self.headers['CloudFront-Forwarded-Proto']}://{self.headers['Host']}/slash/"
        if self.path == "/slash":
            self.send_response(307)
            self.send_header("Location", whole)
        else:
            self.send_response(200)
        body = self.headers.get("CloudFront-Viewer-Address", "").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def redirecting() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), RedirectingApp) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("domain", [None, "shop.example"])
def test_a_redirect_of_an_app_that_builds_whole_urls_leads_to_where_the_visitor_is(
    inside: Inside, redirecting: int, domain: str | None
) -> None:
    inside.register(redirecting)
    config = inside.config(inside.new_origin(), AND_CLOUDFRONTS)
    if domain:
        config = with_https(inside, domain)
        inside.update(Aliases=SHOP)
    inside.update(Origins=config["Origins"], DefaultCacheBehavior=config["DefaultCacheBehavior"])
    eventually(lambda: inside.get("/slash/").status_code == 200 or bool(domain))

    host = domain or inside.front.removeprefix("http://")
    forged = {"CloudFront-Forwarded-Proto": "gopher", "CloudFront-Viewer-Address": "6.6.6.6:6", "Host": host}
    asked = httpx.get(f"{inside.front}/slash", headers=forged, trust_env=False)
    landed = httpx.get(f"{inside.front}/slash/", headers=forged, trust_env=False)

    # The local door stands for CloudFront's and speaks plain HTTP, so that is what the app is told.
    assert asked.headers["location"] == f"http://{host}/slash/"
    assert landed.status_code == 200
    assert re.fullmatch(r"127\.0\.0\.1:\d+", landed.text)


def with_https(inside: Inside, domain: str) -> dict[str, Any]:
    """As the modules do with a domain: HTTPS between CloudFront and the load balancer."""
    certificate = inside.aws.client("acm").request_certificate(DomainName=domain)["CertificateArn"]
    inside.elb.create_listener(
        LoadBalancerArn=inside.balancer,
        Port=443,
        Protocol="HTTPS",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[forward(inside.group)],
    )
    return inside.config(inside.new_origin("https-only"), AND_CLOUDFRONTS)


@dataclass
class Load:
    """Requests under way at a front door, on kept connections."""

    url: str
    codes: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            while not self.over.is_set():
                try:
                    self.codes.append(client.get("/").status_code)
                except httpx.TransportError as error:
                    self.failed.append(repr(error))


@contextmanager
def load(url: str) -> Iterator[Load]:
    running = Load(url)
    threads = [threading.Thread(target=running.run) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        running.over.set()
        for thread in threads:
            thread.join()


def test_no_request_fails_while_targets_come_and_go_and_distributions_are_made_and_deleted(inside: Inside) -> None:
    with ExitStack() as targets:
        ports = [targets.enter_context(target(b"hello")) for _ in range(4)]
        inside.register(ports[0])
        eventually(lambda: inside.health()["State"] == "healthy")
        with load(inside.front) as running:
            for before, after in pairwise(ports):
                inside.register(after)
                others = Inside(inside.aws)
                inside.update(Comment=f"{after}")
                eventually(lambda: all(state == "healthy" for state in _states(inside)))
                where = [{"Id": "127.0.0.1", "Port": before}]
                inside.elb.deregister_targets(TargetGroupArn=inside.group, Targets=where)
                others.update(Enabled=False)
                etag = others.cloudfront.get_distribution(Id=others.distribution)["ETag"]
                others.cloudfront.delete_distribution(Id=others.distribution, IfMatch=etag)
    assert running.failed == []
    assert set(running.codes) == {200}
    assert len(running.codes) > 100


def test_after_a_kill_a_front_door_answers_at_the_same_port(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    start(settings)
    try:
        inside = Inside(RunningAws(settings))
        with target(b"hello") as port:
            inside.register(port)
            before = inside.front
            assert inside.get().text == "hello"
            instance.kill(settings, SystemProcesses(), SystemClock(), print)
            assert inside.front == before
            eventually(lambda: inside.get().status_code == 200)
    finally:
        instance.reset(settings, SystemProcesses(), SystemClock(), print)


def _states(inside: Inside) -> list[str]:
    described = inside.elb.describe_target_health(TargetGroupArn=inside.group)["TargetHealthDescriptions"]
    states = [known["TargetHealth"]["State"] for known in described]
    return [state for state in states if state != "draining"]
