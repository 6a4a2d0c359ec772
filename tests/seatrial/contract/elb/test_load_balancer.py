"""A load balancer through the real API of the embedded AWS: configured by boto3, asked by HTTP."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import httpx
import pytest

from seatrial.ground.clock import SystemClock
from tests.seatrial.contract.conftest import RunningAws

_CLOCK = SystemClock()


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.server.says if self.path != "/healthz" else b"ok"  # type: ignore[attr-defined]
        self.send_response(self.server.health if self.path == "/healthz" else 200)  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def target(says: bytes, health: int = 200) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hello)
    server.says, server.health = says, health  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class Stack:
    """One load balancer with one listener and one target group."""

    scheme = "internet-facing"

    def __init__(self, aws: RunningAws) -> None:
        client = aws.client("elbv2")
        self.elb, self._aws, self.name = client, aws, f"lb-{uuid4().hex[:8]}"
        subnets = ["subnet-1", "subnet-2"]
        made = client.create_load_balancer(Name=self.name, Subnets=subnets, Scheme=self.scheme)
        balancer = made["LoadBalancers"][0]
        self.dns, self.balancer = balancer["DNSName"], balancer["LoadBalancerArn"]
        self.group = self.new_group(self.name)
        listener = client.create_listener(
            LoadBalancerArn=self.balancer, Port=80, Protocol="HTTP", DefaultActions=[forward(self.group)]
        )
        self.listener = listener["Listeners"][0]["ListenerArn"]

    def new_group(self, name: str) -> str:
        group: str = self.elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=80,
            VpcId="vpc-1",
            TargetType="ip",
            HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        return group

    def register(self, port: int, group: str = "") -> None:
        self.elb.register_targets(TargetGroupArn=group or self.group, Targets=[{"Id": "127.0.0.1", "Port": port}])

    def health(self, group: str = "") -> dict[str, str]:
        described = self.elb.describe_target_health(TargetGroupArn=group or self.group)
        found = [known["TargetHealth"] for known in described["TargetHealthDescriptions"]]
        return found[0] if found else {"State": "gone"}

    @property
    def url(self) -> str:
        return self._aws.doors[self.dns]["80"]


def forward(group: str) -> dict[str, str]:
    return {"Type": "forward", "TargetGroupArn": group}


def eventually(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = _CLOCK.monotonic() + seconds
    while not holds():
        assert _CLOCK.monotonic() < end, "it never came true"
        _CLOCK.sleep(0.1)


@pytest.fixture
def stack(local_aws: Any) -> Stack:  # noqa: ANN401 - the fixture of this folder's parent
    return Stack(local_aws)


def test_without_targets_a_load_balancer_answers_503_as_amazons_does(stack: Stack) -> None:
    answer = httpx.get(stack.url)
    assert (answer.status_code, answer.headers["server"], len(answer.content)) == (503, "awselb/2.0", 162)


def test_a_registered_target_is_healthy_after_one_check_and_gets_every_path(stack: Stack) -> None:
    with target(b"hello") as port:
        stack.register(port)
        assert stack.health()["State"] == "initial"
        eventually(lambda: stack.health()["State"] == "healthy")
        for path in ("/", "/health", "/login", "/oauth2/token", "/_ministack/health", "/_seatrial/health"):
            assert httpx.get(stack.url + path).content == b"hello"


def test_a_bad_health_check_is_quoted_with_its_code(stack: Stack) -> None:
    with target(b"hello", health=503) as port:
        stack.register(port)
        eventually(lambda: stack.health()["State"] == "unhealthy")
        assert stack.health()["Reason"] == "Target.ResponseCodeMismatch"
        assert stack.health()["Description"] == "Health checks failed with these codes: [503]"


def test_a_deregistered_target_drains_for_its_delay_and_is_gone(stack: Stack) -> None:
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
    stack.elb.modify_target_group_attributes(TargetGroupArn=stack.group, Attributes=delay)
    with target(b"hello") as port:
        stack.register(port)
        where = [{"Id": "127.0.0.1", "Port": port}]
        stack.elb.deregister_targets(TargetGroupArn=stack.group, Targets=where)
        assert stack.health()["Reason"] == "Target.DeregistrationInProgress"
        assert httpx.get(stack.url).status_code == 503
        eventually(lambda: stack.health()["State"] == "gone")
        asked = stack.elb.describe_target_health(TargetGroupArn=stack.group, Targets=where)
        assert asked["TargetHealthDescriptions"][0]["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_a_group_that_no_rule_forwards_to_is_not_in_use(stack: Stack) -> None:
    spare = stack.new_group(f"{stack.name}-spare")
    stack.register(9, spare)
    assert stack.health(spare)["Reason"] == "Target.NotInUse"


def test_weights_and_query_strings_are_followed_and_described_as_sent(stack: Stack) -> None:
    other = stack.new_group(f"{stack.name}-other")
    weighted = [{"TargetGroupArn": stack.group, "Weight": 3}, {"TargetGroupArn": other, "Weight": 1}]
    conditions = [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "split", "Value": "yes & no*"}]}}]
    actions = [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}]
    made = stack.elb.create_rule(ListenerArn=stack.listener, Priority=5, Conditions=conditions, Actions=actions)
    described = next(
        rule for rule in stack.elb.describe_rules(ListenerArn=stack.listener)["Rules"] if rule["Priority"] == "5"
    )
    for rule in (made["Rules"][0], described):
        assert rule["Actions"][0]["ForwardConfig"]["TargetGroups"] == weighted
        assert rule["Conditions"][0]["QueryStringConfig"] == conditions[0]["QueryStringConfig"]
    with target(b"one") as first, target(b"two") as second:
        stack.register(first)
        stack.register(second, other)
        url = f"{stack.url}/?split=yes%20%26%20nothing"
        answers = [httpx.get(url).content for _ in range(40)]
    assert 9 <= answers.count(b"two") <= 11
    assert set(answers) == {b"one", b"two"}


def test_a_weighted_default_action_survives_being_read_again(stack: Stack) -> None:
    other = stack.new_group(f"{stack.name}-other")
    weighted = [{"TargetGroupArn": stack.group, "Weight": 0}, {"TargetGroupArn": other, "Weight": 7}]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}
    stack.elb.modify_listener(ListenerArn=stack.listener, DefaultActions=[action])
    described = stack.elb.describe_listeners(ListenerArns=[stack.listener])["Listeners"][0]
    assert described["DefaultActions"][0]["ForwardConfig"]["TargetGroups"] == weighted
    with target(b"two") as second:
        stack.register(second, other)
        assert httpx.get(stack.url).content == b"two"


def test_a_deleted_listener_leaves_its_port(stack: Stack) -> None:
    url = stack.url
    stack.elb.delete_listener(ListenerArn=stack.listener)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_regular_expressions_and_stickiness_are_described_as_sent(stack: Stack) -> None:
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/v[0-9]+/"]}}]
    forwarding = {
        "TargetGroups": [{"TargetGroupArn": stack.group, "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 90},
    }
    actions = [{"Type": "forward", "ForwardConfig": forwarding}]
    stack.elb.create_rule(ListenerArn=stack.listener, Priority=6, Conditions=conditions, Actions=actions)
    described = next(
        rule for rule in stack.elb.describe_rules(ListenerArn=stack.listener)["Rules"] if rule["Priority"] == "6"
    )
    assert described["Conditions"][0]["PathPatternConfig"]["RegexValues"] == ["^/v[0-9]+/"]
    assert described["Actions"][0]["ForwardConfig"] == forwarding
    with target(b"hello") as port:
        stack.register(port)
        assert "AWSALBTG" in httpx.get(f"{stack.url}/v1/x").cookies
        assert "AWSALBTG" not in httpx.get(f"{stack.url}/vx").cookies


def test_an_https_listener_speaks_tls_for_the_names_of_its_certificate(
    stack: Stack,
    local_aws: Any,  # noqa: ANN401 - the fixture of this folder's parent
) -> None:
    acm = local_aws.client("acm")
    arn = acm.request_certificate(DomainName="shop.example", SubjectAlternativeNames=["www.shop.example"])
    secure = stack.elb.create_listener(
        LoadBalancerArn=stack.balancer,
        Port=443,
        Protocol="HTTPS",
        Certificates=[{"CertificateArn": arn["CertificateArn"]}],
        DefaultActions=[forward(stack.group)],
    )["Listeners"][0]["ListenerArn"]
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    stack.elb.modify_listener(ListenerArn=stack.listener, DefaultActions=[redirect])
    trusted = ssl.create_default_context(cafile=local_aws.settings.directory / "tls" / "ca.pem")
    with target(b"hello") as port, httpx.Client(verify=trusted, follow_redirects=True) as browser:
        stack.register(port)
        answer = browser.get(f"{stack.url}/a")
        assert (answer.content, answer.url.scheme, answer.url.path) == (b"hello", "https", "/a")
        for name in ("www.shop.example", stack.dns, "127.0.0.1"):
            assert browser.get(answer.url, extensions={"sni_hostname": name}).content == b"hello"
    stack.elb.delete_listener(ListenerArn=secure)
