"""Names, web pages, unsigned calls, keys, files."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import get_session

from seatrial.access import browsers, unsigned
from seatrial.access.hosts import Hosts
from seatrial.access.keys import ensure_keys, read_keys
from seatrial.access.private import make_private, write_private
from seatrial.core.incoming import Incoming
from seatrial.core.service import AwsResponse

POOLS = "AWSCognitoIdentityProviderService"


def incoming(method: str = "POST", path: str = "/", query: str = "", **headers: str) -> Incoming:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Incoming({"method": method, "path": path, "headers": encoded, "query_string": query.encode()})


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:4566",
        "localhost",
        "LOCALHOST:5000",
        "172.17.0.1:4566",
        "host.docker.internal:4566",
        "bucket.s3.localhost:4566",
        "bucket.s3.eu-central-1.amazonaws.com",
        "000000000000.s3-control.host.docker.internal:4566",
        "d111111abcdef8.cloudfront.net",
    ],
)
def test_these_are_names_of_ours(host: str) -> None:
    assert Hosts("172.17.0.1").answers_to(incoming(host=host).host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "", "127.0.0.1.evil.example", "evilamazonaws.com", "localhost.evil.example:4566", "0.0.0.0"],
)
def test_no_other_name_is(host: str) -> None:
    assert not Hosts("172.17.0.1").answers_to(incoming(host=host).host)


def test_only_names_of_the_machine_say_nothing_of_a_bucket() -> None:
    hosts = Hosts("172.17.0.1")
    assert [hosts.is_plain(name) for name in ("172.17.0.1", "b.s3.localhost", "x.amazonaws.com")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("operation", ["SignUp", "InitiateAuth", "RespondToAuthChallenge", "ConfirmForgotPassword"])
def test_what_aws_lets_anybody_ask_of_a_user_pool_needs_no_signature(operation: str) -> None:
    assert unsigned.needs_no_signature(incoming(x_amz_target=f"{POOLS}.{operation}"))


@pytest.mark.parametrize(
    "request_",
    [
        incoming(x_amz_target=f"{POOLS}.AdminGetUser"),
        incoming(x_amz_target=f"{POOLS}.ListUsers"),
        incoming("POST", "/2015-03-31/functions", x_amz_target=f"{POOLS}.SignUp"),
        incoming("GET", "/login"),
        incoming("GET", "/oauth2/token"),
        incoming("PUT", "/eu-central-1_abc/.well-known/jwks.json"),
        incoming("GET", "/bucket/.well-known/jwks.json"),
    ],
)
def test_everything_else_does(request_: Incoming) -> None:
    assert not unsigned.needs_no_signature(request_)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth2/token"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "/eu-central-1_abc/.well-known/jwks.json"),
    ],
)
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"x_amz_target": "AmazonEC2ContainerServiceV20141113.RunTask"}),
        ("", {"x_amz_target": f"{POOLS}.SignUp"}),
        ("Action=CreateAccessKey&UserName=me", {}),
        ("a=b&%41ction=AssumeRole", {}),
        ("X-Amz-Credential=AKIA/20261128/eu-central-1/iam/aws4_request", {}),
        ("x-amz-credential=AKIA/20261128/eu-central-1/iam/aws4_request", {}),
        ("", {"authorization": "Basic Credential=AKIA/20261128/eu-central-1/lambda/aws4_request"}),
        ("", {"smithy_protocol": "rpc-v2-cbor"}),
    ],
)
def test_the_path_of_a_user_pool_is_no_way_around_the_signature_of_another_service(
    method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    request = incoming(method, path, query, **headers)
    assert not unsigned.needs_no_signature(request)
    assert not browsers.may_ask(request, None)


def test_an_unsigned_operation_has_no_query_in_which_a_bucket_reads_an_operation_of_its_own() -> None:
    assert not unsigned.needs_no_signature(incoming("POST", "/", "delete", x_amz_target=f"{POOLS}.SignUp"))


def test_a_page_of_a_user_pool_takes_what_oauth_has_in_queries_and_headers() -> None:
    query = "client_id=a&response_type=code&redirect_uri=https%3A%2F%2Fshop.example&scope=openid&state=x&action=y"
    assert unsigned.needs_no_signature(incoming("GET", "/oauth2/authorize", query))
    assert unsigned.needs_no_signature(incoming("POST", "/oauth2/token", authorization="Basic eDp5"))


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("cognito-idp.eu-central-1.amazonaws.com", True),
        ("cognito-identity.eu-central-1.amazonaws.com", True),
        ("shop-local.auth.eu-central-1.amazoncognito.com", True),
        ("localhost", True),
        ("bucket.s3.eu-central-1.amazoncognito.com", False),
        ("cognito-idp.s3.amazonaws.com", False),
        ("cognito-idp.lambda-url.eu-central-1.on.aws", False),
        ("iam.amazoncognito.com", False),
    ],
)
def test_the_name_of_a_user_pool_holds_no_other_service(host: str, ours: bool) -> None:  # noqa: FBT001 - as below
    assert Hosts().is_user_pools(host) is ours


def test_the_services_with_unsigned_operations_are_those_of_aws_own_models() -> None:
    session = get_session()
    others = {"signin", "sso", "sso-oidc"}  # AWS's own sign-in, which is not here
    found = set()
    for name in ("cognito-idp", "cognito-identity", "sts", "signin", "sso", "sso-oidc", "ecs", "s3", "lambda", "iam"):
        model = session.get_service_model(name)
        if any(model.operation_model(each).auth_type == "none" for each in model.operation_names):
            found.add(name)
    assert found - others == {*unsigned.SERVICES, "sts"}
    sts = session.get_service_model("sts")
    assert {name for name in sts.operation_names if sts.operation_model(name).auth_type == "none"} == unsigned.TRADES


@pytest.mark.parametrize(
    ("headers", "from_page"),
    [
        ({}, False),
        ({"origin": "null"}, True),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "same-origin"}, False),
    ],
)
def test_a_browser_says_for_whom_it_asks(headers: dict[str, str], from_page: bool) -> None:  # noqa: FBT001 - as above
    assert browsers.is_from_page(incoming(**headers)) is from_page


def test_a_page_may_call_a_user_pool_and_nothing_else_without_a_signature() -> None:
    assert browsers.may_ask(incoming(x_amz_target=f"{POOLS}.SignUp"), None)
    assert browsers.may_ask(incoming("POST", "/oauth2/token"), None)
    assert not browsers.may_ask(incoming(x_amz_target=f"{POOLS}.AdminGetUser"), None)
    assert not browsers.may_ask(incoming("POST", "/2015-03-31/functions"), None)


CALL = {"access_control_request_method": "POST", "access_control_request_headers": "content-type, X-Amz-Target"}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", CALL, 200),
        ("/oauth2/token", {"access_control_request_method": "POST"}, 200),
        ("/", {"access_control_request_method": "POST"}, None),
        ("/", {**CALL, "access_control_request_method": "PUT"}, None),
        ("/", {"access_control_request_method": "GET", "access_control_request_headers": "authorization"}, None),
        ("/2015-03-31/functions", CALL, None),
    ],
)
def test_a_browser_that_asks_first_is_told_of_user_pools_alone(
    path: str, headers: dict[str, str], status: int | None
) -> None:
    nowhere: Any = SimpleNamespace(preflight=lambda _: None)
    answer = browsers.preflight(incoming("OPTIONS", path, **headers), nowhere)
    assert (answer.status if answer else None) == status


def test_a_bucket_that_is_asked_by_its_own_name_answers_for_itself() -> None:
    refusing: Any = SimpleNamespace(preflight=lambda _: AwsResponse(403, {}, b""))
    answer = browsers.preflight(incoming("OPTIONS", "/", host="b.s3.localhost:4566", **CALL), refusing)
    assert answer is not None
    assert (answer.status, answer.headers) == (403, {})


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    assert read_keys(tmp_path) is None
    before = os.umask(0)
    try:
        made = ensure_keys(tmp_path)
    finally:
        os.umask(before)
    assert ensure_keys(tmp_path) == made
    assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert made.secret_key not in repr(made)
    assert made.token not in repr(made)


def test_what_an_older_one_left_open_is_closed_and_links_are_left(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("")
    outside.chmod(0o644)
    home = tmp_path / "home"
    (home / "below").mkdir(parents=True, mode=0o755)
    (home / "below/file").write_text("")
    (home / "below/program").write_text("")
    (home / "below/program").chmod(0o755)
    (home / "link").symlink_to(outside)
    make_private(home)
    modes = [
        path.stat().st_mode & 0o777 for path in (home, home / "below", home / "below/file", home / "below/program")
    ]
    assert modes == [0o700, 0o700, 0o600, 0o700]
    assert outside.stat().st_mode & 0o777 == 0o644


def test_a_private_file_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
