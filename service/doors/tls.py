"""Encryption towards mail servers: whom to trust, and what is wrong when a connection fails, in words that help.

A failed connection tells little ("wrong version number"). So the server is looked at once more, without logging in.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.doors.account import Security, Server
from service.doors.making import Making

PROBE_SECONDS = 4.0
_LOOK_SECONDS = 2 * PROBE_SECONDS  # for all of it: a timeout counts each read anew
# Before it is suspected that both sides wait for the other to speak.
GREETING_SECONDS = 5.0
_LONGEST_ANSWER = 64 * 1024
_NO_TLS_THERE = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
# OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID.
_WRONG_NAME, _EXPIRED, _NOT_YET = 62, 10, 9


class Speech(enum.Enum):
    """The protocol, its port for TLS from the start, and how a server greets."""

    IMAP = (993, b"* ")
    SMTP = (465, b"220")

    @property
    def tls_port(self) -> int:
        """Where TLS begins at once."""
        return self.value[0]


class Mismatch(OSError):
    """The server and the configuration do not fit: `what` is wrong, and the `advice` says what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


def context(server: Server) -> ssl.SSLContext:
    """The encryption towards a mail server."""
    return trusting(server.ca_file)


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts what the system trusts, and the municipality's own authority where it names one."""
    encryption = ssl.create_default_context()
    if ca_file:
        encryption.load_verify_locations(ca_file)
    return encryption


def mismatch(server: Server, speech: Speech, error: BaseException | None) -> Mismatch | None:
    """What does not fit, where a failed connection shows it; None where it does not."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(server, speech, error)
    if isinstance(error, ssl.SSLError) and server.security is Security.TLS:
        told = f"{error.reason} {error}".upper().replace(" ", "_")
        if any(sign in told for sign in _NO_TLS_THERE):
            advice = f"write `security: starttls`, or port {speech.tls_port}"
            return Mismatch("the server answers without TLS on this port", advice)
    if isinstance(error, TimeoutError) and server.security is not Security.TLS and _speaks_tls(server):
        return Mismatch("the server says nothing: it waits for TLS on this port", "write `security: tls`")
    return None


def unreached(error: BaseException | None) -> str:
    """Why no connection came about, without the system's own numbers; empty where it is something else."""
    match error:
        case socket.gaierror():
            return "the name service knows no server of this name, or does not answer"
        case ConnectionRefusedError():
            return "nothing listens on this port"
        case TimeoutError():
            return "the server does not answer"
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH):
            return "there is no way to the server"
    return ""


def login_advice(server: Server, answer: str = "") -> str:
    """What to do when the server refuses the log-in by password. answer: its words."""
    if server.tokens is None and server.host.lower().endswith((".office365.com", ".outlook.com")):
        return "Microsoft 365 takes no passwords: it needs `oauth2` in place of `password`"
    if server.security is Security.NONE and _WANTS_TLS.search(answer):
        return "the server wants encryption first: write `security: starttls`"
    return "correct `username` or `password`"


def lack_advice(server: Server, speech: Speech, lacking: str) -> str:
    """What to do where the server does not offer what the configuration wants; empty where it is something else."""
    if server.security is Security.STARTTLS and "STARTTLS" in lacking.upper():
        return f"the server offers no STARTTLS on this port: write `security: tls` and port {speech.tls_port}"
    if "XOAUTH2" in lacking.upper():
        return "this server takes no tokens: write `password` in place of `oauth2`; is `host` right?"
    if _NO_LOGIN.search(lacking):
        hint = "is the port right (587 as a rule)? A server that knows this machine wants no `username`"
        return f"the server takes no log-in on this port: {hint}"
    return ""


_WANTS_TLS = re.compile(r"privacyrequired|starttls|encrypt|(?:plain|clear)text", re.IGNORECASE)
_NO_LOGIN = re.compile(r"auth extension is not supported|no (?:suitable )?authentication method", re.IGNORECASE)


def _untrusted(server: Server, speech: Speech, error: ssl.SSLCertVerificationError) -> Mismatch:
    facts = _certificate(server, speech)
    about = (
        f" (it is for {facts['subject']}, issued by {facts['issuer']}, valid until {facts['until']})" if facts else ""
    )
    what = f"its certificate is not trusted: {error.verify_message}{about}"
    if error.verify_code == _WRONG_NAME:
        return Mismatch(what, "write in `host` the name that the certificate is for")
    if error.verify_code == _EXPIRED:
        return Mismatch(what, f"let the server have a new certificate; this machine believes it is {_now()}")
    if error.verify_code == _NOT_YET:
        return Mismatch(what, f"is this machine's clock right? It believes it is {_now()}")
    return Mismatch(what, "is that your own authority? Then name its certificate's file with `ca_file`")


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _certificate(server: Server, speech: Speech) -> dict[str, str]:
    """What the server's certificate says of itself; empty where that cannot be seen."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(OSError, ValueError):
        with _encrypted(server, speech, blind) as link:
            bare = link.getpeercert(binary_form=True)
        # The library reads only certificates that it trusts: so this one is trusted, for a look.
        seeing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        seeing.check_hostname = False
        seeing.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        seeing.load_verify_locations(cadata=bare or b"")
        with _encrypted(server, speech, seeing) as link:
            told: dict[str, Any] = dict(link.getpeercert() or {})
        until = datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC)
        return {"subject": _name(told["subject"]), "issuer": _name(told["issuer"]), "until": f"{until:%Y-%m-%d}"}
    return {}


def _name(parts: Any) -> str:
    fields = {key: value for part in parts for key, value in part}
    return str(fields.get("commonName") or fields.get("organizationName") or "nobody")


@contextlib.contextmanager
def _reached(server: Server) -> Iterator[socket.socket]:
    with (
        Making(_LOOK_SECONDS) as making,
        socket.create_connection((server.host, server.port), PROBE_SECONDS) as link,
    ):
        making.hold(link)
        yield link


@contextlib.contextmanager
def _encrypted(server: Server, speech: Speech, encryption: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    with _reached(server) as link:
        if server.security is Security.STARTTLS:
            _start_tls(link, speech)
        with encryption.wrap_socket(link, server_hostname=server.host) as wrapped:
            yield wrapped


def _start_tls(link: socket.socket, speech: Speech) -> None:
    if speech is Speech.IMAP:
        _answer(link, b"* ")
        link.sendall(b"a STARTTLS\r\n")
        _answer(link, b"a ")
        return
    _answer(link, b"220 ")
    link.sendall(b"EHLO localhost\r\n")
    _answer(link, b"250 ")
    link.sendall(b"STARTTLS\r\n")
    _answer(link, b"220 ")


def _answer(link: socket.socket, last_line_begins: bytes) -> None:
    told = b""
    while not (told.endswith(b"\r\n") and told.splitlines()[-1].startswith(last_line_begins)):
        piece = link.recv(4096)
        if not piece or len(told) > _LONGEST_ANSWER:
            raise OSError("no answer")
        told += piece


def _speaks_tls(server: Server) -> bool:
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    try:
        with _reached(server) as link:
            blind.wrap_socket(link, server_hostname=server.host).close()
    except (OSError, ValueError):
        return False
    return True


def greet(server: Server, speech: Speech) -> None:
    """Reach the server, encrypted as it is configured, and hear its greeting. Nobody logs in.

    Takes two times `PROBE_SECONDS` at most, besides what the name service takes.

    Raises:
        OSError: it cannot be reached so; `mismatch` and `unreached` say why.
    """
    begins = speech.value[1]
    if server.security is Security.NONE:
        with _reached(server) as plain:
            _answer(plain, begins)
        return
    with _encrypted(server, speech, context(server)) as link:
        if server.security is Security.TLS:
            _answer(link, begins)
