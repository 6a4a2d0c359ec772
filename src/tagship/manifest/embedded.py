"""An environment as the embedded AWS plays it: on no account, at its own size or at the smallest. Pure."""

from tagship.manifest.address import Address
from tagship.manifest.model import EnvironmentManifest, Manifest
from tagship.manifest.service import Count, Scaling, Service
from tagship.manifest.systems import SERVERLESS, Capacity, Database


def manifest_at(manifest: Manifest, address: Address) -> EnvironmentManifest:
    """The manifest as it holds for one environment on one AWS.

    Raises:
        ManifestInvalid: there is no such environment.
    """
    found = manifest.for_environment(address.name)
    if address.elsewhere:
        found = found.model_copy(update={"account": None})  # the embedded AWS has an account of its own
    return smallest(found) if address.small else found


def smallest(found: EnvironmentManifest) -> EnvironmentManifest:
    """The same architecture with one task of each service and one reader; what can grow grows by one."""
    return found.model_copy(
        update={
            "services": {name: _small_service(service) for name, service in found.services.items()},
            "database": found.database and _small_database(found.database),
        }
    )


def _small_service(service: Service) -> Service:
    count = Count(desired=1, min=min(service.count.min, 1), max=min(service.count.max, 2))
    return service.model_copy(update={"count": count, "scaling": service.scaling and _small_scaling(service.scaling)})


def _small_scaling(scaling: Scaling) -> Scaling:
    schedule = [each.model_copy(update={"min": min(each.min, 1), "max": min(each.max, 2)}) for each in scaling.schedule]
    return scaling.model_copy(update={"schedule": tuple(schedule)})


def _small_database(database: Database) -> Database:
    most = min(database.readers.max, database.readers.min + 1, 2)
    readers = database.readers.model_copy(update={"min": min(database.readers.min, 1), "max": most})
    return database.model_copy(update={"instance": SERVERLESS, "capacity": Capacity(), "readers": readers})
