"""The questions of a setup. Each answer is tried before the next question is asked; nothing is written here."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import ValidationError

from service.config.settings import OAuth2
from service.core.people import addresses
from service.doors import delivery, discovery, imaplogin
from service.doors.account import Security, Server
from service.doors.application import Application, ClientCertificate, ClientSecret, Proof, ProofError
from service.doors.discovery import Probed
from service.doors.faults import ServerError
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError, lacks_log_in
from service.doors.tls import Speech
from service.doors.tokens import TokenSource
from service.resources import shipped
from service.setup.plan import CERTIFICATE, CLIENT_SECRET, IMAP_SECRET, KEY, SECRETS, Plan, is_of_the_machine
from service.yamlfile import nearest

_T = TypeVar("_T")
_PASSWORD, _APPLICATION = "password", "microsoft365"
_MOST_TRIES = 3
_ASKED_AGAIN = {"login", "username", "tenant", "client_id"}
_SERVER = re.compile(r"(?P<host>[^\s:]+)(?:(?::|\s+)(?P<port>\d{1,5}))?(?:\s+(?P<security>\w+))?")


class Stopped(Exception):
    """The setup cannot go on; the text says why, and what to do."""


class Asker(Protocol):
    """Whoever answers: a person, or a file."""

    @property
    def is_patient(self) -> bool:
        """Whether a wrong answer can be given anew."""

    def say(self, line: str) -> None:
        """Tell something."""

    def knows(self, key: str) -> bool:
        """Whether the answer is there before the question."""

    def ask(self, key: str, question: str, default: str = "") -> str:
        """The answer to a question, or the default."""

    def hidden(self, key: str, question: str) -> str:
        """An answer that is shown to nobody."""


@dataclass(frozen=True, slots=True)
class Interview:
    """Asks for what a plan needs. `find` looks for a domain's server, as `discovery` does.

    given: what was answered before a log-in failed; it is proposed when it is asked for again.
    """

    asker: Asker
    folder: Path
    find: Callable[[str, Speech], Probed | None] = lambda domain, speech: discovery.find(
        discovery.candidates(domain, speech), speech
    )
    given: dict[str, str] = field(default_factory=dict)

    def plan(self) -> Plan:
        """A plan whose servers have been reached and logged in to.

        Raises:
            Stopped: an answer is wrong, and nobody is there to give another.
        """
        address = self._answer("address", "Address of the mailbox", "", _address)
        domain = addresses.domain_of(address)
        profile = self.municipality(domain)
        name = _short(domain) if profile == "ekvik" else profile
        imap = self._server("imap", "IMAP server", domain, Speech.IMAP)
        smtp = self._server("smtp", "SMTP server", domain, Speech.SMTP, imap.ca_file)
        is_service = is_of_the_machine(self.folder)
        found = self._logged_in(Plan(self.folder, name, profile, address, imap, smtp, is_service=is_service))
        alerts = self._answer("alerts", "Who hears of trouble with the service (address; empty: nobody)", "", _alerts)
        return replace(found, alerts=alerts)

    def municipality(self, domain: str) -> str:
        """The name of a shipped profile."""
        profiles = [path.name for path in sorted(shipped("rules").iterdir()) if path.is_dir()]
        short = _short(domain)
        question = f"Rules to start from ({', '.join(profiles)}; ekvik is nobody's, and fits any)"
        return self._answer(
            "municipality", question, short if short in profiles else "ekvik", lambda text: _one_of(text, profiles)
        )

    def _answer(self, key: str, question: str, default: str, read: Callable[[str], _T]) -> _T:
        """An answer that can be read; ValueError says what is wrong with one."""
        while True:
            text = self.asker.ask(key, question, self.given.get(key, default)).strip()
            try:
                answer = read(text)
            except ValueError as error:
                self._wrong(f"{key}: {error}")
                continue
            if key in _ASKED_AGAIN:
                self.given[key] = text
            return answer

    def _wrong(self, what: str) -> None:
        if not self.asker.is_patient:
            raise Stopped(what)
        self.asker.say(f"  {what}")

    def _server(self, key: str, question: str, domain: str, speech: Speech, ca_file: Path | None = None) -> Server:
        default = self._found(question, domain, speech) if not self.asker.knows(key) else ""
        while True:
            server = self._answer(key, question, default, lambda text: read_server(text, speech))
            probed = discovery.probe(replace(server, ca_file=ca_file), speech)
            if probed.untrusted:
                probed = self._with_authority(probed, speech)
            if probed.is_right:
                self.asker.say(f"  {probed.server.place} answers, security {probed.server.security}")
                return probed.server
            self._wrong(f"{server.place}: {probed.what}; {probed.advice}")

    def _found(self, question: str, domain: str, speech: Speech) -> str:
        """The server that answers under one of the usual names, as it is written; empty where none does."""
        self.asker.say(f"Looking for the {question} of {domain} …")
        found = self.find(domain, speech)
        if found is None:
            self.asker.say(f"  none answers under a usual name; write for example mail.{domain}:{speech.tls_port} tls")
            return ""
        self.asker.say(f"  found {_written(found.server)}" + (f": {found.what}" if found.what else ""))
        return _written(found.server)

    def _with_authority(self, probed: Probed, speech: Speech) -> Probed:
        """The same server, trusted by the municipality's own authority, where somebody names its file."""
        if self.asker.is_patient:
            self.asker.say(f"  {probed.server.place}: {probed.what}")
        question = "File with the certificate of your own authority (empty: another server)"
        named = self._answer("ca_file", question, "", _file)
        return discovery.probe(replace(probed.server, ca_file=named), speech) if named else probed

    def _logged_in(self, plan: Plan) -> Plan:
        for tries in itertools.count(1):
            opened = self._with_password if self._way(plan.imap) == _PASSWORD else self._with_application
            tried, failed = self._log_ins(opened(plan))
            if not failed:
                return tried
            if (kept := self.folder / SECRETS).exists():
                raise Stopped(f"{failed[0]}; where the secret in {kept} is wrong, remove its file")
            for what in failed:
                self._wrong(what)
            if tries % _MOST_TRIES == 0:
                self.asker.say("  many servers lock an account after a few wrong passwords: rather ask who has it")
        raise AssertionError("counting has no end")

    def _way(self, imap: Server) -> str:
        """How to log in; asked where the server leaves a choice."""
        microsoft = imap.host.lower().endswith((".office365.com", ".outlook.com"))
        usual = _APPLICATION if microsoft or self.asker.knows("tenant") else _PASSWORD
        is_clear = usual == _APPLICATION or not imaplogin.takes_tokens(imap)
        if is_clear and not self.asker.knows("login"):
            return usual
        ways = [_PASSWORD, _APPLICATION]
        return self._answer("login", f"Log in with ({', '.join(ways)})", usual, lambda text: _one_of(text, ways))

    def _log_ins(self, plan: Plan) -> tuple[Plan, list[str]]:
        """Log in to both servers, and ask whether the account may send as the mailbox; what is wrong.

        A relay that knows no log-in is used without one. What the mailbox refuses is not tried once more at the other
        server: many lock an account after a few wrong passwords.
        """
        failed = []
        try:
            with Inbox(plan.imap, plan.name):
                pass
        except InboxError as error:
            return plan, [_said(error)]
        try:
            told = delivery.check(plan.smtp, plan.address)
        except DeliveryError as error:
            if lacks_log_in(error):
                self.asker.say(f"  {plan.smtp.place} knows no log-in: tried without")
                return self._log_ins(replace(plan, smtp=replace(plan.smtp, username=None, password=None, tokens=None)))
            failed.append(_said(error))
        if not failed:
            self.asker.say(f"  {plan.imap.place}: logged in as {plan.imap.username}")
            self.asker.say(f"  {told}")
        return plan, failed

    def _with_password(self, plan: Plan) -> Plan:
        username = self._answer("username", "User name", plan.address, _filled)
        password = self._secret("password", "Password", IMAP_SECRET)
        return replace(
            plan,
            imap=replace(plan.imap, username=username, password=password),
            smtp=replace(plan.smtp, username=username, password=password),
        )

    def _with_application(self, plan: Plan) -> Plan:
        """Microsoft 365, or whoever else has a token endpoint. The user is the mailbox, where nobody says otherwise."""
        username = self.asker.ask("username", "", plan.address) if self.asker.knows("username") else plan.address
        self.asker.say("  deploy/MICROSOFT365.md tells how the application is registered. In Exchange, once:")
        for line in _POWERSHELL:
            self.asker.say(f"    {line.format(address=plan.address)}")
        application = self._answer("tenant", "Tenant (Directory ID, or an own endpoint's https://…)", "", _tenant)
        client_id = self._answer("client_id", "Application (client) ID", "", _filled)
        proof, certificate = self._proof()
        written = _as_written(proof)
        given = OAuth2.model_validate(application | {"client_id": client_id} | written)
        tokens = TokenSource(Application(client_id, given.endpoint, given.scope, proof, plan.imap.ca_file))
        return replace(
            plan,
            imap=replace(plan.imap, username=username, tokens=tokens),
            smtp=replace(plan.smtp, username=username, tokens=tokens),
            application=given,
            certificate=certificate,
        )

    def _proof(self) -> tuple[Proof, ClientCertificate | None]:
        """What proves that it is the application: a certificate and its key, or a secret and its last day."""
        certificate = self._certificate()
        if certificate:
            return certificate, certificate
        secret = self._secret("client_secret", "Client secret (the Value)", CLIENT_SECRET)
        question = "The secret's last day, as Entra shows it (2028-11-26; empty: nobody knows)"
        return ClientSecret(secret, self._answer("expires", question, "", _day)), None

    def _certificate(self) -> ClientCertificate | None:
        """The application's certificate and key, which belong together; None where it has a secret."""
        kept = self.folder / SECRETS
        if (kept / CLIENT_SECRET).exists() or self.asker.knows("client_secret"):
            return None
        if (kept / KEY).exists() and (self.folder / CERTIFICATE).exists():
            self.asker.say(f"  the key in {kept / KEY} is used; to give another, remove that file")
            return ClientCertificate(self.folder / CERTIFICATE, kept / KEY)
        question = "File with the application's certificate, PEM (empty: it has a client secret)"
        certificate = self._answer("certificate", question, "", _file)
        while certificate:
            key = certificate
            if self.asker.knows("key") or not _holds_key(certificate):
                key = self._answer("key", "File with the certificate's key, PEM", "", _needed_file)
            proof = ClientCertificate(certificate, key)
            try:
                proof.checked()
            except ProofError as error:
                self._wrong(f"{error.what}; {error.advice}" if error.advice else error.what)
                certificate = self._answer("certificate", question, "", _file)
            else:
                self.asker.say(f"  it ends on {proof.ends()}; its thumbprint is {proof.thumbprint()}")
                return proof
        return None

    def _secret(self, key: str, question: str, name: str) -> str:
        """A secret: one that a setup which was broken off has put into its file, or the answer."""
        kept = self.folder / SECRETS / name
        if not kept.exists():
            return self.asker.hidden(key, question)
        self.asker.say(f"  the secret in {kept} is used; to give another, remove that file")
        return kept.read_text("utf-8").rstrip("\r\n")


_POWERSHELL = (
    'New-ServicePrincipal -AppId CLIENT_ID -ObjectId OBJECT_ID -DisplayName "Synpunkten"',
    "Add-MailboxPermission -Identity {address} -User OBJECT_ID -AccessRights FullAccess",
    "Add-RecipientPermission -Identity {address} -Trustee OBJECT_ID -AccessRights SendAs -Confirm:$false",
    "Set-CASMailbox -Identity {address} -SmtpClientAuthenticationDisabled $false",
)


def _said(error: ServerError) -> str:
    return f"{error.what}; {error.advice}" if error.advice else error.what


def read_server(text: str, speech: Speech) -> Server:
    """`host`, `host:port` or `host:port security`; what is left out is what is usual.

    Raises:
        ValueError: it is none of that.
    """
    found = _SERVER.fullmatch(text)
    if not found:
        raise ValueError(f"write for example mail.ekvik.se:{speech.tls_port} tls")
    port = int(found["port"] or 0)
    security = found["security"] or _usual_security(speech, port)
    if security not in set(Security):
        raise ValueError(f'"{security}" is no way to secure a connection; {nearest(security, list(Security))}')
    port = port or (speech.tls_port if security == Security.TLS else _STARTTLS_PORTS[speech])
    if not port < _PORTS:
        raise ValueError(f"there is no port {port}")
    return Server(found["host"], port, Security(security))


def _usual_security(speech: Speech, port: int) -> Security:
    """What a port stands for; 0 is none."""
    if port == speech.tls_port or (not port and speech is Speech.IMAP):
        return Security.TLS
    return Security.STARTTLS


_STARTTLS_PORTS = {Speech.IMAP: 143, Speech.SMTP: 587}
_PORTS = 1 << 16


def _written(server: Server) -> str:
    return f"{server.place} {server.security}"


def _address(text: str) -> str:
    if not text.partition("@")[0].isascii():
        raise ValueError(f'"{text}" has letters before the @ that mail servers do not take: no å, ä or ö there')
    if not addresses.is_mailable(text):
        raise ValueError(f'"{text}" is no mail address; write for example synpunkten@ekvik.se')
    return text


def _alerts(text: str) -> str:
    return _address(text) if text else ""


def _filled(text: str) -> str:
    if not text:
        raise ValueError("an answer is needed")
    return text


def _tenant(text: str) -> dict[str, str]:
    key = "token_url" if "://" in text else "tenant"
    try:
        OAuth2.model_validate({key: _filled(text), "client_id": "x", "client_secret": "x"})
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    return {key: text}


def _one_of(text: str, right: list[str]) -> str:
    if text not in right:
        raise ValueError(f'"{text}" is none of {", ".join(right)}; {nearest(text, right)}')
    return text


def _as_written(proof: Proof) -> dict[str, object]:
    """The keys of `oauth2` that say what proves it."""
    if isinstance(proof, ClientCertificate):
        return {"certificate": CERTIFICATE, "key": f"{SECRETS}/{KEY}"}
    assert isinstance(proof, ClientSecret)
    return {"client_secret": str(proof.secret), "expires": proof.last_day}


def _holds_key(file: Path) -> bool:
    try:
        return b"PRIVATE KEY-----" in file.read_bytes()
    except OSError:
        return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f'"{text}" is no day; write it as 2028-11-26') from None


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


def _needed_file(text: str) -> Path:
    path = _file(_filled(text))
    assert path
    return path


def _short(domain: str) -> str:
    """What a mailbox may be called: the domain without its ending."""
    label = domain.rpartition(".")[0].rpartition(".")[2] or domain
    return re.sub(r"[^a-zåäö0-9_-]", "", label.casefold()) or "kommun"
