"""The small types that the manifest is made of: each knows its limits, and says them in words."""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

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

IN_WORDS: Final[Mapping[str, str]] = {
    WORDS: "lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
    WORD: "lower-case letters and digits, beginning with a letter",
    VARIABLE: "letters, digits and underscores, not beginning with a digit",
    URL_PATH: "a path that begins with `/` and holds no space",
    PATH_PATTERN: "a path pattern that begins with `/`, of letters, digits, `*`, `?` and `_-.$/~\"'@:+&`",
    ACCOUNT: "an account number of 12 digits, in quotes",
    REGION: "an AWS region such as `eu-central-1`",
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


def impossible(text: str, *at: str) -> PydanticCustomError:
    """An error in our own words, about the key ``at`` inside what is being checked."""
    return PydanticCustomError(IMPOSSIBLE, "{text}", {"text": text, "at": at})


def several(errors: list[dict[str, Any]]) -> PydanticCustomError:
    """Many errors at once, each with ``loc``, ``type``, ``msg``, ``ctx`` and ``input`` as pydantic gives them."""
    return PydanticCustomError("several", "{count} problems", {"count": len(errors), "errors": errors})


def _not_reserved(app: str) -> str:
    for reserved, reason in _RESERVED_APPS.items():
        if f"{app}-".startswith(f"{reserved}-"):
            raise impossible(f"cannot begin with `{reserved}`: {reason}")
    return app


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
        raise impossible(f"must lie in a private range ({', '.join(map(str, _PRIVATE))}), not `{cidr}`")
    return cidr


def _inside(path: str) -> str:
    if not path.strip():
        raise impossible("must name a path, and is empty; `.` is the folder of tagship.yaml")
    if "\\" in path:
        raise impossible(f"must be written with `/`, not with a backslash: `{path}`")
    if path.startswith(("/", "~")) or ".." in path.split("/"):
        raise impossible(f"must be a relative path that stays inside the repository, not `{path}`")
    return path


def _not_blank(command: str) -> str:
    if not command.strip():
        raise impossible("must be a command, and is empty")
    return command


AppName = Annotated[str, StringConstraints(pattern=WORDS, min_length=2, max_length=30), AfterValidator(_not_reserved)]
EnvironmentName = Annotated[str, StringConstraints(pattern=WORD, min_length=2, max_length=20)]
ServiceName = Annotated[str, StringConstraints(pattern=WORDS, min_length=2, max_length=30)]
VariableName = Annotated[str, StringConstraints(pattern=VARIABLE, max_length=255)]
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
Region = Annotated[str, StringConstraints(pattern=REGION), AfterValidator(_a_region)]
Cidr = Annotated[str, AfterValidator(_a_private_range)]
RelativePath = Annotated[str, AfterValidator(_inside)]
UrlPath = Annotated[str, StringConstraints(pattern=URL_PATH, max_length=1024)]
PathPattern = Annotated[str, StringConstraints(pattern=PATH_PATTERN, max_length=128)]

Whole = Annotated[int, Field(strict=True)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Tasks = Annotated[Whole, Field(ge=1, le=5000)]
Interval = Annotated[Whole, Field(ge=5, le=300)]
Timeout = Annotated[Whole, Field(ge=2, le=120)]
Threshold = Annotated[Whole, Field(ge=2, le=10)]
GracePeriod = Annotated[Whole, Field(ge=0, le=7200)]
Drain = Annotated[Whole, Field(ge=0, le=3600)]
StopTimeout = Annotated[Whole, Field(ge=1, le=120)]
Cpu = Literal[256, 512, 1024, 2048, 4096, 8192, 16384]
Nat = Literal["none", "single", "per-zone"]
Command = Annotated[tuple[str, ...], Field(min_length=1)]
ShellCommand = Annotated[str, AfterValidator(_not_blank)]
FailFast = Annotated[Whole, Field(ge=0, le=100)]
MigrationKind = Literal["expand", "contract"]
MigrationTimeout = Annotated[Whole, Field(ge=10, le=14400)]
