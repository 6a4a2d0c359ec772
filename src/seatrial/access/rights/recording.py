"""What calls ask for, as lines of a file: which rights a program needs is seen by letting it run once.

``SEATRIAL_RECORD`` names the file. A line is JSON: who asks by which program, the operation, and for each right its
action, its resource, and the condition keys that are of this call; no parameter is in it but what is one of these.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from seatrial.access.rights.calls import Call
from seatrial.access.rights.keys import GLOBAL
from seatrial.core.policies.evaluate import Request

OF_CALLS = GLOBAL - {"aws:tagkeys", "aws:requestedregion"}
"""Keys that every call has, and that say nothing of which rights it needs."""


class Recording:
    """Writes down what calls ask for.

    Args:
        path: the file; lines are added to it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, call: Call, requests: Sequence[Request]) -> None:
        """Write a call down; see ``access.roles.Record``."""
        if not requests:
            return
        line = {
            "who": requests[0].who.arn,
            "agent": call.headers.get("user-agent", ""),
            "call": f"{call.service}:{call.operation}",
            "needs": [[each.action, each.resource, _own(each)] for each in requests],
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")


def _own(request: Request) -> dict[str, list[str]]:
    return {key: list(values) for key, values in sorted(request.context.items()) if key not in OF_CALLS}
