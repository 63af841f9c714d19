"""A municipality's cases and the pages that are made of them, for the tests of publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.core.cases import Case, Clock, Deadline, Publication, Status, Submitter
from service.core.publicity.publication import approval, proposed
from service.core.rules.rulebook import RuleBook
from service.giving.publishing import site
from service.giving.publishing.folder import Folder
from tests.core.values import a_case

BEGAN = datetime(2026, 8, 3, 7, 0, tzinfo=UTC)
ANNA = Submitter("Anna Ek", "anna.ek@example.org", "070-174 06 05")


def a_year(book: RuleBook, amount: int = 130) -> list[Case]:
    """Cases of some months: most of them published, every fifth not decided, every seventh secret."""
    made = []
    for n in range(amount):
        at = BEGAN + timedelta(days=n)
        case = a_case(
            number=f"EKV-26-{n:05}-A",
            title=f"Hål {n} & <vägen>",
            text=f"Hej!\n\nDet är ett hål på Storgatan {n}. Ring 070-174 06 05.\n\nMvh\nAnna Ek",
            answer=f"Hej Anna!\n\nHål {n} är lagat.",
            submitter=ANNA,
            received_at=at,
            answered_at=at + timedelta(days=3),
            status=Status.ANSWERED,
            publication=Publication.YES,
            type=("klagomål", "fråga")[n % 2],
            category="Fysisk miljö",
            unit=("gata-park", "forskola")[n % 2],
            deadlines=(Deadline(Clock.ANSWER, at, at + timedelta(days=14), met_at=at + timedelta(days=3)),),
            secrecy=n % 7 == 6,
        )
        undecided = {"publication": Publication.UNDECIDED} if n % 5 == 4 else approval(proposed(case, book))
        made.append(replace(case, **undecided))
    return made


def publish(cases: Iterable[Case], book: RuleBook, out: Path, now: datetime = BEGAN) -> site.Published:
    """The pages in the folder."""
    with Folder(out) as folder:
        return site.publish(cases, book, folder, now=now, secret=b"a secret")


def with_address(book: RuleBook, address: str | None = "https://www.ekvik.example/synpunkter/") -> RuleBook:
    """The rules of a municipality that has said where its pages are, or has not."""
    publishing = book.municipality.publish.model_copy(update={"address": address})
    town = book.municipality.model_copy(update={"publish": publishing})
    return RuleBook(municipality=town, people=book.people, routing=book.routing, forms=book.forms)


def with_own_pages(book: RuleBook) -> RuleBook:
    """The rules of a municipality in which each receipt leads to the case's own page."""
    publishing = book.municipality.publish.model_copy(update={"own_page": True})
    town = book.municipality.model_copy(update={"publish": publishing})
    return RuleBook(municipality=town, people=book.people, routing=book.routing, forms=book.forms)
