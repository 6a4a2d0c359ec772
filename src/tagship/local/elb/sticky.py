"""The cookie by which a client stays with its target (``lb_cookie``): made and read here. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tagship.local.elb.model import Address

COOKIE = "AWSALB"


def cookies(address: Address, seconds: int, now: datetime) -> tuple[bytes, bytes]:
    """The two ``Set-Cookie`` values of an ALB: ``AWSALB``, and ``AWSALBCORS`` for requests from other sites."""
    value = urlsafe_b64encode("{}:{}".format(*address).encode()).decode()
    expires = format_datetime((now + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    plain = f"{COOKIE}={value}; Expires={expires}; Path=/"
    return plain.encode(), f"{COOKIE}CORS={value}; Expires={expires}; Path=/; SameSite=None".encode()


def wanted(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The ``IP:PORT`` that the client's cookie names; empty where there is none, or where it is not ours."""
    for name, value in headers:
        if name.lower() == b"cookie":
            for part in value.split(b";"):
                key, _, found = part.strip().partition(b"=")
                if key == COOKIE.encode():
                    return _decoded(found)
    return ""


def _decoded(value: bytes) -> str:
    try:
        return urlsafe_b64decode(value).decode()
    except (Error, ValueError):
        return ""
