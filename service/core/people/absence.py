"""Who is away, until when, and who stands in: what the register remembers of a colleague's absence.

A mail system tells of an absence once only, however many letters follow (Exchange sends one automatic reply to each
sender until it is switched off), so silence after it is no presence. Nobody outside the directory ever stands in.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from service.core.people import addresses
from service.core.rules.choices import Absence as Setting
from service.core.rules.people import Unit
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish

UNKNOWN_LASTS: Final = timedelta(days=30)
"""How long an absence without an end counts: then somebody is asked."""


class Cause(enum.StrEnum):
    """How the absence became known."""

    REPLY = "reply"  # an automatic reply
    BOUNCE = "bounce"  # the mailbox is full or gone


@dataclass(frozen=True, slots=True)
class Absent:
    """One person's absence.

    until: the first day back (local date), None where nobody said. substitute: whom the automatic reply names.
    proven: the own server, a letter of ours or a registrar vouches for it. handed: number of each case that was handed
    over because of it, and who has it instead. asked: numbers of the cases that a registrar was asked about, last on
    `asked_on`.
    """

    email: str
    since: datetime
    until: date | None = None
    substitute: str = ""
    cause: Cause = Cause.REPLY
    proven: bool = True
    handed: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    asked_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day away, as people say it: "till och med fredag 29 maj"."""
        return self.until - timedelta(days=1) if self.until else None

    @property
    def out_of_reach(self) -> bool:
        """Whether it is the address that takes no mail, wherever the person is."""
        return self.cause is Cause.BOUNCE

    def ends(self, book: RuleBook) -> date | None:
        """The first day on which the person counts as present; None: when the address is in order again."""
        if self.until or self.out_of_reach:
            return self.until
        return book.calendar.local_date(self.since + UNKNOWN_LASTS)

    def is_over(self, today: date, book: RuleBook) -> bool:
        """Whether the person counts as present."""
        end = self.ends(book)
        return end is not None and end <= today

    def lasts_past(self, due_day: date | None) -> bool:
        """Whether the person is not back in time for something that is due on that day."""
        return self.until is None or (due_day is not None and self.until > due_day)


@dataclass(frozen=True, slots=True)
class Away:
    """Everybody who is away, by address."""

    by_key: Mapping[str, Absent] = field(default_factory=dict)

    @classmethod
    def of_all(cls, absent: Iterable[Absent]) -> Away:
        """Those people."""
        return cls({addresses.key(one.email): one for one in absent})

    def of(self, address: str) -> Absent | None:
        """The person's absence, whatever proves it; None where the person is present as far as anybody knows."""
        return self.by_key.get(addresses.key(address))

    def certain(self, address: str) -> Absent | None:
        """The person's absence, where something proves it: only then work goes elsewhere by itself."""
        absent = self.of(address)
        return absent if absent and absent.proven else None


def told(absent: Absent, name: str) -> str:
    """The absence in a sentence."""
    if absent.out_of_reach:
        return f"Mejl till {name} kommer inte fram just nu."
    until = f" till och med {swedish.day(absent.last_day)}" if absent.last_day else ", och vi vet inte hur länge"
    return f"{name} är borta{until}."


EVERYBODY_IS_IN: Final = Away()


class Tie(enum.StrEnum):
    """Why somebody is the one to stand in."""

    SUBSTITUTE = "substitute"  # the directory says so
    NAMED = "named"  # the person's own automatic reply says so
    NEAR = "near"  # of the same unit: a suggestion


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who may take over."""

    email: str
    tie: Tie


def stand_in(email: str, unit_id: str, book: RuleBook, away: Away) -> StandIn | None:
    """Who takes over from an absent person: the first of the chain of substitutes who is not away, else somebody near.

    unit_id: the unit of the case, for a person of none. Where substitutes stand in for each other in a ring, or all are
    away, it is the manager, another officer, or the head of the department. None: nobody is left.
    """
    unit = book.unit(book.unit_of(email) or unit_id)
    candidates = [*_substitutes(email, book, away), *_near(unit, book)]
    return next((one for one in candidates if _may(one.email, email, book, away)), None)


def new_officer(officer: str, book: RuleBook, away: Away) -> str:
    """Who gets a new case in place of its absent officer without anybody being asked; empty: the officer does.

    Only where the municipality says `absence: auto`, only a substitute who was named, by the directory or by the
    person, and only one of the same unit, or who heads it.
    """
    unit = book.unit(book.unit_of(officer) or "")
    if book.municipality.absence is not Setting.AUTO or unit is None or away.certain(officer) is None:
        return ""
    near = {addresses.key(one.email) for one in _near(unit, book)}
    named = (one.email for one in _substitutes(officer, book, away) if _may(one.email, officer, book, away))
    return next((address for address in named if addresses.key(address) in near), "")


def deputy(registrar: str, book: RuleBook, away: Away, *, secret: bool) -> str:
    """Who reads an absent registrar's mail besides, which may be nobody else's; empty: nobody does, or nobody has to.

    The substitute by the directory, else another registrar; in a secret case only the latter.
    """
    if not book.is_registrar(registrar) or away.certain(registrar) is None:
        return ""
    person = book.person(registrar)
    named = [person.substitute] if person and person.substitute and not secret else []
    others = (a for a in (*named, *book.registrars) if not addresses.same(a, registrar) and away.of(a) is None)
    return next(others, "")


def _substitutes(email: str, book: RuleBook, away: Away) -> Iterator[StandIn]:
    """The person's substitute, the substitute's, and so on, until there is none or one comes twice."""
    seen = {addresses.key(email)}
    while True:
        person, absent = book.person(email), away.of(email)
        by_rules = person.substitute if person else None
        email = by_rules or (absent.substitute if absent else "")
        if not email or addresses.key(email) in seen:
            return
        seen.add(addresses.key(email))
        yield StandIn(email, Tie.SUBSTITUTE if by_rules else Tie.NAMED)


def _near(unit: Unit | None, book: RuleBook) -> Iterator[StandIn]:
    if unit:
        head = book.head_of(unit.id)
        for address in (unit.manager, *unit.officers, *([head] if head else [])):
            yield StandIn(address, Tie.NEAR)


def _may(candidate: str, absent: str, book: RuleBook, away: Away) -> bool:
    known = book.person(candidate) is not None
    return known and not addresses.same(candidate, absent) and away.of(candidate) is None
