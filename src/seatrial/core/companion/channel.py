"""What the control plane and a process beside it say to each other: pickled values, each behind its length.

Both ends are the same version of the same code on the two ends of a socket pair that nobody else can reach; pickle is
safe between them.
"""

import asyncio
import pickle
from typing import Any

_LENGTH = 4


def frame(message: object) -> bytes:
    """A message as it is sent."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_LENGTH, "big") + data


async def receive(reader: asyncio.StreamReader) -> Any | None:  # noqa: ANN401 - what the other end has sent
    """The next message; None where the other end is gone."""
    try:
        length = int.from_bytes(await reader.readexactly(_LENGTH), "big")
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - see above
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
