"""CloudWatch, plugged into the gateway."""

from collections.abc import Sequence

from tagship.local.cloudwatch.data import Act, Datum
from tagship.local.context import LocalContext
from tagship.local.service import OwnService


class CloudWatch(OwnService):
    """CloudWatch of one embedded AWS.

    Args:
        context: of the embedded AWS.
    """

    def __init__(self, context: LocalContext) -> None:
        self._context = context

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        """Take metrics of AWS's own services, such as ``AWS/ECS``."""

    def obey(self, prefix: str, act: Act) -> None:
        """From now on ``act`` is awaited for alarm actions whose ARN begins with ``prefix``."""
