"""An authority for tests of the VPN host: certificates, a list of the revoked, and the key around the handshake."""

import secrets
from datetime import timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tagship.base.clock import SystemClock

DAY = timedelta(days=1)


class Authority:
    """Issues and revokes, as OpenVPN wants it."""

    def __init__(self) -> None:
        self.now = SystemClock().now()
        self.key = ec.generate_private_key(ec.SECP384R1())
        self.name = _name("authority")
        self.issued: dict[str, x509.Certificate] = {}

    @cached_property
    def certificate(self) -> x509.Certificate:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return (
            self._certificate(self.name, self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, SHA384())
        )

    @cached_property
    def tls_crypt(self) -> str:
        lines = "\n".join(secrets.token_hex(16) for _ in range(16))
        return f"-----BEGIN OpenVPN Static key V1-----\n{lines}\n-----END OpenVPN Static key V1-----\n"

    @cached_property
    def server(self) -> tuple[str, str]:
        return self._leaf("vpn", ExtendedKeyUsageOID.SERVER_AUTH)

    def secret(self, revoked: list[str] | None = None) -> dict[str, object]:
        """What the host fetches."""
        cert, key = self.server
        return {
            "ca": _pem(self.certificate),
            "cert": cert,
            "key": key,
            "tls_crypt": self.tls_crypt,
            "crl": self._list(revoked or []),
            "revoked": revoked or [],
        }

    def client(self, name: str) -> dict[str, str]:
        """The files of one who is invited."""
        cert, key = self._leaf(name, ExtendedKeyUsageOID.CLIENT_AUTH)
        return {"ca.pem": _pem(self.certificate), "cert.pem": cert, "key.pem": key, "tls.pem": self.tls_crypt}

    def _leaf(self, name: str, purpose: x509.ObjectIdentifier) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        issued = (
            self._certificate(_name(name), key.public_key())
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .sign(self.key, SHA384())
        )
        self.issued[name] = issued
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return _pem(issued), text

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - DAY)
            .not_valid_after(self.now + 30 * DAY)
        )

    def _list(self, revoked: list[str]) -> str:
        found = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        found = found.last_update(self.now - DAY).next_update(self.now + 30 * DAY)
        for name in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(self.issued[name].serial_number)
            found = found.add_revoked_certificate(entry.revocation_date(self.now).build())
        return found.sign(self.key, SHA384()).public_bytes(Encoding.PEM).decode()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
