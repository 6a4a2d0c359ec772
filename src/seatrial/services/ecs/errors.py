"""Amazon ECS's errors: its codes and its words (API reference, section "Errors" of each action)."""

from seatrial.core.internal import AwsCallError


def cluster_not_found() -> AwsCallError:
    """No such cluster, or not active any more."""
    return AwsCallError("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> AwsCallError:
    """No such service in this cluster."""
    return AwsCallError("ServiceNotFoundException", "Service not found.")


def service_not_active() -> AwsCallError:
    """The service is draining or gone."""
    return AwsCallError("ServiceNotActiveException", "Service was not ACTIVE.")


def service_deployment_not_found() -> AwsCallError:
    """No such service deployment."""
    return AwsCallError("ServiceDeploymentNotFoundException", "Service deployment not found.")


def client_error(message: str) -> AwsCallError:
    """What AWS calls a client exception."""
    return AwsCallError("ClientException", message)


def invalid(message: str) -> AwsCallError:
    """What AWS calls an invalid parameter."""
    return AwsCallError("InvalidParameterException", message)


def conflict(message: str) -> AwsCallError:
    """The resource's state does not allow it."""
    return AwsCallError("ConflictException", message)
