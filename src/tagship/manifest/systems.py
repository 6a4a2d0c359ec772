"""What stands around the services: network, site, database, sign-in, firewall and the rest.

Every field has a default where one can be right, so that ``database: {}`` is a database.
"""

import ipaddress
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from tagship.manifest.part import Part
from tagship.manifest.types import (
    AddressRange,
    AlarmPercent,
    Alphanumeric,
    BackupDays,
    Cidr,
    ClientsRange,
    ContainerImage,
    Count5xx,
    Country,
    Cpu,
    DatabaseInstance,
    DatabaseVersion,
    Days,
    DomainName,
    EmailAddress,
    Endpoint,
    GithubEnvironment,
    GithubId,
    GithubRepository,
    Halves,
    InstanceType,
    Mfa,
    Milliseconds,
    Nat,
    PathPattern,
    Percent,
    Readers,
    RelativePath,
    RequestLimit,
    ShellCommand,
    UrlPath,
    Whole,
    WordsName,
    impossible,
)

SERVERLESS: Final = "serverless"

_CERTIFIED: Final = 64
"""ACM user guide, "Certificate characteristics": characters of a certificate's first name."""


class SiteBuild(Part):
    """How the front end is built."""

    context: RelativePath = Field(default=".", description="Working directory of the command.")
    command: ShellCommand = Field(description="Shell command, run in a clean checkout of the tag.")


class Site(Part):
    """The front end: a folder of static files, and how it is built."""

    folder: RelativePath = Field(description="Folder with index.html, relative to tagship.yaml.")
    build: SiteBuild | None = Field(default=None, description="How the folder is built; none if it is committed.")
    single_page: bool = Field(
        default=False, strict=True, description="Whether `index.html` is returned for every path that is not a file."
    )


class Network(Part):
    """The environment's own VPC, in two zones."""

    cidr: Cidr = Field(default="10.20.0.0/16", description="Private address range of the VPC, from /16 to /24.")
    nat: Nat = Field(default="single", description="NAT gateways of the private subnets; each costs money.")
    endpoints: tuple[Endpoint, ...] = Field(default=("s3",), description="AWS services with a VPC endpoint.")
    flow_logs: bool = Field(default=False, strict=True, description="Whether VPC flow logs are on.")


class Domain(Part):
    """Your own domain name for CloudFront."""

    name: DomainName = Field(description="The app's domain name, such as `shop.example.com`.")
    zone: DomainName = Field(description="The Route 53 hosted zone of the name.")

    @model_validator(mode="after")
    def _name_is_in_the_zone(self) -> Self:
        if len(self.name) > _CERTIFIED:
            raise impossible(f"has {len(self.name)} characters; a certificate's name has at most {_CERTIFIED}", "name")
        if self.name != self.zone and not self.name.endswith(f".{self.zone}"):
            raise impossible(f"`{self.name}` is not in the zone `{self.zone}`", "name")
        return self


class Capacity(Part):
    """Minimum and maximum size of a serverless database, in Aurora capacity units of about 2 GiB."""

    min: Halves = Field(default=0.5, description="Minimum capacity; `0` lets it pause while there are no connections.")
    max: Halves = Field(default=4, description="Maximum capacity.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.max or self.max < 1:
            raise impossible(f"must be min <= max and max at least 1, not {self.min:g} <= {self.max:g}")
        return self


class ReaderCount(Part):
    """Number of readers of a database."""

    min: Readers = Field(default=1, description="Minimum number of readers.")
    max: Readers = Field(default=3, description="Maximum number of readers.")
    cpu: Percent = Field(default=60, description="Target of the readers' average CPU, in percent.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise impossible(f"must be min <= max, not {self.min} <= {self.max}")
        return self


class Database(Part):
    """Aurora PostgreSQL: a writer and readers in two zones."""

    name: Alphanumeric = Field(default="app", description="The database's name.")
    version: DatabaseVersion = Field(default="17.7", description="Version of Aurora PostgreSQL.")
    instance: DatabaseInstance = Field(
        default=SERVERLESS, description="`serverless`, or an instance class such as `db.r7g.large`."
    )
    capacity: Capacity = Field(default=Capacity.model_construct(), description="Size of a serverless database.")
    readers: ReaderCount = Field(default=ReaderCount.model_construct(), description="Number of readers.")
    backup_days: BackupDays = Field(default=7, description="Days for which backups are kept.")
    password_version: Whole = Field(default=1, ge=1, le=1000000, description="Increment it to create new passwords.")

    @property
    def serverless(self) -> bool:
        """Whether it grows and shrinks by itself."""
        return self.instance == SERVERLESS


class Auth(Part):
    """Sign-up and sign-in: a Cognito user pool."""

    mfa: Mfa = Field(default="optional", description="Second factor (authenticator app).")
    sign_up: bool = Field(default=True, strict=True, description="Whether users may sign up themselves.")
    groups: tuple[WordsName, ...] = Field(default=(), description="User groups.")
    callbacks: tuple[UrlPath, ...] = Field(
        default=("/signed-in",), min_length=1, description="Callback paths after sign-in."
    )
    sign_outs: tuple[UrlPath, ...] = Field(default=("/",), min_length=1, description="Callback paths after sign-out.")


class Firewall(Part):
    """AWS WAF for CloudFront."""

    mode: Literal["count", "block"] = Field(
        default="count", description="Action of the managed rules: count only, or block."
    )
    rate_limit: RequestLimit = Field(
        default=2000, description="Maximum number of requests per IP address in five minutes."
    )
    allow_countries: tuple[Country, ...] = Field(default=(), description="Only these countries are allowed; none: all.")
    block_countries: tuple[Country, ...] = Field(default=(), description="These countries are blocked.")
    allow_addresses: tuple[AddressRange, ...] = Field(default=(), description="IP ranges that bypass every rule.")
    large_bodies: tuple[PathPattern, ...] = Field(default=(), description="Paths with large request bodies.")
    load_balancer: bool = Field(
        default=False, strict=True, description="Whether the load balancer gets a firewall of its own as well."
    )

    @model_validator(mode="after")
    def _countries_are_allowed_or_blocked(self) -> Self:
        if self.allow_countries and self.block_countries:
            raise impossible("goes with `block_countries` only where `allow_countries` is empty", "allow_countries")
        return self


class Traffic(Part):
    """Access logs of CloudFront, firewall and load balancer, queried with SQL."""

    days: Days = Field(default=90, description="Days for which logs are kept.")


class Alerts(Part):
    """Alarms and notifications."""

    emails: tuple[EmailAddress, ...] = Field(default=(), description="E-mail addresses to notify as well.")
    cpu: AlarmPercent = Field(default=80, description="Average CPU of a service, in percent.")
    memory: AlarmPercent = Field(default=85, description="Average memory of a service, in percent.")
    errors: Count5xx = Field(default=10, description="5xx responses per minute.")
    latency: Milliseconds = Field(default=2000, description="Latency at the 95th percentile, in ms.")


class Dashboards(Part):
    """Grafana, at `/grafana` of the app's URL."""

    image: ContainerImage = Field(default="grafana/grafana:12.2.1", description="Grafana's image.")
    cpu: Cpu = Field(default=512, description="CPU units; 1024 are one vCPU.")
    memory: Whole = Field(default=1024, ge=512, le=122880, description="MiB.")


class Vpn(Part):
    """OpenVPN access to the database."""

    clients: ClientsRange = Field(default="10.8.0.0/24", description="IP range of the clients.")
    instance: InstanceType = Field(default="t4g.nano", description="EC2 instance type (arm64).")


class Github(Part):
    """GitHub Actions may deploy, without long-lived credentials."""

    repository: GithubRepository = Field(description="`owner/name`, as GitHub spells it.")
    owner_id: GithubId | None = Field(default=None, description="The owner's number, in quotes.")
    repository_id: GithubId | None = Field(default=None, description="The repository's number, in quotes.")
    only_numbers: bool = Field(
        default=False,
        strict=True,
        description="Whether only tokens with both numbers are trusted, so that a re-registered name cannot deploy.",
    )
    environment: GithubEnvironment | None = Field(
        default=None, description="The GitHub environment of the deploying job, if it has one."
    )
    provider: Literal["create", "existing"] = Field(
        default="create", description="Whether this environment creates the account's one OIDC provider for GitHub."
    )

    @model_validator(mode="after")
    def _numbers_go_together(self) -> Self:
        if (self.owner_id is None) != (self.repository_id is None):
            raise impossible("is needed together with `repository_id`", "owner_id")
        if self.only_numbers and self.owner_id is None:
            raise impossible("needs `owner_id` and `repository_id`: otherwise no workflow could deploy", "only_numbers")
        return self


def overlap(one: str, other: str) -> bool:
    """Whether two IPv4 ranges share an address."""
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))
