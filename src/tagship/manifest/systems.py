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

    context: RelativePath = Field(default=".", description="Folder in which the command runs.")
    command: ShellCommand = Field(description="What the shell runs in a clean checkout of the tag.")


class Site(Part):
    """The front end: a folder of static files, and what writes them."""

    folder: RelativePath = Field(description="Folder with index.html, relative to tagship.yaml.")
    build: SiteBuild | None = Field(default=None, description="How the folder is made; none where it is committed.")
    single_page: bool = Field(
        default=False, strict=True, description="Whether `index.html` answers for every path that names no file."
    )


class Network(Part):
    """The environment's own VPC, in two zones."""

    cidr: Cidr = Field(default="10.20.0.0/16", description="Private address range of the VPC, from /16 to /24.")
    nat: Nat = Field(
        default="single", description="How private subnets reach the internet; each NAT gateway costs money."
    )
    endpoints: tuple[Endpoint, ...] = Field(
        default=("s3",), description="AWS services that are reached without leaving AWS's network."
    )
    flow_logs: bool = Field(default=False, strict=True, description="Whether every connection is written down.")


class Domain(Part):
    """A name of one's own for the front door."""

    name: DomainName = Field(description="Where the app answers, such as `shop.example.com`.")
    zone: DomainName = Field(description="The Route 53 hosted zone that holds the name.")

    @model_validator(mode="after")
    def _name_is_in_the_zone(self) -> Self:
        if len(self.name) > _CERTIFIED:
            raise impossible(f"has {len(self.name)} characters; a certificate's name has at most {_CERTIFIED}", "name")
        if self.name != self.zone and not self.name.endswith(f".{self.zone}"):
            raise impossible(f"`{self.name}` does not lie in the zone `{self.zone}`", "name")
        return self


class Capacity(Part):
    """How small and how large a serverless database may be, in Aurora capacity units of about 2 GiB."""

    min: Halves = Field(default=0.5, description="Never smaller; `0` lets it pause when nobody uses it.")
    max: Halves = Field(default=4, description="Never larger.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.max or self.max < 1:
            raise impossible(f"must be min <= max and max at least 1, not {self.min:g} <= {self.max:g}")
        return self


class ReaderCount(Part):
    """How many readers a database has."""

    min: Readers = Field(default=1, description="Never fewer.")
    max: Readers = Field(default=3, description="Never more.")
    cpu: Percent = Field(default=60, description="Average CPU of the readers that scaling keeps, in percent.")

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
    readers: ReaderCount = Field(default=ReaderCount.model_construct(), description="How many readers.")
    backup_days: BackupDays = Field(default=7, description="Days that backups are kept.")
    password_version: Whole = Field(
        default=1, ge=1, le=1000000, description="Counted up, both passwords are made anew."
    )

    @property
    def serverless(self) -> bool:
        """Whether it grows and shrinks by itself."""
        return self.instance == SERVERLESS


class Auth(Part):
    """Sign-up and sign-in: a Cognito user pool."""

    mfa: Mfa = Field(default="optional", description="Second factor, by an authenticator app.")
    sign_up: bool = Field(default=True, strict=True, description="Whether people may sign up by themselves.")
    groups: tuple[WordsName, ...] = Field(default=(), description="Groups of people.")
    callbacks: tuple[UrlPath, ...] = Field(
        default=("/signed-in",), min_length=1, description="Paths of the app that people come back to after sign-in."
    )
    sign_outs: tuple[UrlPath, ...] = Field(
        default=("/",), min_length=1, description="Paths of the app that people come back to after sign-out."
    )


class Firewall(Part):
    """AWS WAF before everything."""

    mode: Literal["count", "block"] = Field(
        default="count", description="What the managed rules do: only count, or block."
    )
    rate_limit: RequestLimit = Field(default=2000, description="Requests of one address in five minutes.")
    allow_countries: tuple[Country, ...] = Field(default=(), description="Only these countries get in; none: all.")
    block_countries: tuple[Country, ...] = Field(default=(), description="These countries do not get in.")
    allow_addresses: tuple[AddressRange, ...] = Field(default=(), description="Ranges that pass every rule.")
    large_bodies: tuple[PathPattern, ...] = Field(default=(), description="Paths that take large bodies.")
    load_balancer: bool = Field(
        default=False, strict=True, description="Whether the load balancer gets a firewall of its own as well."
    )

    @model_validator(mode="after")
    def _countries_are_allowed_or_blocked(self) -> Self:
        if self.allow_countries and self.block_countries:
            raise impossible("goes with `block_countries` only where `allow_countries` is empty", "allow_countries")
        return self


class Traffic(Part):
    """Who asks for what: the logs of CloudFront, firewall and load balancer, asked with SQL."""

    days: Days = Field(default=90, description="Days that the logs are kept.")


class Alerts(Part):
    """When people are told."""

    emails: tuple[EmailAddress, ...] = Field(default=(), description="Who gets a mail as well.")
    cpu: AlarmPercent = Field(default=80, description="Average CPU of a service, in percent.")
    memory: AlarmPercent = Field(default=85, description="Average memory of a service, in percent.")
    errors: Count5xx = Field(default=10, description="Answers with 5xx in a minute.")
    latency: Milliseconds = Field(default=2000, description="95 of 100 requests are answered within so many ms.")


class Dashboards(Part):
    """Grafana, behind the front door at `/grafana`."""

    image: ContainerImage = Field(default="grafana/grafana:12.2.1", description="Grafana's image.")
    cpu: Cpu = Field(default=512, description="CPU units; 1024 are one vCPU.")
    memory: Whole = Field(default=1024, ge=512, le=122880, description="MiB.")


class Vpn(Part):
    """A way to the database for people outside: OpenVPN."""

    clients: ClientsRange = Field(default="10.8.0.0/24", description="Addresses that connected people get.")
    instance: InstanceType = Field(default="t4g.nano", description="EC2 instance type, of the arm64 kind.")


class Github(Part):
    """GitHub Actions may deploy, without keys."""

    repository: GithubRepository = Field(description="`owner/name`, as GitHub spells it.")
    owner_id: GithubId | None = Field(default=None, description="The owner's number, in quotes.")
    repository_id: GithubId | None = Field(default=None, description="The repository's number, in quotes.")
    only_numbers: bool = Field(
        default=False,
        strict=True,
        description="Whether only tokens with both numbers are trusted, so that nobody who takes over a name deploys.",
    )
    environment: GithubEnvironment | None = Field(
        default=None, description="The GitHub environment that the deploying job names, if it names one."
    )
    provider: Literal["create", "existing"] = Field(
        default="create", description="Whether this environment makes the account's one OIDC provider of GitHub."
    )

    @model_validator(mode="after")
    def _numbers_go_together(self) -> Self:
        if (self.owner_id is None) != (self.repository_id is None):
            raise impossible("goes with `repository_id`: one of them alone says nothing", "owner_id")
        if self.only_numbers and self.owner_id is None:
            raise impossible("needs `owner_id` and `repository_id`: otherwise nobody could deploy", "only_numbers")
        return self


def overlap(one: str, other: str) -> bool:
    """Whether two IPv4 ranges share an address."""
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))
