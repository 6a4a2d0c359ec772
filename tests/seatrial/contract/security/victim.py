"""An embedded AWS with something to steal: a secret, a bucket, a task that runs, its credentials."""

import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from seatrial.access.keys import InstanceKeys
from seatrial.core.engine import EngineClient
from seatrial.process import instance
from tests.seatrial.contract.conftest import REGION, RunningAws, role
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually

SECRET = "what nobody else may read"
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
SITE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
REFUSED = (400, 401, 403, 421)
NOT_LET_IN = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "UnrecognizedClientException")


@dataclass(frozen=True)
class Victim:
    """What the attacks are tried against."""

    aws: RunningAws
    harness: Harness
    engine: EngineClient
    task: str
    ended: Mapping[str, str]

    @property
    def pid(self) -> int:
        """Of the control plane."""
        return instance.status(self.aws.settings).pid or 0

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        return httpx.request(method, self.aws.endpoint + path, trust_env=False, timeout=60, **more)

    def page(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        """What a browser sends for a page of another origin."""
        return self.ask(method, path, headers={**SITE, **(headers or {})}, **more)

    def role(self, service: str, variables: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - boto3's
        """A client with the credentials of the task, or with others."""
        return client(self.aws.endpoint, service, variables or self.variables(self.task))

    def variables(self, task: str) -> dict[str, str]:
        found = self.engine.containers.list(all=True, filters={"label": f"seatrial.task={task}"})
        return dict(item.split("=", 1) for item in found[0].attrs["Config"]["Env"])

    def signed(
        self, service: str, target: str, body: bytes, *, age: float = 0, variables: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The headers of a call that was signed with the right key, some seconds ago."""
        keys = variables or self.aws.variables
        request = AWSRequest("POST", f"{self.aws.endpoint}/", data=body)
        request.headers["x-amz-target"], request.headers["content-type"] = target, "application/x-amz-json-1.1"
        request.headers["host"] = self.aws.settings.registry
        if token := keys.get("AWS_SESSION_TOKEN"):
            request.headers["X-Amz-Security-Token"] = token
        known = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"])
        signer: Any = SigV4Auth(known, service, REGION)
        then = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - age))
        request.context["timestamp"] = then
        request.headers["X-Amz-Date"] = then
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))
        return dict(request.headers.items())


def client(endpoint: str, service: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - boto3's
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables.get("AWS_SESSION_TOKEN"),
        config=Config(retries={"total_max_attempts": 1}),
    )


def prepare(aws: RunningAws, engine: EngineClient) -> Victim:
    """All of it, with one task that runs and one that has ended."""
    aws.client("secretsmanager").create_secret(Name="theirs", SecretString=SECRET)
    aws.client("s3").create_bucket(Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.client("s3").put_object(Bucket="theirs", Key="file", Body=b"theirs")
    aws.client("ecr").create_repository(repositoryName="theirs")
    for name in ("app", "admin"):
        role(aws, name)
    aws.client("iam").put_role_policy(RoleName="admin", PolicyName="everything", PolicyDocument=EVERYTHING)
    harness = Harness(aws, "victim")
    victim = Victim(aws, harness, engine, _run(harness, "app"), {})
    first = _run(harness, "app")
    ended = victim.variables(first)
    harness.ecs.stop_task(cluster=harness.cluster, task=first)
    eventually(lambda: _status(harness, first) == "STOPPED")
    return Victim(aws, harness, engine, victim.task, ended)


def _run(harness: Harness, family: str) -> str:
    harness.ecs.register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        taskRoleArn=f"arn:aws:iam::000000000000:role/{family}",
        executionRoleArn=harness.execution_role,
        containerDefinitions=[{"name": "app", "image": IMAGE, "command": ["sleep", "600"], "stopTimeout": 2}],
    )
    started = harness.ecs.run_task(
        cluster=harness.cluster,
        taskDefinition=family,
        launchType="FARGATE",
        enableExecuteCommand=True,
        networkConfiguration=harness.network_configuration(),
    )
    task: str = started["tasks"][0]["taskArn"]
    eventually(lambda: _status(harness, task) == "RUNNING")
    return task


def _status(harness: Harness, task: str) -> str:
    status: str = harness.ecs.describe_tasks(cluster=harness.cluster, tasks=[task])["tasks"][0]["lastStatus"]
    return status


def refused(call: Any, **params: Any) -> bool:  # noqa: ANN401 - a boto3 method
    """Whether a call ends in AWS's words for a caller that is not let in."""
    try:
        call(**params)
    except ClientError as error:
        return error.response["Error"]["Code"] in NOT_LET_IN
    return False


def bomb() -> bytes:
    """800 MB of a letter, packed into less than one."""
    packing, part = gzip.compress(b"a" * 8_000_000, mtime=0), 100
    return packing * part


def stranger() -> dict[str, str]:
    """The credentials of another embedded AWS."""
    keys = InstanceKeys.drawn()
    return {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
