"""What stands around the services, as parts of Terraform's one variable. Pure."""

from collections.abc import Mapping
from typing import Any

from tagship.manifest.model import GRAFANA_PATHS, EnvironmentManifest
from tagship.manifest.part import Part
from tagship.manifest.system_names import SystemNames
from tagship.manifest.systems import Dashboards, Database, Firewall, Github, Traffic


def systems(manifest: EnvironmentManifest, names: SystemNames, places: Mapping[str, int]) -> dict[str, Any]:
    """Each system in the shape of ``terraform/root/variables.tf``; None where there is none.

    Args:
        manifest: the manifest as it holds for the environment.
        names: every AWS name; Terraform computes none.
        places: the priority of each path pattern.
    """
    return {
        "database": _database(manifest.database, names, snapshot=manifest.protect),
        "auth": _plain(manifest.auth, names.auth()),
        "firewall": _firewall(manifest.firewall, names),
        "traffic": _traffic(manifest, names),
        "alerts": _plain(manifest.alerts, names.alerts()),
        "dashboards": _dashboards(manifest.dashboards, names, places),
        "vpn": _plain(manifest.vpn, names.vpn()),
        "github": _github(manifest.github, names),
    }


def _plain(part: Part | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """As the manifest says it, with its names."""
    return {**part.model_dump(mode="json"), "names": names} if part else None


def _database(database: Database | None, names: SystemNames, *, snapshot: bool) -> dict[str, Any] | None:
    if database is None:
        return None
    said = _plain(database, names.database()) or {}
    return {**said, "capacity": said["capacity"] if database.serverless else None, "final_snapshot": snapshot}


def _firewall(firewall: Firewall | None, names: SystemNames) -> dict[str, Any] | None:
    if firewall is None:
        return None
    said = firewall.model_dump(mode="json", exclude={"allow_countries", "block_countries"})
    countries = {"allow": list(firewall.allow_countries), "block": list(firewall.block_countries)}
    return {**said, "countries": countries, "names": names.firewall()}


def _traffic(manifest: EnvironmentManifest, names: SystemNames) -> dict[str, Any] | None:
    """Who has a firewall or dashboards has logs: the one must write them somewhere, the others read them."""
    implied = Traffic() if manifest.firewall or manifest.dashboards else None
    return _plain(manifest.traffic or implied, names.traffic())


def _dashboards(dashboards: Dashboards | None, names: SystemNames, places: Mapping[str, int]) -> dict[str, Any] | None:
    said = _plain(dashboards, names.dashboards())
    return said and {**said, "paths": {path: places[path] for path in GRAFANA_PATHS}}


def _github(github: Github | None, names: SystemNames) -> dict[str, Any] | None:
    if github is None:
        return None
    said = github.model_dump(mode="json", exclude={"provider"})
    return {**said, "create_provider": github.provider == "create", "names": names.github()}
