"""The guard between the socket and the gateway: who asks, by which name, and with what right.

In this order: the name that was asked for, whether a web page asks, then what proves the caller. That is a signature
(``signature.py``) for AWS's API, the instance's token for what is outside of it, the login of ECR for images, and
nothing for what AWS lets anybody ask (``unsigned.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from seatrial.access import browsers, unsigned
from seatrial.access.credentials import Caller, Credentials
from seatrial.access.handing import BODY, handed_on
from seatrial.access.hosts import Hosts
from seatrial.access.keys import TOKEN_HEADER
from seatrial.access.payload import check_of, checked, require_as_said
from seatrial.access.refusals import plain, refusal
from seatrial.access.roles import Roles
from seatrial.access.signature import (
    UNSIGNED_PAYLOAD,
    AccessRefused,
    Claim,
    check_signed_headers,
    check_time,
    proves,
    read_claim,
)
from seatrial.core.asgi import AsgiApp, Disconnected, Message, Receive, Send, send_response
from seatrial.core.incoming import Incoming, signs_as_s3
from seatrial.core.pages import HEALTH_PATH, PUBLIC_KEYS_PATH
from seatrial.core.service import AwsResponse
from seatrial.core.wire.bodies import TooLarge, limit_of, read_within, replayed, too_large
from seatrial.ministack.buckets import Buckets

_OURS = ("/_seatrial/", "/_ministack/", "/_localstack/")
_REFUSED = 1008  # RFC 6455 §7.4.1: policy violation

Serves = Callable[[str], bool]


@dataclass(frozen=True)
class Doors:
    """What lies behind the guard and knows its callers itself.

    Args:
        registry: whether a path is the registry's, which asks for ECR's login.
        sessions: whether a path is that of a terminal's WebSocket, which asks for the session's token.
        agent: whether a path is one at which a container asks about its own task, by an id that only it has.
    """

    registry: Serves
    sessions: Serves
    agent: Serves


@dataclass(frozen=True)
class Proofs:
    """What callers are held against.

    Args:
        credentials: every key that is good.
        roles: what all others than the account itself may do.
        token: the token of administration.
        now: the time.
    """

    credentials: Credentials
    roles: Roles
    token: str
    now: Callable[[], datetime]


# inside: the guard itself
class _Refused(Exception):
    """The request is answered here."""

    def __init__(self, answer: AwsResponse) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Guard:
    """The ASGI application that listens.

    Args:
        app: the gateway.
        hosts: our names.
        doors: what knows its callers itself.
        proofs: what callers are held against.
        buckets: what they say of web pages.
    """

    def __init__(self, app: AsgiApp, hosts: Hosts, doors: Doors, *, proofs: Proofs, buckets: Buckets) -> None:
        self._app, self._hosts, self._doors = app, hosts, doors
        self._proofs, self._buckets = proofs, buckets

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._http(Incoming(scope), receive, send)
        elif scope["type"] != "websocket" or self._meets(Incoming(scope)):
            await self._app(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": _REFUSED})

    def _meets(self, request: Incoming) -> bool:
        """Whether a WebSocket is a terminal's; a page has no business with one."""
        ours = self._hosts.answers_to(request.host) and self._doors.sessions(request.path)
        return ours and "origin" not in request.headers

    async def _http(self, request: Incoming, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        service = ""
        try:
            self._doorstep(request)
            claim = read_claim(request)
            service = claim.service if claim else ""
            self._page(request, claim)
            scope, body = await self._admitted(request, claim, receive)
            await self._app(scope, body, self._readable(request, claim, noted))
        except _Refused as refused:
            await send_response(send, refused.answer)
        except AccessRefused as why:
            if not begun:
                await send_response(send, refusal(request, why, service))
        except TooLarge as large:
            await send_response(send, too_large(service, large.limit))
        except Disconnected:
            return

    def _readable(self, request: Incoming, claim: Claim | None, send: Send) -> Send:
        """What pages may read of the answer; what a distribution answers says so itself."""
        if request.path.startswith(_OURS):
            return send
        return browsers.with_headers(send, browsers.readable(request, claim, self._buckets))

    def _doorstep(self, request: Incoming) -> None:
        """The name that was asked for, and what lies outside AWS's API."""
        if not self._hosts.answers_to(request.host):
            raise _Refused(plain(421, f"The embedded AWS does not answer for {request.host!r}."))
        path = request.path
        if path == HEALTH_PATH or path.startswith(f"{PUBLIC_KEYS_PATH}/"):
            return
        if path == "/health" or path.startswith(_OURS):
            shown = request.headers.get(TOKEN_HEADER, "")
            if not compare_digest(shown.encode(), self._proofs.token.encode()):
                raise _Refused(plain(403, f"Show the token of this embedded AWS in `{TOKEN_HEADER}`."))

    def _page(self, request: Incoming, claim: Claim | None) -> None:
        """What a web page may ask."""
        if not browsers.is_from_page(request) or self._by_token(request):
            return
        if request.method == "OPTIONS":
            raise _Refused(browsers.preflight(request, self._buckets) or plain(403, "Web pages may not ask this."))
        if not browsers.may_ask(request, claim):
            raise _Refused(plain(403, "Web pages may not ask this."))

    def _by_token(self, request: Incoming) -> bool:
        """Whether the doorstep has seen the token: CloudFront's process passes on what a viewer's browser sent."""
        return request.path.startswith(_OURS) and TOKEN_HEADER in request.headers

    async def _admitted(self, request: Incoming, claim: Claim | None, receive: Receive) -> tuple[Message, Receive]:
        """The request as the gateway gets it."""
        if request.path == "/health" or request.path.startswith(_OURS):
            return handed_on(request, None), receive
        if claim is not None:
            return await self._signed(request, claim, receive)
        if self._doors.registry(request.path) or self._doors.agent(request.path):
            return handed_on(request, None), receive
        body = await read_within(receive, request.headers, limit_of(""))
        if not unsigned.needs_no_signature(request) or not self._hosts.is_user_pools(request.host):
            raise _unsigned(request, body)
        scope = handed_on(request, None, body)
        require_as_said(Incoming(scope), "")
        return scope, replayed(scope.pop(BODY, body))

    async def _signed(self, request: Incoming, claim: Claim, receive: Receive) -> tuple[Message, Receive]:
        """Prove it: from what is cheap to what is not, and nothing is read for a caller whom nobody knows."""
        caller = self._proofs.credentials.caller(claim.access_key, claim.token)
        check_time(claim, self._proofs.now())
        check_signed_headers(claim, request)
        if signs_as_s3(claim.service):
            return await self._streamed(request, claim, caller, receive)
        body = await read_within(receive, request.headers, limit_of(claim.service))
        if not proves(claim, request, caller.secret, sha256(body).hexdigest()):
            raise AccessRefused("SignatureDoesNotMatch")
        scope = handed_on(request, claim, body)
        body = scope.pop(BODY, body)
        require_as_said(Incoming(scope), "")
        if self._proofs.roles.looks_at(caller):
            await self._proofs.roles.check(caller, claim, Incoming(scope), body)
        return scope, replayed(body)

    async def _streamed(
        self, request: Incoming, claim: Claim, caller: Caller, receive: Receive
    ) -> tuple[Message, Receive]:
        """S3's: its digest is signed, so the signature is checked before the body comes, and the body meanwhile."""
        payload = _payload(request, claim)
        if not proves(claim, request, caller.secret, payload):
            raise AccessRefused("SignatureDoesNotMatch")
        scope = handed_on(request, claim)
        require_as_said(Incoming(scope), payload)
        check = check_of(payload, claim, caller.secret)
        coming = checked(receive, check) if check else receive
        if not self._proofs.roles.looks_at(caller):
            return scope, coming
        if "delete" not in request.query:
            await self._proofs.roles.check(caller, claim, Incoming(scope), b"")
            return scope, coming
        # Which objects are to go stands in the body.
        body = await read_within(coming, request.headers, limit_of(claim.service))
        await self._proofs.roles.check(caller, claim, Incoming(scope), body)
        return scope, replayed(body)


def _payload(request: Incoming, claim: Claim) -> str:
    told = request.headers.get("x-amz-content-sha256") or request.query.get("X-Amz-Content-Sha256", "")
    if not told and claim.expires is None:
        raise AccessRefused("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return told or UNSIGNED_PAYLOAD


def _unsigned(request: Incoming, body: bytes) -> AccessRefused:
    if unsigned.trades_identity(request, body):
        return AccessRefused("InvalidIdentityToken", "No OpenIDConnect provider found in your account.")
    if request.target:
        return AccessRefused("MissingAuthenticationToken", "Missing Authentication Token")
    return AccessRefused("MissingAuthenticationToken")
