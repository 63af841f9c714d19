"""What became of it, read from the register of the rehearsal: a page of cases in memory at a time.

Of secret cases there is no word here, unless whoever asks wants them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from service.core import gate
from service.core.cases import Clock, Status
from service.core.effects import Letter
from service.core.rules.rulebook import RuleBook
from service.core.speech import sortsofletters, swedish
from service.desk import quarantine
from service.desk.desk import Desk
from service.desk.lookup import reader
from service.desk.lookup.reader import Record
from service.desk.lookup.wanted import Wanted
from service.desk.rounds import aside
from service.desk.rounds.watching import why
from service.desk.tables import binder, journal, messages
from service.desk.writing.mailbytes import words_of

MOST_CHARACTERS = 12_000_000
"""So much of the letters' text the page holds, or no browser opens it."""
MOST_OF_A_KIND = 20
LONGEST_TEXT = 4_000
"""What somebody has written is shown up to there."""
_REPEATED = (Letter.REMINDER.value, Letter.ESCALATION.value, Letter.DIGEST.value, Letter.REPORT.value)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which letters are shown with their text, by their rows, and how many are only listed."""

    rows: frozenset[int]
    left_out: int


def shown(s: Connection) -> Shown:
    """Every letter, as far as there is room; of those that come again and again the first ones of each kind."""
    out = messages.c.direction == "out"
    wanted = select(messages.c.id, messages.c.kind, messages.c.source).where(out)
    rows, total, room = [], 0, MOST_CHARACTERS
    seen: Counter[str] = Counter()
    for row in s.execute(wanted.order_by(messages.c.id)):
        total += 1
        seen[row.kind] += row.kind in _REPEATED
        room -= len(row.source or "") if (fits := room > 0 and seen[row.kind] <= MOST_OF_A_KIND) else 0
        rows += [row.id] if fits else []
    return Shown(frozenset(rows), total - len(rows))


def leaves(s: Connection) -> int:
    """How many mails would have been kept in the binder, without a case."""
    return s.scalar(select(func.count()).select_from(binder)) or 0


def letters_by_kind(s: Connection) -> list[str]:
    """So many of each kind, in words."""
    found = select(messages.c.kind, func.count()).where(messages.c.direction == "out").group_by(messages.c.kind)
    return sortsofletters.counted({Letter(kind): count for kind, count in s.execute(found).all()})


@dataclass(slots=True)
class Counts:
    """How many cases there are, by what people ask first. no_rule: number and title of those that no rule knew."""

    cases: int = 0
    secret: int = 0
    unrouted: int = 0
    units: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    no_rule: list[tuple[str, str]] = field(default_factory=list)


def counts(s: Connection, book: RuleBook, *, secrets: bool) -> Counts:
    """Look once at every case. secrets: also what secret ones are called."""
    found = Counts()
    for record in reader.read(s, Wanted(), lines=True):
        found.cases += 1
        found.secret += record.case.secrecy
        found.unrouted += _went_to_registrar(record)
        unit = book.unit(record.case.unit)
        found.units[unit.name if unit else "Registratorn"] += 1
        rule, named, _ = why(record).partition("”")[2].partition("”")
        found.rules[rule if named else "Ingen regel"] += 1
        if not named:
            title = "sekretess" if record.case.secrecy and not secrets else record.case.known_as
            found.no_rule.append((record.case.number, title or "utan rubrik"))
    return found


def _went_to_registrar(record: Record) -> bool:
    """Whether no rule had anybody for it, also where the rehearsal has let it go since."""
    first = next((line.text for line in record.lines if line.kind == "assigned"), "")
    return not first or first.partition(": ")[0].endswith("/ registrar")


def nobody_got(s: Connection, desk: Desk) -> dict[str, Any]:
    """What no person would have got, or not at once: mails put aside, letters held back, addresses that are wrong."""
    out = (messages.c.direction == "out", messages.c.held_because.contains(";"))
    held = select(messages.c.recipient, messages.c.held_because, func.count()).where(*out)
    unwritten = select(journal.c.text, func.count()).where(journal.c.kind == "not-written").group_by(journal.c.text)
    staff = select(messages.c.recipient, func.count()).where(messages.c.direction == "out")
    to_staff = staff.where(messages.c.kind.in_([kind.value for kind in Letter if kind.is_to_staff]))
    grouped = held.group_by(messages.c.recipient, messages.c.held_because)
    return {
        "mails": [_aside(desk, row) for row in quarantine.put_between(s, desk.mailbox)],
        "held": [(to, because.partition("; ")[2], count) for to, because, count in s.execute(grouped).all()],
        "unwritten": [tuple(row) for row in s.execute(unwritten).all()],
        "doubtful": [
            (to, wrong, count)
            for to, count in s.execute(to_staff.group_by(messages.c.recipient)).all()
            if (wrong := _wrong(to, desk.book))
        ],
    }


def _aside(desk: Desk, row: Row[Any, Any, Any, Any, Any]) -> dict[str, Any]:
    told = aside.told(desk, row)
    return told | {"day": swedish.short_day(told["day"])}


def _wrong(address: str, book: RuleBook) -> str:
    """What is wrong with an address that letters to staff go to; empty where nothing is seen."""
    if address.rpartition("@")[2].casefold().endswith((".example", ".test", ".invalid")):
        return "adressen är påhittad"
    if gate.is_unread(address):
        return "en sådan adress läser ingen"
    return "" if book.is_staff(address) else "adressen är inte kommunens"


def cases(s: Connection, desk: Desk, texts: Shown, *, secrets: bool) -> Iterator[dict[str, Any]]:
    """Each case with its letters, in the order in which they came in. secrets: also what secret ones say."""
    for record in reader.read(s, Wanted(), lines=True, mails=True):
        yield _case(s, desk, record, texts, secrets=secrets)


def _case(s: Connection, desk: Desk, record: Record, texts: Shown, *, secrets: bool) -> dict[str, Any]:
    case, book = record.case, desk.book
    closed = case.secrecy and not secrets
    unit, person = book.unit(case.unit), book.person(case.officer)
    due = case.deadline(Clock.ANSWER)
    letters = [mail for mail in record.mails if mail.direction == "out"]
    return {
        "number": case.number,
        "secret": case.secrecy,
        "closed": closed,
        "title": "" if closed else case.known_as,
        "text": "" if closed else case.text[:LONGEST_TEXT],
        "is_cut": len(case.text) > LONGEST_TEXT,
        "at": swedish.moment(case.received_at, book.calendar.zone),
        "sender": "" if closed else ", ".join(filter(None, (case.submitter.name, case.submitter.mail_to))),
        "type": "" if closed else case.type,
        "category": "" if closed else case.category,
        "unit": unit.name if unit else "",
        "officer": person.name if person else case.officer,
        "unrouted": case.status is Status.TRIAGE or _went_to_registrar(record),
        "why": "" if closed else why(record),
        "due": swedish.last_moment(due.due_at, book.calendar.zone) if due else "",
        "mails": sum(mail.direction == "in" for mail in record.mails),
        "letters": [_letter(s, desk, mail, texts, closed=closed) for mail in letters],
    }


def outside_cases(s: Connection, desk: Desk, texts: Shown) -> Iterator[dict[str, Any]]:
    """The letters of no case: morning mails, reports, warnings."""
    of_none = (messages.c.direction == "out", messages.c.case_id.is_(None))
    wanted = select(*(messages.c[name] for name in reader.Mail.__slots__)).where(*of_none).order_by(messages.c.id)
    for row in s.execute(wanted):
        yield _letter(s, desk, reader.Mail(**row._mapping), texts, closed=False)


def _letter(s: Connection, desk: Desk, mail: reader.Mail, texts: Shown, *, closed: bool) -> dict[str, Any]:
    """A letter; of a secret case neither subject nor text, nor whom outside it goes to."""
    kind = Letter(mail.kind)
    return {
        "kind": sortsofletters.sort_of(kind),
        "to": mail.recipient if kind.is_to_staff or not closed else "synpunktslämnaren",
        "at": swedish.moment(mail.at, desk.book.calendar.zone),
        "subject": "" if closed else mail.subject,
        "is_left_out": mail.id not in texts.rows and not closed,
        "text": words_of(reader.raw(s, mail.id))[0].strip() if mail.id in texts.rows and not closed else "",
    }


def span(first: datetime, last: datetime, book: RuleBook) -> tuple[str, str]:
    """The first and the last day, in words."""
    days = (book.calendar.local_date(at) for at in (first, last))
    begins, ends = (swedish.day(day) for day in days)
    return begins, ends
