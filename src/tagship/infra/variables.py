"""The manifest of one environment as Terraform's one variable. Pure."""

from typing import Any

from tagship.infra.routing import priorities
from tagship.infra.system_variables import systems
from tagship.manifest.model import GRAFANA_PATHS, EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Scaling, Service
from tagship.manifest.system_names import SystemNames
from tagship.manifest.systems import Site


def variables(manifest: EnvironmentManifest, names: Names, *, account: str) -> dict[str, Any]:
    """What ``terraform.tfvars.json`` says: ``{"manifest": …}``, in the shape of ``terraform/root/variables.tf``.

    Args:
        manifest: the manifest as it holds for the environment.
        names: every AWS name of app and services; Terraform computes none.
        account: the AWS account that the credentials belong to; it is part of the bucket's name.
    """
    places = priorities((*_paths(manifest), *(GRAFANA_PATHS if manifest.dashboards else ())))
    system_names = SystemNames(names, account, manifest.region)
    return {
        "manifest": {
            "app": manifest.app,
            "environment": manifest.environment,
            "account": manifest.account,
            "region": manifest.region,
            "names": {**_names(names, names.bucket(account, manifest.region)), "network": system_names.network()},
            "network": {
                "cidr": manifest.network.cidr,
                "nat": manifest.network.nat,
                "endpoints": list(manifest.network.endpoints),
                "flow_logs": manifest.network.flow_logs,
            },
            "services": {
                name: {
                    "names": _service_names(names, name),
                    **_service(service, places),
                    "secrets": _secrets(service, names),
                }
                for name, service in manifest.services.items()
            },
            "site": _site(manifest.site, names.site_bucket(account, manifest.region)),
            "edge": {"names": system_names.edge()},
            "domain": manifest.domain.model_dump() if manifest.domain else None,
            "deletion_protection": manifest.protect,
            **systems(manifest, system_names, places),
        }
    }


def _paths(manifest: EnvironmentManifest) -> tuple[str, ...]:
    return tuple(path for service in manifest.services.values() for path in service.paths)


def _names(names: Names, bucket: str) -> dict[str, str]:
    return {
        "prefix": names.prefix,
        "bucket": bucket,
        "cluster": names.cluster,
        "load_balancer": names.load_balancer,
        "load_balancer_security_group": names.security_group("load-balancer"),
    }


def _service_names(names: Names, service: str) -> dict[str, str]:
    return {
        "service": names.service(service),
        "container": names.container(service),
        "task_family": names.task_family(service),
        "repository": names.repository(service),
        "log_group": names.log_group(service),
        "target_group": names.target_group(service),
        "execution_role": names.execution_role(service),
        "task_role": names.task_role(service),
        "security_group": names.service_security_group(service),
    }


def _site(site: Site | None, bucket: str) -> dict[str, Any] | None:
    return {"bucket": bucket, "single_page": site.single_page} if site else None


def _service(service: Service, places: dict[str, int]) -> dict[str, Any]:
    return {
        "port": service.port,
        "paths": {path: places[path] for path in service.paths},
        "drain": service.drain,
        "terminal": service.exec,
        "sign_in": service.sign_in,
        "database": service.database,
        "scaling": _scaling(service.scaling, service),
        "health": {
            "path": service.health.path,
            "interval": service.health.interval,
            "timeout": service.health.timeout,
            "healthy_threshold": service.health.healthy_threshold,
            "unhealthy_threshold": service.health.unhealthy_threshold,
            "grace_period": service.health.grace_period,
        },
    }


def _secrets(service: Service, names: Names) -> dict[str, list[str]]:
    """What ECS reads for the service, each once: names and paths of this account and region, and whole ARNs."""
    found = service.secrets.values()
    named = {(source.store, source.id(names.prefix)) for source in found if not source.arn}
    return {
        "names": sorted(name for store, name in named if store == "secretsmanager"),
        "paths": sorted(name for store, name in named if store == "ssm"),
        "arns": sorted({source.arn for source in found if source.arn}),
    }


def _scaling(scaling: Scaling | None, service: Service) -> dict[str, Any] | None:
    if scaling is None:
        return None
    return {"min": service.count.min, "max": service.count.max, **scaling.model_dump(mode="json")}
