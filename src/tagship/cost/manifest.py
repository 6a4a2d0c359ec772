"""The manifest of one environment as what costs money. Pure."""

from tagship.cost.inputs import CostInputs, Tasks
from tagship.manifest.model import EnvironmentManifest

ZONES = 2
"""Every network stands in two."""


def inputs_of(manifest: EnvironmentManifest) -> CostInputs:
    """What of it costs money."""
    gateways = {"none": 0, "single": 1, "per-zone": ZONES}[manifest.network.nat]
    tasks = tuple(
        Tasks(name, service.cpu, service.memory, service.count.desired, service.count.max)
        for name, service in manifest.services.items()
    )
    # Without NAT, each task has a public address of its own; a load balancer in public subnets has one a zone.
    own = 0 if gateways else sum(each.count for each in tasks)
    return CostInputs(
        region=manifest.region,
        nat_gateways=gateways,
        public_addresses=gateways + own + ZONES,
        tasks=tasks,
        edge=manifest.site is not None,
        site=manifest.site is not None,
    )
