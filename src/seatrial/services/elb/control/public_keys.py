"""The public key by which an application proves what a load balancer told it of who has signed in.

AWS shows it at ``https://public-keys.auth.elb.REGION.amazonaws.com/KEY-ID``.
"""

from collections.abc import Callable

from seatrial.core.asgi import Message, Receive, Send, send_response
from seatrial.core.pages import PUBLIC_KEYS_PATH
from seatrial.core.service import AwsResponse
from seatrial.services.elb.data.identity import public_key


class PublicKeys:
    """The ASGI application.

    Args:
        signing_key: the private key in PEM; empty where nothing is signed.
    """

    def __init__(self, signing_key: Callable[[], bytes]) -> None:
        self._signing_key = signing_key

    def serves(self, path: str) -> bool:
        """Whether a path is one of ours."""
        return path.startswith(f"{PUBLIC_KEYS_PATH}/")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent to us
        """ASGI."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        identity = scope["path"].removeprefix(f"{PUBLIC_KEYS_PATH}/")
        pem = self._signing_key()
        known = public_key(pem) if pem else ("", b"")
        if identity and identity == known[0]:
            await send_response(send, AwsResponse(200, {"content-type": "application/x-pem-file"}, known[1]))
        else:
            await send_response(send, AwsResponse(404, {"content-type": "text/plain"}, b"No such key."))
