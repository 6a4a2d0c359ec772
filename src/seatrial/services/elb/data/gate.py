"""What a listener answers itself; and, where it lets in only who has signed in, who passes and who comes back."""

from importlib import import_module
from secrets import token_urlsafe
from typing import Any

from seatrial.http.client import Asker, asked_by
from seatrial.http.error_pages import Reply, page
from seatrial.http.head import RequestHead, read_request
from seatrial.services.elb.data.listener_runtime import Site
from seatrial.services.elb.data.routing import location
from seatrial.services.elb.data.sign_in import (
    CALLBACK,
    LOGIN_SECONDS,
    Errand,
    authorize_url,
    came_back,
    nonce_cookie,
    session_cookies,
    session_of,
    told,
)
from seatrial.services.elb.model import Action, FixedResponse, Redirect, SignIn

_KIND = "authenticate"
_UNAUTHORIZED = 401
_FOUND = 302
_REFUSED_THERE = 561
"""HTTP 561: "the load balancer received an error code from the IdP" (troubleshooting guide)."""


def decided(action: Action, head: RequestHead, asker: Asker, site: Site) -> RequestHead | Reply:
    """What is answered; for somebody who has signed in, the request as their target gets it."""
    if isinstance(action, SignIn):
        return _passage(action, head, asker, site)
    if isinstance(action, Redirect):
        site.counters.redirects += 1
        where = location(action, asked_by(head, asker), site.listener, site.doors)
        return page(action.status, ("Location", where), kind="redirect", redirect=where)
    if isinstance(action, FixedResponse):
        site.counters.fixed_responses += 1
        return Reply(action.status, action.body.encode(), (("Content-Type", action.content_type),), "fixed-response")
    return page(501)


def is_return(head: RequestHead, site: Site) -> bool:
    """Whether somebody comes back from an identity provider."""
    return bool(site.sign_ins) and head.target.partition(b"?")[0] == CALLBACK


async def welcome(head: RequestHead, asker: Asker, site: Site) -> Reply:
    """Let in who comes back with a code, and send them to where they wanted to go."""
    now = site.moment.wall.timestamp()
    query = head.target.partition(b"?")[2].decode("latin-1")
    back = came_back(site.sign_ins, query, asker.headers, now)
    if back is None:
        return page(_UNAUTHORIZED, kind=_KIND)
    if not back.code:
        return page(_REFUSED_THERE, kind=_KIND)
    session = await _identity().redeem(back.action, back.code, _callback(head, site), now)
    if session is None:
        return page(_REFUSED_THERE, kind=_KIND)
    cookies = session_cookies(back.action, session, secure=_secure(site))
    return page(_FOUND, ("Location", back.errand.url), *(("Set-Cookie", cookie) for cookie in cookies), kind=_KIND)


def _passage(action: SignIn, head: RequestHead, asker: Asker, site: Site) -> RequestHead | Reply:
    now = site.moment.wall.timestamp()
    session = session_of(action, asker.headers, now)
    if session is None and action.unauthenticated == "deny":
        return page(_UNAUTHORIZED, kind=_KIND)
    if session is None and action.unauthenticated != "allow":
        return _sent_away(action, head, site, now)
    known = _identity().vouched(action, session, site.listener.load_balancer_arn, now) if session else {}
    return read_request(head.method, head.target, told(asker.headers, known))


def _sent_away(action: SignIn, head: RequestHead, site: Site, now: float) -> Reply:
    errand = Errand(
        client=action.client_id,
        url=_origin(head, site) + head.target.decode("latin-1"),
        nonce=token_urlsafe(16),
        until=now + LOGIN_SECONDS,
    )
    cookie = nonce_cookie(errand.nonce, now, secure=_secure(site))
    there = authorize_url(action, _callback(head, site), errand)
    return page(_FOUND, ("Location", there), ("Set-Cookie", cookie), kind=_KIND)


def _callback(head: RequestHead, site: Site) -> str:
    return _origin(head, site) + CALLBACK.decode()


def _origin(head: RequestHead, site: Site) -> str:
    return f"{site.listener.protocol.lower()}://{head.value(b'host').decode('latin-1')}"


def _secure(site: Site) -> bool:
    return site.listener.protocol == "HTTPS"


def _identity() -> Any:  # noqa: ANN401 - a module
    """What speaks with identity providers: a third more memory, which most load balancers do without."""
    return import_module("seatrial.services.elb.data.identity")
