"""A token endpoint over https that gives tokens to one application, and tells mail servers which of them are good."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import ssl
import tempfile
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from service.doors.application import Application, ClientCertificate, ClientSecret
from service.doors.tokens import TokenSource
from tests.servers.own import certificate

CLIENT_ID = "7f9c24e5-0000-4000-8000-000000000001"
OBJECT_ID = "7f9c24e5-0000-4000-8000-000000000002"
SCOPE = "https://outlook.office365.com/.default"
ROLES = ("IMAP.AccessAsApp", "SMTP.SendAsApp")


@dataclass
class Entra:
    """Looks at the request as Entra does. `fault` (status, object, headers) is what everybody gets while it is set.

    user: whose mailbox every token opens, as Dovecot is told. life: of a token, in seconds.
    """

    secret: str = "rätt-hemlighet"
    user: str = ""
    life: float = 3600.0
    roles: tuple[str, ...] = ROLES
    certificate: Path | None = None
    fault: tuple[int, dict[str, Any], dict[str, str]] | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    good: dict[str, float] = field(default_factory=dict)  # until when (monotonic)

    def __enter__(self) -> Self:
        self.directory = Path(tempfile.mkdtemp(prefix="entra-"))
        self.ca_file, key = certificate(self.directory)
        self._token_server, self._check_server = (_Listener(("127.0.0.1", 0), _Handler) for _ in range(2))
        encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        encryption.load_cert_chain(self.ca_file, key)
        self._token_server.socket = encryption.wrap_socket(self._token_server.socket, server_side=True)
        self._servers = [self._token_server, self._check_server]
        self._threads = []
        for server in self._servers:
            server.entra = self
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._token_server.server_address[1]}/ekvik.example/oauth2/v2.0/token"

    @property
    def introspection(self) -> str:
        """Where a mail server on this machine asks; without TLS."""
        return f"http://127.0.0.1:{self._check_server.server_address[1]}/introspect"

    def application(self, proof: ClientSecret | ClientCertificate | None = None, **other: Any) -> Application:
        given = {"client_id": CLIENT_ID, "token_url": self.url, "scope": SCOPE, "ca_file": self.ca_file, **other}
        return Application(proof=proof or ClientSecret(self.secret), **given)

    def source(self, proof: ClientSecret | ClientCertificate | None = None, **other: Any) -> TokenSource:
        return TokenSource(self.application(proof, **other))

    def is_good(self, token: str) -> bool:
        return self.good.get(token, 0.0) > time.monotonic()

    def revoke(self) -> None:
        """All tokens given so far are bad from now on."""
        self.good.clear()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """What the endpoint says to a request."""
        self.requests.append(form)
        if self.fault:
            return self.fault
        if form.get("grant_type") != "client_credentials" or form.get("scope") != SCOPE:
            return 400, said(70011, "The provided value for the input parameter 'scope' is not valid."), {}
        if form.get("client_id") != CLIENT_ID:
            return 400, said(700016, f"Application with identifier '{form.get('client_id')}' was not found."), {}
        if problem := self._problem(form):
            return 401, problem, {}
        claims = {"aud": "https://outlook.office365.com", "appid": CLIENT_ID, "oid": OBJECT_ID, "roles": self.roles}
        token = jwt.encode({**claims, "jti": str(uuid.uuid4())}, "k" * 32)
        self.good[token] = time.monotonic() + self.life
        return 200, {"token_type": "Bearer", "expires_in": self.life, "access_token": token}, {}

    def _problem(self, form: dict[str, str]) -> dict[str, Any] | None:
        if "client_secret" in form:
            wrong = "Invalid client secret provided. Ensure the secret being sent is the client secret value."
            return None if form["client_secret"] == self.secret else said(7000215, wrong)
        if self.certificate is None:
            return said(700027, "The certificate with identifier used to sign the client assertion is not registered.")
        known = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        assertion = form["client_assertion"]
        thumbprint = base64.urlsafe_b64encode(known.fingerprint(SHA256())).rstrip(b"=").decode()
        if jwt.get_unverified_header(assertion)["x5t#S256"] != thumbprint:
            return said(700027, "The certificate with identifier used to sign the client assertion is not registered.")
        claims = jwt.decode(assertion, known.public_key(), ["PS256"], audience=self.url)  # type: ignore[arg-type]
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert form["client_assertion_type"].endswith(":jwt-bearer")
        return None

    def introspected(self, form: dict[str, str]) -> dict[str, Any]:
        return {"active": True, "username": self.user} if self.is_good(form.get("token", "")) else {"active": False}


def said(code: int, words: str) -> dict[str, Any]:
    """An error in Entra's form."""
    trace = hashlib.sha256(words.encode()).hexdigest()[:8]
    return {
        "error": "invalid_client",
        "error_description": f"AADSTS{code}: {words} Trace ID: {trace}\r\nTimestamp: 2026-05-04 07:00:00Z",
        "error_codes": [code],
    }


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    entra: Entra


class _Handler(BaseHTTPRequestHandler):
    server: _Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if self.path == "/introspect":
            status, told, headers = 200, self.server.entra.introspected(form), {}
        else:
            status, told, headers = self.server.entra.answer(form)
        raw = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Nothing: what is wrong shows in the tests."""
