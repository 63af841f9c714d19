"""Finding a domain's mail servers: what the name service tells, the usual names, and who answers there.

SRV records after RFC 6186 and 8314, then Microsoft's servers where the domain's mail goes there (MX), then what mail
programs guess, too. Nobody logs in anywhere.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from service.doors import tls
from service.doors.account import Security, Server
from service.doors.tls import Speech

LONGEST_SEARCH_SECONDS = 12.0
_NAME_SERVICE_SECONDS = 3.0
# OpenSSL's X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT and the three after it: no chain to an authority that is known.
_UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})
_MICROSOFT = ".mail.protection.outlook.com"


@dataclass(frozen=True, slots=True)
class Probed:
    """How a server answered: `what` is wrong, empty where nothing is, and what to do about it."""

    server: Server
    what: str = ""
    advice: str = ""
    untrusted: bool = False  # all is well, but nobody knows who has issued its certificate

    @property
    def is_right(self) -> bool:
        """Whether it answers as it is configured."""
        return not self.what


def probe(server: Server, speech: Speech) -> Probed:
    """Reach the server without logging in."""
    try:
        tls.greet(server, speech)
    except (OSError, ValueError) as error:
        if found := tls.mismatch(server, speech, error):
            return Probed(server, found.what, found.advice, getattr(error, "verify_code", 0) in _UNKNOWN_ISSUER)
        why = tls.unreached(error) or "what answers on this port is no mail server of this kind"
        return Probed(server, why, "are host and port right, and does a firewall let this machine through?")
    return Probed(server)


def find(candidates: Sequence[Server], speech: Speech) -> Probed | None:
    """The first of the servers that answers, one whose certificate is not trusted last; None where nobody does.

    All are tried at once, for `LONGEST_SEARCH_SECONDS` at most.
    """
    if not candidates:
        return None
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=len(candidates))
    tries = [pool.submit(probe, server, speech) for server in candidates]
    done, _ = concurrent.futures.wait(tries, LONGEST_SEARCH_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = [each.result() for each in tries if each in done]
    return next((a for a in answers if a.is_right), None) or next((a for a in answers if a.untrusted), None)


def candidates(domain: str, speech: Speech, ask: Callable[[str, str], Sequence[str]] | None = None) -> list[Server]:
    """Where a domain's server may be, likeliest first. `ask` answers as `records` does."""
    ask = ask or records
    exchangers = [answer.split()[-1].rstrip(".").lower() for answer in ask(domain, "MX")]
    found = list(_announced(domain, speech, ask))
    if any(host.endswith(_MICROSOFT) for host in exchangers):
        found.append(_MICROSOFTS[speech])
    hosts = [f"{_FIRST_LABEL[speech]}.{domain}", f"mail.{domain}"]
    hosts += [host for host in exchangers if host.endswith(f".{domain}")]
    found += [Server(host, port, security) for port, security in _PORTS[speech] for host in dict.fromkeys(hosts)]
    return list(dict.fromkeys(found))


_FIRST_LABEL = {Speech.IMAP: "imap", Speech.SMTP: "smtp"}
_PORTS = {
    Speech.IMAP: ((993, Security.TLS), (143, Security.STARTTLS)),
    Speech.SMTP: ((587, Security.STARTTLS), (465, Security.TLS)),
}
_SERVICES = {
    Speech.IMAP: (("_imaps", Security.TLS), ("_imap", Security.STARTTLS)),
    Speech.SMTP: (("_submissions", Security.TLS), ("_submission", Security.STARTTLS)),
}
_MICROSOFTS = {
    Speech.IMAP: Server("outlook.office365.com", 993, Security.TLS),
    Speech.SMTP: Server("smtp.office365.com", 587, Security.STARTTLS),
}


def _announced(domain: str, speech: Speech, ask: Callable[[str, str], Iterable[str]]) -> Iterator[Server]:
    """SRV: `priority weight port target`; a target of `.` says that there is no such service."""
    for service, security in _SERVICES[speech]:
        for answer in sorted(ask(f"{service}._tcp.{domain}", "SRV"), key=lambda text: int(text.split()[0])):
            _, _, port, target = answer.split()
            if host := target.rstrip("."):
                yield Server(host, int(port), security)


def records(name: str, kind: str) -> list[str]:
    """What the name service answers, in the records' own text form; nothing where it does not."""
    import dns.exception  # heavy, and only needed here  # noqa: PLC0415
    import dns.resolver  # noqa: PLC0415

    with suppress(dns.exception.DNSException, OSError):
        return [answer.to_text() for answer in dns.resolver.resolve(name, kind, lifetime=_NAME_SERVICE_SECONDS)]
    return []
