"""The way from a configuration file to the values that the parts are built from; all that is wrong is found at once."""

from __future__ import annotations

import os
import ssl
import stat
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import make_url

from service import yamlfile
from service.config import inboxes
from service.config.settings import Account, FolderNames, MailboxSettings, OAuth2, Reference, Settings, database_url
from service.config.values import Alarming, Config, Examined, Mailbox, Part
from service.core.faulttexts import say
from service.core.gate import budget_key
from service.core.people import addresses
from service.core.rules.settings import without_effect
from service.core.standby import Mode
from service.doors.account import Server
from service.doors.application import Application, ClientCertificate, ClientSecret, Proof, ProofError
from service.doors.tokens import TokenSource
from service.glance import absolute_sqlite
from service.resources import CONFIG_FILE
from service.yamlfile import Document, Fault, YamlFault

# With that, and the ten minutes that a poll may take and show no life, a mailbox that hangs is told of after 15.
_LONGEST_POLL_SECONDS = 240


def load(path: Path, *, rules_to_come: bool = False) -> Config:
    """Read and check the file.

    rules_to_come: rules folders may be missing, as on a machine where a backup is to be put back.

    Raises:
        YamlFault: everything that is wrong, each with file, line, column and what to do.
    """
    found = examine(path, rules_to_come=rules_to_come)
    if found.faults:
        raise YamlFault(found.faults)
    ready = tuple(
        Mailbox(
            part.name, part.address, part.imap, part.smtp, part.rules, part.folders, part.since, part.mode, part.canary
        )
        for part in found.parts
        if part.imap and part.smtp
    )
    metrics = found.settings.metrics.place if found.settings.metrics else None
    rest = (found.warnings, metrics, found.alerts)
    return Config(path, found.database, found.settings.poll_seconds, found.settings.log, ready, *rest)


def examine(path: Path, *, elsewhere: bool = False, rules_to_come: bool = False) -> Examined:
    """Read the file and make of it what can be made.

    elsewhere: it is for another machine than this one, so that secrets and certificates may be missing here; what would
    be a fault there is a warning. rules_to_come: rules folders may be missing.

    Raises:
        YamlFault: it is missing, or its keys and values are not right.
    """
    document = _read(path)
    settings = document.validated(Settings)
    folder = path.resolve().parent
    reading = _Reading(document, folder, elsewhere, rules_to_come)
    parts = tuple(reading.part(i, m) for i, m in enumerate(settings.mailboxes))
    reading.warn_of_no_effect(settings)
    reading.refuse_twice("name", [m.name for m in settings.mailboxes])
    reading.refuse_twice("address", [addresses.key(m.address) for m in settings.mailboxes])
    reading.refuse_one_inbox_twice(settings)
    reading.warn_of_secrets_among_others(settings)
    database, alerts = reading.register(settings), reading.alerts(settings)
    return Examined(database, parts, tuple(reading.faults), tuple(reading.warnings), settings, alerts)


def salvaged(path: Path) -> tuple[str, tuple[Part, ...]]:
    """The register's address (or nothing) and the rules folders named in a file with keys or values that are not right.

    For a look at those all the same. Of a mailbox's servers nothing is told: who has slipped there may mean another.
    """
    try:
        plain = _read(path).plain
    except YamlFault:
        return "", ()
    settings = plain if isinstance(plain, dict) else {}
    folder = path.resolve().parent
    try:
        database = absolute_sqlite(database_url(str(settings.get("database") or "")), folder)
    except ValueError:
        database = ""
    mailboxes = settings.get("mailboxes")
    named = [each for each in mailboxes if isinstance(each, dict)] if isinstance(mailboxes, list) else []
    return database, tuple(
        Part(str(m.get("name") or rules), str(m.get("address") or ""), None, None, folder / rules, FolderNames(), None)
        for m in named
        if isinstance(rules := m.get("rules"), str)
    )


def database_of(path: Path) -> str:
    """The register's address alone, for those who look at it without the mailboxes' secrets.

    Raises:
        YamlFault: everything that is wrong in the file.
    """
    return places(path)[0]


def places(path: Path) -> tuple[str, dict[str, Path]]:
    """The register's address, and each mailbox's rules folder by its name: for those who need no mail server.

    Raises:
        YamlFault: everything that is wrong in the file.
    """
    document, folder = _read(path), path.resolve().parent
    settings, reading = document.validated(Settings), _Reading(document, folder, elsewhere=False)
    url = reading.register(settings)
    if reading.faults:
        raise YamlFault(reading.faults)
    return url, {m.name: folder / m.rules for m in settings.mailboxes}


def _read(path: Path) -> Document:
    if not path.exists():
        hint = "`synpunkten init` writes one, --config names another"
        beside = yamlfile.lies_beside(path)
        raise YamlFault([Fault(str(path), 1, 1, "the configuration file is missing", beside or hint)])
    return yamlfile.read(path)


_CREDENTIALS = "CREDENTIALS_DIRECTORY"


class _Reading:
    """Collects what is wrong while the settings become values."""

    def __init__(self, document: Document, folder: Path, elsewhere: bool, rules_to_come: bool = False) -> None:
        self._document, self._folder = document, folder
        self._elsewhere, self._rules_to_come = elsewhere, rules_to_come
        self._sources: dict[Application, TokenSource] = {}
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def part(self, index: int, given: MailboxSettings) -> Part:
        at: yamlfile.Location = ("mailboxes", index)
        imap, smtp = self._server((*at, "imap"), given.imap), self._server((*at, "smtp"), given.smtp)
        rules = self._folder / given.rules
        if not self._rules_to_come and not os.path.isdir(rules):  # noqa: PTH112 - no path at all is no folder either
            self._fault((*at, "rules"), f"there is no folder {rules}", "`synpunkten init` writes one")
        since, mode = _day_begins(given.since), Mode(given.mode)
        rest = (since, mode, given.canary_every)
        return Part(given.name, given.address, imap, smtp, rules, given.folders, *rest)

    def register(self, settings: Settings) -> str:
        """The register's address, with the password where that stands by itself."""
        url = absolute_sqlite(settings.database, self._folder)
        if settings.database_password is None:
            return url
        at: yamlfile.Location = ("database_password",)
        if make_url(url).get_backend_name() == "sqlite":
            self._fault(at, "SQLite knows no password", "take it away; the file is its owner's alone")
            return url
        password = self._secret(at, settings.database_password)
        return make_url(url).set(password=password).render_as_string(hide_password=False)

    def alerts(self, settings: Settings) -> Alarming | None:
        """Who hears of troubles. A mailbox that is served is nobody: what is wrong with it would not be read there."""
        given = settings.alerts
        if given is None:
            return None
        if settings.poll_seconds > _LONGEST_POLL_SECONDS:
            why = "a mailbox that is dead is not noticed within 15 minutes"
            hint = 'write at most "4 min"; new mail is taken in at once where the server tells of it'
            self.warnings.append(self._document.fault(("poll",), why, hint, warning=True))
        if budget_key(given.to) in {budget_key(m.address) for m in settings.mailboxes}:
            why = "the service's own mailbox is the one that may be in trouble"
            self._fault(("alerts", "to"), why, "write the address of whoever looks after the service")
        smtp = self._server(("alerts", "smtp"), given.smtp) if given.smtp else None
        by_login = smtp.username if smtp and smtp.username and addresses.is_mailable(smtp.username) else ""
        return Alarming(given.to, given.from_ or by_login or "", smtp)

    def _server(self, at: yamlfile.Location, given: Account) -> Server | None:
        known = len(self.faults)
        password = self._secret((*at, "password"), given.password) if given.password is not None else None
        ca_file = self._authority((*at, "ca_file"), given.ca_file) if given.ca_file else None
        tokens = self._tokens((*at, "oauth2"), given.oauth2, ca_file) if given.oauth2 else None
        if len(self.faults) > known:
            return None
        try:
            return Server(given.host, given.port, given.security, given.username, password, tokens, ca_file)
        except ValueError as error:
            self._fault(at, str(error))
            return None

    def _authority(self, at: yamlfile.Location, given: str) -> Path:
        """The municipality's own certificate authority, which must be there and be one."""
        path = self._folder / given
        try:
            ssl.create_default_context(cafile=path)
        except (OSError, ValueError) as error:
            what = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else "cannot be read"
            self._missing(at, f"the file {path} {what}", "it begins with -----BEGIN CERTIFICATE-----")
        return path

    def _tokens(self, at: yamlfile.Location, given: OAuth2, ca_file: Path | None) -> TokenSource:
        """One for all who log in as the same application: they share its tokens."""
        proof: Proof
        secret = given.client_secret
        if given.certificate:
            proof = ClientCertificate(self._folder / given.certificate, self._folder / (given.key or given.certificate))
            try:
                proof.checked()
            except ProofError as error:
                self._missing((*at, "certificate"), error.what, error.advice)
        else:
            assert secret is not None
            text = self._secret((*at, "client_secret"), secret)
            proof = ClientSecret(self._file_of(secret) or text, given.expires)
        application = Application(given.client_id, given.endpoint, given.scope, proof, ca_file)
        return self._sources.setdefault(application, TokenSource(application))

    def _secret(self, at: yamlfile.Location, given: Reference | SecretStr) -> str:
        if isinstance(given, SecretStr):
            hint = "move it to {env: NAME} or {file: PATH}"
            self.warnings.append(self._document.fault(at, "a secret stands in the file itself", hint, warning=True))
            return given.get_secret_value()
        if given.env is not None:
            if given.env not in os.environ:
                self._missing(at, f"the environment variable {given.env} is not set", "set it, or use {file: PATH}")
            return os.environ.get(given.env, "")
        path = self._credential(at, given.credential) if given.credential else self._folder / str(given.file)
        if path is None:
            return ""
        try:
            secret = path.read_text("utf-8").rstrip("\r\n")
            is_open = _can_be_read_by_all(path)
        except (OSError, ValueError) as error:  # not to be read, not UTF-8, or no path at all
            self._missing(at, f"the secret file {path} cannot be read: {type(error).__name__}")
            return ""
        if is_open:
            what = f"everybody on this machine can read the secret file {path}"
            self.warnings.append(self._document.fault(at, what, f"chmod o= {path}", warning=True))
        return secret

    def _file_of(self, given: Reference | SecretStr) -> Path | None:
        """The file that holds a secret, for those who read it again."""
        if isinstance(given, SecretStr) or given.env is not None:
            return None
        if given.credential:
            return self._handed_over(given.credential)
        return self._folder / str(given.file)

    def _credential(self, at: yamlfile.Location, name: str) -> Path | None:
        """Where the service manager has put it."""
        path = self._handed_over(name)
        if path in _within(path.parent):
            return path
        if os.environ.get(_CREDENTIALS):
            hint = f"`LoadCredential={name}:PATH` in the unit file hands it over"
            self._fault(at, f"the service manager has handed over no credential {name}", hint)
        else:
            hint = f"a command by hand finds it in {path}, or in the folder that {_CREDENTIALS} names"
            self._fault(at, f"the credential {name} is handed over by systemd, and it has not started this", hint)
        return None

    def _handed_over(self, name: str) -> Path:
        """The credential's file; where no service manager has started this, the file that it would hand over."""
        return Path(os.environ.get(_CREDENTIALS) or self._folder / "secrets", name)

    def warn_of_no_effect(self, settings: Settings) -> None:
        for key, at in without_effect(CONFIG_FILE, settings).items():
            self.warnings.append(self._document.fault(at, say("no-effect", key=key), key=True, warning=True))

    def refuse_twice(self, key: str, values: list[str]) -> None:
        for index, value in enumerate(values):
            if value in values[:index]:
                self._fault(("mailboxes", index, key), f'another mailbox has the same {key} "{value}"')

    def refuse_one_inbox_twice(self, settings: Settings) -> None:
        """No mail is handled for two mailboxes; but one that is served elsewhere may be watched besides.

        Nor is one that a mailbox has done with and filed where another one looks for new mail.
        """
        served = [(n, m, _account(m)) for n, m in enumerate(settings.mailboxes) if Mode(m.mode).is_live]
        for index, given, account in served:
            others = ((other, n < index) for n, other, its in served if n != index and its == account)
            uses = ((other, _use(other.folders, given.folders, is_earlier=earlier)) for other, earlier in others)
            found = next((f"mailbox {other.name} {use}" for other, use in uses if use), "")
            if found:
                same = f"{found} {given.folders.inbox} of the same account"
                hint = "name this mailbox's own account, or its own `folders: inbox`"
                self._fault(("mailboxes", index, "imap"), f"{same}: every mail would be answered twice", hint)

    def warn_of_secrets_among_others(self, settings: Settings) -> None:
        """Mails of secret cases lie in a folder of their own, to which few have access."""
        for index, given in enumerate(settings.mailboxes):
            folders = given.folders
            if folders.secrecy.casefold() in {folders.handled.casefold(), folders.quarantine.casefold()}:
                at: yamlfile.Location = ("mailboxes", index, "folders")
                what = f"mails of secret cases lie among all others in {folders.secrecy}"
                hint = "give `secrecy` a folder of its own"
                self.warnings.append(self._document.fault(at, what, hint, warning=True))

    def _missing(self, at: yamlfile.Location, message: str, suggestion: str = "") -> None:
        """Something of the machine that the file is for."""
        if self._elsewhere:
            self.warnings.append(self._document.fault(at, f"here, {message}", suggestion, warning=True))
        else:
            self._fault(at, message, suggestion)

    def _fault(self, at: yamlfile.Location, message: str, suggestion: str = "") -> None:
        self.faults.append(self._document.fault(at, message, suggestion))


def _account(given: MailboxSettings) -> inboxes.Account:
    return inboxes.account(given.imap.host, given.imap.port, given.imap.username)


def _use(others: FolderNames, mine: FolderNames, *, is_earlier: bool) -> str:
    """What another mailbox of the account does with this one's inbox; of two that read it the later one is told."""
    inbox = inboxes.folder(mine.inbox)
    if is_earlier and inbox == inboxes.folder(others.inbox):
        return "reads"
    return "files into" if inbox in map(inboxes.folder, others.filed_into) else ""


def _within(folder: Path) -> list[Path]:
    """What lies in the folder; nothing where that may not be known."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _can_be_read_by_all(path: Path) -> bool:
    """Whether any user of the machine can read the file; a closed folder above it closes it."""
    path = path.resolve()
    return bool(path.stat().st_mode & stat.S_IROTH) and all(up.stat().st_mode & stat.S_IXOTH for up in path.parents)


def _day_begins(day: date | None) -> datetime | None:
    """Swedish midnight, when the day begins."""
    return datetime.combine(day, time(), ZoneInfo("Europe/Stockholm")) if day else None
