"""The morning mail: which open cases a member of staff is shown, in order of urgency, and in what words.

One mail a person and working day takes the place of single reminders where the setting `digest` says so (contract
section 6). What is owed is read from the cases as they are; nothing is remembered from the mornings before.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from service.core.cases import Case, Status
from service.core.decide.people import responsible
from service.core.people import addresses
from service.core.people.absence import Away
from service.core.people.addresses import same
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish

_ENDED = (Status.CLOSED, Status.REFUSED)


class Urgency(enum.IntEnum):
    """How soon a case is to be answered."""

    LATE = 0
    TODAY = 1
    NEXT_DAY = 2  # the next working day
    LATER = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One open case as a list shows it. title: as staff know the case; of a secret case there is none.

    left: working days until `due_day` (0 today, below 0 when late). is_tomorrow: it is due on the very next day.
    is_away: the officer is, until the end of `away_until` where that is known.
    """

    case: Case
    title: str
    urgency: Urgency
    due_day: date | None = None
    left: int = 0
    is_tomorrow: bool = False
    is_away: bool = False
    away_until: date | None = None

    @property
    def number(self) -> str:
        """The case's number, without brackets: the mail is about several cases (contract section 7)."""
        return self.case.number


@dataclass(frozen=True, slots=True)
class Morning:
    """What one person is shown: the own cases, those of the person's units, and those that nobody has yet."""

    to: str
    own: tuple[Entry, ...] = ()
    units: tuple[Entry, ...] = ()
    unrouted: tuple[Entry, ...] = ()
    put_aside: int = 0  # mails that have become no case

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, in the order in which the mail shows them."""
        return (*self.own, *self.unrouted, *self.units)


def owes(case: Case) -> bool:
    """Whether somebody still owes something in the case."""
    return case.is_open or (case.status not in _ENDED and case.running is not None)


def is_told_in_the_morning(case: Case, book: RuleBook) -> bool:
    """Whether whoever has the case is shown it each working morning, so that a reminder would say it twice."""
    digest = book.municipality.digest
    return digest.officers if _has_officer(case, book) else digest.registrars


def is_listed_only(book: RuleBook) -> bool:
    """Whether a registrar hears of what is to be sorted in the morning mail alone."""
    digest = book.municipality.digest
    return digest.registrars and not digest.triage_letters


def _has_officer(case: Case, book: RuleBook) -> bool:
    return bool(case.officer) and book.is_known_staff(case.officer)


def entry(case: Case, book: RuleBook, now: datetime, away: Away) -> Entry:
    """The case as a list shows it."""
    calendar, running = book.calendar, case.running
    today = calendar.local_date(now)
    due_day = calendar.local_date(running.due_at) if running else None
    left = calendar.working_days_between(today, due_day) if due_day else 0
    if due_day is None:
        urgency = Urgency.LATER
    elif running and now > running.due_at:
        urgency = Urgency.LATE
    elif due_day == today:
        urgency = Urgency.TODAY
    else:
        urgency = Urgency.NEXT_DAY if due_day <= calendar.add_working_days(today, 1) else Urgency.LATER
    title = "" if case.secrecy else case.known_as
    absent = away.of(case.officer) if case.officer else None
    away_until = absent.last_day if absent else None
    is_tomorrow = due_day is not None and (due_day - today).days == 1
    return Entry(case, title, urgency, due_day, left, is_tomorrow, absent is not None, away_until)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The late ones first, then by the day on which they are due; what has no day comes last."""
    return tuple(sorted(entries, key=lambda e: (e.urgency, e.due_day or date.max, e.number)))


@dataclass(slots=True)
class _Piles:
    own: list[Entry] = field(default_factory=list)
    units: list[Entry] = field(default_factory=list)
    unrouted: list[Entry] = field(default_factory=list)


def mornings(cases: Iterable[Case], book: RuleBook, now: datetime, away: Away) -> list[Morning]:
    """Who gets a morning mail, and what stands in it; nobody whose morning is empty, and no officer who is away.

    What has come in since the hour of the morning mail has just reached whom it is for: it waits for the next one.
    """
    hour = book.calendar.at(book.calendar.local_date(now), book.municipality.digest.at)
    digest, piles = book.municipality.digest, dict[str, _Piles]()
    written: dict[str, str] = {}

    def pile(address: str) -> _Piles:
        key = addresses.key(address)
        written.setdefault(key, address)
        return piles.setdefault(key, _Piles())

    for case in (c for c in cases if owes(c) and c.received_at < hour):
        shown, owner = entry(case, book, now, away), responsible(case, book)
        if is_told_in_the_morning(case, book):
            is_unrouted = not case.officer and case.status is Status.TRIAGE and not case.secrecy
            (pile(owner).unrouted if is_unrouted else pile(owner).own).append(shown)
        manager = book.manager_of(case.unit)
        if digest.managers and manager and not same(manager, owner) and shown.urgency < Urgency.LATER:
            pile(manager).units.append(shown)
    return [
        Morning(written[key], in_order(found.own), in_order(found.units), in_order(found.unrouted))
        for key, found in piles.items()
        if away.certain(written[key]) is None or found.unrouted or any(not e.case.officer for e in found.own)
    ]


# --- words -----------------------------------------------------------------------------------------------------------


def headline(morning: Morning) -> str:
    """What waits, in one line: "Du har fem ärenden, två ska besvaras i morgon"."""
    parts = []
    if morning.own:
        parts.append(", ".join((f"du har {in_words(len(morning.own))}", *_urgent(morning.own))))
    if morning.unrouted:
        parts.append(f"{in_words(len(morning.unrouted))} ska fördelas")
    if morning.units:
        parts.append(", ".join((f"{in_words(len(morning.units))} på dina enheter brådskar", *_urgent(morning.units))))
    if morning.put_aside:
        parts.append(f"{_number(morning.put_aside)} mejl är {'lagt' if morning.put_aside == 1 else 'lagda'} åt sidan")
    words = "; ".join(parts)
    return words[:1].upper() + words[1:]


def _urgent(entries: tuple[Entry, ...]) -> list[str]:
    """How many are late and how many are due next; no more than two of these, since a subject is short."""
    counted = {urgency: sum(e.urgency is urgency for e in entries) for urgency in Urgency}
    told = (
        (Urgency.LATE, "är försenat" if counted[Urgency.LATE] == 1 else "är försenade"),
        (Urgency.TODAY, "ska besvaras i dag"),
        (Urgency.NEXT_DAY, f"ska besvaras {_next_day(entries)}"),
    )
    every = "det" if len(entries) == 1 else "alla"
    return [
        f"{every if counted[urgency] == len(entries) else _number(counted[urgency])} {words}"
        for urgency, words in told
        if counted[urgency]
    ][:2]


def _next_day(entries: tuple[Entry, ...]) -> str:
    """The next working day as one says it: "i morgon", else its weekday."""
    due = next((e for e in entries if e.urgency is Urgency.NEXT_DAY), None)
    if due is None or due.due_day is None or due.is_tomorrow:
        return "i morgon"
    return f"på {swedish.day(due.due_day).partition(' ')[0]}"


def in_words(amount: int) -> str:
    """So many cases: "ett ärende", "sju ärenden"."""
    return f"{_number(amount)} {'ärende' if amount == 1 else 'ärenden'}"


def _number(amount: int) -> str:
    """The amount as a word of neuter gender: "ett", "två", "21"."""
    return "ett" if amount == 1 else swedish.count(amount, "", "").strip()


def time_left(entry: Entry) -> str:
    """When the case is to be answered, as a list says it."""
    if entry.due_day is None:
        return "ingen sista dag"
    day = swedish.short_day(entry.due_day)
    if entry.urgency is Urgency.LATE:
        ago = f", för {swedish.count(-entry.left, 'arbetsdag', 'arbetsdagar')} sedan" if entry.left < 0 else ""
        return f"sista dag var {day}{ago}"
    if entry.urgency is Urgency.TODAY:
        return f"svara i dag, {day}"
    return f"svara senast {day}, om {swedish.count(entry.left, 'arbetsdag', 'arbetsdagar')}"
