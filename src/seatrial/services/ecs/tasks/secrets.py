"""Secrets of a container definition, read from Secrets Manager and the Parameter Store.

Source: developer guide, "Pass sensitive data to an Amazon ECS container".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.ecs.containers.docker import EngineRefused
from seatrial.services.ecs.records import Json

_SECRET_ARN_PARTS = 7
_PREFIX = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_SSM = "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "


@dataclass(frozen=True)
class SecretReference:
    """A ``valueFrom`` taken apart."""

    service: str
    name: str
    region: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""


def parse(value_from: str, region: str) -> SecretReference:
    """``…:secret:NAME[:json-key:version-stage:version-id]``, a parameter's ARN, or its name in ``region``."""
    if ":secretsmanager:" in value_from:
        parts = value_from.split(":")
        extra = [*parts[_SECRET_ARN_PARTS:], "", "", ""]
        arn = ":".join(parts[:_SECRET_ARN_PARTS])
        return SecretReference("secretsmanager", arn, parts[3], extra[0], extra[1], extra[2])
    if value_from.startswith("arn:"):
        parts = value_from.split(":", 5)
        name = parts[5].removeprefix("parameter")
        return SecretReference("ssm", name if name.count("/") > 1 else name.lstrip("/"), parts[3])
    return SecretReference("ssm", value_from, region)


async def read_all(aws: Aws, definition: Mapping[str, Any], region: str) -> dict[str, str]:
    """The values of a container's secrets, by variable; ``region`` is the task's.

    Raises:
        EngineRefused: ``ResourceInitializationError: …``, with AWS's reason.
    """
    return {
        item["name"]: await _read(aws, parse(item["valueFrom"], region), item["valueFrom"])
        for item in definition.get("secrets", ())
    }


async def _read(aws: Aws, reference: SecretReference, value_from: str) -> str:
    try:
        if reference.service == "ssm":
            return await _parameter(aws, reference)
        return _picked(reference, await _secret(aws, reference))
    except AwsCallError as error:
        asm = reference.service == "secretsmanager"
        what = "secret from asm" if asm else "secrets from ssm"
        where = f"failed to fetch secret {value_from} from secrets manager: " if asm else ""
        why = f"unable to retrieve {what}: service call has been retried 1 time(s): {where}"
        raise EngineRefused(f"{_PREFIX}{why}{error.code}: {error.message}") from error


async def _parameter(aws: Aws, reference: SecretReference) -> str:
    """By the call that ECS makes, and that an execution role must be allowed: of several at once."""
    asked = [reference.name]
    answer = await aws.call("ssm", "GetParameters", region=reference.region, Names=asked, WithDecryption=True)
    if not answer["Parameters"]:
        raise EngineRefused(f"{_PREFIX}{_SSM}invalid ssm parameters: {reference.name}")
    return str(answer["Parameters"][0]["Value"])


async def _secret(aws: Aws, reference: SecretReference) -> str:
    version: Json = {"VersionStage": reference.version_stage} if reference.version_stage else {}
    version |= {"VersionId": reference.version_id} if reference.version_id else {}
    answer = await aws.call(
        "secretsmanager", "GetSecretValue", region=reference.region, SecretId=reference.name, **version
    )
    return str(answer["SecretString"])


def _picked(reference: SecretReference, text: str) -> str:
    if not reference.json_key:
        return text
    try:
        value = json.loads(text)[reference.json_key]
    except (ValueError, KeyError, TypeError) as error:
        why = f"retrieved secret from Secrets Manager did not contain json key {reference.json_key}"
        raise EngineRefused(f"{_PREFIX}unable to retrieve secret from asm: {why}") from error
    return value if isinstance(value, str) else json.dumps(value)
