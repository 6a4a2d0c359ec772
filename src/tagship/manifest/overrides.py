"""What one environment may say differently: every field is optional, and what is left out stays as it was.

A system that may be missing is changed key by key or, by ``false``, left out; its keys are checked once they are merged
(``model.py``), because only then it is known what they add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, get_args

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from tagship.manifest.part import Part
from tagship.manifest.service import Service
from tagship.manifest.systems import (
    Alerts,
    Auth,
    Dashboards,
    Database,
    Domain,
    Firewall,
    Github,
    Network,
    Traffic,
    Vpn,
)
from tagship.manifest.types import Account, Changes, Region, ServiceName, or_none


@dataclass(frozen=True)
class Like:
    """In the JSON Schema, a part of the manifest or ``false``."""

    part: type[Part]

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(self.part.__pydantic_core_schema__), {"const": False}]}


@dataclass(frozen=True)
class DifferencesOf:
    """Of a ``Part``: the same fields as another's, each of them optional; what is left out is inherited."""

    part: type[Part]

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return handler.generate_schema(_differences(self.part))


_FOR_ALL: Final = frozenset({"build"})
"""Fields of a service that no environment changes: an image is built once, and every environment runs the same."""


@cache
def _differences(part: type[Part]) -> type[Part]:
    """The same part with every field optional, for what an environment says differently; the rest is inherited."""
    fields: dict[str, Any] = {
        name: (_differing(field), Field(default=None, description=field.description))
        for name, field in part.model_fields.items()
        if name not in _FOR_ALL
    }
    doc = f"An environment's differences in {part.__name__}; the rest is inherited."
    return create_model(f"{part.__name__}Override", __base__=Part, __module__=__name__, __doc__=doc, **fields)


def _differing(field: FieldInfo) -> Any:  # noqa: ANN401 - an annotation
    """The annotation of a field that may be left out."""
    kind: Any = field.annotation
    if or_none in field.metadata:
        (part,) = (each for each in get_args(kind) if each is not NoneType)
        return Annotated[Changes, Like(part)]
    if isinstance(kind, type) and issubclass(kind, Part):
        return Annotated[Part, DifferencesOf(kind)] | None
    return Annotated[kind, *field.metadata] | None if field.metadata else kind | None


class EnvironmentOverride(Part):
    """An environment's differences."""

    account: Account | None = Field(
        default=None, description="AWS account, in quotes; every command refuses credentials of another account."
    )
    region: Region | None = Field(default=None, description="Region, if not the app's.")
    protect: bool | None = Field(default=None, strict=True, description="Deletion protection for resources with data.")
    domain: Domain | None = Field(default=None, description="Your own domain name for CloudFront.")
    network: Annotated[Part, DifferencesOf(Network)] | None = Field(default=None, description="Another network.")
    services: Mapping[ServiceName, Annotated[Part, DifferencesOf(Service)]] = Field(
        default={}, description="One entry per service."
    )
    database: Annotated[Changes, Like(Database)] = Field(default=None, description="Another database.")
    auth: Annotated[Changes, Like(Auth)] = Field(default=None, description="Another sign-in.")
    firewall: Annotated[Changes, Like(Firewall)] = Field(default=None, description="Another firewall.")
    traffic: Annotated[Changes, Like(Traffic)] = Field(default=None, description="Other logs.")
    alerts: Annotated[Changes, Like(Alerts)] = Field(default=None, description="Other alerts.")
    dashboards: Annotated[Changes, Like(Dashboards)] = Field(default=None, description="Other dashboards.")
    vpn: Annotated[Changes, Like(Vpn)] = Field(default=None, description="Another VPN.")
    github: Annotated[Changes, Like(Github)] = Field(default=None, description="Another repository.")
