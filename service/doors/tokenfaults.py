"""What it means when a token endpoint gives no token, in words that say what to do.

Microsoft Entra's codes stand in its list of AADSTS errors; other endpoints give the names of RFC 6749 section 5.2.
"""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.parse
from typing import TYPE_CHECKING, Any

from service.doors.account import Security, Server
from service.doors.application import ClientCertificate, ProofError
from service.doors.tls import Speech, mismatch, unreached

if TYPE_CHECKING:
    from service.doors.application import Application

# A secret may be renewed at any time; an endpoint locks nobody out for asking.
SECONDS_UNTIL_MENDED = 120.0
SECONDS_UNTIL_BACK = 15.0
_CLOCK_TOLERANCE_SECONDS = 240
_CODE = re.compile(r"AADSTS(\d+)")
_HTTPS_PORT = 443


class TokenError(OSError):
    """No token is to be had. `temporary`: it may come by itself; otherwise a person has to mend something.

    wait_seconds: how soon it makes sense to ask again.
    """

    def __init__(self, what: str, *, temporary: bool, advice: str = "", wait_seconds: float = 0.0) -> None:
        super().__init__(what)
        self.what, self.advice, self.temporary = what, advice, temporary
        self.wait_seconds = wait_seconds or (SECONDS_UNTIL_BACK if temporary else SECONDS_UNTIL_MENDED)


_MEANINGS: dict[int, tuple[str, str]] = {
    90002: (
        "there is no tenant of this name",
        "write in `tenant` the Directory (tenant) ID of the app registration's overview",
    ),
    700016: (
        "this tenant has no application with this client_id",
        "write in `client_id` the Application (client) ID, which is no object ID; is `tenant` the right one?",
    ),
    7000215: (
        "the client secret is wrong",
        "write the secret's Value, which Entra shows once, and not its Secret ID; where it is lost, make a new one",
    ),
    7000222: (
        "the client secret has expired",
        "make a new one (app registration, Certificates & secrets), put it where the old one is, and correct `expires`",
    ),
    700027: (
        "the endpoint does not know the certificate, or cannot check what it signed",
        "upload {certificate} at the app registration, Certificates & secrets",
    ),
    700024: (
        "what the certificate signed is outside its time",
        "set this machine's clock, and keep it right by NTP",
    ),
    500011: (
        "the tenant does not know what `scope` asks for",
        "take `scope` away, or correct it; has the tenant Exchange Online?",
    ),
    7000112: (
        "the application is disabled",
        "enable it again (enterprise application, Properties, Enabled for users to sign-in)",
    ),
    53003: (
        "a Conditional Access policy blocks the application",
        "let the policy except it, or let this machine's address through",
    ),
    50005: ("a Conditional Access policy blocks this machine", "let the policy except the application"),
}
_MEANINGS[900023] = _MEANINGS[90002]
_MEANINGS[70011] = _MEANINGS[1002012] = ("`scope` is not a scope", "take it away, or write one that ends in /.default")
_UNKNOWN = ("gives no token", "what the endpoint says tells why; Microsoft lists its codes as AADSTS errors")
_NAMES: dict[str, tuple[str, str]] = {
    "invalid_client": (
        "the client_id or what proves it is wrong",
        "correct `client_id`, `client_secret` or `certificate`",
    ),
    "unauthorized_client": ("the application may not ask in this way", "allow client credentials for it"),
    "invalid_scope": _MEANINGS[70011],
}


def place(application: Application) -> str:
    """The endpoint's `host` or `host:port`, for logs and error texts."""
    return urllib.parse.urlsplit(application.token_url).netloc.rpartition("@")[2]


def refused(application: Application, status: int, told: dict[str, Any], ahead: float) -> TokenError:
    """The endpoint says no; `ahead`: by how many seconds this machine's clock is ahead of its own."""
    where, description = place(application), str(told.get("error_description") or "").strip()
    named = str(told.get("error") or "")
    if not named and not description:
        what = f"{where}: answers with HTTP {status}, and not as a token endpoint does"
        return TokenError(what, temporary=True, advice="correct `token_url`; does a proxy answer in its place?")
    code = _code(told, description)
    meaning, advice = _MEANINGS.get(code, _UNKNOWN) if code else _NAMES.get(named, _UNKNOWN)
    if "{certificate}" in advice:
        advice = advice.format(certificate=_certificate(application))
    if abs(ahead) > _CLOCK_TOLERANCE_SECONDS:
        off = f"{abs(ahead) / 60:.0f} minutes {'ahead' if ahead > 0 else 'behind'}"
        advice = f"set this machine's clock, which is {off} of the endpoint's" + (f"; {advice}" if advice else "")
    first = description.splitlines()[0][:200] if description else named
    return TokenError(f"{where}: {meaning} ({first})", temporary=False, advice=advice)


def _code(told: dict[str, Any], description: str) -> int:
    found = _CODE.search(description)
    if found:
        return int(found[1])
    codes = told.get("error_codes")
    return codes[0] if isinstance(codes, list) and codes and isinstance(codes[0], int) else 0


def _certificate(application: Application) -> str:
    if not isinstance(application.proof, ClientCertificate):
        return "the certificate"
    try:
        return f"{application.proof.certificate} (thumbprint {application.proof.thumbprint()})"
    except ProofError:
        return str(application.proof.certificate)


def busy(application: Application, status: int, wait_seconds: float) -> TokenError:
    """Too many requests, or the endpoint's own trouble."""
    what = f"{place(application)}: answers with HTTP {status} {http.client.responses.get(status, '')}".rstrip()
    return TokenError(what, temporary=True, advice="it passes by itself", wait_seconds=wait_seconds)


def unreachable(application: Application, error: Exception) -> TokenError:
    """No connection, or one that is not to be trusted."""
    where = place(application)
    if isinstance(error, ssl.SSLCertVerificationError):
        url = urllib.parse.urlsplit(application.token_url)
        server = Server(url.hostname or "", url.port or _HTTPS_PORT, Security.TLS, ca_file=application.ca_file)
        found = mismatch(server, Speech.IMAP, error)  # with TLS from the start no protocol is spoken
        what, advice = (found.what, found.advice) if found else (str(error), "")
        return TokenError(f"{where}: {what}", temporary=False, advice=advice.replace("`host`", "`token_url`"))
    if isinstance(error, ssl.SSLError):
        return TokenError(f"{where}: answers without TLS", temporary=False, advice="correct `token_url`")
    why = unreached(error) or str(error) or type(error).__name__
    advice = "is the way out open for this machine? A proxy is named in the environment, HTTPS_PROXY"
    return TokenError(f"{where}: the token endpoint is not reached: {why}", temporary=True, advice=advice)
