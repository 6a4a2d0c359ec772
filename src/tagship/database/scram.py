"""What PostgreSQL keeps of a password: enough to check it, and not the password (RFC 5803, RFC 7677).

A statement that holds the password itself would leave it in the server's log and in whatever watches its statements.
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Final

_ROUNDS: Final = 4096
_SALT_BYTES: Final = 16


def verifier(password: str, salt: bytes | None = None) -> str:
    """As ``pg_authid.rolpassword`` holds it.

    Args:
        password: the password, in ASCII, so that SASLprep leaves it as it is.
        salt: the salt; random where none is given.
    """
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ROUNDS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _text(value: bytes) -> str:
    return b64encode(value).decode()
