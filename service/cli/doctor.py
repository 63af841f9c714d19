"""`synpunkten doctor`: is everything right before the daemon runs, and what to do where it is not?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from service import config as configuration
from service import daemon, logs, rulesfolder, yamlfile
from service.cli.errors import FAILED, UNUSABLE, database_reason
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.config import Config, LogFormat, Mailbox
from service.core.rules.examples import failures
from service.core.rules.rulebook import RuleBook
from service.desk.database import Database, exists
from service.doors import delivery
from service.doors.delivery import DeliveryError
from service.doors.inbox import Inbox, InboxError
from service.yamlfile import YamlFault

_FIRST_SANE_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # before this version existed: the clock was never set


class Status(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    status: Status
    text: str


def doctor(config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check configuration, rules, templates, database, IMAP and SMTP log-in, folders and clock.

    One line a check: ok, warning or FAILED, and what to do. Nothing is changed.
    Status 1: a check failed. Status 2: the file is missing or no configuration at all.

    Example: synpunkten doctor --config synpunkten.yaml
    """
    logs.set_up(LogFormat.CONSOLE, "error")
    made = []
    for check in checks(config):
        made.append(check)
        if not as_json:
            write(f"{check.status:8}{check.name}: {check.text}")
    failed = any(check.status is Status.FAILED for check in made)
    if as_json:
        write(json.dumps({"checks": [asdict(check) for check in made], "ok": not failed}, ensure_ascii=False, indent=1))
    if failed:
        raise typer.Exit(FAILED if is_mapping(config) else UNUSABLE)


def is_mapping(file: Path) -> bool:
    """Whether the file can be read as a configuration at all, be it a faulty one."""
    try:
        return isinstance(yamlfile.read(file).plain, dict)
    except YamlFault:
        return False


def checks(file: Path) -> Iterator[Check]:
    """Every check, one after the other."""
    try:
        config = configuration.load(file)
    except YamlFault as fault:
        yield from (Check("configuration", Status.FAILED, str(each)) for each in fault.faults)
        yield _clock()
        return
    yield from _configuration(config)
    for mailbox in config.mailboxes:
        yield from _rules(mailbox)
    yield _database(config.database)
    for mailbox in config.mailboxes:
        yield from _imap(mailbox)
        yield _smtp(mailbox)
    yield _clock()


def _configuration(config: Config) -> Iterator[Check]:
    yield from (Check("configuration", Status.WARNING, str(warning)) for warning in config.warnings)
    names = ", ".join(mailbox.name for mailbox in config.mailboxes)
    yield Check("configuration", Status.OK, f"{config.file}: mailboxes {names}")


def _rules(mailbox: Mailbox) -> Iterator[Check]:
    name = f"rules {mailbox.name}"
    book, faults = rulesfolder.check(mailbox.rules, daemon.template_names())
    for fault in faults:
        yield Check(name, Status.WARNING if fault.warning else Status.FAILED, str(fault))
    if book:
        counts = f"{len(book.routing.rules)} rules, {len(book.people.units)} units, {len(book.forms)} forms"
        yield Check(name, Status.OK, f"{mailbox.rules}: {counts}")
        yield _examples(mailbox, book)
        yield _zone(mailbox, book)
    yield _templates(mailbox)


def _examples(mailbox: Mailbox, book: RuleBook) -> Check:
    failed, total = len(list(failures(book))), len(book.routing.examples)
    if failed:
        text = f"{failed} of {total} are routed otherwise than they expect; see `synpunkten rules test {mailbox.rules}`"
        return Check(f"examples {mailbox.name}", Status.FAILED, text)
    return Check(f"examples {mailbox.name}", Status.OK, f"{total} are routed as they expect")


def _zone(mailbox: Mailbox, book: RuleBook) -> Check:
    zone = book.municipality.time_zone
    local = datetime.now(ZoneInfo(str(zone)))
    return Check(f"time zone {mailbox.name}", Status.OK, f"{zone}, where it is {local:%Y-%m-%d %H:%M}")


def _templates(mailbox: Mailbox) -> Check:
    name = f"templates {mailbox.name}"
    stationery = daemon.stationery(mailbox.rules)
    faults = stationery.faults()
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return Check(name, Status.FAILED, f"{faults[0]}{more}; mend the template or take the file away")
    return Check(name, Status.OK, f"{len(stationery.names())} can be read")


def _database(url: str) -> Check:
    place = make_url(url).render_as_string(hide_password=True)
    if not exists(url):
        return _database_to_be(Path(str(make_url(url).database)), place)
    try:
        database = Database(url)
        try:
            here, wanted = database.schema()
        finally:
            database.close()
    except SQLAlchemyError as error:
        return Check("database", Status.FAILED, f"{place}: {database_reason(error)}; is the address right, is it up?")
    except ModuleNotFoundError as error:
        return Check("database", Status.FAILED, f"{place}: the Python module {error.name} is missing; install it")
    if here is None:
        return Check("database", Status.WARNING, f"{place} is empty; `synpunkten run` makes the tables")
    if here != wanted:
        text = f"{place} has schema {here}, wanted is {wanted}; `synpunkten run` brings an older one up to date"
        return Check("database", Status.WARNING, text)
    return Check("database", Status.OK, f"{place}, schema {here}")


def _database_to_be(file: Path, place: str) -> Check:
    """An SQLite file that is not there yet."""
    folder = next(parent for parent in file.parents if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("database", Status.FAILED, f"{place} is missing and {folder} cannot be written in; allow it")
    return Check("database", Status.WARNING, f"{place} is missing; `synpunkten run` makes it")


def _imap(mailbox: Mailbox) -> Iterator[Check]:
    name, folders = f"imap {mailbox.name}", mailbox.folders
    try:
        with Inbox(mailbox.imap, mailbox.name, folders.inbox) as inbox:
            yield Check(name, Status.OK, f"{mailbox.imap.place}: logged in, security {mailbox.imap.security}")
            missing = inbox.missing(folders.model_dump().values())
    except InboxError as error:
        yield Check(name, Status.FAILED, f"{error.what}; {_advice(error.temporary)}")
        return
    yield _folders(mailbox, missing)


def _folders(mailbox: Mailbox, missing: list[str]) -> Check:
    name, folders = f"folders {mailbox.name}", mailbox.folders
    if folders.inbox in missing:
        return Check(name, Status.FAILED, f"there is no folder {folders.inbox}; correct `folders: inbox`")
    there = ", ".join(folder for folder in folders.model_dump().values() if folder not in missing)
    to_come = f"; made when first needed: {', '.join(missing)}" if missing else ""
    return Check(name, Status.OK, f"{there}{to_come}")


def _smtp(mailbox: Mailbox) -> Check:
    try:
        return Check(f"smtp {mailbox.name}", Status.OK, delivery.check(mailbox.smtp))
    except DeliveryError as error:
        return Check(f"smtp {mailbox.name}", Status.FAILED, f"{error.what}; {_advice(error.temporary)}")


def _advice(temporary: bool) -> str:
    if temporary:
        return "is the server up, are host and port right?"
    return "correct user name, password, security or the server's certificate"


def _clock() -> Check:
    now = daemon.utc_now()
    if now < _FIRST_SANE_DAY:
        text = f"this machine believes it is {now:%Y-%m-%d %H:%M} UTC; set the clock: all deadlines follow it"
        return Check("clock", Status.FAILED, text)
    return Check("clock", Status.OK, f"{now:%Y-%m-%d %H:%M} UTC")
