"""Everything that the register holds about one person, as a folder to hand over (GDPR article 15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from service.core.people import addresses
from service.core.rules.choices import Disposable
from service.core.rules.rulebook import RuleBook
from service.desk.lookup import reader, traces
from service.desk.lookup.reader import Record
from service.desk.lookup.wanted import Wanted
from service.giving import casefolder
from service.giving.writing import as_json, page, put, put_checksums

_CASES = "arenden"
_NOTE = "note"  # how the kinds of colleagues' notes begin in the journal
_CALLED = {
    Disposable.BINDER: "Anonyma synpunkter i pärm",
    Disposable.CASES: "Avslutade ärenden",
    Disposable.AUTOMATIC_MAIL: "Automatiska mejl",
    Disposable.MAILBOX: "Mejl i brevlådan",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One case that has been written down. A person has to look at it before it is given where it is secret, and where
    colleagues have noted something, which may be about others."""

    number: str
    secret: bool
    noted: bool


def count(s: Connection, address: str) -> int:
    """How many cases the person has, for a progress bar."""
    return reader.count(s, Wanted(submitter=address))


def write(s: Connection, address: str, books: Sequence[RuleBook], folder: Path, today: str) -> Iterator[Found]:
    """Write the person's cases one after the other, and at the end the first page and what else there is.

    Of the mails only those from the person and to the person: what colleagues write to each other stands in the lines
    of each case. Of others outside who have written in the person's case nothing is told: that is about them, and they
    may have a right not to be named (article 15.4). A case that is whole and unchanged is left as it is, so the work
    can be taken up again.

    Raises:
        OSError: the folder takes no files.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own, in_cases, others_wrote = set(traces.mails(s, address)), set[int](), set[str]()
    ids: list[int] = []
    shown: list[dict[str, str]] = []
    for record in reader.read(s, Wanted(submitter=address), lines=True, mails=True):
        strangers = _strangers(record, address, books)
        others_wrote |= strangers
        casefolder.write(s, record, folder / _CASES, only=own, without=strangers)
        case = record.case
        in_cases |= {mail.id for mail in record.mails}
        ids.append(record.id)
        shown.append({"number": case.number, "title": case.title})
        yield Found(case.number, case.secrecy, any(line.kind.startswith(_NOTE) for line in record.lines))
    # What goes to staff and comes from them in other people's cases is about those people
    left = [] if any(book.is_staff(address) for book in books) else sorted(own - in_cases)
    others = [_written(s, mail_id, place, folder) for place, mail_id in enumerate(left, start=1)]
    elsewhere = traces.elsewhere(s, address)
    told = [each for each in traces.recipients(s, ids, address) if addresses.key(each) not in others_wrote]
    facts = {"address": address, "today": today, "cases": shown, "others": others, "elsewhere": elsewhere}
    put(folder / "index.html", page("person.html", **facts, towns=[_town(b) for b in books], told=told))
    put(folder / "ovrigt.json", as_json(elsewhere))
    put_checksums(folder)


def _strangers(record: Record, address: str, books: Sequence[RuleBook]) -> frozenset[str]:
    """Those outside who have written in the person's case, by `addresses.key`."""
    who = record.case.submitter
    own = {addresses.key(each) for each in (address, who.email, who.reply_to) if each}
    wrote = {addresses.key(mail.sender) for mail in record.mails if mail.direction == "in" and mail.sender}
    return frozenset(each for each in wrote - own if not any(book.is_staff(each) for book in books))


def _written(s: Connection, mail_id: int, place: int, folder: Path) -> str:
    name = f"mejl/{place:03}.eml"
    put(folder / name, reader.raw(s, mail_id))
    return name


def _town(book: RuleBook) -> dict[str, Any]:
    town = book.municipality
    return {
        "name": town.name,
        "phone": town.contact.phone,
        "email": town.contact.email,
        "postal": town.contact.postal,
        "privacy": town.contact.privacy,
        "kept": [{"what": _CALLED[line.what], "after": line.after.swedish()} for line in town.disposal],
    }
