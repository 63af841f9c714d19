"""Anonymous feedback that a municipality keeps in a binder: who is told of it, and what is a case yet (C05)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.core.cases import Case, Submitter
from service.core.decide.incoming import Incoming
from service.core.decide.people import registrar_of
from service.core.decide.seeing import Unknown
from service.core.effects import Effect, KeepInBinder, NoCase, SawForm
from service.core.keeping import binder
from service.core.people import addresses
from service.core.people.absence import Away, new_officer
from service.core.people.sight import Sight
from service.core.publicity.publication import LEADS_TO_A_PERSON, identifying
from service.core.reading.history.signatures import is_signed
from service.core.rules.routing import Route
from service.core.rules.rulebook import RuleBook
from service.core.speech.channels import is_spoken
from service.core.speech.commands import fold

BINDER = "binder"
"""How a mail is filed that lies in the binder."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The case that a mail would make, and where the rules would send it."""

    case: Case
    found: Route


def belongs(draft: Draft, book: RuleBook) -> bool:
    """Whether it is written by nobody who can be known, and for information only.

    A case is made all the same of what may be secret (OSL 5 kap. 1 §), what somebody is alerted about (an appeal, a
    request for documents), and what a rule leaves to a person.
    """
    case, found = draft.case, draft.found
    urgent = case.secrecy or found.duty or is_for_a_person(found, book)
    return is_nobody(case, book) and not urgent and not is_spoken(case.channel)


def is_nobody(case: Case, book: RuleBook) -> bool:
    """Whether nothing tells who wrote: whoever signs, or gives an address or a number in the text, is not anonymous."""
    who = case.submitter
    named = Submitter(contact=who.contact, unconfirmed=who.unconfirmed) != who
    is_known = named or is_signed(case.text)
    return case.anonymous and not is_known and not LEADS_TO_A_PERSON.intersection(identifying(case, book))


def is_for_a_person(found: Route, book: RuleBook) -> bool:
    """Whether a person is to look at it: it may be more than feedback, or a rule leaves it to somebody."""
    return bool(found.roads) or any(rule.name == found.rule and rule.then.registrar for rule in book.routing.rules)


def keep(mail: Incoming, draft: Draft, *others: str) -> list[Effect]:
    """The leaf, and a letter for information to each who is to know: no case, no promise, no reminder (STR-19).

    others: who is told besides.
    """
    message, form = mail.message, mail.verdict.form
    leaf = binder.leaf_of(draft.case, message.digest, mail.book)
    to = _each_once((*told(draft, mail.book, mail.ctx.away), *others))
    kept: list[Effect] = [
        NoCase(BINDER, mail.verdict.because),
        KeepInBinder(leaf, to, message.digest, f"anonymous; {draft.found.because}"),
    ]
    is_forms = form is not None and not mail.verdict.note and not mail.verdict.unconfirmed
    return [*kept, SawForm(form.form, tuple(form.answers))] if form and is_forms else kept


def told(draft: Draft, book: RuleBook, away: Away) -> tuple[str, ...]:
    """Whoever would have had the case, or who stands in, the department's registrar, and whom the rule names."""
    officer = draft.found.officer or book.manager_of(draft.case.unit) or ""
    present = (new_officer(officer, book, away) or officer) if officer else ""
    return (present, registrar_of(draft.case, book), *draft.found.for_information)


def _each_once(named: tuple[str, ...]) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for address in filter(None, named):
        known.setdefault(addresses.key(address), address)
    return tuple(known.values())


# --- looking into it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Which leaves somebody asks for: of these departments (None: all), or the one with that number."""

    departments: frozenset[str] | None
    leaf: int | None
    whose: str


_BINDER: Final = re.compile(r"\bparm(?:en|ar|arna)?\b|\bblad(?:en|et)?\b")
_FILLERS: Final = re.compile(r"\b(?:nr|nummer|i|hos|pa|for|alla)\b|[.,:;]")
_NUMBER: Final = re.compile(r"\d{1,9}")


def read_asked(words: str, sight: Sight, book: RuleBook) -> Asked | Unknown | None:
    """The leaves that the words behind `#LISTA` ask for ("pärmen", "pärmen socialförvaltningen", "blad 12"), as far as
    they are in sight; None where they do not speak of the binder.
    """
    low = fold(words)
    if not _BINDER.search(low):
        return None
    mine = None if sight.units is None else frozenset(u.department for u in book.people.units if u.id in sight.units)
    rest = " ".join(_FILLERS.sub(" ", _BINDER.sub(" ", low)).split())
    if number := _NUMBER.fullmatch(rest):
        return Asked(mine, int(number[0]), "som du kan se")
    if not rest:
        return Asked(mine, None, "i hela kommunen" if mine is None else "hos din förvaltning")
    named = next((d for d in book.people.departments if fold(d.name).startswith(rest) or d.id == rest), None)
    if named is None:
        return Unknown(f"”{words}” är ingen pärm. Skriv till exempel #LISTA pärmen, en förvaltning eller blad 12.")
    if mine is not None and named.id not in mine:
        return Unknown(f"Du kan inte se pärmen hos {named.name}. Du ser din egen förvaltnings pärm.")
    return Asked(frozenset({named.id}), None, f"hos {named.name}")
