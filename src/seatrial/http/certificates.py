"""Certificates for what speaks HTTPS on this machine, signed by an authority that exists here alone.

AWS keeps the private keys of ACM's certificates and of its own names to itself, so what has HTTPS there is served with
a certificate of our own for the same names and for ``localhost``. Who trusts ``ca.pem`` sees no warning.
"""

import hashlib
import os
import threading
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from seatrial.ground.clock import Clock

DAYS = 397
"""For which a certificate holds; browsers refuse those that hold longer than 398 days."""

_AUTHORITY_DAYS = 3650
_HERE = ("localhost", "127.0.0.1", "::1")
_one_authority = threading.Lock()


class Certificates:
    """Makes certificates, and finds them again.

    Args:
        directory: where they are kept, readable by this user alone.
        clock: the wall clock.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def file(self, names: Iterable[str]) -> Path:
        """A file with a private key and a certificate for these names, in PEM; blocks for some milliseconds."""
        wanted = list(dict.fromkeys((*names, *_HERE)))
        path = self._directory / f"{hashlib.sha256(' '.join(wanted).encode()).hexdigest()[:16]}.pem"
        if not self._holds(path):
            key = ec.generate_private_key(ec.SECP256R1())
            self._write(path, self._signed(wanted, key), key)
        return path

    @property
    def authority(self) -> Path:
        """The authority's certificate, for who wants to trust it."""
        return self._directory / "ca.pem"

    def chain(self, names: Iterable[str]) -> Path:
        """As ``file``, with the authority's certificate after it: by that one a browser knows whom to trust."""
        alone = self.file(names)
        path = alone.with_suffix(".chain.pem")
        whole = alone.read_bytes() + self.authority.read_bytes()
        if not path.exists() or path.read_bytes() != whole:
            self._put(path, whole)
        return path

    def signing_key(self) -> bytes:
        """The private key by which load balancers vouch for who has signed in, in PEM; made on first use."""
        path = self._directory / "sign-in-key.pem"
        if not path.exists():
            self._put(path, _private(ec.generate_private_key(ec.SECP256R1())))
        return path.read_bytes()

    def _signed(self, names: list[str], key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        issuer, signing = self._own_authority()
        builder = self._builder(names[0], issuer.subject, key, DAYS)
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        return (
            builder.add_extension(alternatives, critical=False)
            .add_extension(usage, critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .sign(signing, hashes.SHA256())
        )

    def _own_authority(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        held = self._directory / "ca-key.pem"
        with _one_authority:  # load balancers and distributions may ask for the first certificate at once
            if not self._holds(held):
                self._make_authority(held)
        content = held.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"`{held}` holds a key that is not ours.")
        return x509.load_pem_x509_certificate(content), key

    def _make_authority(self, held: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "seatrial")])
        certificate = (
            self._builder("seatrial", name, key, _AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_AUTHORITY_USAGE, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        self._write(held, certificate, key)
        self.authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
    ) -> x509.CertificateBuilder:
        now = self._clock.now()
        common = name if len(name) <= _LONGEST_NAME else "seatrial"
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
        )

    def _holds(self, path: Path) -> bool:
        """Whether a certificate is there, and holds for a month at least."""
        if not path.exists():
            return False
        until: datetime = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        return until > self._clock.now() + timedelta(days=30)

    def _write(self, path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._put(path, _private(key) + certificate.public_bytes(serialization.Encoding.PEM))

    def _put(self, path: Path, content: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Beside and then in its place: a process killed in between leaves no half of a certificate.
        beside = path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        beside.replace(path)


_LONGEST_NAME = 64
_AUTHORITY_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of the public key of a certificate in PEM, in base64, by which Chromium lets one be named.

    Source: RFC 7469 §2.4; Chromium, ``--ignore-certificate-errors-spki-list`` (services/network/public/cpp).
    """
    public = x509.load_pem_x509_certificate(certificate).public_key()
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b64encode(hashlib.sha256(encoded).digest()).decode()


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
