"""What staff ask to see by mail: the state of a case, a list of cases, figures. Looked up here, decided in the core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from service.core.cases import Case
from service.core.decide.mornings import Entry, Urgency, entry, in_order, in_words
from service.core.effects import Letter, Listing, SendLetter, ShowCase, ShowCases, ShowFigures
from service.core.figures.in_mail import letter_facts
from service.core.figures.report import Wanted as Asked
from service.core.people.anonymity import UNNAMED
from service.core.speech import swedish
from service.desk import register
from service.desk.absences import absences
from service.desk.lookup.counting import reported
from service.desk.register import Stored
from service.desk.tables import messages
from service.desk.writing import listings

if TYPE_CHECKING:
    from service.desk.turn import Turn

_MOST_LISTED = 200
_MOST_DOCUMENTS = 200


def show(work: Turn, effect: ShowCase | ShowCases | ShowFigures, stored: Stored | None) -> None:
    """Look it up and write the letter."""
    match effect:
        case ShowCase():
            _show_case(work, effect, stored)
        case ShowCases():
            _show_cases(work, effect)
        case ShowFigures():
            _show_figures(work, effect)


# --- one case --------------------------------------------------------------------------------------------------------


def _show_case(work: Turn, effect: ShowCase, stored: Stored | None) -> None:
    assert stored
    documents = () if stored.case.secrecy else _documents(work, stored)
    facts = {**effect.facts, "documents": documents}
    work.send(SendLetter(Letter.INFORMATION, effect.to, effect.because, "status", facts), stored)


def _documents(work: Turn, stored: Stored) -> tuple[dict[str, Any], ...]:
    """Every mail of the case in the order of time: when, which sort, and from or to whom."""
    at = func.coalesce(messages.c.sent_at, messages.c.at, type_=messages.c.at.type)
    columns = (messages.c.direction, messages.c.kind, messages.c.sender, messages.c.recipient, at.label("at"))
    found = select(*columns).where(messages.c.case_id == stored.id).order_by(at, messages.c.id).limit(_MOST_DOCUMENTS)
    calendar = work.desk.book.calendar
    return tuple(
        {
            "day": calendar.local_date(row.at),
            "clock": swedish.clock(row.at, calendar.zone),
            "is_in": row.direction == "in",
            "kind": row.kind,
            "who": _who(row, stored.case),
        }
        for row in work.s.execute(found)
    )


def _who(row: Row[Any, Any, Any, Any, Any], case: Case) -> str:
    """Whom a mail is from or to; of whoever wants to be anonymous no address."""
    address = str(row.sender if row.direction == "in" else row.recipient)
    return UNNAMED if case.anonymous and case.submitter.has(address) else address


# --- several ---------------------------------------------------------------------------------------------------------


def _show_cases(work: Turn, effect: ShowCases) -> None:
    s, book, mailbox, now = work.s, work.desk.book, work.desk.mailbox, work.now
    away = absences(s, mailbox, book, now)
    seen = (c for c in register.owing(s, mailbox) if effect.sight.sees(c) and effect.wanted.has(c))
    found = in_order(e for e in (entry(c, book, now, away) for c in seen) if _is_wanted(e, effect))
    shown = found[:_MOST_LISTED]
    facts = {
        "whose": effect.wanted.name,
        "count": len(found),
        "counted": in_words(len(found)),
        "groups": tuple(listings.grouped(shown)),
        "more": len(found) - len(shown),
        "mine": effect.wanted.officer == effect.sight.address,
    }
    listing = Listing(others=tuple(e.number for e in shown))
    work.send(SendLetter(effect.kind, effect.to, effect.because, "list", facts, listing=listing), None)


def _is_wanted(shown: Entry, effect: ShowCases) -> bool:
    if effect.wanted.late:
        return shown.urgency is Urgency.LATE
    return not effect.wanted.soon or shown.urgency < Urgency.LATER


# --- figures ---------------------------------------------------------------------------------------------------------


def _show_figures(work: Turn, effect: ShowFigures) -> None:
    asked = Asked(effect.period, effect.units, effect.about)
    report = reported(work.s, work.desk.mailbox, asked, work.desk.book, work.now)
    work.send(SendLetter(effect.kind, effect.to, effect.because, "figures", letter_facts(report)), None)
