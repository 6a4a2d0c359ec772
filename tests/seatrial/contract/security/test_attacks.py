"""The table of attacks in ``docs/security.md``: each row is tried, and none succeeds."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from seatrial.core.engine import EngineClient
from seatrial.core.pages import FAULTS_PATH, FRONT_DOORS_PATH, NAMES_PATH
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from seatrial.services.registry.login import Logins
from tests.seatrial.contract.cloudfront.distributions import build
from tests.seatrial.contract.cloudfront.names import asked, named, user_pool
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.security.victim import (
    EVERYTHING,
    REFUSED,
    SECRET,
    SITE,
    Victim,
    bomb,
    client,
    prepare,
    refused,
    stranger,
)

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

PAGE = Path(__file__).parents[4] / "docs/security.md"
FUNCTION = {
    "FunctionName": "theirs",
    "Role": "arn:aws:iam::000000000000:role/app",
    "Runtime": "python3.11",
    "Handler": "index.handler",
    "Code": {"ZipFile": ""},
}
FUNCTIONS = "/2015-03-31/functions"
ECS = "AmazonEC2ContainerServiceV20141113"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory, engine: EngineClient) -> Iterator[Victim]:
    settings = fresh_settings(tmp_path_factory.mktemp("victim"))
    start(settings)
    yield prepare(RunningAws(settings), engine)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def kept_out(answer: httpx.Response) -> bool:
    return answer.status_code in REFUSED and SECRET not in answer.text


def unread(answer: httpx.Response) -> bool:
    return not [name for name in answer.headers if name.startswith("access-control-allow")]


def by_made_up_signature(victim: Victim) -> bool:
    query = "X-Amz-Credential=test/20261128/eu-central-1/secretsmanager/aws4_request"
    headers = {"x-amz-target": "secretsmanager.GetSecretValue"}
    return kept_out(victim.page("POST", f"/?{query}", headers, content=b'{"SecretId": "theirs"}'))


def runs_a_command(victim: Victim) -> bool:
    body = {"cluster": victim.harness.cluster, "task": victim.task, "command": "id", "interactive": True}
    return kept_out(victim.page("POST", "/", {"x-amz-target": f"{ECS}.ExecuteCommand"}, json=body))


def resolves_to_loopback(victim: Victim) -> bool:
    body = b'{"SecretId": "theirs"}'
    call = victim.signed("secretsmanager", "secretsmanager.GetSecretValue", body)
    return kept_out(victim.ask("POST", "/", headers={**call, "host": "evil.example"}, content=body))


def reaches_the_app(victim: Victim) -> bool:
    site = build(victim.aws)
    site.put("index.html", SECRET)
    return site.get("/").text == SECRET and kept_out(site.get("/", host="evil.example"))


def comes_in_by_https(victim: Victim) -> bool:
    site = build(victim.aws)
    site.put("index.html", SECRET)
    there, url = named(victim.aws), f"https://{site.domain}/"
    others = [asked(there, url, host=host) for host in ("evil.example", "localhost", "127.0.0.1")]
    return asked(there, url)[2] == SECRET and all(status == 421 and SECRET not in text for status, _, text in others)


def administers_by_a_name(victim: Victim) -> bool:
    """The token itself, which no container has, opens nothing by such a name."""
    there, domain = named(victim.aws), user_pool(victim.aws).domain
    paths = (FAULTS_PATH, FRONT_DOORS_PATH, NAMES_PATH, "/_ministack/reset")
    answers = [asked(there, f"https://{domain}{path}", headers=victim.aws.shown) for path in paths]
    return [answer[0] for answer in answers] == [403] * len(paths)


def forgets_everything(victim: Victim) -> bool:
    asked = [victim.page("POST", "/_ministack/reset"), victim.ask("POST", "/_ministack/reset")]
    left = victim.aws.client("secretsmanager").list_secrets()["SecretList"]
    return all(map(kept_out, asked)) and [secret["Name"] for secret in left] == ["theirs"]


def hides_behind(victim: Victim) -> bool:
    """Its role may do everything, and the signature is for SQS, of whose messages it may have all."""
    iam = victim.aws.client("iam")
    iam.put_role_policy(RoleName="app", PolicyName="everything", PolicyDocument=EVERYTHING)
    body = b'{"SecretId": "theirs"}'
    call = victim.signed("sqs", "secretsmanager.GetSecretValue", body, variables=victim.variables(victim.task))
    answer = victim.ask("POST", "/", headers=call, content=body)
    moved = victim.role("s3").generate_presigned_url("put_object", Params={"Bucket": "theirs", "Key": "x"})
    late = victim.ask("POST", "/?Action=GetCallerIdentity", headers=FORM, content=TRADE)
    iam.delete_role_policy(RoleName="app", PolicyName="everything")
    smuggled = httpx.put(f"{moved}&X-Amz-Target=secretsmanager.GetSecretValue", content=body, trust_env=False)
    return all(map(kept_out, (answer, late, smuggled))) and answer.json()["__type"] == "AccessDeniedException"


def by_a_user_pools_path(victim: Victim) -> list[httpx.Response]:
    """A user pool's pages are asked without a signature; what else the request names must not answer it."""
    keys = "/eu-central-1_theirs/.well-known/jwks.json"
    return [
        victim.page("POST", "/oauth2/token", {"x-amz-target": f"{ECS}.ListClusters"}, json={}),
        victim.page("GET", keys, {"x-amz-target": "secretsmanager.GetSecretValue"}),
        victim.page("GET", f"{keys}?Action=CreateUser&UserName=me"),
        victim.page("GET", keys, {"authorization": "x Credential=A/20261128/eu-central-1/lambda/aws4_request"}),
    ]


def by_a_presigned_url(victim: Victim) -> bool:
    asked = {"Bucket": "theirs", "Key": "x"}
    url = victim.aws.client("s3").generate_presigned_url("create_multipart_upload", Params=asked)
    headers = {**SITE, **FORM, "authorization": "x Credential=A/20261128/eu-central-1/iam/aws4_request"}
    answer = httpx.post(url, headers=headers, content="Action=CreateUser&UserName=me", trust_env=False)
    return kept_out(answer) and not victim.aws.client("iam").list_users()["Users"]


def empties_a_bucket(victim: Victim) -> bool:
    headers = {
        "host": "theirs.s3.eu-central-1.amazoncognito.com",
        "x-amz-target": "AWSCognitoIdentityProviderService.SignUp",
    }
    body = "<Delete><Object><Key>file</Key></Object></Delete>"
    return kept_out(victim.ask("POST", "/?delete", headers=headers, content=body))


def stops_the_plane(victim: Victim) -> bool:
    headers = {**FORM, "content-encoding": "gzip"}
    unsigned = victim.ask("POST", "/", headers=headers, content=bomb())
    signed = victim.signed("ecs", f"{ECS}.CreateCluster", bomb()) | {"content-encoding": "gzip"}
    asked = victim.ask("POST", "/", headers=signed, content=bomb())
    most = int(re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{victim.pid}/status").read_text())[0])
    return kept_out(unsigned) and asked.status_code == 413 and most < 1_000_000


def fills_the_memory(victim: Victim) -> bool:
    def much() -> Iterator[bytes]:
        yield from (bytes(1_000_000) for _ in range(50))

    call = victim.signed("ecs", f"{ECS}.CreateCluster", b"{}")
    call.pop("content-length", None)
    try:
        return victim.ask("POST", "/", headers=call, content=much()).status_code == 413
    except httpx.TransportError:
        return True  # cut off while it was still sending


def reads_a_file(victim: Victim) -> bool:
    places = [victim.aws.settings.directory, *victim.aws.settings.directory.rglob("*")]
    return len(places) > 5 and [place for place in places if place.lstat().st_mode & 0o077] == []


def changes_the_body(victim: Victim) -> bool:
    call = victim.signed("ecs", f"{ECS}.ListClusters", b"{}")
    genuine = victim.ask("POST", "/", headers=call, content=b"{}")
    return genuine.status_code == 200 and kept_out(victim.ask("POST", "/", headers=call, content=b'{"maxResults":1}'))


def changes_the_key(victim: Victim) -> bool:
    url = victim.aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": "theirs", "Key": "file"})
    genuine = httpx.get(url, trust_env=False)
    return genuine.content == b"theirs" and kept_out(httpx.get(url.replace("/file", "/other"), trust_env=False))


def sends_it_again(victim: Victim) -> bool:
    call = victim.signed("ecs", f"{ECS}.ListClusters", b"{}", age=15 * 60 + 5)
    return kept_out(victim.ask("POST", "/", headers=call, content=b"{}"))


def shows_another_login(victim: Victim) -> bool:
    token = Logins("another", lambda: 2e9).issue()[0]
    return kept_out(victim.ask("GET", "/v2/theirs/tags/list", headers={"authorization": f"Basic {token}"}))


def with_task(service: str, operation: str, **params: object) -> Callable[[Victim], bool]:
    return lambda victim: refused(getattr(victim.role(service), operation), **params)


def runs_a_task(victim: Victim) -> bool:
    return refused(victim.role("ecs").run_task, cluster=victim.harness.cluster, taskDefinition="app")


def opens_a_terminal(victim: Victim) -> bool:
    call = victim.role("ecs").execute_command
    return refused(call, cluster=victim.harness.cluster, task=victim.task, command="id", interactive=True)


def goes_on(victim: Victim) -> bool:
    return refused(victim.role("sts", victim.ended).get_caller_identity)


def with_keys(access_key: str, secret: str) -> Callable[[Victim], bool]:
    variables = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret}
    return lambda victim: refused(client(victim.aws.endpoint, "ecs", variables).list_clusters)


PREFLIGHT = {"access-control-request-method": "PUT"}
SESSION = "/v1/data-channel/ecs-execute-command-1"
UPGRADE = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "eA=="}
ADMIN = "arn:aws:iam::000000000000:role/admin"
TRADE = f"Action=AssumeRoleWithWebIdentity&RoleArn={ADMIN}&RoleSessionName=me&WebIdentityToken=x"

ATTACKS: dict[str, Callable[[Victim], bool]] = {
    "create a Lambda function with a simple request": lambda v: kept_out(
        v.page("POST", FUNCTIONS, {"content-type": "text/plain"}, content=json.dumps(FUNCTION))
    ),
    "run a command in a task": runs_a_command,
    "read a secret with an invented signature": by_made_up_signature,
    "get permission to call the API by a CORS preflight": lambda v: unread(v.page("OPTIONS", FUNCTIONS, PREFLIGHT)),
    "read the response to an S3 request without CORS": lambda v: unread(v.page("GET", "/theirs/file")),
    "call the API under a name of its own that resolves to loopback": resolves_to_loopback,
    "reach the app behind a distribution under a name of its own that resolves to loopback": reaches_the_app,
    "connect by HTTPS under a name of its own that resolves to loopback": comes_in_by_https,
    "post a form to a bucket": lambda v: kept_out(v.page("POST", "/theirs", files={"file": b"x"})),
    "delete everything through the emulator's administration": forgets_everything,
    "set a fault": lambda v: kept_out(v.page("POST", FAULTS_PATH, json={"kind": "crash"})),
    "read the addresses of load balancers": lambda v: kept_out(v.page("GET", FRONT_DOORS_PATH)),
    "call the API by the path of a user pool": lambda v: all(map(kept_out, by_a_user_pools_path(v))),
    "create a user by a presigned URL of an object": by_a_presigned_url,
    "open the terminal of a session": lambda v: kept_out(v.page("GET", SESSION, UPGRADE)),
    "push an image": lambda v: kept_out(v.page("POST", "/v2/theirs/blobs/uploads/")),
    "create a Lambda function without a signature": lambda v: kept_out(v.ask("POST", FUNCTIONS, json=FUNCTION)),
    "create a Lambda function with its task's credentials": with_task(
        "lambda", "create_function", **{**FUNCTION, "Code": {"ZipFile": b""}}
    ),
    "run a task with its task's credentials": runs_a_task,
    "open a terminal with its task's credentials": opens_a_terminal,
    "create a user with its task's credentials": with_task("iam", "create_user", UserName="me"),
    "read a secret that its role may not read": with_task("secretsmanager", "get_secret_value", SecretId="theirs"),
    "write into a bucket that its role may not write to": with_task(
        "s3", "put_object", Bucket="theirs", Key="terraform.tfstate", Body=b"{}"
    ),
    "hide one service's call behind the signature of another": hides_behind,
    "assume another role with its task's credentials": with_task(
        "sts", "assume_role", RoleArn=ADMIN, RoleSessionName="me"
    ),
    "empty a bucket under a name that contains a user pool's": empties_a_bucket,
    "pull an image without a login": lambda v: kept_out(v.ask("GET", "/v2/theirs/tags/list")),
    "reach administration by a user pool's name": administers_by_a_name,
    "use the credentials of a task that has ended": goes_on,
    "get credentials with a web identity token": lambda v: kept_out(v.ask("POST", "/", headers=FORM, content=TRADE)),
    "stop the control plane with a small gzip body": stops_the_plane,
    "fill the memory with a large request": fills_the_memory,
    "read a file of the embedded AWS": reads_a_file,
    "call the API with the usual credentials of emulators": with_keys("test", "test"),
    "call the API with an account number as the access key": with_keys("000000000000", "test"),
    "call the API with its own credentials": with_keys(*stranger().values()),
    "log in to the registry with its own login": shows_another_login,
    "send a request again a quarter of an hour later": sends_it_again,
    "change the body of a signed request": changes_the_body,
    "change the key of a presigned URL": changes_the_key,
}


def test_every_attack_of_the_page_is_tried_and_no_other() -> None:
    rows = re.findall(r"^\| [a-zA-Z ]+ \| (.+) \|$", PAGE.read_text().partition("## The attacks")[2], re.MULTILINE)
    assert rows == ["attack", *ATTACKS]


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_does_not_succeed(attack: str, victim: Victim) -> None:
    assert ATTACKS[attack](victim)


def test_a_task_reads_what_its_role_was_given(victim: Victim) -> None:
    allowed = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam = victim.aws.client("iam")
    iam.put_role_policy(RoleName="app", PolicyName="read", PolicyDocument=policy)
    try:
        found = victim.role("secretsmanager").get_secret_value(SecretId="theirs")["SecretString"]
    finally:
        iam.delete_role_policy(RoleName="app", PolicyName="read")
    assert found == SECRET
    assert victim.role("sts").get_caller_identity()["Arn"].startswith("arn:aws:sts::000000000000:assumed-role/app/")


def test_sessions_outlive_a_restart(victim: Victim) -> None:
    given = victim.aws.client("sts").assume_role(RoleArn=ADMIN, RoleSessionName="me")["Credentials"]
    variables = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    instance.kill(victim.aws.settings, SystemProcesses(), SystemClock(), print)
    assert victim.role("sts", variables).get_caller_identity()["Arn"].endswith("assumed-role/admin/me")
    assert victim.role("sts").get_caller_identity()["Arn"].startswith("arn:aws:sts::")


def test_a_page_calls_cognito_as_on_aws(victim: Victim) -> None:
    headers = {"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth"}
    body = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": "x" * 26,
        "AuthParameters": {"USERNAME": "a", "PASSWORD": "b"},
    }
    answer = victim.page("POST", "/", headers, json=body)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["__type"].endswith("ResourceNotFoundException")


def test_a_page_reads_a_bucket_as_far_as_its_cors_configuration_goes(victim: Victim) -> None:
    s3 = victim.aws.client("s3")
    rule = {"AllowedOrigins": ["https://evil.example"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket="theirs", CORSConfiguration={"CORSRules": [rule]})
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "theirs", "Key": "file"})
    answer = httpx.get(url, headers={"origin": "https://evil.example"}, trust_env=False)
    asked = victim.page("OPTIONS", "/theirs/file", {"access-control-request-method": "GET"})
    s3.delete_bucket_cors(Bucket="theirs")
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
    assert asked.headers["access-control-allow-origin"] == "https://evil.example"
    assert unread(httpx.get(url, headers={"origin": "https://evil.example"}, trust_env=False))
