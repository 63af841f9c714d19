"""The service as an application with rights of its own (OAuth2 client credentials, RFC 6749 section 4.4).

What proves that we are it is a secret, or a certificate with its key (RFC 7523). Both are read again for each token, so
that a renewed one counts as soon as it lies in its file. The libraries for keys are loaded by whoever needs them.
"""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

_ASSERTION_SECONDS = 300
_CLOCK_SECONDS = 60  # an assertion begins so much earlier: the clocks of two machines are never the same
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ProofError(ValueError):
    """The secret, the certificate or its key can't be used; `what` is wrong, and the `advice` says what to do."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(f"{what}; {advice}" if advice else what)
        self.what, self.advice = what, advice


class Proof(Protocol):
    """What proves to the token endpoint who asks."""

    def given(self, client_id: str, token_url: str) -> dict[str, str]:
        """The fields of the request. Raises ProofError."""

    def ends(self) -> date | None:
        """The last day on which it works; None where nobody has said. Raises ProofError."""

    @property
    def called(self) -> str:
        """What people call it, without anything that is secret."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret as it is, or the file that holds it. `last_day`: the endpoint tells nobody when a secret ends."""

    secret: str | Path = field(repr=False)
    last_day: date | None = None

    def given(self, client_id: str, token_url: str) -> dict[str, str]:  # noqa: ARG002 -- the same secret for all
        """The secret itself, over TLS."""
        return {"client_secret": self._read()}

    def ends(self) -> date | None:
        """What the configuration says."""
        return self.last_day

    @property
    def called(self) -> str:
        """Where it is."""
        return f"the client secret in {self.secret}" if isinstance(self.secret, Path) else "the client secret"

    def _read(self) -> str:
        if isinstance(self.secret, str):
            return self.secret
        try:
            return self.secret.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            what = f"the secret file {self.secret} cannot be read: {type(error).__name__}"
            raise ProofError(what, "put the client secret there, readable for the service alone") from error


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate and its RSA key, both as PEM; they may be in one file."""

    certificate: Path
    key: Path

    def given(self, client_id: str, token_url: str) -> dict[str, str]:
        """A statement about ourselves that the key signs (RFC 7523; PS256 and `x5t#S256` as Microsoft asks for)."""
        import jwt  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        certificate, key = self.checked()
        thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).rstrip(b"=").decode()
        now = int(time.time())
        claims = {
            "aud": token_url,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now - _CLOCK_SECONDS,
            "exp": now + _ASSERTION_SECONDS,
        }
        signed = jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint})
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": signed}

    def ends(self) -> date | None:
        """What the certificate says."""
        return self._certificate().not_valid_after_utc.date()

    @property
    def called(self) -> str:
        """Where it is."""
        return f"the certificate {self.certificate}"

    def thumbprint(self) -> str:
        """As Entra shows it beside the uploaded certificate: SHA-1, in capitals. Raises ProofError."""
        from cryptography.hazmat.primitives.hashes import SHA1  # noqa: PLC0415

        return self._certificate().fingerprint(SHA1()).hex().upper()  # noqa: S303 -- a name, not a protection

    def checked(self) -> tuple[Certificate, RSAPrivateKey]:
        """Both, which belong together.

        Raises:
            ProofError: one of them is missing or of another kind, or they don't belong together.
        """
        certificate, key = self._certificate(), self._key()
        if certificate.public_key() != key.public_key():
            what = f"the key {self.key} does not belong to the certificate {self.certificate}"
            raise ProofError(what, "name the two that were made together")
        return certificate, key

    def _certificate(self) -> Certificate:
        from cryptography import x509  # noqa: PLC0415

        try:
            return x509.load_pem_x509_certificate(_bytes(self.certificate))
        except ValueError as error:
            if isinstance(error, ProofError):
                raise
            what = f"the file {self.certificate} holds no certificate in PEM form"
            raise ProofError(what, "it begins with -----BEGIN CERTIFICATE-----") from error

    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        try:
            key = load_pem_private_key(_bytes(self.key), password=None)
        except TypeError as error:
            advice = f"take the password away (`openssl pkey -in {self.key} -out …`), and let nobody else read the file"
            raise ProofError(f"the key {self.key} is locked by a password", advice) from error
        except ValueError as error:
            if isinstance(error, ProofError):
                raise
            advice = "it has a part that begins with -----BEGIN PRIVATE KEY-----"
            raise ProofError(f"the file {self.key} holds no private key in PEM form", advice) from error
        if not isinstance(key, RSAPrivateKey):
            raise ProofError(f"the key {self.key} is no RSA key", "make one with RSA: Entra takes no other for this")
        return key


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProofError(f"the file {path} cannot be read: {type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class Application:
    """Who asks for tokens, where, for what (`scope`), and what proves it; `ca_file` as for a mail server."""

    client_id: str
    token_url: str
    scope: str
    proof: Proof
    ca_file: Path | None = None
