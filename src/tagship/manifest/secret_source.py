"""Where a variable's secret value lies: a secret of Secrets Manager or a parameter of the Parameter Store. Pure.

A name is one environment's own: ``APP-ENVIRONMENT/name``. What is named by a whole ARN belongs to somebody else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tagship.manifest.types import impossible

Store = Literal["secretsmanager", "ssm"]
"""AWS's own names of the two services."""

_PREFIX: Final = 52
"""Characters of the longest ``APP-ENVIRONMENT/``."""

_LONGEST_NAME: Final = 512 - _PREFIX
"""Secrets Manager API reference, ``CreateSecret``: Name."""

_LONGEST_PATH: Final = 1011 - len("arn:aws-us-gov:ssm:ap-southeast-1:123456789012:parameter/") - _PREFIX
"""Systems Manager API reference, ``PutParameter``: a name has 1,011 characters with its ARN."""

_DEEPEST: Final = 14
"""As there: 15 levels, and the first is the environment's."""

_LONGEST_KEY: Final = 200
"""Ours: AWS documents no length, and the names of the keys are kept in a tag of 256 characters."""

_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]+")
_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}")
_KEY: Final = re.compile(r"[A-Za-z0-9_.@/+=-]+")
_PATH: Final = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_SECRET_ARN: Final = re.compile(
    r"(?P<arn>arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6})"
    r"(:(?P<key>[^:]*))?"
)
_PARAMETER_ARN: Final = re.compile(r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+")

RESERVED: Final[Mapping[str, str]] = {
    "database/master": "the database's master",
    "database/app": "the database's own user; services get it as DATABASE_URL",
    "slack": "the webhook of the alerts",
    "vpn": "the keys of the VPN",
}
"""What is named so by tagship itself (``system_names.py``), and what it is."""


@dataclass(frozen=True)
class SecretSource:
    """One source, parsed.

    Args:
        store: which service keeps it.
        name: the name without the environment's prefix (``stripe``, of a parameter ``/mail/user``); empty with an ARN.
        arn: the whole ARN without a key; empty with a name.
        key: the key of a secret that is a JSON object; empty for the whole value.
    """

    store: Store
    name: str = ""
    arn: str = ""
    key: str = ""

    def __str__(self) -> str:
        """As the manifest writes it."""
        key = f":{self.key}" if self.key else ""
        return f"{self.arn or ('ssm:' if self.store == 'ssm' else '') + self.name}{key}"

    def id(self, prefix: str) -> str:
        """What AWS is asked for: the ARN, ``PREFIX/name``, or of a parameter ``/PREFIX/path``."""
        if self.arn:
            return self.arn
        return f"/{prefix}{self.name}" if self.store == "ssm" else f"{prefix}/{self.name}"

    @property
    def region(self) -> str:
        """The region of an ARN; empty with a name, which is in the environment's own."""
        return self.arn.split(":")[3] if self.arn else ""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        del source, handler
        text = core_schema.no_info_after_validator_function(parse, core_schema.str_schema())
        # What was parsed already is written again: an environment's differences are merged as the manifest has them.
        return core_schema.no_info_before_validator_function(
            lambda value: str(value) if isinstance(value, cls) else value,
            text,
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        return {"type": "string", "minLength": 1}


def parse(text: str) -> SecretSource:
    """``name[:key]``, ``ssm:/path``, or a whole ARN of either.

    Raises:
        PydanticCustomError: it is none of these, or AWS would refuse it.
    """
    if text.startswith("arn:"):
        return _by_arn(text)
    if text.startswith("ssm:"):
        return _parameter(text.removeprefix("ssm:"))
    name, colon, key = text.partition(":")
    return SecretSource("secretsmanager", name=secret_name(name), key=json_key(key) if colon else "")


def secret_name(name: str) -> str:
    """The name of an environment's own secret, as it is.

    Secrets Manager API reference, ``CreateSecret``: the characters, and why no name may end with a hyphen and six
    characters: AWS adds just that to the ARN, and a search by a partial ARN would find another secret.

    Raises:
        PydanticCustomError: AWS would refuse it, or it is tagship's own.
    """
    if not _NAME.fullmatch(name):
        raise impossible(f"must be a secret's name of letters, digits and `/_+=.@-`, or `name:key`, not `{name}`")
    if len(name) > _LONGEST_NAME:
        raise impossible(f"must be a secret's name of at most {_LONGEST_NAME} characters, not {len(name)}")
    if _SUFFIX.fullmatch(name[-7:]):
        raise impossible(
            f"cannot be `{name}`: AWS advises against names that end with a hyphen and six characters, because it adds "
            "just that to the ARN of each secret"
        )
    if name in RESERVED:
        raise impossible(f"cannot be `{name}`: that is {RESERVED[name]}")
    return name


def json_key(key: str) -> str:
    """The key of a JSON object, as it is: what ECS can name in ``valueFrom``, whose parts are between colons.

    Raises:
        PydanticCustomError: it has other characters.
    """
    if not _KEY.fullmatch(key) or len(key) > _LONGEST_KEY:
        raise impossible(
            f"must name a JSON key of letters, digits and `_.@/+=-`, at most {_LONGEST_KEY} characters, not `{key}`"
        )
    return key


def _parameter(path: str) -> SecretSource:
    if not _PATH.fullmatch(path):
        raise impossible(f"must be `ssm:/path` of letters, digits and `_.-/`, without a key, not `ssm:{path}`")
    if len(path) > _LONGEST_PATH or path.count("/") > _DEEPEST:
        raise impossible(f"must be a path of at most {_LONGEST_PATH} characters and {_DEEPEST} levels")
    return SecretSource("ssm", name=path)


def _by_arn(text: str) -> SecretSource:
    if _PARAMETER_ARN.fullmatch(text):
        return SecretSource("ssm", arn=text)
    found = _SECRET_ARN.fullmatch(text)
    if not found:
        raise impossible(
            "must be the whole ARN of a secret, with the six characters at its end (`arn:aws:secretsmanager:…:secret:"
            f"name-AbCdEf`, then `:key` for one key of it), or of a parameter, not `{text}`"
        )
    key = found["key"]
    return SecretSource("secretsmanager", arn=found["arn"], key=json_key(key) if key is not None else "")
