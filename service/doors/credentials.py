"""When the application credentials of mailboxes end."""

from __future__ import annotations

from collections.abc import Iterable

from service.core.endings import Ending
from service.doors.account import Server
from service.doors.application import Application, ClientCertificate, ProofError
from service.doors.tokens import TokenSource


def credentials_end(mailboxes: Iterable[tuple[str, Iterable[Server | None]]]) -> tuple[Ending, ...]:
    """When the application credentials of mailboxes (a short name, and its servers) end, each of them once.

    Certificates are read anew, so that a renewed one counts.
    """
    used: dict[Application, list[str]] = {}
    for name, servers in mailboxes:
        for server in servers:
            if server and isinstance(server.tokens, TokenSource):
                names = used.setdefault(server.tokens.application, [])
                names += [name] if name not in names else []
    return tuple(_ending(application, tuple(names)) for application, names in used.items())


def _ending(application: Application, mailboxes: tuple[str, ...]) -> Ending:
    proof = application.proof
    is_certificate = isinstance(proof, ClientCertificate)
    try:
        return Ending(mailboxes, proof.called, proof.ends(), is_certificate)
    except ProofError as error:
        return Ending(mailboxes, proof.called, None, is_certificate, str(error))
