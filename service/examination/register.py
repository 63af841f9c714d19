"""Checks of the register: its database, its journal, and what it knows of staff addresses and sender results."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from service import rulescheck
from service.core.message import glance
from service.core.people.origin import where_results_stand
from service.core.rules.choices import ResultsPlace
from service.core.rules.rulebook import RuleBook
from service.core.speech.english import counted
from service.desk import documents
from service.desk.database import Database, exists, fault_words, shown
from service.desk.lookup.proof import Proof, prove, size
from service.desk.lookup.unserved import unserved
from service.desk.post import heldback, unreachable
from service.desk.room import room_at
from service.desk.rounds import restoration
from service.examination.check import Check, Status

_Found = TypeVar("_Found")
_SHOWN = 16
_HARDLY_ANY_BYTES = 20_000_000  # a mail or two
_LONGEST_WITHOUT_BACKUP = timedelta(days=2)

Follow = Callable[[int, str], AbstractContextManager[Callable[[int], None]]]
"""Follows long work of so many steps, with its name; what it gives is called with each number of steps made."""


def database(url: str) -> Check:
    """Whether the database is there, and of this version."""
    place = shown(url)
    if not exists(url):
        return _database_to_be(Path(str(make_url(url).database)), place)
    try:
        with contextlib.closing(Database(url)) as opened:
            here, wanted = opened.schema()
    except SQLAlchemyError as error:
        return Check("database", Status.FAILED, f"{place}: {fault_words(error)}; is the address right, is it up?")
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
    file = opened.file
    if file and (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
        text = f"{file} has the rights {mode:o}: others can read what people write; run `chmod 600 {file}`"
        return Check("database", Status.WARNING, text)
    return Check("database", Status.OK, f"{place}, schema {here}")


def _database_to_be(file: Path, place: str) -> Check:
    """An SQLite file that is not there yet."""
    folder = next(parent for parent in file.parents if parent.exists())
    if not folder.is_dir():
        what = f"{place} cannot be made: {folder} is a file; move it away or correct `database`"
        return Check("database", Status.FAILED, what)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("database", Status.FAILED, f"{place} is missing and {folder} cannot be written in; allow it")
    return Check("database", Status.WARNING, f"{place} is missing; `synpunkten run` makes it")


def looked(url: str, look: Callable[[Connection], _Found]) -> _Found | None:
    """What a look into the register finds; None where there is none of this version, as the check of it says."""
    return _with(url, Database.reading, look)


def note(url: str, write: Callable[[Connection], None]) -> None:
    """Write something down where there is a register of this version and this user may write there."""
    _with(url, Database.transaction, write)


def _with(
    url: str, begin: Callable[[Database], AbstractContextManager[Connection]], what: Callable[[Connection], _Found]
) -> _Found | None:
    if not url or not exists(url):
        return None
    try:
        with contextlib.closing(Database(url)) as database:
            here, wanted = database.schema()
            if here != wanted:
                return None
            with begin(database) as s:
                return what(s)
    except (SQLAlchemyError, ModuleNotFoundError):
        return None


def room(url: str) -> Iterator[Check]:
    """Whether the register's disk has room: when it is full, no mail is taken in and no letter is noted."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database and exists(url)
    left = room_at(Path(str(parsed.database))) if is_file else None
    if left and left.is_short:
        status = Status.WARNING if left.free > _HARDLY_ANY_BYTES else Status.FAILED
        text = f"{left.free // 1_000_000} MB are left where {parsed.database} lies; when it is full no mail is taken in"
        yield Check("disk", status, f"{text}; make room")


def of_nobody(url: str, served: list[str]) -> Iterator[Check]:
    """Mailboxes that the register knows and the configuration does not name: what lies there waits for ever."""
    for mailbox, left in (looked(url, lambda s: unserved(s, served)) or {}).items():
        text = f"open cases: {left.cases}, letters to send: {left.letters}, and the configuration names it no more"
        advice = "put it back under that name, unless another daemon serves it"
        yield Check(f"mailbox {mailbox}", Status.WARNING, f"{text}; {advice}")


def out_of_reach(url: str) -> Iterator[Check]:
    """Staff addresses that take no mail: others get their letters until somebody mends it."""
    for each in looked(url, unreachable.listed) or ():
        text = (
            f"{each['email']} takes no mail since {each['since']}: {each['because']}; others get what should go there"
        )
        yield Check(f"staff {each['email']}", Status.FAILED, f"{text}; correct people.yaml, or have the mailbox mended")


def _proven(s: Connection, asked: str, follow: Follow) -> Proof:
    """The proof of the journal; of a large register it takes minutes, and it is told how far that is."""
    with follow(size(s), "journal") as advance:
        return prove(s, asked, advance)


def journal(url: str, checksum: str, follow: Follow) -> Iterator[Check]:
    """Whether the journal is as it was written, and the mails and letters are those that it vouches for."""
    asked = "".join(checksum.split()).casefold()
    found = looked(url, lambda s: _proven(s, asked, follow))
    if found is None:
        return
    for fault in found.faults:
        yield Check("journal", Status.FAILED, f"{fault}; find out who has had the database, and look at a backup")
    if found.more:
        yield Check("journal", Status.FAILED, f"and {counted(found.more, 'faults')} more")
    if not found.faults:
        counts = f"{counted(found.lines, 'lines')}, {found.documents} mails and letters"
        yield Check("journal", Status.OK, f"{counts}, unbroken; the checksum is {found.end}")
    if asked and found.asked:
        yield Check("checksum", Status.OK, f"{asked[:_SHOWN]} is that of the line of {found.asked:%Y-%m-%d %H:%M} UTC")
    elif asked:
        text = f"{asked[:_SHOWN]} is nowhere in the journal: lines from before have been changed or removed since then"
        text += ", the register was put back from an older copy"
        yield Check("checksum", Status.FAILED, f"{text}, or it is not copied right")


def undecided(url: str) -> Iterator[Check]:
    """Letters that may have left or not, as after a restore: nothing becomes of them until somebody says which."""
    if many := looked(url, heldback.undecided):
        text = f"{counted(many, 'letters')} may have left or not, and nothing leaves before somebody decides"
        advice = "`synpunkten outbox list` shows them, `outbox retry` sends one, `outbox settle` notes it as sent"
        yield Check("outbox", Status.WARNING, f"{text}; {advice}")


def backup(url: str, now: datetime) -> Iterator[Check]:
    """Whether there is a backup of the last two days (the journal says when one was made)."""
    found = looked(url, lambda s: (restoration.last_backup(s), restoration.first_line(s)))
    last, first = found or (None, None)
    for mailbox in looked(url, restoration.unfinished) or ():
        what = f"what came in for {mailbox} since the copy that was put back is not taken in again yet"
        yield Check("restore", Status.WARNING, f"{what}; start the service, and see that the mailbox can be reached")
    advice = "see deploy/BACKUP.md for one each night"
    if last is None and first is not None and now - first > _LONGEST_WITHOUT_BACKUP:
        yield Check("backup", Status.WARNING, f"there is none of the register; {advice}")
    elif last is not None and now - last > _LONGEST_WITHOUT_BACKUP:
        yield Check("backup", Status.WARNING, f"the last one is of {last:%Y-%m-%d %H:%M} UTC; {advice}")
    elif last is not None:
        yield Check("backup", Status.OK, f"the last one is of {last:%Y-%m-%d %H:%M} UTC")


def results(url: str, mailbox: str, rules: Path) -> Iterator[Check]:
    """Where the own mail server has written what it says of senders, in the mails seen so far."""
    book, _ = rulescheck.checked(rules)
    if book is None:
        return
    tops = looked(url, lambda s: documents.latest_headers(s, mailbox))
    if tops:
        seen = Counter(where_results_stand(glance(top), book) for top in tops)
        yield _results_in(f"sender results {mailbox}", seen, book)


def _results_in(name: str, seen: Counter[str], book: RuleBook) -> Check:
    total = sum(seen.values())
    told = f"of the latest {counted(total, 'mails')} {seen['above']} with the own server's result above its stamp"
    told += f", {seen['below']} below it, {seen['none']} none"
    told += f", {seen['no stamp']} no stamp of an own server on top" if seen["no stamp"] else ""
    said_below = any(server.results is ResultsPlace.BELOW for server in book.municipality.trusted_authserv)
    if seen["above"] or (seen["below"] and said_below):
        return Check(name, Status.OK, told)
    if seen["below"]:
        advice = "if that server removes what others wrote there, set `results: below` in `trusted_authserv`"
    elif seen["no stamp"] == total:
        advice = "name every own server that stamps mail in `trusted_authserv`, also the mailbox's"
        advice += "; until then staff are asked about each mail"
    else:
        advice = "no staff mail can be certain; let the mail server write Authentication-Results"
    return Check(name, Status.WARNING, f"{told}; {advice}")
