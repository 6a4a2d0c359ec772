"""The small types that the manifest is made of: each knows its limits, and says them in words."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tagship.manifest.regions import region_problem

IMPOSSIBLE: Final = "impossible"
"""The error type of every check that is ours."""

WORDS: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
WORD: Final = r"^[a-z][a-z0-9]*$"
VARIABLE: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"
URL_PATH: Final = r"^/[!-~]*$"
PATH_PATTERN: Final = r"^/[A-Za-z0-9_.$/~\"'@:+&*?-]*$"
ACCOUNT: Final = r"^[0-9]{12}$"
REGION: Final = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$"
CRON: Final = r"^[^ ]+( [^ ]+){5}$"
DOMAIN: Final = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}$"
DATABASE: Final = r"^[a-z][a-z0-9_]*$"
DATABASE_VERSION: Final = r"^[0-9]{2}\.[0-9]{1,2}$"
DATABASE_INSTANCE: Final = r"^(serverless|db\.[a-z][a-z0-9]+\.[0-9]*[a-z]+)$"
INSTANCE: Final = r"^[a-z][a-z0-9]*g[a-z]*\.[0-9]*[a-z]+$"
COUNTRY: Final = r"^[A-Z]{2}$"
EMAIL: Final = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
IMAGE: Final = r"^[a-z0-9][a-z0-9._/:-]*(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$"
REPOSITORY: Final = r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$"
GITHUB_ENVIRONMENT: Final = r"^[A-Za-z0-9_-]+$"
NUMBER: Final = r"^[0-9]+$"
STAGE: Final = r"^[A-Za-z][A-Za-z0-9_.-]*$|^[0-9]+$"
MOUNT: Final = r"^[A-Za-z0-9_.-]+$"
FROM_VARIABLE: Final = r"^env:[A-Za-z_][A-Za-z0-9_]*$"

USER: Final = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"

IN_WORDS: Final[Mapping[str, str]] = {
    WORDS: "lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
    WORD: "lower-case letters and digits, beginning with a letter",
    VARIABLE: "letters, digits and underscores, not beginning with a digit",
    URL_PATH: "a path that begins with `/`, without spaces",
    PATH_PATTERN: "a path pattern that begins with `/`, of letters, digits, `*`, `?` and `_-.$/~\"'@:+&`",
    ACCOUNT: "an account number of 12 digits, in quotes",
    REGION: "an AWS region such as `eu-central-1`",
    CRON: "six fields of an AWS cron expression such as `0 22 * * ? *`",
    DOMAIN: "a domain name in lower case such as `shop.example.com`",
    DATABASE: "lower-case letters, digits and underscores, beginning with a letter",
    DATABASE_VERSION: "a version of Aurora PostgreSQL such as `16.11`, in quotes",
    DATABASE_INSTANCE: "`serverless` or an instance class such as `db.r7g.large`",
    INSTANCE: "an arm64 instance type (a `g` after the generation) such as `t4g.nano`",
    COUNTRY: "a country code of two capital letters such as `DE`",
    EMAIL: "an e-mail address",
    IMAGE: "an image with its tag or digest such as `grafana/grafana:12.2.1`",
    REPOSITORY: "`owner/name`",
    GITHUB_ENVIRONMENT: "letters, digits, hyphens and underscores",
    NUMBER: "a number in quotes",
    USER: "a user's name or number, with `:` and a group if needed, such as `app` or `1000:1000`, in quotes",
    STAGE: "the name of a stage: letters, digits, `_`, `.` and `-`, beginning with a letter; or its number, in quotes",
    MOUNT: "letters, digits, `_`, `.` and `-`",
    FROM_VARIABLE: "`env:` and the name of an environment variable, such as `env:NPM_TOKEN`",
}
"""What each pattern asks for."""

_RESERVED_APPS: Final = {
    "internal": "ELB refuses load balancers whose name begins with `internal-`",
    "sg": "EC2 refuses security groups whose name begins with `sg-`",
    "sthree": "S3 refuses buckets whose name begins with `sthree-`",
    "amzn-s3-demo": "S3 refuses buckets whose name begins with `amzn-s3-demo-`",
}
"""First words that would make an AWS name illegal (``names.py`` puts the app first)."""

_PRIVATE: Final = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_WIDEST, _NARROWEST = 16, 24
_NARROWEST_CLIENTS: Final = 29

_PRIVATE_ECR: Final = re.compile(r"[0-9]{12}\.dkr[.-]ecr")

_LARGEST_CAPACITY: Final = 256
"""Aurora user guide, "Aurora Serverless v2 capacity"."""

_RESERVED_SERVICES: Final = ("dashboards",)
"""Tagship's own services in the cluster."""


def impossible(text: str, *at: str) -> PydanticCustomError:
    """An error in our own words, about the key ``at`` inside what is being checked."""
    return PydanticCustomError(IMPOSSIBLE, "{text}", {"text": text, "at": at})


def several(errors: list[dict[str, Any]]) -> PydanticCustomError:
    """Many errors at once, each with ``loc``, ``type``, ``msg``, ``ctx`` and ``input`` as pydantic gives them."""
    return PydanticCustomError("several", "{count} problems", {"count": len(errors), "errors": errors})


def _switched_off(value: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return None if value is False else value


@dataclass(frozen=True)
class _OrNone:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_before_validator_function(_switched_off, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*handler(schema)["anyOf"], {"const": False}]}


or_none: Final = _OrNone()
"""Of something that can be left out: ``false`` leaves it out."""


def _not_reserved(app: str) -> str:
    for reserved, reason in _RESERVED_APPS.items():
        if f"{app}-".startswith(f"{reserved}-"):
            raise impossible(f"cannot begin with `{reserved}`: {reason}")
    return app


def _not_ours(service: str) -> str:
    if service in _RESERVED_SERVICES:
        raise impossible(f"`{service}` is a reserved service name; choose another")
    return service


def _a_region(region: str) -> str:
    if problem := region_problem(region):
        raise impossible(problem)
    return region


def _a_private_range(cidr: str) -> str:
    """A VPC may be /16 to /28; six subnets that can each hold a load balancer (/27) need a /24."""
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        raise impossible(f"must be an IPv4 range such as `10.20.0.0/16`, not `{cidr}`") from None
    if "/" not in cidr or not _WIDEST <= network.prefixlen <= _NARROWEST:
        raise impossible(f"must be a range from /{_WIDEST} to /{_NARROWEST}, such as `10.20.0.0/16`, not `{cidr}`")
    if str(network) != cidr:
        raise impossible(f"must be the first address of its range: write `{network}`, not `{cidr}`")
    if not any(network.subnet_of(private) for private in _PRIVATE):
        raise impossible(f"must be in a private range ({', '.join(map(str, _PRIVATE))}), not `{cidr}`")
    return cidr


def _a_clients_range(cidr: str) -> str:
    """OpenVPN hands the addresses out one by one, each to one person; a /29 has room for five."""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        raise impossible(f"must be an IPv4 range such as `10.8.0.0/24`, not `{cidr}`") from None
    if not _WIDEST <= network.prefixlen <= _NARROWEST_CLIENTS or not any(map(network.subnet_of, _PRIVATE)):
        raise impossible(f"must be a private range from /{_WIDEST} to /{_NARROWEST_CLIENTS}, not `{cidr}`")
    return cidr


def _a_range(cidr: str) -> str:
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        raise impossible(f"must be a range of addresses such as `192.0.2.0/24`, not `{cidr}`") from None
    if network.prefixlen == 0:
        raise impossible(f"`{cidr}` is every address: the firewall would allow everything")
    return str(network)


def _with_data_api(instance: str) -> str:
    """Aurora user guide, "Limitations with RDS Data API": none on T classes."""
    if instance.startswith("db.t"):
        raise impossible(
            f"cannot be `{instance}`: AWS offers no Data API on T classes, and it is needed for the application's "
            "user; the smallest are `serverless` and `db.r7g.large`"
        )
    return instance


def _not_in_ecr(image: str) -> str:
    """``ACCOUNT.dkr.ecr.REGION.amazonaws.com`` (ECR user guide, "Amazon ECR private registry")."""
    if _PRIVATE_ECR.match(image):
        raise impossible(
            f"cannot be `{image}`: Grafana's role has no permissions for a private ECR repository; use a public "
            "image, such as `grafana/grafana:12.2.1`"
        )
    return image


def _a_timezone(name: str) -> str:
    known = available_timezones()
    if known and name not in known:
        raise impossible(f"must be a time zone of the IANA database such as `Europe/Berlin`, not `{name}`")
    return name


def _in_halves(size: float) -> float:
    if not 0 <= size <= _LARGEST_CAPACITY or size * 2 != int(size * 2):
        raise impossible(f"must be 0 to {_LARGEST_CAPACITY} in steps of 0.5, not {size:g}")
    return size


def _changes(value: Any) -> Any:  # noqa: ANN401 - checked when it is merged
    if value is not False and not isinstance(value, Mapping):
        raise impossible("must be a mapping of the differences, or `false` to leave it out")
    return value


def _inside(path: str) -> str:
    if not path.strip():
        raise impossible("must be a path, and is empty; `.` is the folder of tagship.yaml")
    if "\\" in path:
        raise impossible(f"must use `/`, not a backslash: `{path}`")
    if path.startswith(("/", "~")) or ".." in path.split("/"):
        raise impossible(f"must be a relative path that stays inside the repository, not `{path}`")
    return path


def _not_blank(command: str) -> str:
    if not command.strip():
        raise impossible("must be a command, and is empty")
    return command


Changes = Annotated[Any, AfterValidator(_changes)]
"""What an environment says differently of something that may be missing: a mapping, or ``False`` for none."""

AppName = Annotated[str, StringConstraints(pattern=WORDS, min_length=2, max_length=30), AfterValidator(_not_reserved)]
EnvironmentName = Annotated[str, StringConstraints(pattern=WORD, min_length=2, max_length=20)]
ServiceName = Annotated[str, StringConstraints(pattern=WORDS, min_length=2, max_length=30), AfterValidator(_not_ours)]
WordsName = Annotated[str, StringConstraints(pattern=WORDS, min_length=2, max_length=30)]
Word = Annotated[str, StringConstraints(pattern=WORD, min_length=2, max_length=20)]
Alphanumeric = Annotated[str, StringConstraints(pattern=DATABASE, min_length=1, max_length=63)]
VariableName = Annotated[str, StringConstraints(pattern=VARIABLE, max_length=255)]
Stage = Annotated[str, StringConstraints(pattern=STAGE, max_length=128)]
SecretId = Annotated[str, StringConstraints(pattern=MOUNT, max_length=128)]
FromVariable = Annotated[str, StringConstraints(pattern=FROM_VARIABLE, max_length=255)]
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
Region = Annotated[str, StringConstraints(pattern=REGION), AfterValidator(_a_region)]
Cidr = Annotated[str, AfterValidator(_a_private_range)]
RelativePath = Annotated[str, AfterValidator(_inside)]
UrlPath = Annotated[str, StringConstraints(pattern=URL_PATH, max_length=1024)]
PathPattern = Annotated[str, StringConstraints(pattern=PATH_PATTERN, max_length=128)]

Whole = Annotated[int, Field(strict=True)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Tasks = Annotated[Whole, Field(ge=1, le=5000)]
FewTasks = Annotated[Whole, Field(ge=0, le=5000)]
Interval = Annotated[Whole, Field(ge=5, le=300)]
Timeout = Annotated[Whole, Field(ge=2, le=120)]
Threshold = Annotated[Whole, Field(ge=2, le=10)]
GracePeriod = Annotated[Whole, Field(ge=0, le=7200)]
Drain = Annotated[Whole, Field(ge=0, le=3600)]
StopTimeout = Annotated[Whole, Field(ge=1, le=120)]
Cpu = Literal[256, 512, 1024, 2048, 4096, 8192, 16384]
Nat = Literal["none", "single", "per-zone"]
Command = Annotated[tuple[str, ...], Field(min_length=1)]
CheckInterval = Annotated[Whole, Field(ge=5, le=300)]
CheckTimeout = Annotated[Whole, Field(ge=2, le=60)]
Retries = Annotated[Whole, Field(ge=1, le=10)]
StartPeriod = Annotated[Whole, Field(ge=0, le=300)]
User = Annotated[str, StringConstraints(pattern=USER, max_length=255)]
OpenFiles = Annotated[Whole, Field(ge=1024, le=1048576)]
ShellCommand = Annotated[str, AfterValidator(_not_blank)]
FailFast = Annotated[Whole, Field(ge=0, le=100)]
MigrationKind = Literal["expand", "contract"]
MigrationTimeout = Annotated[Whole, Field(ge=10, le=14400)]
Percent = Annotated[Whole, Field(ge=1, le=100)]
AlarmPercent = Annotated[Whole, Field(ge=1, le=99)]
RequestsPerTask = Annotated[Whole, Field(ge=1, le=1000000)]
Cron = Annotated[str, StringConstraints(pattern=CRON)]
TimeZone = Annotated[str, AfterValidator(_a_timezone)]
Endpoint = Literal["s3", "ecr", "logs", "secrets"]
DomainName = Annotated[str, StringConstraints(pattern=DOMAIN, max_length=253)]
Halves = Annotated[float, Field(strict=True), AfterValidator(_in_halves)]
Readers = Annotated[Whole, Field(ge=1, le=15)]
DatabaseVersion = Annotated[str, StringConstraints(pattern=DATABASE_VERSION)]
DatabaseInstance = Annotated[str, StringConstraints(pattern=DATABASE_INSTANCE), AfterValidator(_with_data_api)]
BackupDays = Annotated[Whole, Field(ge=1, le=35)]
Mfa = Literal["off", "optional", "required"]
RequestLimit = Annotated[Whole, Field(ge=10, le=2000000000)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
AddressRange = Annotated[str, AfterValidator(_a_range)]
Days = Annotated[Whole, Field(ge=1, le=3650)]
EmailAddress = Annotated[str, StringConstraints(pattern=EMAIL, max_length=254)]
Count5xx = Annotated[Whole, Field(ge=1, le=1000000)]
Milliseconds = Annotated[Whole, Field(ge=1, le=60000)]
ContainerImage = Annotated[str, StringConstraints(pattern=IMAGE, max_length=255), AfterValidator(_not_in_ecr)]
ClientsRange = Annotated[str, AfterValidator(_a_clients_range)]
InstanceType = Annotated[str, StringConstraints(pattern=INSTANCE)]
GithubRepository = Annotated[str, StringConstraints(pattern=REPOSITORY, max_length=140)]
GithubEnvironment = Annotated[str, StringConstraints(pattern=GITHUB_ENVIRONMENT)]
GithubId = Annotated[str, StringConstraints(pattern=NUMBER)]
