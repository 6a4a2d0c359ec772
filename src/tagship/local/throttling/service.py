"""The quotas, plugged into the gateway before everybody else."""

from tagship.local.context import LocalContext
from tagship.local.service import OwnService


class Throttling(OwnService):
    """Answers, in everybody's place, what comes too fast.

    Args:
        context: of the embedded AWS.
    """

    def __init__(self, context: LocalContext) -> None:
        self._context = context
