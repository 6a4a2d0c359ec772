"""ECR's login: what ``GetAuthorizationToken`` gives is what ``docker push`` and ``docker pull`` show.

A password says until when it holds, and is signed: it outlives a restart, and nothing is kept of it.
"""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable

USER = "AWS"
HOURS = 12
"""How long a password holds (ECR user guide, "Private registry authentication")."""


class Logins:
    """The logins of one registry.

    Args:
        secret: the secret of the instance.
        now: seconds since 1970.
    """

    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        self._key = hmac.digest(secret.encode(), b"ecr", "sha256")
        self._now = now

    def issue(self) -> tuple[str, float]:
        """A new one as ``authorizationToken`` has it, and when it ends, in seconds since 1970."""
        until = int(self._now()) + HOURS * 3600
        return b64encode(f"{USER}:{self._password(str(until))}".encode()).decode(), float(until)

    def accepts(self, authorization: str) -> bool:
        """Whether a request's ``Authorization`` is a login that holds."""
        kind, _, encoded = authorization.partition(" ")
        try:
            user, _, password = b64decode(encoded, validate=True).decode().partition(":")
        except (Error, ValueError):
            return False
        until = password.partition(".")[0]
        if kind.lower() != "basic" or user != USER or not re.fullmatch("[0-9]{1,12}", until):
            return False
        if int(until) < self._now():
            return False
        return hmac.compare_digest(password.encode(), self._password(until).encode())

    def _password(self, until: str) -> str:
        return f"{until}.{hmac.digest(self._key, until.encode(), 'sha256').hex()}"
