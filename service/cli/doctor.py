"""`synpunkten doctor`: is everything right before the daemon runs, and what to do where it is not?"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from service import config as configuration
from service import daemon, logs, rulescheck, yamlfile
from service.cli.errors import FAILED, UNUSABLE, database_reason
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.progress import bar
from service.config import Examined, LogFormat, Part
from service.core.message import glance
from service.core.people.origin import where_results_stand
from service.core.rules.choices import ResultsPlace
from service.core.rules.examples import failures
from service.core.rules.rulebook import RuleBook
from service.core.rules.rulechecks import named_addresses
from service.desk import documents
from service.desk.database import Database, exists
from service.desk.lookup.proof import Proof, prove, size
from service.desk.post import unreachable
from service.doors import delivery
from service.doors.account import Server
from service.doors.inbox import Inbox, InboxError
from service.doors.smtp import DeliveryError
from service.yamlfile import Fault, YamlFault

_Found = TypeVar("_Found")
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


def doctor(
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
    checksum: Annotated[
        str, typer.Option("--checksum", help="look for the journal's checksum of an earlier mail to the registrar")
    ] = "",
) -> None:
    """Check configuration, rules, templates, database, journal, IMAP and SMTP log-in, folders and clock.

    One line a check: ok, warning or FAILED, and what to do. Nothing is changed. The whole journal is read, with every
    mail and letter: what was changed or taken away since it was written is found.
    Status 1: a check failed. Status 2: the file is missing or no configuration at all.

    Example: synpunkten doctor --config synpunkten.yaml
    """
    logs.set_up(LogFormat.CONSOLE, "error")
    made = []
    for check in checks(config, checksum):
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


def checks(file: Path, checksum: str = "") -> Iterator[Check]:
    """Every check, one after the other; what is wrong with one thing keeps no other from being looked at."""
    try:
        config = configuration.examine(file)
    except YamlFault as fault:
        yield from (Check("configuration", Status.FAILED, str(each)) for each in fault.faults)
        database, parts = configuration.salvaged(file)
    else:
        yield from _configuration(file, config)
        database, parts = config.database, config.parts
    addresses = [part.address for part in parts if part.address]
    for part in parts:
        if part.rules.is_dir():
            yield from _rules(part, addresses)
    if database:
        yield _database(database)
        yield from _out_of_reach(database)
        yield from _journal(database, checksum)
    for part in parts:
        if part.rules.is_dir():
            yield from _results(database, part.name, part.rules)
    for part in parts:
        if part.imap:
            yield from _imap(part, part.imap)
        if part.smtp:
            yield _smtp(part, part.smtp)
    yield _clock()


def _configuration(file: Path, config: Examined) -> Iterator[Check]:
    yield from (Check("configuration", Status.WARNING, warning.bare) for warning in config.warnings)
    yield from (Check("configuration", Status.FAILED, str(fault)) for fault in config.faults)
    if not config.faults:
        names = ", ".join(part.name for part in config.parts)
        yield Check("configuration", Status.OK, f"{file}: mailboxes {names}")


def _rules(part: Part, own: list[str]) -> Iterator[Check]:
    name = f"rules {part.name}"
    book, faults = rulescheck.checked(part.rules, own, part.address)
    templates = part.rules / "templates"
    worded = [fault for fault in faults if Path(fault.file).is_relative_to(templates)]
    for fault in (fault for fault in faults if fault not in worded):
        yield Check(name, Status.WARNING if fault.warning else Status.FAILED, fault.bare)
    if book:
        counts = f"{len(book.routing.rules)} rules, {len(book.people.units)} units, {len(book.forms)} forms"
        yield Check(name, Status.OK, f"{part.rules}: {counts}")
        yield _examples(part, book)
        yield _people(part, book)
        yield _zone(part, book)
    yield from _templates(part.name, worded)


def _templates(name: str, faults: list[Fault]) -> Iterator[Check]:
    for fault in faults:
        what = f"{fault.file}:{fault.line}: {fault.message}"
        yield Check(f"templates {name}", Status.FAILED, f"{what}; the shipped one is used until it is mended")
    if not faults:
        yield Check(f"templates {name}", Status.OK, "all can be filled in")


def _people(part: Part, book: RuleBook) -> Check:
    """Whether the addresses of the shipped profiles are still there: mail to them reaches nobody (RFC 2606)."""
    name = f"people {part.name}"
    addresses = {address.casefold() for _, _, address in named_addresses(book)}
    invented = sorted(address for address in addresses if _is_invented(address))
    if not invented:
        return Check(name, Status.OK, f"{len(addresses)} addresses")
    text = f"{len(invented)} addresses end in .example, such as {invented[0]}: mail to them reaches nobody"
    if _is_invented(part.address):
        return Check(name, Status.WARNING, f"{text}; fine for a trial, since the mailbox is invented too")
    return Check(name, Status.FAILED, f"{text}; write the municipality's own in people.yaml")


def _is_invented(address: str) -> bool:
    domain = address.rpartition("@")[2].casefold()
    return domain.endswith((".example", ".test", ".invalid")) or domain in _INVENTED


_INVENTED = {"example", "example.com", "example.net", "example.org", "example.se"}


def _examples(part: Part, book: RuleBook) -> Check:
    if not book.routing.examples:
        text = f"there are none; write some in {part.rules / 'routing.yaml'} to see what a change does"
        return Check(f"examples {part.name}", Status.WARNING, text)
    failed, total = len(list(failures(book))), len(book.routing.examples)
    if failed:
        text = f"{failed} of {total} are routed otherwise than they expect; see `synpunkten rules test {part.rules}`"
        return Check(f"examples {part.name}", Status.FAILED, text)
    return Check(f"examples {part.name}", Status.OK, f"{total} are routed as they expect")


def _zone(part: Part, book: RuleBook) -> Check:
    zone = book.municipality.time_zone
    local = datetime.now(ZoneInfo(str(zone)))
    return Check(f"time zone {part.name}", Status.OK, f"{zone}, where it is {local:%Y-%m-%d %H:%M}")


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
    if here > wanted:
        text = f"{place} has schema {here}, which this version does not know (its own is {wanted})"
        return Check("database", Status.FAILED, f"{text}; install the version that made it")
    if here != wanted:
        text = f"{place} has schema {here}, wanted is {wanted}; `synpunkten run` brings it up to date"
        return Check("database", Status.WARNING, text)
    file = database.file
    if file and (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
        text = f"{file} has the rights {mode:o}: others can read what people write; run `chmod 600 {file}`"
        return Check("database", Status.WARNING, text)
    return Check("database", Status.OK, f"{place}, schema {here}")


def _looked(url: str, look: Callable[[Connection], _Found]) -> _Found | None:
    """What a look into the register finds; None where there is none of this version, as the check of it says."""
    if not url or not exists(url):
        return None
    try:
        with contextlib.closing(Database(url)) as database:
            here, wanted = database.schema()
            if here != wanted:
                return None
            with database.reading() as s:
                return look(s)
    except (SQLAlchemyError, ModuleNotFoundError):
        return None


def _out_of_reach(url: str) -> Iterator[Check]:
    """Staff addresses that take no mail: others get their letters until somebody mends it."""
    for each in _looked(url, unreachable.listed) or ():
        text = (
            f"{each['email']} takes no mail since {each['since']}: {each['because']}; others get what should go there"
        )
        yield Check(f"staff {each['email']}", Status.FAILED, f"{text}; correct people.yaml, or have the mailbox mended")


def _proven(s: Connection, asked: str) -> Proof:
    """The proof of the journal; of a large register it takes minutes, and a bar shows how far it is."""
    with bar(size(s), "journal") as advance:
        return prove(s, asked, advance)


def _journal(url: str, checksum: str) -> Iterator[Check]:
    """Whether the journal is as it was written, and the mails and letters are those that it vouches for."""
    asked = "".join(checksum.split()).casefold()
    found = _looked(url, lambda s: _proven(s, asked))
    if found is None:
        return
    for fault in found.faults:
        yield Check("journal", Status.FAILED, f"{fault}; find out who has had the database, and look at a backup")
    if found.more:
        yield Check("journal", Status.FAILED, f"and {found.more} faults more")
    if not found.faults:
        counts = f"{found.lines} lines, {found.documents} mails and letters"
        yield Check("journal", Status.OK, f"{counts}, unbroken; the checksum is {found.end}")
    if asked and found.asked:
        yield Check("checksum", Status.OK, f"{asked[:_SHOWN]} is that of the line of {found.asked:%Y-%m-%d %H:%M} UTC")
    elif asked:
        text = f"{asked[:_SHOWN]} is nowhere in the journal: lines from before have been changed or removed since then"
        yield Check("checksum", Status.FAILED, f"{text}, or it is not copied right")


_SHOWN = 16


def _results(url: str, mailbox: str, rules: Path) -> Iterator[Check]:
    """Where the own mail server has written what it says of senders, in the mails seen so far."""
    book, _ = rulescheck.checked(rules)
    if book is None:
        return
    tops = _looked(url, lambda s: documents.latest_headers(s, mailbox))
    if tops:
        seen = Counter(where_results_stand(glance(top), book) for top in tops)
        yield _results_in(f"sender results {mailbox}", seen, book)


def _results_in(name: str, seen: Counter[str], book: RuleBook) -> Check:
    total = sum(seen.values())
    told = f"of the latest {total} mails {seen['above']} have the own server's result above its stamp"
    told += f", {seen['below']} below it, {seen['none']} none"
    told += f", {seen['no stamp']} no stamp of an own server on top" if seen["no stamp"] else ""
    said_below = any(server.results is ResultsPlace.BELOW for server in book.municipality.trusted_authserv)
    if seen["above"] or (seen["below"] and said_below):
        return Check(name, Status.OK, told)
    if seen["below"]:
        advice = "if that server removes what others wrote there, set `results: below` in `trusted_authserv`"
    elif seen["no stamp"] == total:
        advice = "name every own server that stamps mail in `trusted_authserv`, also the mailbox's"
    else:
        advice = "no staff mail can be certain; let the mail server write Authentication-Results"
    return Check(name, Status.WARNING, f"{told}; {advice}")


def _database_to_be(file: Path, place: str) -> Check:
    """An SQLite file that is not there yet."""
    folder = next(parent for parent in file.parents if parent.exists())
    if not folder.is_dir():
        what = f"{place} cannot be made: {folder} is a file; move it away or correct `database`"
        return Check("database", Status.FAILED, what)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("database", Status.FAILED, f"{place} is missing and {folder} cannot be written in; allow it")
    return Check("database", Status.WARNING, f"{place} is missing; `synpunkten run` makes it")


def _imap(part: Part, server: Server) -> Iterator[Check]:
    name, folders = f"imap {part.name}", part.folders
    try:
        with Inbox(server, part.name, folders.inbox) as inbox:
            yield Check(name, Status.OK, f"{server.place}: logged in, security {server.security}")
            missing = inbox.missing(folders.model_dump().values())
    except InboxError as error:
        yield Check(name, Status.FAILED, f"{error.what}; {error.advice or _advice(error.temporary)}")
        return
    yield _folders(part, missing)


def _folders(part: Part, missing: list[str]) -> Check:
    name, folders = f"folders {part.name}", part.folders
    if folders.inbox in missing:
        return Check(name, Status.FAILED, f"there is no folder {folders.inbox}; correct `folders: inbox`")
    there = ", ".join(folder for folder in folders.model_dump().values() if folder not in missing)
    to_come = f"; made when first needed: {', '.join(missing)}" if missing else ""
    return Check(name, Status.OK, f"{there}{to_come}")


def _smtp(part: Part, server: Server) -> Check:
    name = f"smtp {part.name}"
    try:
        return Check(name, Status.OK, delivery.check(server, part.address))
    except DeliveryError as error:
        return Check(name, Status.FAILED, f"{error.what}; {error.advice or _advice(error.temporary)}")


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
