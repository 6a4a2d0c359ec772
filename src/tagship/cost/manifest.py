"""The manifest of one environment as what costs money. Pure.

What each system is made of is said by Terraform's modules; here stands how many of what is paid for.
"""

from typing import Final

from tagship.cost.inputs import CostInputs, Database, Tasks
from tagship.manifest import systems
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service

ZONES: Final = 2
"""Every network stands in two."""

_VPN_DISK: Final = 8
"""GB; module ``vpn``."""

_ENDPOINTS: Final = {"s3": 0, "ecr": 2, "logs": 1, "secrets": 1}
"""Interface endpoints of each choice; S3's is a gateway, and costs nothing."""

_MANAGED_RULES: Final = 4
"""Managed groups of the web ACL: reputation, known bad inputs, common, SQL injection. Before CloudFront; elsewhere
without reputation."""

_ALARMS_OF_TRACKING: Final = 2
"""Each policy that tracks a target has an alarm for out and one for in."""

_ALARMS_OF_SERVICE: Final = 5
_ALARMS_OF_SERVERLESS: Final = 5
_ALARMS_OF_PROVISIONED: Final = 6
_OTHER_ALARMS: Final = 2


def inputs_of(manifest: EnvironmentManifest) -> CostInputs:
    """What of it costs money."""
    gateways = {"none": 0, "single": 1, "per-zone": ZONES}[manifest.network.nat]
    services = tuple(_tasks(name, service) for name, service in manifest.services.items())
    grafana = manifest.dashboards
    tasks = (*services, *([Tasks("Grafana", grafana.cpu, grafana.memory, 1, 1)] if grafana else ()))
    # Without NAT, each task has a public address of its own.
    own = 0 if gateways else sum(each.count for each in tasks)
    return CostInputs(
        region=manifest.region,
        nat_gateways=gateways,
        public_addresses=gateways + own + bool(manifest.vpn),
        tasks=tasks,
        database=_database(manifest),
        endpoints=ZONES * sum(_ENDPOINTS[each] for each in manifest.network.endpoints),
        firewalls=_firewalls(manifest.firewall, grafana=bool(grafana)),
        alarms=_alarms(manifest),
        secrets=2 * bool(manifest.database) + bool(manifest.alerts) + bool(manifest.vpn) + _own_secrets(manifest),
        keys=int(bool(manifest.alerts)),
        hosted_zones=int(bool(manifest.domain)),
        vpn=manifest.vpn.instance if manifest.vpn else None,
        vpn_disk=_VPN_DISK if manifest.vpn else 0,
        edge=True,
        site=bool(manifest.site),
        # A firewall writes its logs there, and dashboards read them.
        traffic=bool(manifest.traffic or manifest.firewall or manifest.dashboards),
    )


def _own_secrets(manifest: EnvironmentManifest) -> int:
    """Secrets that are the app's own; one by its ARN is paid where it was made, and a standard parameter is free."""
    sources = (source for service in manifest.services.values() for source in service.secrets.values())
    return len({source.name for source in sources if source.store == "secretsmanager" and source.name})


def _tasks(name: str, service: Service) -> Tasks:
    most = service.count.max if service.scaling else service.count.desired
    return Tasks(name, service.cpu, service.memory, service.count.desired, most)


def _database(manifest: EnvironmentManifest) -> Database | None:
    database = manifest.database
    if database is None:
        return None
    instances = 1 + database.readers.min
    return Database(database.instance, instances, float(database.capacity.min), float(database.capacity.max))


def _firewalls(firewall: systems.Firewall | None, *, grafana: bool) -> tuple[int, ...]:
    """Rules of the web ACL before CloudFront, and of the one before the load balancer."""
    if firewall is None:
        return ()
    both = bool(firewall.allow_addresses) + bool(firewall.large_bodies or grafana)
    edge = _MANAGED_RULES + 1 + bool(firewall.allow_countries or firewall.block_countries) + both
    return (edge, _MANAGED_RULES - 1 + both) if firewall.load_balancer else (edge,)


def _alarms(manifest: EnvironmentManifest) -> int:
    policies = sum(
        metric is not None
        for service in manifest.services.values()
        if service.scaling
        for metric in (service.scaling.cpu, service.scaling.memory, service.scaling.requests)
    )
    if manifest.database and manifest.database.readers.max > manifest.database.readers.min:
        policies += 1
    if not manifest.alerts:
        return _ALARMS_OF_TRACKING * policies
    watched = _ALARMS_OF_SERVICE * len(manifest.services) + _alarms_of_database(manifest.database)
    return _ALARMS_OF_TRACKING * policies + watched + _OTHER_ALARMS


def _alarms_of_database(database: systems.Database | None) -> int:
    if database is None:
        return 0
    return _ALARMS_OF_SERVERLESS if database.serverless else _ALARMS_OF_PROVISIONED
