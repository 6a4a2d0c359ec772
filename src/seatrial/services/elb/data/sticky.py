"""The cookies by which a client stays with its target, and with its target group: made and read here. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from seatrial.services.elb.model import TargetGroup

TARGET = "AWSALB"
"""The cookie that names the target (``lb_cookie`` of a target group)."""

GROUP = "AWSALBTG"
"""The cookie that names the target group (``TargetGroupStickinessConfig`` of a rule)."""


def cookies(name: str, value: str, seconds: int, now: datetime) -> tuple[bytes, bytes]:
    """The two ``Set-Cookie`` values of an ALB: one for its own site, and ``…CORS`` for requests from other sites.

    Args:
        name: ``TARGET`` or ``GROUP``.
        value: what the client stays with, as ``wanted`` gives it back.
        seconds: seconds for which it does.
        now: the wall clock.
    """
    encoded = urlsafe_b64encode(value.encode()).decode()
    expires = format_datetime((now + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    plain = f"{name}={encoded}; Expires={expires}; Path=/"
    return plain.encode(), f"{name}CORS={encoded}; Expires={expires}; Path=/; SameSite=None".encode()


def set_cookies(group: TargetGroup, target: str, group_seconds: int, now: datetime) -> tuple[bytes, ...]:
    """Every ``Set-Cookie`` value of an answer.

    Args:
        group: whose target answered.
        target: the target, ``IP:PORT``.
        group_seconds: seconds for which the rule lets clients stay with the group; 0 where it does not.
        now: the wall clock.
    """
    found: tuple[bytes, ...] = ()
    if group_seconds:
        found += cookies(GROUP, group.arn, group_seconds, now)
    if group.stickiness_seconds:
        found += cookies(TARGET, target, group.stickiness_seconds, now)
    return found


def wanted(headers: Iterable[tuple[bytes, bytes]], cookie: str) -> str:
    """What the client's cookie of this name says; empty where there is none, or where it is not ours."""
    for name, value in headers:
        if name.lower() == b"cookie":
            for part in value.split(b";"):
                key, _, found = part.strip().partition(b"=")
                if key == cookie.encode():
                    return _decoded(found)
    return ""


def _decoded(value: bytes) -> str:
    try:
        return urlsafe_b64decode(value).decode()
    except (Error, ValueError):
        return ""
