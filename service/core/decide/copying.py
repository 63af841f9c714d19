"""Who gets a copy besides whoever acts: the official diary, and the managers of units that want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from service.core import addresses
from service.core.cases import Case
from service.core.effects import Letter, SendLetter, TakeStep
from service.core.rules.rulebook import RuleBook

if TYPE_CHECKING:
    from service.core.decide.incoming import Plan

_FROM_OUTSIDE = frozenset(
    {"feedback", "form", "file-note", "unreadable", "follow-up", "duplicate", "comment", "unverified"}
)
"""The mails of a case that are documents of the diary, by how they are filed; what staff order is none."""


def mail_for_diary(case: Case, kind: str, digest: str, book: RuleBook) -> Iterator[SendLetter]:
    """The mail as it came, for the diary where that is another register (KOP-06); of a secret case a pointer alone."""
    if kind in _FROM_OUTSIDE:
        yield from _for_diary(case, book, "diary-mail", {}, digest, original=True)


def answer_for_diary(case: Case, text: str, officer: str, source: str, book: RuleBook) -> Iterator[SendLetter]:
    """The answer with its files, for the diary (KOP-26). source: digest of the mail whose files went along."""
    facts = {"answer": "" if case.secrecy else text, "officer_address": officer}
    yield from _for_diary(case, book, "diary-answer", facts, source, original=False)


def _for_diary(
    case: Case, book: RuleBook, template: str, facts: Mapping[str, object], digest: str, *, original: bool
) -> Iterator[SendLetter]:
    because = (
        "a copy for the diary; the case is secret, so it shows nothing" if case.secrecy else "a copy for the diary"
    )
    files_of = "" if case.secrecy else digest
    for to in book.municipality.diary.copy_to:
        whole = original and bool(files_of)
        yield SendLetter(Letter.INFORMATION, to, because, template, facts, files_of, original=whole)


def tell_managers(plan: Plan, files_of: str) -> None:
    """The managers whose unit wants it hear of what has come to the unit, or to one of its staff (SPA-30).

    Once each; not whoever has the case or took it in, nobody whom it names (STR-07), and of a secret case nobody.
    """
    case, book = plan.case, plan.book
    if case.secrecy:
        return
    words = book.lexicon.read(case.title, case.text)
    knows = {addresses.key(address) for address in (case.officer, case.received_by) if address}
    reached = (case.unit if case.officer else "", book.unit_of(case.received_by) or "")
    for unit in filter(None, map(book.unit, dict.fromkeys(reached))):
        manager, step = addresses.key(unit.manager), f"copy:{addresses.key(unit.manager)}"
        is_meant = unit.copy_manager and manager not in knows and step not in plan.case.steps
        if is_meant and not words.found(book.names_of(unit.manager)):
            because = f"the manager of {unit.id} wants a copy"
            plan.add(TakeStep(step, (), because))
            plan.letter(Letter.INFORMATION, unit.manager, because, template="for-information", files_of=files_of)
