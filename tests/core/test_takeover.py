"""Rows of the system before: what each cell becomes, and what is said of those that are not understood."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.core.cases import Case, Clock, Contact, Publication, Status
from service.core.effects import SendLetter
from service.core.evolve import evolve
from service.core.rules.rulebook import RuleBook
from service.core.takeover.mapping import Takeover
from service.core.takeover.opening import opened
from service.core.takeover.rows import Cell, Old, Reader
from tests.core.values import BO, NOW, a_book

COLUMNS = {
    "external_ref": "Nr", "registry_number": "Dnr", "received_at": "Inkom", "text": ["Text", "Mer"], "status": "Status",
    "type": "Typ", "channel": "Kanal", "unit": "Enhet", "officer": "Vem", "answered_at": "Besvarad",
    "closed_at": "Avslutad", "receipt_sent_at": "Bekräftat", "secrecy": "Sekretess", "secrecy_provision": "Lagrum",
    "anonymous": "Anonym", "measure": "Åtgärd", "keywords": "Ord",
    "submitter": {"name": ["Förnamn", "Efternamn"], "email": "Mejl", "phone": "Tfn", "address": ["Gata", "Ort"],
                  "contact": "Svar via"},
}  # fmt: skip
ROW: dict[str, Cell] = {"Nr": "SYN 1", "Inkom": "2026-09-01", "Text": "Det är ett hål i gatan."}

ENDED_YET_OPEN = "is the day of its end, and the case is assigned"


def reader(book: RuleBook, **more: Any) -> Reader:
    takeover = Takeover.model_validate({"columns": COLUMNS} | more)
    return Reader(takeover, book, "ekvik", date(2026, 9, 7), frozenset({"synpunkten@ekvik.example"}))


def read(book: RuleBook, cells: dict[str, Cell], **more: Any) -> Old:
    found = reader(book, **more).read(2, ROW | cells)
    assert isinstance(found, Old), [str(each) for each in found]
    return found


def case_of(old: Old, book: RuleBook, now: datetime = NOW) -> Case:
    """The case as the effects make it."""
    case = old.case
    for effect in opened(old, book, now, "a.csv"):
        case = evolve(case, effect)
    return case


@pytest.mark.parametrize(
    ("cells", "fact", "value"),
    [
        ({"Typ": "KLAGOMÅL"}, "type", "klagomål"),
        ({"Typ": "Felanmälan"}, "type", "klagomål"),
        ({"Typ": ""}, "type", "övrigt"),
        ({"Kanal": "Facebook"}, "channel", "sociala medier"),
        ({"Kanal": "Rökpuff"}, "channel", "brev"),
        ({"Kanal": ""}, "channel", "e-post"),
        ({"Enhet": "gata  OCH park"}, "unit", "gata-park"),
        ({"Vem": "Bo Ek"}, "officer", BO),
        ({"Vem": "BO.EK@ekvik.example"}, "officer", BO),
        ({"Vem": "Bo Ek"}, "unit", "gata-park"),
        ({"Vem": "Slutat Sedan Länge"}, "officer", ""),
        ({"Enhet": "Gata och park"}, "department", "teknik"),
        ({"Text": "a\x00b", "Mer": "mer"}, "text", "ab\n\nmer"),
        ({"Ord": "vinter; snö, halka"}, "keywords", ("vinter", "snö", "halka")),
        ({"Dnr": "ks 2025/77"}, "registry_number", "KS 2025-00077"),
        ({"Sekretess": "Ja"}, "secrecy", True),
        ({"Lagrum": "26:1"}, "secrecy", True),
        ({"Enhet": "Hemtjänst"}, "secrecy", True),
        ({"Enhet": "Hemtjänst", "Sekretess": "Nej"}, "secrecy", True),
        ({"Text": "Pojken placeras enligt LVU."}, "secrecy", True),
        ({"Text": "Pojken placeras enligt LVU.", "Sekretess": "nej"}, "secrecy", False),
        ({}, "secrecy", False),
        ({}, "anonymous", True),
        ({"Förnamn": "Anna"}, "anonymous", False),
        ({"Förnamn": "Anna", "Anonym": "x"}, "anonymous", True),
        ({"Inkom": "3.9.2026"}, "received_at", datetime(2026, 9, 3, 10, tzinfo=UTC)),
        ({"Inkom": "2026-09-03 08:15"}, "received_at", datetime(2026, 9, 3, 6, 15, tzinfo=UTC)),
        ({"Inkom": datetime.fromisoformat("2026-01-03")}, "received_at", datetime(2026, 1, 3, 11, tzinfo=UTC)),
        ({"Inkom": "2026-09-03T08:15:00+00:00"}, "received_at", datetime(2026, 9, 3, 8, 15, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_each_cell_becomes_a_fact(ekvik: RuleBook, cells: dict[str, Cell], fact: str, value: object) -> None:
    values = {
        "type": {"felanmälan": "klagomål", "": "övrigt"},
        "channel": {"*": "brev"},
        "officer": {"*": ""},
    }
    found = read(ekvik, cells, values=values, dates=["%d.%m.%Y"])
    assert getattr(found.case, fact) == value


def test_who_wrote_and_how_the_person_is_reached(ekvik: RuleBook) -> None:
    cells: dict[str, Cell] = {"Förnamn": "Anna", "Efternamn": "Ek", "Gata": "Storgatan 4", "Ort": "123 45 Ekvik"}
    who = read(ekvik, cells).case.submitter
    assert (who.name, who.address, who.contact) == ("Anna Ek", "Storgatan 4, 123 45 Ekvik", Contact.LETTER)
    who = read(ekvik, cells | {"Mejl": "anna@example.org", "Svar via": "Telefon", "Tfn": "070"}).case.submitter
    assert (who.email, who.contact) == ("anna@example.org", Contact.PHONE)


@pytest.mark.parametrize(
    ("cells", "column", "what", "nearest"),
    [
        ({"Typ": "klagomal"}, "Typ", "is not understood", "klagomål"),
        ({"Status": "Avslutet"}, "Status", "is not understood", "closed"),
        ({"Vem": "Bo Eck"}, "Vem", "is not understood", BO),
        ({"Vem": "utomstaende@example.org"}, "Vem", "is not understood", ""),
        ({"Enhet": "Rymd"}, "Enhet", "is not understood", ""),
        ({"Sekretess": "kanske"}, "Sekretess", "is not understood", ""),
        ({"Inkom": "i våras"}, "Inkom", "is no day", ""),
        ({"Inkom": ""}, "Inkom", "is empty: nobody can tell when the case came in", ""),
        ({"Inkom": "2026-09-08"}, "Inkom", "has not come yet", ""),
        ({"Besvarad": "2026-08-31"}, "Besvarad", "is before the case came in", ""),
        ({"Status": "Avslutat"}, "Avslutad", "is empty, and the case is closed", ""),
        ({"Status": "Pågår", "Avslutad": "2026-09-02"}, "Avslutad", ENDED_YET_OPEN, ""),
        ({"Mejl": "anna"}, "Mejl", "is no e-mail address", ""),
        ({"Mejl": "Synpunkten@ekvik.example"}, "Mejl", "is the mailbox itself", ""),
        ({"Text": ""}, "Text, Mer", "is empty, and the title is too", ""),
        ({"Nr": ""}, "Nr", "is empty: the row has no number", ""),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_the_row_left_out(
    ekvik: RuleBook, cells: dict[str, Cell], column: str, what: str, nearest: str
) -> None:
    found = reader(ekvik).read(7, ROW | cells)
    assert isinstance(found, list)
    assert [(each.row, each.column, each.what, each.nearest) for each in found] == [(7, column, what, nearest)]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, Status.TRIAGE),
        ({"Vem": "Bo Ek"}, Status.ASSIGNED),
        ({"Vem": "Bo Ek", "Status": "Ny"}, Status.TRIAGE),
        ({"Vem": "Bo Ek", "Status": "Vilande"}, Status.WAITING),
        ({"Besvarad": "2026-09-03"}, Status.ANSWERED),
        ({"Avslutad": "2026-09-03"}, Status.CLOSED),
        ({"Besvarad": "2026-09-03", "Status": "avslutat"}, Status.CLOSED),
        ({"Avslutad": "2026-09-03", "Status": "avvisat"}, Status.REFUSED),
    ],
)
def test_a_case_stands_where_it_stood(ekvik: RuleBook, cells: dict[str, Cell], status: Status) -> None:
    case = case_of(read(ekvik, cells), ekvik)
    assert case.status is status
    ended = status in {Status.CLOSED, Status.REFUSED}
    assert (case.closed_at is not None, case.publication is Publication.NO) == (ended, ended)


def test_promises_are_those_of_the_day_on_which_it_came_in(ekvik: RuleBook) -> None:
    late = {"Inkom": "2025-03-03", "Besvarad": "2025-04-30", "Avslutad": "2025-05-02", "Bekräftat": "2025-03-04"}
    case = case_of(read(ekvik, dict(late)), ekvik)
    answer, receipt = case.deadline(Clock.ANSWER), case.deadline(Clock.RECEIPT)
    assert answer
    assert receipt
    assert answer.due_at.date() == date(2025, 3, 17)
    assert (answer.missed_at, answer.met_at) == (answer.due_at, case.answered_at)
    assert (receipt.missed_at, receipt.met_at) == (None, case.receipt_sent_at)
    running = case_of(read(ekvik, {"Inkom": "2026-09-04"}), ekvik).running
    assert running
    assert running.due_at.date() == date(2026, 9, 18)


def test_no_letter_leaves_and_no_step_that_was_due_before_is_taken_anew(ekvik: RuleBook) -> None:
    effects = opened(read(ekvik, {"Inkom": "2026-03-02", "Vem": "Bo Ek"}), ekvik, NOW, "a.csv")
    assert not [each for each in effects if isinstance(each, SendLetter)]
    steps = case_of(read(ekvik, {"Inkom": "2026-03-02", "Vem": "Bo Ek"}), ekvik).steps
    assert any("/escalate/3" in key for key in steps)


def test_what_the_routine_would_have_closed_long_ago_is_closed_then(ekvik: RuleBook) -> None:
    quiet = a_book(ekvik, close={"mode": "quiet", "quiet": "21 days", "notify": True})
    case = case_of(read(quiet, {"Inkom": "2026-03-02", "Besvarad": "2026-03-05"}), quiet)
    assert case.status is Status.CLOSED
    assert case.closed_at
    assert case.closed_at.date() == date(2026, 3, 26)


def test_without_the_old_number_nothing_can_be_imported_twice() -> None:
    with pytest.raises(ValueError, match="external_ref or registry_number"):
        Takeover.model_validate({"columns": {"received_at": "Inkom", "text": "Text"}})
