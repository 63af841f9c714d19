"""Somebody is away: what is remembered, what a registrar is asked in one mail, and what one word then moves (S17).

No clock stops, no citizen hears of it, and no case goes to anybody outside the directory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from service.core.cases import Case
from service.core.classify import answers_own_letter, tokens_of
from service.core.decide.deeds.moving import hand_over
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import registrar_for
from service.core.effects import AskStanding, Effect, Elsewhere, ForgetAbsence, Letter, RememberAbsence, SendLetter
from service.core.message import Kind
from service.core.people.absence import Absent, Away, Cause, StandIn, new_officer, stand_in
from service.core.people.addresses import same
from service.core.people.origin import Word as Said
from service.core.rules.choices import Absence as Setting
from service.core.rules.rulebook import RuleBook
from service.core.speech.standing import About, Standing
from service.core.verdict import TO_ITSELF, Role

SHORT: Final = 3
"""Working days: a shorter absence is nobody's concern as long as nothing falls due before its end."""


# --- an automatic reply ----------------------------------------------------------------------------------------------


def tells(mail: Incoming) -> bool:
    """Whether the mail is a colleague's mail system saying that the colleague is away."""
    told = mail.message.kind is Kind.AUTO_REPLY and mail.message.absence is not None
    return told and mail.book.person(mail.sender) is not None and mail.verdict.said is not Said.FAIL


def on_reply(mail: Incoming, plan: Plan | None) -> list[Effect]:
    """What follows from a mail that `tells`; `plan` is that of the case which it came in, where it came in one."""
    absent = _told(mail)
    known = mail.ctx.away.of(absent.email)
    if absent.is_over(mail.today, mail.book):
        return []
    away = Away({**mail.ctx.away.by_key, **Away.of_all([absent]).by_key})
    because = "an automatic reply"
    if plan and (to := _at_once(mail, absent, away)):
        absent = handed(absent, [plan.case], to)
        hand_over(plan, to, f"{absent.email} is away", {"in_place_of": absent})
    is_news = known is None or known.out_of_reach or _is_longer(absent, known)
    theirs = [case for case in mail.ctx.cases if case.number not in absent.handed]
    if is_news and theirs and is_pressing(absent, theirs, mail.book, mail.today):
        return ask(Asking(mail.book, away, mail.now, mail.message.digest), absent, theirs, because)
    return [RememberAbsence(absent, because)]


def _told(mail: Incoming) -> Absent:
    """The absence by what is known of it now."""
    person, told, known = mail.book.person(mail.sender), mail.message.absence, mail.ctx.away.of(mail.sender)
    assert person
    assert told
    named = mail.book.person(told.substitute) if told.substitute else None
    is_proven = mail.verdict.said is Said.PASS or answers_own_letter(mail.message, mail.ctx, mail.sender)
    fresh = Absent(person.email, mail.now, told.until, named.email if named else "", proven=is_proven)
    if known is None:
        return fresh
    return replace(
        known,
        email=person.email,
        until=fresh.until,
        substitute=fresh.substitute,
        cause=Cause.REPLY,
        proven=known.proven or is_proven,
    )


def _is_longer(absent: Absent, known: Absent) -> bool:
    return bool(absent.until and known.until and absent.until > known.until)


def _at_once(mail: Incoming, absent: Absent, away: Away) -> str:
    """Who gets the case whose assignment the automatic reply answers, where the municipality wants no question."""
    case = mail.ctx.case
    first = next(iter(tokens_of(mail.message)), None)
    is_new = case is not None and case.is_open and not case.secrecy and same(case.officer, absent.email)
    if not is_new or (first and not first.is_for(Letter.ASSIGNMENT)):
        return ""
    return new_officer(absent.email, mail.book, away)


def on_presence(mail: Incoming) -> list[Effect]:
    """Somebody who is held to be away writes like a person: the absence ends today."""
    absent, role = mail.ctx.away.of(mail.sender), mail.verdict.role
    wrote = mail.verdict.proof.may_note or mail.verdict.said is Said.PASS
    if absent is None or not wrote or role in _NO_PERSON:
        return []
    return [RememberAbsence(replace(absent, until=mail.today), "the person writes")]


_NO_PERSON = frozenset(
    {Role.OWN, Role.ABOUT_US, *TO_ITSELF, Role.BOUNCE, Role.MACHINE, Role.FORM, Role.UNKNOWN_FORM, Role.UNPROVEN_STAFF}
)


# --- the question ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question is asked with: the rules, who is away, the instant, and what makes it one of a kind (`seed`)."""

    book: RuleBook
    away: Away
    now: datetime
    seed: str

    @property
    def today(self) -> date:
        """The local day."""
        return self.book.calendar.local_date(self.now)

    def nonce(self, absent: Absent, about: About) -> str:
        """What the letter carries in its Message-ID; the same where the same is decided twice."""
        what = f"{about}\n{absent.email}\n{self.seed}"
        return hashlib.sha256(what.encode()).hexdigest()[:_NONCE]


_NONCE = 8


def is_pressing(absent: Absent, cases: Iterable[Case], book: RuleBook, today: date) -> bool:
    """Whether a registrar is to hear of it: something falls due meanwhile, or the absence is no short one."""
    if absent.until is None or book.calendar.working_days_between(today, absent.until) > SHORT:
        return True
    return any(absent.lasts_past(_due_day(case, book)) for case in cases)


def _due_day(case: Case, book: RuleBook) -> date | None:
    return book.calendar.local_date(case.running.due_at) if case.running else None


def ask(
    asking: Asking, absent: Absent, cases: Sequence[Case], because: str, *, more: bool = False, status: str = ""
) -> list[Effect]:
    """One mail about all of an absent person's cases, to whoever decides; one yes hands them over.

    more: it is about what has come since a first question. status: what the mail server said, where it refuses mail.
    """
    book, away = asking.book, asking.away
    open_ones = [case for case in cases if not case.secrecy]
    found = stand_in(absent.email, open_ones[0].unit if open_ones else "", book, away)
    asked = registrar_for(absent.email, book, away)
    if found and same(found.email, asked) and not book.unit_of(found.email):
        found = None
    facts = {
        "absent": absent,
        "stand_in": found,
        "at_once": new_officer(absent.email, book, away),
        "cases": tuple(_row(case, asking) for case in open_ones),
        "secret": tuple(_row(case, asking) for case in cases if case.secrecy),
        "more": more,
        "status": status,
    }
    held_by = {case.number: case.officer for case in open_ones}
    standing = Standing(asking.nonce(absent, About.ABSENCE), About.ABSENCE, asked, _moves(absent, held_by, found))
    asked_about = tuple(dict.fromkeys((*absent.asked, *(case.number for case in cases))))
    return [
        RememberAbsence(replace(absent, asked=asked_about, asked_on=asking.today), because),
        _asked(standing, because, "absent", facts),
    ]


def _asked(standing: Standing, because: str, template: str, facts: Mapping[str, object]) -> Elsewhere:
    letter = SendLetter(Letter.QUESTION, standing.asked, because, template, facts, nonce=standing.nonce)
    return Elsewhere("", (AskStanding(standing, because), letter))


def _moves(absent: Absent, held_by: Mapping[str, str], to: StandIn | None) -> dict[str, object]:
    """What a yes needs: whose absence it is, who has each case now, and who would get them."""
    return {"person": absent.email, "held_by": dict(held_by), "to": to.email if to else ""}


def _row(case: Case, asking: Asking) -> dict[str, object]:
    """A case as the question shows it. A secret one has nothing but its number and its day."""
    due_day = _due_day(case, asking.book)
    is_late = due_day is not None and due_day < asking.today
    title = "" if case.secrecy else case.known_as
    return {"number": case.number, "title": title, "due_day": due_day, "late": is_late}


def handed(absent: Absent, cases: Iterable[Case], to: str) -> Absent:
    """The absence with the cases that somebody has instead."""
    return replace(absent, handed={**absent.handed, **{case.number: to for case in cases}})


def on_out_of_reach(asking: Asking, email: str, cases: Sequence[Case], status: str) -> list[Effect]:
    """A colleague's mailbox is full or gone, which is an absence without an end; nothing where there are no cases."""
    absent = asking.away.of(email)
    if absent is None or not cases:
        return []
    return ask(asking, absent, cases, "mail to the person does not arrive", status=status)


def move_at_once(email: str, case: Case, book: RuleBook, away: Away, now: datetime) -> list[Effect]:
    """The new case of somebody absent goes to the substitute, where the municipality wants no question."""
    to, absent = new_officer(email, book, away), away.of(email)
    if not to or absent is None or not case.is_open or case.secrecy or not same(case.officer, email):
        return []
    plan = Plan(case, book, now)
    hand_over(plan, to, f"{email} is away", {"in_place_of": absent})
    return [*plan.effects, RememberAbsence(handed(absent, [case], to), "a new case has gone to the substitute")]


# --- time passes -----------------------------------------------------------------------------------------------------


def on_morning(asking: Asking, absent: Absent, cases: Iterable[Case]) -> list[Effect]:
    """New cases of an absent officer, which nobody else was asked about: one mail for all, once a day at most.

    cases: the officer's open ones.
    """
    book = asking.book
    fresh = [c for c in cases if c.number not in absent.asked and absent.lasts_past(_due_day(c, book))]
    if not fresh or absent.asked_on == asking.today:
        return []
    return ask(asking, absent, fresh, "cases have come meanwhile", more=bool(absent.asked))


def on_return(asking: Asking, absent: Absent, cases: Iterable[Case]) -> list[Effect]:
    """The person is back: a registrar is asked whether what was handed over and is still open goes back.

    cases: those that were handed over. Where nobody is to be asked they go back by themselves, but for those in which
    somebody's text waits for a yes.
    """
    book = asking.book
    over: list[Effect] = [ForgetAbsence(absent.email, "the person is back")]
    lent = [c for c in cases if c.is_open and not c.secrecy and same(c.officer, absent.handed.get(c.number, ""))]
    if not lent or not book.person(absent.email):
        return over
    if book.municipality.absence is Setting.AUTO:
        return [*over, *_take_back(asking, absent, [case for case in lent if case.pending is None])]
    held_by = {case.number: case.officer for case in lent}
    asked = registrar_for(absent.email, book, asking.away)
    facts = {"person": absent.email, "held_by": held_by, "to": absent.email}
    standing = Standing(asking.nonce(absent, About.RETURN), About.RETURN, asked, facts)
    told = {"absent": absent, "cases": tuple(_row(case, asking) for case in lent), "holders": _by_holder(lent)}
    because = f"{absent.email} is back"
    return [
        *over,
        _asked(standing, because, "back", told),
    ]


def _take_back(asking: Asking, absent: Absent, lent: Sequence[Case]) -> list[Effect]:
    because = f"{absent.email} is back"
    back = [move(asking.book, asking.now, case, absent.email, because) for case in lent]
    told: list[Effect] = []
    for holder, numbers in _by_holder(lent):
        facts = {"absent": absent, "numbers": numbers}
        told.append(SendLetter(Letter.INFORMATION, holder, because, "returned", facts))
    return [*back, *told]


def _by_holder(cases: Iterable[Case]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    held: dict[str, list[str]] = {}
    for case in cases:
        held.setdefault(case.officer, []).append(case.number)
    return tuple((holder, tuple(numbers)) for holder, numbers in held.items())


def move(
    book: RuleBook, now: datetime, case: Case, to: str, because: str, absent: Absent | None = None, actor: str = ""
) -> Elsewhere:
    """One of several cases gets another officer: in place of somebody absent, or back."""
    plan = Plan(case, book, now, actor=actor)
    hand_over(plan, to, because, {"in_place_of": absent} if absent else {"given_back": True})
    return Elsewhere(case.number, tuple(plan.effects))
