"""One name inside a task and outside: an application signs a person in, and a browser is the person's."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from seatrial.core.engine import EngineClient, resource_name
from seatrial.process.names import browser_options
from tests.seatrial.contract.cloudfront import shop
from tests.seatrial.contract.cloudfront.names import CONFIRMATION, WHO, asked, client_of, named, user_pool
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually
from tests.seatrial.contract.ecs.test_containers import definition, run
from tests.support.chromium import browsing

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]

ASKS = """
import socket, ssl, sys, urllib.request
for url in sys.argv[1:]:
    name = url.split("/")[2]
    print(name, socket.gethostbyname(name), urllib.request.urlopen(url).status)
"""


class Shop:
    """The application in a task, behind a load balancer and a distribution, with a user pool."""

    def __init__(self, aws: RunningAws) -> None:
        self.aws, self.pool = aws, user_pool(aws)
        self.harness = Harness(aws, f"shop-{uuid4().hex[:6]}")
        self.url = f"https://{self.harness.front}"
        self.client = client_of(aws, self.pool, f"{self.url}/signed-in")
        told = {
            "FRONT_DOOR": self.url,
            "COGNITO_CLIENT_ID": self.client,
            "COGNITO_DOMAIN": f"https://{self.pool.domain}",
            "COGNITO_ISSUER": self.pool.issuer,
        }
        script = Path(shop.__file__).read_text(encoding="utf-8")
        container = json.dumps({"command": ["python3", "-uc", script]})
        self.harness.create(self.harness.register(CONTAINER=container, **told), count=1)
        eventually(lambda: asked(named(aws), self.url)[0] == 302)

    def sign_up(self) -> None:
        """A person, by the calls that anybody may make."""
        email, password = WHO
        self._call("SignUp", Username=email, Password=password, UserAttributes=[{"Name": "email", "Value": email}])
        self._call("ConfirmSignUp", Username=email, ConfirmationCode=CONFIRMATION)

    def _call(self, operation: str, **more: object) -> None:
        headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        headers["Content-Type"] = "application/x-amz-json-1.1"
        body = json.dumps({"ClientId": self.client, **more})
        endpoint = self.pool.issuer.removesuffix(f"/{self.pool.id}")
        answered = asked(named(self.aws), endpoint, method="POST", headers=headers, body=body)
        assert answered[0] == 200, answered


@pytest.fixture(scope="module")
def place(local_aws: RunningAws) -> Shop:
    return Shop(local_aws)


def test_a_browser_signs_in_and_the_task_verifies_the_token_under_the_same_names(
    place: Shop, local_aws: RunningAws, tmp_path: Path
) -> None:
    place.sign_up()
    there = named(local_aws)
    options = browser_options(there, tmp_path, there.authority.read_bytes())
    with browsing(tmp_path, options, f"{place.url}/") as page:
        page.until("document.querySelector('form[action=\"/login\"]') !== null")
        assert page.run("location.origin") == f"https://{place.pool.domain}"
        email, password = WHO
        page.run(f"document.querySelector('#username').value = {json.dumps(email)}")
        page.run(f"document.querySelector('#password').value = {json.dumps(password)}")
        page.run("document.querySelector('form').submit()")
        page.until(f"document.body && document.body.innerText === 'Hello {email}'")
        assert page.run("location.href") == f"{place.url}/"
        (cookie,) = page.cookies(place.url)
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("session", True, True)


def test_a_task_reaches_every_name_at_443_and_verifies_it(place: Shop, engine: EngineClient) -> None:
    urls = [f"{place.pool.issuer}/.well-known/jwks.json", f"{place.url}/healthz"]
    task = run(place.harness, definition(place.harness, {"command": ["python3", "-uc", ASKS, *urls]}))
    door = engine.containers.get(resource_name(place.aws.settings.instance_id, "https"))
    (network,) = door.attrs["NetworkSettings"]["Networks"].values()
    names = [url.split("/")[2] for url in urls]
    assert place.harness.log(task) == [f"{name} {network['IPAddress']} 200" for name in names]


def test_a_program_that_trusts_no_authority_of_its_image_refuses_the_name(place: Shop) -> None:
    script = f"import urllib.request; urllib.request.urlopen('{place.pool.issuer}/.well-known/jwks.json')"
    own = {"python": script, "environment": [{"name": "SSL_CERT_FILE", "value": "/dev/null"}]}
    task = run(place.harness, definition(place.harness, {**own, "image": IMAGE}))
    assert task["containers"][0]["exitCode"] == 1
    assert "CERTIFICATE_VERIFY_FAILED" in "\n".join(place.harness.log(task))


def test_a_name_that_nobody_has_is_no_ones_in_a_task(place: Shop) -> None:
    script = "import socket; socket.gethostbyname('nobody.auth.eu-central-1.amazoncognito.com.invalid')"
    task = run(place.harness, definition(place.harness, {"python": script}))
    assert task["containers"][0]["exitCode"] == 1


def test_the_door_for_tasks_gets_the_names_that_are_made_later(place: Shop, engine: EngineClient) -> None:
    later = user_pool(place.aws).domain
    name = resource_name(place.aws.settings.instance_id, "https")

    def has() -> set[str]:
        joined = engine.containers.get(name).attrs["NetworkSettings"]["Networks"].values()
        return {alias for network in joined for alias in network["Aliases"] or ()}

    eventually(lambda: {later, place.pool.domain, place.harness.front} <= has(), 60)


def test_the_door_for_tasks_has_no_rights_and_no_files_of_its_own(place: Shop, engine: EngineClient) -> None:
    seen = engine.containers.get(resource_name(place.aws.settings.instance_id, "https")).attrs
    host = seen["HostConfig"]
    assert (host["CapDrop"], host["ReadonlyRootfs"], host["Privileged"]) == (["ALL"], True, False)
    assert {mount["RW"] for mount in seen["Mounts"]} == {False}
    assert not [port for port in (host["PortBindings"] or {}).values() if port]
