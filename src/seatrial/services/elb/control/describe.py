"""The answer of ``DescribeTargetHealth``, as AWS gives it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from seatrial.core.service import AwsResponse, request_id
from seatrial.http.types import Address
from seatrial.services.elb.health import NOT_REGISTERED, Health
from seatrial.services.elb.model import HealthCheck

_NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"


def asked_for(known: Mapping[Address, Health], wanted: Iterable[Mapping[str, Any]], port: int) -> dict[Address, Health]:
    """The targets that are described.

    Args:
        known: registered and draining targets.
        wanted: ``TargetDescription`` of the request; all known ones where it names none.
        port: the group's, for those that name none.
    """
    addresses = [(str(target.get("Id", "")), int(target.get("Port") or port)) for target in wanted]
    if not addresses:
        return dict(known)
    return {address: known.get(address, NOT_REGISTERED) for address in addresses}


def target_health(targets: Mapping[Address, Health], check: HealthCheck) -> AwsResponse:
    """The answer."""
    members = "".join(_member(address, health, check) for address, health in targets.items())
    return AwsResponse.of_xml(
        f'<DescribeTargetHealthResponse xmlns="{_NAMESPACE}"><DescribeTargetHealthResult>'
        f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions></DescribeTargetHealthResult>"
        f"<ResponseMetadata><RequestId>{request_id()}</RequestId></ResponseMetadata></DescribeTargetHealthResponse>"
    )


def _member(address: Address, health: Health, check: HealthCheck) -> str:
    why = f"<Reason>{health.reason}</Reason>" if health.reason else ""
    why += f"<Description>{escape(health.description)}</Description>" if health.description else ""
    return (
        f"<member><Target><Id>{escape(address[0])}</Id><Port>{address[1]}</Port></Target>"
        f"<HealthCheckPort>{check.port or address[1]}</HealthCheckPort>"
        f"<TargetHealth><State>{health.state}</State>{why}</TargetHealth></member>"
    )
