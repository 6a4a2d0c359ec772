"""The whole architecture by one command: in two zones, with one public door and no secret in Terraform's state."""

import json
import time
from typing import Any

from tagship.infra.workspace import STATE_KEY
from tests.contract.infra.rendered import secrets_in
from tour.chapter import Chapter, Claims
from tour.stage import ENVIRONMENT, Stage
from tour.systems import Sight


def play(stage: Stage, claims: Claims) -> None:
    """Apply, and look at what is there."""
    began = time.monotonic()
    stage.type("infra", "apply", "--yes")
    taken = time.monotonic() - began
    made = _resources(stage)
    claims.claim("Terraform built everything that the manifest names", made, f"{made} resources in {taken:.0f} s")
    changes = stage.asked("infra", "plan")["changes"]
    claims.claim("a second plan is empty", changes == [], f"{len(changes)} changes")
    zones = _zones(stage)
    claims.claim("the network spans two zones", len(zones) == 2, ", ".join(zones))  # noqa: PLR2004 - the mission's
    public = [each["LoadBalancerName"] for each in _balancers(stage) if each["Scheme"] != "internal"]
    claims.claim("no load balancer is public, only CloudFront is", not public, ", ".join(public))
    values = secret_values(stage)
    found = [place for body in _states(stage) for place in secrets_in(body, values)]
    claims.claim("no secret is in any version of the state", values and not found, f"{len(values)} secrets looked for")


def _resources(stage: Stage) -> int:
    state = json.loads(stage.client("s3").get_object(Bucket=stage.bucket, Key=STATE_KEY)["Body"].read())
    return sum(len(each["instances"]) for each in state["resources"] if each["mode"] == "managed")


def _zones(stage: Stage) -> list[str]:
    named = [{"Name": "tag:tagship:environment", "Values": [ENVIRONMENT]}]
    subnets = stage.client("ec2").describe_subnets(Filters=named)["Subnets"]
    return sorted({each["AvailabilityZone"] for each in subnets})


def _balancers(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.client("elbv2").describe_load_balancers()["LoadBalancers"]
    return [each for each in found if ENVIRONMENT in each["LoadBalancerName"]]


def _states(stage: Stage) -> list[bytes]:
    s3 = stage.client("s3")
    versions = s3.list_object_versions(Bucket=stage.bucket, Prefix=STATE_KEY)["Versions"]
    return [
        s3.get_object(Bucket=stage.bucket, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        for each in versions
    ]


def secret_values(stage: Stage) -> set[str]:
    """Every password and secret text of the environment that Secrets Manager holds."""
    secrets, texts = stage.client("secretsmanager"), []
    for entry in secrets.list_secrets()["SecretList"]:
        if ENVIRONMENT not in entry["Name"]:
            continue
        try:
            texts.append(secrets.get_secret_value(SecretId=entry["ARN"])["SecretString"])
        except secrets.exceptions.ResourceNotFoundException:  # made for you to fill
            continue
    return {*texts, *(json.loads(text)["password"] for text in texts if "password" in text)}


CHAPTER = Chapter(
    "network",
    "the whole architecture is built by Terraform",
    play,
    sees=(
        Sight("terraform"),
        Sight("secrets", "Secrets Manager of the embedded AWS"),
        Sight("load-balancer", "a load balancer of the embedded AWS"),
    ),
    minutes=25,
    dollars=1.0,
)
