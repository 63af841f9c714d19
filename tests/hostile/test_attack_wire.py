"""Somebody between us and the mail server: a certificate of another host or time, words slipped in before TLS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from service.doors import delivery
from service.doors.account import Security, Server
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError
from service.doors.transfer import Envelope, Untried

PASSWORD = "ett lösenord på prov"
PAST, AHEAD = datetime.now(UTC) - timedelta(days=40), datetime.now(UTC) + timedelta(days=40)


def certificate(folder: Path, host: str = "localhost", begins: datetime = PAST, ends: datetime = AHEAD) -> Path:
    """A self-signed certificate with its key in one file, as `ca_file` names it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return file


class Between:
    """Speaks a few words of IMAP or SMTP up to STARTTLS, slips `words` in behind its yes, and notes what it hears."""

    def __init__(self, file: Path, protocol: str, words: str = "") -> None:
        self.file, self.protocol, self.words = file, protocol, words
        self.plain: list[str] = []
        self.secret: list[str] = []
        self.is_over = False

    @contextmanager
    def served(self, security: Security = Security.STARTTLS) -> Iterator[Server]:
        """The account that a client would be given for it."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            door.settimeout(0.1)
            thread = threading.Thread(target=self._all, args=(door, security), daemon=True)
            thread.start()
            yield Server("localhost", door.getsockname()[1], security, "synpunkten", PASSWORD, ca_file=self.file)
            self.is_over = True
            thread.join(20)
        assert not thread.is_alive()

    def _all(self, door: socket.socket, security: Security) -> None:
        while not self.is_over:
            with suppress(OSError):
                link, _ = door.accept()
                with link:
                    link.settimeout(5)
                    self._talk(link, security)

    def _talk(self, link: socket.socket, security: Security) -> None:
        encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        encryption.load_cert_chain(self.file)
        greeting = b"* OK ready\r\n" if self.protocol == "imap" else b"220 localhost ESMTP\r\n"
        if security is Security.TLS:
            with encryption.wrap_socket(link, server_side=True) as safe:
                safe.sendall(greeting)
                self._answer_all(safe, self.secret)
            return
        link.sendall(greeting)
        if self._answer_all(link, self.plain, until="STARTTLS"):
            with encryption.wrap_socket(link, server_side=True) as safe:
                self._answer_all(safe, self.secret)

    def _answer_all(self, link: socket.socket, noted: list[str], until: str = "") -> bool:
        """Answer line by line without ever letting anybody in; whether `until` was said."""
        rest = b""
        while piece := link.recv(4096):
            *lines, rest = (rest + piece).split(b"\r\n")
            for raw in lines:
                line = raw.decode("utf-8", "replace")
                noted.append(line)
                if until and until in line.upper():
                    link.sendall(self._yes(line))
                    return True
                link.sendall(self._no(line, is_safe=not until))
        return False

    def _yes(self, line: str) -> bytes:
        if self.protocol == "smtp":
            return b"220 go ahead\r\n" + self.words.encode()
        tag = line.split(maxsplit=1)[0]
        following = f"{tag[:-1]}{int(tag[-1]) + 1}" if tag[-1].isdigit() else tag
        return f"{tag} OK begin\r\n{self.words.replace('NEXT', following)}".encode()

    def _no(self, line: str, *, is_safe: bool) -> bytes:
        if self.protocol == "smtp":
            if line.upper().startswith("EHLO"):
                return b"250 localhost\r\n" if is_safe else b"250-localhost\r\n250 STARTTLS\r\n"
            return b"221 bye\r\n" if line.upper().startswith("QUIT") else b"550 5.7.1 no\r\n"
        tag, _, said = line.partition(" ")
        if said.upper().startswith("CAPABILITY"):
            offered = "IMAP4rev1" if is_safe else "IMAP4rev1 STARTTLS LOGINDISABLED"
            return f"* CAPABILITY {offered}\r\n{tag} OK done\r\n".encode()
        return f"{tag} NO [AUTHENTICATIONFAILED] no\r\n".encode()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(
    ("host", "ends"), [("mail.other.example", AHEAD), ("localhost", datetime.now(UTC) - timedelta(days=1))]
)
def test_a_certificate_for_another_host_or_another_time_gets_nothing(
    tmp_path: Path, host: str, ends: datetime, security: Security
) -> None:
    file = certificate(tmp_path, host, ends=ends)
    for protocol in ("imap", "smtp"):
        between = Between(file, protocol)
        with between.served(security) as server:
            assert_refused(server, protocol, "certificate")
        assert not any("synpunkten" in line or PASSWORD in line for line in between.plain + between.secret)


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ("smtp", "250-localhost\r\n250 AUTH PLAIN LOGIN\r\n"),
        ("smtp", "250 localhost\r\n235 2.7.0 welcome\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n"),
        ("imap", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nNEXT OK done\r\n"),
        ("imap", "NEXT OK [CAPABILITY IMAP4rev1] logged in\r\n"),
        ("imap", "* PREAUTH welcome\r\nNEXT OK done\r\n"),
    ],
)
def test_words_slipped_in_before_tls_are_heard_by_nobody(tmp_path: Path, protocol: str, words: str) -> None:
    between = Between(certificate(tmp_path), protocol, words)
    with between.served() as server:
        assert_refused(server, protocol, ".")
    assert between.secret, "the words ended the talk before anything was asked under TLS"
    assert not any(PASSWORD in line for line in between.plain)
    if protocol == "smtp":
        assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in between.plain)


def assert_refused(server: Server, protocol: str, because: str) -> None:
    """The client does not take itself for logged in, and no letter counts as sent."""
    if protocol == "imap":
        with pytest.raises(InboxError, match=because):
            Inbox(server, "ekvik").connect()
        return
    outcomes: list[object] = []
    letter = Envelope(1, "a@ekvik.example", "b@example.org", b"Subject: x\r\n\r\nx\r\n")
    with pytest.raises(DeliveryError, match=because):
        delivery.deliver(server, [letter], lambda _, outcome: outcomes.append(outcome))
    assert all(isinstance(outcome, Untried) for outcome in outcomes)
