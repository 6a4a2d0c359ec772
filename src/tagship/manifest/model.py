"""What ``tagship.yaml`` can say, as frozen types. Pure: nothing here reads a file or knows AWS's API.

The manifest as written is a ``Manifest``; ``Manifest.for_environment`` applies one environment's overrides
and gives an ``EnvironmentManifest``, which is what every other part works with.
A ``Manifest`` that exists is possible in each of its environments.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from tagship.base.errors import ManifestInvalid
from tagship.manifest.address import LOCAL
from tagship.manifest.overrides import EnvironmentOverride
from tagship.manifest.part import Part
from tagship.manifest.service import Service
from tagship.manifest.spelling import did_you_mean
from tagship.manifest.systems import (
    Alerts,
    Auth,
    Dashboards,
    Database,
    Domain,
    Firewall,
    Github,
    Network,
    Site,
    Traffic,
    Vpn,
    overlap,
)
from tagship.manifest.types import (
    Account,
    AppName,
    EnvironmentName,
    Region,
    ServiceName,
    or_none,
    several,
)

GRAFANA_PATHS: Final = ("/grafana", "/grafana/*")
"""The paths of the front door that lead to the dashboards."""

_EVERYTHING: Final = "/*"

_ARNS: Final = 6800
"""Characters that the deploying role's policy has beside what it always says (``terraform/modules/github``)."""

_BOUND: Final = 125
"""Characters there for each service that scales."""

DATABASE_VARIABLES: Final = frozenset(
    f"DATABASE_{name}" for name in ("HOST", "NAME", "PASSWORD", "PORT", "READER_HOST", "READER_URL", "URL", "USER")
)
"""What a service with the database is told (``terraform/modules/database/outputs.tf``)."""

SIGN_IN_VARIABLES: Final = frozenset(f"COGNITO_{name}" for name in ("CLIENT_ID", "DOMAIN", "ISSUER", "USER_POOL_ID"))
"""What every service is told of sign-in (``terraform/root/main.tf``)."""


class App(Part):
    """What the manifest as written and as it holds for one environment have in common."""

    app: AppName = Field(description="Name of the application; prefix of every AWS name.")
    region: Region = Field(description="AWS region, such as `eu-central-1`.")
    network: Network = Field(default=Network.model_construct(), description="The VPC.")
    services: Mapping[ServiceName, Service] = Field(min_length=1, description="Containers behind the load balancer.")
    site: Site | None = Field(default=None, description="The front end.")
    database: Annotated[Database | None, or_none] = Field(default=None, description="Aurora PostgreSQL.")
    auth: Annotated[Auth | None, or_none] = Field(default=None, description="Sign-up and sign-in.")
    firewall: Annotated[Firewall | None, or_none] = Field(default=None, description="AWS WAF for CloudFront.")
    traffic: Annotated[Traffic | None, or_none] = Field(default=None, description="Access logs, queried with SQL.")
    alerts: Annotated[Alerts | None, or_none] = Field(default=None, description="Alarms and notifications.")
    dashboards: Annotated[Dashboards | None, or_none] = Field(default=None, description="Grafana.")
    vpn: Annotated[Vpn | None, or_none] = Field(default=None, description="OpenVPN to the database.")
    github: Annotated[Github | None, or_none] = Field(default=None, description="GitHub Actions may deploy.")


_SYSTEMS: Final[Mapping[str, type[Part]]] = {
    "database": Database,
    "auth": Auth,
    "firewall": Firewall,
    "traffic": Traffic,
    "alerts": Alerts,
    "dashboards": Dashboards,
    "vpn": Vpn,
    "github": Github,
}


class EnvironmentManifest(App):
    """The manifest as it holds for one environment: what every other part works with."""

    environment: EnvironmentName
    account: Account | None
    domain: Domain | None = None
    protect: bool = False


class Manifest(App):
    """``tagship.yaml`` as written."""

    environments: Mapping[EnvironmentName, EnvironmentOverride] = Field(
        default={}, description="One entry per environment; `local`, the embedded AWS, always exists."
    )

    @property
    def environment_names(self) -> tuple[str, ...]:
        """Every environment, ``local`` first."""
        return (LOCAL, *(name for name in self.environments if name != LOCAL))

    def for_environment(self, name: str) -> EnvironmentManifest:
        """The manifest with one environment's overrides applied.

        Raises:
            ManifestInvalid: there is no such environment.
        """
        if name not in self.environment_names:
            raise ManifestInvalid(
                f"There is no environment `{name}` in tagship.yaml; {did_you_mean(name, self.environment_names)}",
                hint=f"Choose one of them with `--env`, or add `{name}:` under `environments:` in tagship.yaml.",
            )
        override = self.environments.get(name, EnvironmentOverride.model_construct())
        return EnvironmentManifest.model_construct(
            app=self.app,
            environment=name,
            account=override.account,
            region=override.region or self.region,
            network=_merged(self.network, override.network),
            services={
                service: _merged(written, override.services.get(service)) for service, written in self.services.items()
            },
            site=self.site,
            domain=override.domain,
            protect=name != LOCAL if override.protect is None else override.protect,
            **self._systems(override),
        )

    @model_validator(mode="after")
    def _environments_are_possible(self) -> Self:
        if errors := [
            error for name, override in self.environments.items() for error in self._errors_in(name, override)
        ]:
            raise several(errors)
        return self

    @model_validator(mode="after")
    def _parts_go_together(self) -> Self:
        found = [
            _error(text, *_place(self, name, at))
            for name in self.environment_names
            for text, *at in _conflicts(self.for_environment(name))
        ]
        if errors := [error for index, error in enumerate(found) if error not in found[:index]]:
            raise several(errors)
        return self

    def _systems(self, override: EnvironmentOverride) -> dict[str, Any]:
        return {name: self._system(name, override) for name in _SYSTEMS}

    def _system(self, name: str, override: EnvironmentOverride) -> Part | None:
        """A system with the environment's changes; None where there is none."""
        written, changed = getattr(self, name), getattr(override, name)
        if changed is None:
            return written  # type: ignore[no-any-return]  # by name, because there are eight of them
        if changed is False:
            return None
        before = written.model_dump(exclude_unset=True) if written else {}
        return _SYSTEMS[name].model_validate(_deep(before, changed))

    def _errors_in(self, name: str, override: EnvironmentOverride) -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = []
        if name == LOCAL:
            errors += [
                _error(f"is for AWS only: {reason}", "environments", name, key)
                for key, reason in _NOT_LOCAL.items()
                if getattr(override, key)
            ]
        for system in _SYSTEMS:
            try:
                self._system(system, override)
            except ValidationError as error:
                errors += _inside(error, "environments", name, system)
        for service, changed in override.services.items():
            if service not in self.services:
                guess = did_you_mean(service, self.services)
                errors.append(
                    _error(f"there is no service `{service}`; {guess}", "environments", name, "services", service)
                )
                continue
            try:
                _merged(self.services[service], changed)
            except ValidationError as error:
                errors += _inside(error, "environments", name, "services", service)
        return errors


P = TypeVar("P", bound=Part)


_NOT_LOCAL: Final = {
    "account": "the embedded AWS has an account of its own",
    "domain": "the embedded AWS is reached at a loopback address",
}


_Conflict = tuple[str, ...]
"""What does not go together, in words, and then the place that says it."""


def _conflicts(found: EnvironmentManifest) -> Iterator[_Conflict]:
    """All of them."""
    yield from _of_paths(found)
    yield from _of_order(found.services)
    yield from _of_systems(found)
    for name, service in found.services.items():
        yield from _of_sign_in(name, service, found)
        yield from _of_secrets(name, service, found)


def _of_paths(found: EnvironmentManifest) -> Iterator[_Conflict]:
    first = dict.fromkeys(GRAFANA_PATHS, "the dashboards") if found.dashboards else {}
    for name, service in found.services.items():
        for path in service.paths:
            if path in first:
                yield f"`{path}` belongs to {first[path]} already", "services", name, "paths"
            first.setdefault(path, f"service `{name}`")
        if found.site and _EVERYTHING in service.paths:
            default = "" if "paths" in service.model_fields_set else ", the default,"
            text = f"`{_EVERYTHING}`{default} belongs to the site; write the service's own paths, such as [/{name}/*]"
            yield text, "services", name, "paths"


def _of_order(services: Mapping[str, Service]) -> Iterator[_Conflict]:
    unknown = [(name, other) for name, service in services.items() for other in service.after if other not in services]
    for name, other in unknown:
        yield f"there is no service `{other}`; {did_you_mean(other, services)}", "services", name, "after"
    try:
        tuple(TopologicalSorter({name: service.after for name, service in services.items()}).static_order())
    except CycleError as error:
        circle = " after ".join(f"`{name}`" for name in error.args[1])
        yield f"circular dependency in `after`: {circle}", "services"


def _of_systems(found: EnvironmentManifest) -> Iterator[_Conflict]:
    if found.dashboards and not found.auth:
        yield "need `auth`: users sign in to Grafana with Cognito", "dashboards"
    if found.vpn and not found.database:
        yield "needs `database`: it connects to nothing else", "vpn"
    if found.vpn and overlap(found.vpn.clients, found.network.cidr):
        yield f"`{found.vpn.clients}` overlaps the network's `{found.network.cidr}`", "vpn", "clients"
    arns = {source.arn for service in found.services.values() for source in service.secrets.values() if source.arn}
    if found.github and sum(map(len, arns)) > (room := max(_ARNS - _BOUND * len(found.services), _BOUND)):
        yield f"name too many secrets by their ARNs for GitHub's role ({room} characters)", "services"


def _of_sign_in(name: str, service: Service, found: EnvironmentManifest) -> Iterator[_Conflict]:
    if service.sign_in and not (found.auth and found.domain):
        needed = "`auth` and a `domain`: the load balancer supports sign-in on HTTPS only"
        yield f"needs {needed}; in `{found.environment}` write `false`", "services", name, "sign_in"
    elif service.sign_in and found.network.nat == "none":
        yield "needs a NAT gateway: the load balancer calls Cognito", "services", name, "sign_in"


def _of_secrets(name: str, service: Service, found: EnvironmentManifest) -> Iterator[_Conflict]:
    """Variables that another system sets, and what AWS would not give the service's tasks."""
    for variable, source in service.secrets.items():
        at = ("services", name, "secrets", variable)
        if found.database and service.database and variable in DATABASE_VARIABLES:
            yield "is the database's own variable; choose another name, or write `database: false`", *at
        if found.auth and variable in SIGN_IN_VARIABLES:
            yield "is a variable of `auth`; choose another name", *at
        if source.region not in ("", found.region):
            yield f"is in {source.region}, but `{found.environment}` is in {found.region}", *at
        if source.store == "ssm" and source.name and found.app.startswith(("aws", "ssm")):
            yield f"cannot be a parameter: AWS reserves names that begin with `{found.app[:3]}`; use a secret", *at


def _place(manifest: Manifest, environment: str, at: Sequence[str]) -> Sequence[str]:
    """Where a conflict in an environment is shown: at what the environment itself says, else where it has it from."""
    here: Any = manifest.environments.get(environment)
    for step in at:
        here = here.get(step) if isinstance(here, Mapping) else getattr(here, step, None)
    return ("environments", environment, *at) if here else at


def _inside(error: ValidationError, *at: str) -> list[dict[str, Any]]:
    return [{**each, "loc": (*at, *each["loc"])} for each in error.errors(include_url=False)]


def _error(text: str, *at: str) -> dict[str, Any]:
    return {
        "type": "impossible",
        "loc": at,
        "ctx": {"text": text, "at": ()},
        "msg": text,
        "input": None,
    }


def _merged(written: P, override: Part | None) -> P:
    if override is None:
        return written
    changed = override.model_dump(exclude_none=True, exclude_unset=True)
    return type(written).model_validate(_deep(written.model_dump(exclude_unset=True), changed))


def _deep(written: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping over another, key by key."""
    return {
        **written,
        **{
            key: _deep(written[key], value)
            if isinstance(value, Mapping) and isinstance(written.get(key), Mapping)
            else value
            for key, value in changed.items()
        },
    }
