"""Passes what comes in at port 443 on to an address: run by itself in a container of ours, by Python's library alone.

``python -I -S forward.py ADDRESS PORT``: see ``inside.py``.
"""

import asyncio
import sys

HTTPS = 443
_CHUNK = 65536


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that one end says, to the other."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def forward(address: str, port: int, listening: int = HTTPS) -> None:
    """Listen for ever."""

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(address, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(passed(reader, far_writer), passed(far_reader, writer))

    async with await asyncio.start_server(accepted, "0.0.0.0", listening) as server:  # noqa: S104 - of its container
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(forward(sys.argv[1], int(sys.argv[2])))
