"""Samples of every letter: what its sender adds to the two sample cases.

Every letter that the service can send has its facts in one of two rooms, by who reads it: full ones, and the poorest
that it can get. The tests write every letter with them, and a municipality's own templates are tried with them before
they are taken over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from service.core.cases import Case
from service.core.effects import Letter
from service.core.identity.numbers import number
from service.core.rules.rulebook import RuleBook
from service.desk.writing import citizensamples, staffsamples
from service.desk.writing.samplefacts import (
    ARRIVED,
    CASE,
    CHOICES,
    OFFICER,
    REGISTRAR,
)

LETTERS: dict[str, tuple[Letter, dict[str, Any], dict[str, Any]]] = citizensamples.LETTERS | staffsamples.LETTERS
"""By the template's name: the sort, all that its sender can add, and the least."""
WITHOUT_CASE = {
    "no-case", "unproven-new", "rules-fault", "rules-mended", "filing", "beginning", "waiting", "trial", "trouble",
    "without-content", "service-trouble", "canary", "stood-still",
    "flood", "out-of-reach", "put-aside", "let-in", "absent", "back", "returned", "moved", "ask-again", "digest",
    "list-done", "ask-list", "list", "figures", "unit-digest", "ask-show", "binder", "binder-list", "spoken",
    "spoken-told", "checksum", "taken-over", "not-registered", "shadow", "restored", "credentials",
}  # fmt: skip
TO_CITIZENS = {
    "receipt", "receipt-appeal", "receipt-neutral", "receipt-parts", "acknowledgement", "state", "withdrawal", "answer",
    "referral", "refusal", "handover", "delay", "closing",
    "later-appeal",
}  # fmt: skip


def officer_of(book: RuleBook) -> str:
    """Who has the sample case in that municipality."""
    unit = next(iter(book.people.units), None)
    return (unit.officers or (unit.manager,))[0] if unit else OFFICER


def case_in(book: RuleBook) -> Case:
    """The sample case as it would be in that municipality."""
    unit, town = next(iter(book.people.units), None), book.municipality
    return dataclasses.replace(
        CASE,
        number=number(town.case_number.prefix, ARRIVED.year, 123),
        unit=unit.id if unit else "",
        officer=officer_of(book),
        proposal=unit.manager if unit else "",
        type=CASE.type if CASE.type in town.types else next(iter(town.types), ""),
        category=next(iter(town.categories), ""),
    )


def in_town(facts: Mapping[str, Any], book: RuleBook) -> dict[str, Any]:
    """The facts with that municipality's own people and lists."""
    town = book.municipality
    people = {OFFICER: officer_of(book), REGISTRAR: book.registrars[0]}
    lists = {"types": town.types, "categories": town.categories, "measures": town.measures}
    said = {name: _own(fact, people) for name, fact in facts.items()}
    return said | {name: words for name, words in lists.items() if said.get(name) == CHOICES[name]}


def _own(fact: Any, people: Mapping[str, str]) -> Any:
    """The fact, about somebody of the municipality where it is about one of the sample people."""
    if isinstance(fact, str):
        return people.get(fact, fact)
    named = getattr(fact, "email", None)
    return dataclasses.replace(fact, email=people[named]) if isinstance(named, str) and named in people else fact
