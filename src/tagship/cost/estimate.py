"""What an environment costs a month, as lines and a sum. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from tagship.cost.inputs import SERVERLESS, CostInputs, Database
from tagship.cost.prices import Price, Prices, prices_in

HOURS: Final = 730
"""Hours a month, as AWS counts them in its own calculator."""

CLOUDFRONT_FREE_GB: Final = 1000
"""Source: Amazon CloudFront pricing, "Always Free Tier": 1 TB a month, for the whole account."""


@dataclass(frozen=True)
class Line:
    """One thing that costs money.

    Args:
        what: what is paid for, in words.
        quantity: how much of it, in words.
        monthly: US dollars a month; None where the list has no price for it.
        kind: ``fixed`` costs this much whatever happens, ``by use`` under the assumption that ``quantity`` says.
        confirmed: whether a source names the price's origin.
    """

    what: str
    quantity: str
    monthly: float | None
    kind: Literal["fixed", "by use"]
    confirmed: bool = True


@dataclass(frozen=True)
class Estimate:
    """What an environment costs.

    Args:
        region: the region of the environment.
        date: the date of the prices.
        lines: what is fixed first.
        notes: what a reader must know, each a sentence.
    """

    region: str
    date: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def fixed(self) -> float:
        """US dollars a month for what costs the same whatever happens."""
        return sum(line.monthly or 0.0 for line in self.lines if line.kind == "fixed")

    @property
    def by_use(self) -> float:
        """US dollars a month for the rest, under the assumptions that its lines say."""
        return sum(line.monthly or 0.0 for line in self.lines if line.kind == "by use")


def estimate(inputs: CostInputs, prices: Prices | None = None) -> Estimate:
    """What it costs, with the prices of its region or of the one that stands in."""
    known = prices or prices_in(inputs.region)
    lines = (*_fixed(inputs, known), *_by_use(inputs, known))
    return Estimate(inputs.region, known.date, lines, tuple(_notes(inputs, known, lines)))


def in_one_line(found: Estimate, *, local: bool, environment: str) -> str:
    """For a person who plans: the fixed part, and where to read the rest.

    Args:
        found: the estimate.
        local: whether the environment is the embedded AWS, which costs nothing.
        environment: its name.
    """
    where = "On AWS about" if local else "About"
    return (
        f"{where} ${found.fixed:,.0f} a month for the infrastructure, before traffic (prices of {found.date}); "
        f"itemised: tagship cost --env {environment}"
    )


def _line(what: str, quantity: str, price: Price | None, units: float) -> Line:
    if price is None:
        return Line(what, quantity, None, "fixed", confirmed=False)
    return Line(what, quantity, price.usd * units, "fixed", price.confirmed)


def _used(what: str, assumption: str, price: Price | None, units: float) -> Line:
    return replace(_line(what, assumption, price, units), kind="by use")


def _fixed(inputs: CostInputs, prices: Prices) -> Iterator[Line]:
    if inputs.nat_gateways:
        yield _line("NAT gateways", f"{inputs.nat_gateways}", prices.of("nat_hour"), inputs.nat_gateways * HOURS)
    if inputs.load_balancers:
        yield _line("Load balancer", f"{inputs.load_balancers}", prices.of("alb_hour"), inputs.load_balancers * HOURS)
    if inputs.public_addresses:
        number = inputs.public_addresses
        yield _line("Public IPv4 addresses", f"{number}", prices.of("public_ipv4_hour"), number * HOURS)
    yield from _tasks(inputs, prices)
    if inputs.database:
        yield _database(inputs.database, prices)
    if inputs.endpoints:
        yield _line("Interface endpoints", f"{inputs.endpoints}", prices.of("endpoint_hour"), inputs.endpoints * HOURS)
    for rules in inputs.firewalls:
        yield _line("Web ACL", "1", prices.of("web_acl_month"), 1)
        yield _line("Rules of the web ACL", f"{rules}", prices.of("web_acl_rule_month"), rules)
    yield from _by_the_month(inputs, prices)
    if inputs.vpn:
        yield _line("VPN instance", inputs.vpn, prices.of(f"ec2/{inputs.vpn}"), HOURS)
        yield _line("VPN disk", f"{inputs.vpn_disk} GB", prices.of("gp3_gb_month"), inputs.vpn_disk)


def _by_the_month(inputs: CostInputs, prices: Prices) -> Iterator[Line]:
    if inputs.alarms:
        yield _line("Alarms", f"{inputs.alarms}", prices.of("alarm_month"), inputs.alarms)
    if inputs.secrets:
        yield _line("Secrets", f"{inputs.secrets}", prices.of("secret_month"), inputs.secrets)
    if inputs.keys:
        yield _line("Keys in KMS", f"{inputs.keys}", prices.of("kms_key_month"), inputs.keys)
    if inputs.hosted_zones:
        yield _line("Hosted zone", f"{inputs.hosted_zones}", prices.of("hosted_zone_month"), inputs.hosted_zones)


def _tasks(inputs: CostInputs, prices: Prices) -> Iterator[Line]:
    vcpu, gigabyte = prices.of("fargate_vcpu_hour"), prices.of("fargate_gb_hour")
    for tasks in inputs.tasks:
        size = f"{tasks.count} x {tasks.cpu / 1024:g} vCPU, {tasks.memory / 1024:g} GB"
        more = f"; scaling may add {tasks.most - tasks.count}" if tasks.most > tasks.count else ""
        if not vcpu or not gigabyte:
            yield Line(f"Tasks of {tasks.name}", size, None, "fixed", confirmed=False)
            continue
        hour = tasks.cpu / 1024 * vcpu.usd + tasks.memory / 1024 * gigabyte.usd
        confirmed = vcpu.confirmed and gigabyte.confirmed
        yield Line(f"Tasks of {tasks.name}", size + more, tasks.count * hour * HOURS, "fixed", confirmed)


def _database(database: Database, prices: Prices) -> Line:
    if database.instance != SERVERLESS:
        quantity = f"{database.instances} x {database.instance}"
        return _line("Database", quantity, prices.of(f"aurora/{database.instance}"), database.instances * HOURS)
    quantity = f"{database.instances} x at least {database.least:g} ACU; up to {database.most:g} under load"
    return _line("Database, serverless", quantity, prices.of("acu_hour"), database.instances * database.least * HOURS)


def _by_use(inputs: CostInputs, prices: Prices) -> Iterator[Line]:
    if inputs.load_balancers:
        yield _used("Load balancer's use", "one LCU on average", prices.of("lcu_hour"), HOURS)
    if inputs.nat_gateways:
        yield _used("Data through NAT", "each 100 GB", prices.of("nat_gb"), 100)
    if inputs.endpoints:
        yield _used("Data through endpoints", "each 100 GB", prices.of("endpoint_gb"), 100)
    yield _used("Logs", "each 10 GB ingested", prices.of("logs_gb"), 10)
    yield _used("Images", "each 10 GB stored", prices.of("ecr_gb_month"), 10)
    if inputs.edge:
        free = f"each 100 GB to users; the account's first {CLOUDFRONT_FREE_GB:,} GB a month are free"
        yield _used("CloudFront's data", free, prices.of("cloudfront_gb"), 100)
    if inputs.firewalls:
        yield _used("Web ACL's requests", "each million", prices.of("web_acl_million_requests"), 1)
        yield _used("Web ACL's logs", "each GB written to S3", prices.of("vended_s3_gb"), 1)
    if inputs.database:
        yield _used("Database's Enhanced Monitoring", "each GB ingested as logs", prices.of("logs_gb"), 1)
        yield _used("Database's storage", "each 10 GB", prices.of("aurora_gb_month"), 10)
        yield _used("Database's I/O", "each million", prices.of("aurora_million_io"), 1)
    if inputs.site or inputs.traffic:
        yield _used("Files in S3", "each 10 GB", prices.of("s3_gb_month"), 10)
    if inputs.traffic:
        yield _used("Athena", "each 100 GB scanned", prices.of("athena_tb"), 0.1)


def _notes(inputs: CostInputs, prices: Prices, lines: tuple[Line, ...]) -> Iterator[str]:
    if prices.region != inputs.region:
        yield f"The price list does not cover {inputs.region}: these are the prices of {prices.region}."
    if missing := [line.what for line in lines if line.monthly is None]:
        yield f"The price list has no price for this, and the sum leaves it out: {', '.join(missing)}."
    if doubtful := list(dict.fromkeys(line.what for line in lines if line.monthly is not None and not line.confirmed)):
        yield f"No source confirms the price of: {', '.join(doubtful)}."
    if inputs.database and inputs.database.instance == SERVERLESS and not inputs.database.least:
        yield "A database with a minimum of 0 ACU costs only its storage while it is paused."
    yield "On demand, without taxes, discounts and free tiers of new accounts; the bill is AWS's."
