"""An application that signs its people in with Cognito: run in a task, by Python's library alone.

It is told the names that Terraform would tell it, and nothing else of where it runs; ``FRONT_DOOR`` only where
CloudFront passes on no ``Host``.
"""

import base64
import hashlib
import json
import os
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# RFC 8017 §9.2, note 1: what stands before a SHA-256 in a signature.
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="))


def claims_of(token: str) -> dict[str, Any]:
    """The claims of an id token; the keys are fetched from where the token says that its issuer is."""
    signed, _, signature = token.rpartition(".")
    head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
    assert claims["iss"] == os.environ["COGNITO_ISSUER"], claims
    with urllib.request.urlopen(f"{claims['iss']}/.well-known/jwks.json") as answer:
        (key,) = (each for each in json.load(answer)["keys"] if each["kid"] == head["kid"])
    modulus = number(key["n"])
    size = (modulus.bit_length() + 7) // 8
    found = pow(number(signature), number(key["e"]), modulus).to_bytes(size)
    wanted = PREFIX + hashlib.sha256(signed.encode()).digest()
    assert found == b"\0\1" + b"\xff" * (size - len(wanted) - 3) + b"\0" + wanted, "a wrong signature"
    result: dict[str, Any] = claims
    return result


people: dict[str, str] = {}


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        if parts.path == "/healthz":
            self.answer(200, "well")
        elif parts.path == "/signed-in":
            self.signed_in(dict(urllib.parse.parse_qsl(parts.query))["code"])
        elif who := people.get(self.headers.get("Cookie", "").partition("session=")[2]):
            self.answer(200, f"<h1>Hello {who}</h1>")
        else:
            asked = {"client_id": os.environ["COGNITO_CLIENT_ID"], "response_type": "code", "scope": "openid email"}
            query = urllib.parse.urlencode({**asked, "redirect_uri": self.callback})
            self.answer(302, "", Location=f"{os.environ['COGNITO_DOMAIN']}/oauth2/authorize?{query}")

    @property
    def callback(self) -> str:
        front_door = os.environ.get("FRONT_DOOR") or f"https://{self.headers['Host']}"
        return f"{front_door}/signed-in"

    def signed_in(self, code: str) -> None:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback}
        asked = urllib.parse.urlencode({**form, "client_id": os.environ["COGNITO_CLIENT_ID"]}).encode()
        with urllib.request.urlopen(f"{os.environ['COGNITO_DOMAIN']}/oauth2/token", asked) as answer:
            claims = claims_of(json.load(answer)["id_token"])
        session = os.urandom(16).hex()
        people[session] = claims["email"]
        cookie = f"session={session}; Path=/; HttpOnly; Secure; SameSite=Lax"
        self.answer(302, "", **{"Location": "/", "Set-Cookie": cookie})

    def answer(self, status: int, text: str, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8000), Shop).serve_forever()
