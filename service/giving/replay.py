"""The rules tried once more on the cases of the register: where would each go, by this rules folder or by another?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from service.core.cases import Case
from service.core.message import read as read_mail
from service.core.rules.forms import read_form
from service.core.rules.routing import Facts, Route, facts_of, route
from service.core.rules.rulebook import RuleBook
from service.core.speech.languages import language_of
from service.desk.lookup import reader
from service.desk.lookup.reader import Record
from service.desk.lookup.wanted import Wanted


class Tried(NamedTuple):
    """A case, and what the rules could ask of it."""

    case: Case
    facts: Facts

    @property
    def text(self) -> str:
        """All its words, in lower case."""
        return f"{self.facts.subject}\n{self.facts.text}".casefold()


def tried(s: Connection, book: RuleBook, wanted: Wanted) -> Iterator[Tried]:
    """The wanted cases with what the rules could ask of them, in the order in which they came in.

    One that has been disposed of has no words left and says nothing of any rule.
    """
    for record in reader.read(s, wanted, mails=True):
        if record.case.disposed_at:
            continue
        yield Tried(record.case, _facts(s, book, record))


def _facts(s: Connection, book: RuleBook, record: Record) -> Facts:
    """A form's answers stand in its mail alone; of all other cases the register knows what was asked."""
    case = record.case
    if case.form and (mail := next((m for m in record.mails if m.direction == "in"), None)):
        message = read_mail(reader.raw(s, mail.id))
        return facts_of(message, read_form(book, message))
    return Facts(
        subject=case.title,
        text=case.text,
        sender=case.submitter.email,
        channel=case.channel,
        language=language_of(case.text),
    )


class Change(NamedTuple):
    """A case that two rules folders send different ways."""

    number: str
    unit: str
    before: Route
    after: Route

    @property
    def is_right(self) -> bool | None:
        """Whether the new way is where the case ended; None where neither is."""
        here = self.after.unit == self.unit, self.before.unit == self.unit
        return None if here[0] == here[1] else here[0]


def changes(s: Connection, before: RuleBook, after: RuleBook, wanted: Wanted) -> Iterator[Change | None]:
    """For each case the change that the new rules would make; None where it goes as before."""
    for case, facts in tried(s, before, wanted):
        old, new = route(before, facts), route(after, facts)
        same = _ways(old) == _ways(new)
        yield None if same else Change(case.number, case.unit, old, new)


def _ways(found: Route) -> tuple[object, ...]:
    """What of a route anybody would notice."""
    return found.unit, found.officer, found.refer, found.secrecy, found.registrar, found.duty, found.process


def goes(found: Route) -> str:
    """Where a route leads, in a few words for an administrator."""
    place = found.refer.to if found.refer else found.unit or "the registrars"
    marks = [name for name in ("secrecy", "registrar", "duty") if getattr(found, name) and found.unit]
    return " ".join([place, *(f"({mark})" for mark in marks)])
