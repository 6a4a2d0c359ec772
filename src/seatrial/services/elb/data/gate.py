"""What a listener answers itself; and, where it lets in only who has signed in, who passes and who comes back."""

from importlib import import_module
from secrets import token_urlsafe
from typing import Any

from seatrial.http.client import ClientInfo, routing_input
from seatrial.http.error_pages import Reply, page
from seatrial.http.head import RequestHead, read_request
from seatrial.services.elb.data.listener_runtime import ListenerRuntime
from seatrial.services.elb.data.routing import location
from seatrial.services.elb.data.sign_in import (
    CALLBACK,
    LOGIN_SECONDS,
    LoginState,
    authorize_url,
    nonce_cookie,
    parse_callback,
    session_cookies,
    session_of,
    with_identity_headers,
)
from seatrial.services.elb.model import Action, FixedResponse, Redirect, SignIn

_KIND = "authenticate"
_UNAUTHORIZED = 401
_FOUND = 302
_REFUSED_THERE = 561
"""HTTP 561: "the load balancer received an error code from the IdP" (troubleshooting guide)."""


def decided(
    action: Action, head: RequestHead, client_info: ClientInfo, runtime: ListenerRuntime
) -> RequestHead | Reply:
    """What is answered; for somebody who has signed in, the request as their target gets it."""
    if isinstance(action, SignIn):
        return _authenticate(action, head, client_info, runtime)
    if isinstance(action, Redirect):
        runtime.counters.redirects += 1
        where = location(action, routing_input(head, client_info), runtime.listener, runtime.doors)
        return page(action.status, ("Location", where), kind="redirect", redirect=where)
    if isinstance(action, FixedResponse):
        runtime.counters.fixed_responses += 1
        return Reply(action.status, action.body.encode(), (("Content-Type", action.content_type),), "fixed-response")
    return page(501)


def is_callback(head: RequestHead, runtime: ListenerRuntime) -> bool:
    """Whether somebody comes back from an identity provider."""
    return bool(runtime.sign_ins) and head.target.partition(b"?")[0] == CALLBACK


async def handle_callback(head: RequestHead, client_info: ClientInfo, runtime: ListenerRuntime) -> Reply:
    """Exchange the code that comes back for a session, and send the browser to where it wanted to go."""
    now = runtime.clock.wall.timestamp()
    query = head.target.partition(b"?")[2].decode("latin-1")
    back = parse_callback(runtime.sign_ins, query, client_info.headers, now)
    if back is None:
        return page(_UNAUTHORIZED, kind=_KIND)
    if not back.code:
        return page(_REFUSED_THERE, kind=_KIND)
    session = await _identity().redeem(back.action, back.code, _callback(head, runtime), now)
    if session is None:
        return page(_REFUSED_THERE, kind=_KIND)
    cookies = session_cookies(back.action, session, secure=_secure(runtime))
    return page(_FOUND, ("Location", back.login_state.url), *(("Set-Cookie", cookie) for cookie in cookies), kind=_KIND)


def _authenticate(
    action: SignIn, head: RequestHead, client_info: ClientInfo, runtime: ListenerRuntime
) -> RequestHead | Reply:
    now = runtime.clock.wall.timestamp()
    session = session_of(action, client_info.headers, now)
    if session is None and action.unauthenticated == "deny":
        return page(_UNAUTHORIZED, kind=_KIND)
    if session is None and action.unauthenticated != "allow":
        return _redirect_to_login(action, head, runtime, now)
    known = _identity().signed_claims(action, session, runtime.listener.load_balancer_arn, now) if session else {}
    return read_request(head.method, head.target, with_identity_headers(client_info.headers, known))


def _redirect_to_login(action: SignIn, head: RequestHead, runtime: ListenerRuntime, now: float) -> Reply:
    login_state = LoginState(
        client=action.client_id,
        url=_origin(head, runtime) + head.target.decode("latin-1"),
        nonce=token_urlsafe(16),
        until=now + LOGIN_SECONDS,
    )
    cookie = nonce_cookie(login_state.nonce, now, secure=_secure(runtime))
    there = authorize_url(action, _callback(head, runtime), login_state)
    return page(_FOUND, ("Location", there), ("Set-Cookie", cookie), kind=_KIND)


def _callback(head: RequestHead, runtime: ListenerRuntime) -> str:
    return _origin(head, runtime) + CALLBACK.decode()


def _origin(head: RequestHead, runtime: ListenerRuntime) -> str:
    return f"{runtime.listener.protocol.lower()}://{head.value(b'host').decode('latin-1')}"


def _secure(runtime: ListenerRuntime) -> bool:
    return runtime.listener.protocol == "HTTPS"


def _identity() -> Any:  # noqa: ANN401 - a module
    """What speaks with identity providers: a third more memory, which most load balancers do without."""
    return import_module("seatrial.services.elb.data.identity")
