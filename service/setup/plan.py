"""What an installation is made of, once everything is known: its files, each written whole, and none over another."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from service.config.settings import OAuth2
from service.doors.account import Server
from service.doors.application import ClientCertificate
from service.resources import CONFIG_FILE, shipped
from service.setup import units

SECRETS, AUTHORITIES = "secrets", "authorities.pem"
_REGISTER, _REGISTER_OF_THE_MACHINE = "sqlite:///var/synpunkten.db", "sqlite:////var/lib/synpunkten/synpunkten.db"
IMAP_SECRET, SMTP_SECRET, CLIENT_SECRET = "imap-password", "smtp-password", "client-secret"
MANUAL = "LÄSMIG.md"
CERTIFICATE, KEY = "certificate.pem", "key.pem"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_SCHEMAS = "*.schema.json"  # for editors, which complete and check the files by them
_CONFIGURATION = """\
# yaml-language-server: $schema=rules/synpunkten.schema.json
# Synpunkten for {whom}. Paths are relative to this file. `synpunkten doctor` says whether everything is right.

# Any SQLAlchemy address; PostgreSQL where several daemons share the work: postgresql+psycopg://user@host/synpunkten
database: {database}

# How often each mailbox is asked for mail. Where the mail server has IMAP IDLE, mail is noticed at once anyway.
poll: 30 s

# format: json | console; level: debug | info | warning | error. To standard error.
log: {{format: json, level: info}}

# Figures for Prometheus at /metrics, and /healthz: take the mark away to serve them.
# metrics: {{listen: 127.0.0.1:9464}}

# Who hears that the service itself is in trouble; by `smtp`, another mail server, also when the mailbox's own is.
{alerts}

mailboxes:
  - name: {name}  # short, and never changed: the register knows the mailbox by it
    address: {address}
    # security: tls | starttls | none (none only towards this machine).
    # A secret is {{env: NAME}}, an environment variable, {{file: PATH}}, a file with nothing else in it, or
    # {{credential: NAME}}, which systemd hands over.
    imap:
{imap}
    smtp:
{smtp}
    # Who answers for what, and by when. Edited while the daemon runs; `synpunkten rules check` says what is wrong.
    rules: rules/{name}
    # Where mail goes in the mailbox once it is done. Folders that are missing are created.
    folders: {{inbox: INBOX, handled: Ärenden, secrecy: Sekretess, quarantine: Karantän}}
    # The mailbox sends itself a mail so often: that it does not come back is told to `alerts`.
    {canary}
"""
_NO_ALERTS = "# alerts: {{to: it@{domain}, smtp: {{host: relay.{domain}, port: 25, security: starttls}}}}"
_ALERTS, _CANARY = "alerts: {{to: {to}}}", "canary: 60 minutes"


@dataclass(frozen=True, slots=True)
class Plan:
    """An installation to be. The servers hold what they are logged in to with; `alerts` may be empty.

    `application` logs in in place of a password; its `certificate` and that one's key are copied, where it has one.
    `is_service`: it is the machine's own, kept at work by systemd.
    """

    folder: Path
    name: str
    profile: str
    address: str
    imap: Server
    smtp: Server
    application: OAuth2 | None = None
    certificate: ClientCertificate | None = None
    alerts: str = ""
    is_service: bool = False

    @property
    def configuration(self) -> str:
        """The text of the configuration file."""
        imap, smtp = self._account(self.imap, IMAP_SECRET), self._account(self.smtp, SMTP_SECRET)
        database = _REGISTER_OF_THE_MACHINE if self.is_service else _REGISTER
        return configuration(self.address, self.name, self.address, imap, smtp, alerts=self.alerts, database=database)

    @property
    def secrets(self) -> dict[str, str]:
        """What goes into a file of its own each."""
        given = self.application.client_secret if self.application else None
        client = given.get_secret_value() if isinstance(given, SecretStr) else None
        key = self.certificate.key.read_text("utf-8").rstrip("\n") if self.certificate else None
        named = {IMAP_SECRET: self.imap.password, SMTP_SECRET: self.smtp.password, CLIENT_SECRET: client, KEY: key}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def authorities(self) -> str:
        """The certificates that vouch for the servers', from files that the service's user need not be able to read."""
        files = dict.fromkeys(server.ca_file for server in (self.imap, self.smtp) if server.ca_file)
        return "\n".join(file.read_text("utf-8", errors="replace") for file in files)

    def _account(self, server: Server, secret: str) -> Iterator[str]:
        yield f"host: {server.host}"
        yield f"port: {server.port}"
        yield f"security: {server.security}"
        if server.ca_file:
            yield f"ca_file: {AUTHORITIES}"
        if server.username is None:
            return
        yield f"username: {_quoted(server.username)}"
        if self.application is None:
            yield f"password: {self._reference(secret)}"
            return
        yield "oauth2:"
        for key in ("tenant", "client_id", "token_url", "certificate", "key"):
            if value := getattr(self.application, key):
                yield f"  {key}: {_quoted(value)}"
        if self.application.client_secret:
            yield f"  client_secret: {self._reference(CLIENT_SECRET)}"
            day = self.application.expires
            yield (
                f"  expires: {day}  # its last day"
                if day
                else "  # expires: 2028-11-26  # its last day: Entra shows it"
            )

    def _reference(self, secret: str) -> str:
        """Where the configuration finds a secret: systemd hands it over, or it lies in a file."""
        return f"{{credential: {secret}}}" if self.is_service else f"{{file: {SECRETS}/{secret}}}"


def configuration(
    whom: str,
    name: str,
    address: str,
    imap: Iterable[str],
    smtp: Iterable[str],
    *,
    alerts: str = "",
    database: str = _REGISTER,
) -> str:
    """The text of a configuration file. imap, smtp: `key: value` lines of the accounts."""
    return _CONFIGURATION.format(
        whom=whom,
        database=database,
        alerts=_ALERTS.format(to=alerts) if alerts else _NO_ALERTS.format(domain=address.rpartition("@")[2]),
        canary=_CANARY if alerts else f"# {_CANARY}",
        name=name,
        address=address,
        imap="\n".join(f"      {line}" for line in imap),
        smtp="\n".join(f"      {line}" for line in smtp),
    )


def is_of_the_machine(folder: Path) -> bool:
    """Whether an installation in the folder is the machine's own: below /etc, where no data that grows has a place.

    (File system hierarchy standard 3.0, sections 3.7 and 5.8.)
    """
    return folder.resolve().is_relative_to("/etc")


def _quoted(text: str) -> str:
    """As YAML has it: JSON's quotation is a part of it."""
    return json.dumps(text, ensure_ascii=False)


def write(plan: Plan) -> Iterator[str]:
    """Write what is missing, the configuration last: where it is, all is. Says of each piece what became of it.

    A file that is there already stays as it is. The folder of secrets is 0700, each secret 0600.
    """
    plan.folder.mkdir(mode=0o750 if plan.is_service else 0o700, parents=True, exist_ok=True)
    for name, value in plan.secrets.items():
        yield _said(keep_secret(plan.folder, name, value), plan.folder / SECRETS / name)
    if authorities := plan.authorities:
        yield _said(put(plan.folder / AUTHORITIES, authorities, 0o644), plan.folder / AUTHORITIES)
    if plan.certificate:
        text = _certificates(plan.certificate.certificate)
        yield _said(put(plan.folder / CERTIFICATE, text, 0o644), plan.folder / CERTIFICATE)
    yield from copy_rules(plan.folder, plan.name, plan.profile)
    if plan.is_service:
        for name, text in units.texts(plan.folder, plan.folder / SECRETS, plan.secrets).items():
            yield _said(put(plan.folder / name, text, 0o644), plan.folder / name)
    file = plan.folder / CONFIG_FILE
    yield _said(put(file, plan.configuration, 0o640 if plan.is_service else 0o600), file)


def _certificates(file: Path) -> str:
    """The certificates of a PEM file alone: its key may lie there, too."""
    return "\n".join(_CERTIFICATE.findall(file.read_text("utf-8"))) + "\n"


def keep_secret(folder: Path, name: str, value: str) -> bool:
    """Put a secret into a file of its own; False where one is there already."""
    kept = folder / SECRETS
    kept.mkdir(mode=0o700, exist_ok=True)
    return put(kept / name, value + "\n", 0o600)


def copy_rules(folder: Path, name: str, profile: str) -> Iterator[str]:
    """Copy a shipped profile, whole or not at all, and beside it the manual and what editors know the files by."""
    rules = folder / "rules" / name
    rules.parent.mkdir(parents=True, exist_ok=True)
    if not rules.exists():
        partial = rules.parent / f".{name}-{secrets.token_hex(4)}"
        try:
            shutil.copytree(shipped("rules") / profile, partial)
            partial.rename(rules)
            yield f"written: {rules}, a copy of {profile}"
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    else:
        yield f"there already, left as it is: {rules}"
    for source in (shipped("rules") / MANUAL, *shipped("rules").glob(_SCHEMAS)):
        if not (rules.parent / source.name).exists():
            shutil.copyfile(source, rules.parent / source.name)


def put(file: Path, text: str, mode: int) -> bool:
    """Write a whole file under a new name; False where the name is taken."""
    partial = file.parent / f".{file.name}-{secrets.token_hex(4)}"
    try:
        partial.touch(mode & 0o600, exist_ok=False)
        partial.write_text(text, "utf-8")
        partial.chmod(mode)
        with contextlib.suppress(FileExistsError):
            os.link(partial, file)
            return True
    finally:
        partial.unlink(missing_ok=True)
    return False


def replace(file: Path, text: str) -> None:
    """Write a file's new text, whole or not at all; its rights and its owner stay."""
    kept = file.stat()
    partial = file.parent / f".{file.name}-{secrets.token_hex(4)}"
    try:
        partial.touch(0o600, exist_ok=False)
        partial.write_text(text, "utf-8")
        if os.geteuid() == 0:
            os.chown(partial, kept.st_uid, kept.st_gid)
        partial.chmod(stat.S_IMODE(kept.st_mode))
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _said(is_new: bool, file: Path) -> str:
    return f"written: {file}" if is_new else f"there already, left as it is: {file}"
