"""What the budgets of automatic mail have been used for: per local day, and in the last hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, ScalarSelect, bindparam, exists, func, select

from service.core import gate
from service.core.effects import Letter, SendLetter
from service.core.people import addresses
from service.core.rules.rulebook import RuleBook
from service.desk.journal import Journal
from service.desk.tables import messages, stopped


def counts(
    s: Connection, letter: SendLetter, case_id: int | None, cause: str, book: RuleBook, lines: Journal
) -> gate.Counts:
    """The counts that the gate looks at for such a letter; none is counted further than its budget goes."""
    limits = book.municipality.automatic_mail
    values = {
        "stopped": addresses.key(letter.to),
        "key": gate.budget_key(letter.to),
        "domain": gate.budget_domain(letter.to, book),
        "to": addresses.written(letter.to),
        "cause": cause,
        "day": day_began(book, lines.at),
        "case": case_id,
        "hour": lines.at - timedelta(hours=1),
        "mailbox": lines.mailbox,
        "most": max(limits.per_hour, limits.per_address_and_day * 10, limits.per_case_and_day),
        "of_work": limits.per_sender_and_day,
    }
    of_address, first = is_counted(letter, case_id), gate.rank(letter.kind, letter.template_name) == 0
    found = dict(s.execute(_COUNTS[of_address, first], values).mappings().one())
    is_stopped = bool(found.pop("is_stopped")) and not book.is_staff(letter.to)
    return gate.Counts(**found, address_stopped=is_stopped, about_case=not _anybody_can_cause(letter, case_id))


def unwritable(s: Connection, to: Iterable[str], own: frozenset[str], book: RuleBook) -> frozenset[str]:
    """Those of the addresses that the gate lets no automatic letter to, ever, in the form that they are compared in."""
    keys = {addresses.key(address) for address in to if address}
    found = frozenset(s.scalars(select(stopped.c.email).where(stopped.c.email.in_(keys)))) if keys else frozenset()
    stops = {key: key in found and not book.is_staff(key) for key in keys}
    return frozenset(k for k, stop in stops.items() if gate.refusal(k, own, gate.Counts(address_stopped=stop)))


def is_counted(letter: SendLetter, case_id: int | None) -> bool:
    """Whether the budget of the address counts the letter: to people outside, and to staff what anybody can cause."""
    return not letter.kind.is_to_staff or _anybody_can_cause(letter, case_id)


def _anybody_can_cause(letter: SendLetter, case_id: int | None) -> bool:
    """Commands about no case can be written in an officer's name; who answers a question of ours has proven it."""
    is_ours = bool(letter.nonce) or letter.template_name in _PROVEN
    return case_id is None and letter.kind in {Letter.QUESTION, Letter.ECHO} and not is_ours


_PROVEN = {"let-in", "moved", "list-done", "ask-list"}


def day_began(book: RuleBook, now: datetime) -> datetime:
    """When the local day began that `now` (aware) lies in."""
    calendar = book.calendar
    return calendar.day_ends(calendar.local_date(now) - timedelta(days=1))


def next_day(book: RuleBook, now: datetime) -> datetime:
    """When the next local day begins, with its new budgets."""
    return book.calendar.day_ends(book.calendar.local_date(now)) + timedelta(seconds=1)


def _count(limit: str, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many there are, counted no further than the budget goes: a busy hour makes no letter slower."""
    left = messages.c.state != "held"
    found = select(messages.c.at).where(*conditions, left).limit(bindparam(limit)).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


_day, _hour = messages.c.at > bindparam("day"), messages.c.at > bindparam("hour")
_cause = messages.c.cause == bindparam("cause")
# By the case's index: `automatic` would lead to the index of the hour, which holds a whole day's letters.
_in_case = (messages.c.case_id == bindparam("case"), messages.c.budget_key.is_not(None), _day)
_this_hour = (messages.c.automatic.is_(True), messages.c.mailbox == bindparam("mailbox"), _hour)
_OF_ADDRESS = (
    _count("most", messages.c.budget_key == bindparam("key"), _day).label("to_address"),
    _count("most", messages.c.budget_domain == bindparam("domain"), _day).label("to_domain"),
    _count("most", *_in_case).label("in_case"),
)
_OF_WORK = (_count("of_work", _cause, messages.c.recipient == bindparam("to"), _day).label("of_cause"),)
_OF_HOUR = {
    True: _count("most", *_this_hour, messages.c.rank == 0).label("first_hour"),
    False: _count("most", *_this_hour).label("this_hour"),
}
_COUNTS = {
    (of_address, first): select(
        *(_OF_ADDRESS if of_address else _OF_WORK),
        _count("most", _cause, _hour).label("cause_hour"),
        _OF_HOUR[first],
        exists().where(stopped.c.email == bindparam("stopped")).label("is_stopped"),
    )
    for of_address in (True, False)
    for first in (True, False)
}
"""By whether the budget of the address counts the letter, and whether it is of the first rank."""
