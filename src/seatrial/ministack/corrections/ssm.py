"""Systems Manager."""

from base64 import b64encode
from hashlib import sha512
from typing import Any

from seatrial.ministack.corrections.correction import Correction, in_json, operation

_MARK = "ENCRYPTED:"


def secure_strings_without_decryption() -> Correction:
    """A secure string that is read without decryption shows its ciphertext.

    AWS: ``WithDecryption`` false answers the encrypted value, in base64 (Systems Manager API reference,
    ``GetParameter``). MiniStack answers ``ENCRYPTED:`` and the secret in base64, which everybody can read.
    """
    reading = ("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory")
    return Correction(operation("ssm", *reading), in_json(_sealed))


def _sealed(document: dict[str, Any]) -> dict[str, Any]:
    for parameter in (document.get("Parameter", {}), *document.get("Parameters", ())):
        if str(parameter.get("Value", "")).startswith(_MARK):
            # The first bytes are those of a real one; the rest says nothing but whether two values are the same.
            digest = sha512(f"{parameter.get('ARN')}\0{parameter['Value']}".encode()).digest()
            parameter["Value"] = "AQICAH" + b64encode(digest * 2).decode()
    return document
