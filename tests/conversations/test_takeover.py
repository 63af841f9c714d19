"""Cases come from the system before, and life goes on: mails with the old number, answers, mornings, the ladder."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.core.cases import Case, Status
from service.core.takeover.mapping import Takeover
from service.core.takeover.rows import Old, Reader
from service.desk import takeover
from service.desk.lookup import proof, wanted
from service.desk.lookup import reader as register_reader
from service.desk.takeover import Taken
from tests.conversations.town import ANNA, BO, REGISTRAR, Town
from tests.core.values import a_book

MAP = Takeover.model_validate(
    {
        "columns": {
            "external_ref": "Nr", "received_at": "Inkom", "text": "Text", "unit": "Enhet", "officer": "Vem",
            "closed_at": "Avslutad", "submitter": {"name": "Namn", "email": "Mejl"}, "secrecy": "Sekretess",
        },
        "journal": ["Notering"],
    }
)  # fmt: skip
OPEN = {"Nr": "SYN 2026-0090", "Inkom": "2026-08-31", "Text": "Lampan på Åkervägen lyser inte.", "Vem": "Bo Ek",
        "Namn": "Anna Ek", "Mejl": "anna.ek@example.org", "Notering": "Ringt två gånger."}  # fmt: skip
CLOSED = {"Nr": "SYN 2025-0001", "Inkom": "2025-03-04", "Text": "Hål i Storgatan.", "Vem": "Bo Ek",
          "Namn": "Anna Ek", "Mejl": "anna.ek@example.org", "Avslutad": "2025-03-20"}  # fmt: skip
SECRET = {"Nr": "SYN 2026-0092", "Inkom": "2026-09-01", "Text": "Min mamma far illa hos hemtjänsten.",
          "Enhet": "Hemtjänst", "Namn": "Kurt Alm", "Mejl": "kurt@example.org", "Sekretess": "Ja"}  # fmt: skip


def imports(town: Town, *rows: dict[str, Any]) -> list[Taken]:
    """The rows are imported, and whoever has got open cases is told."""
    reader = Reader(MAP, town.desk.book, "ekvik", date(2026, 9, 7))
    olds = [old for number, cells in enumerate(rows, 2) if isinstance(old := reader.read(number, cells), Old)]
    assert len(olds) == len(rows)
    taken = takeover.take(town.desk, olds, "arenden.csv", town.now)
    takeover.tell(town.desk, {each.number for each in taken}, town.now)
    town.delivers()
    return taken


def by_old_number(town: Town, number: str) -> Case:
    return next(case for case in town.cases() if case.external_ref == number)


def test_a_mail_with_the_old_number_finds_the_case_and_the_officer_answers(town: Town) -> None:
    imports(town, OPEN, CLOSED)
    assert town.news() == [("digest", BO)]
    told = town.letter("digest", BO)
    assert by_old_number(town, "SYN 2026-0090").number in told.text
    assert "SYN 2025-0001" not in told.text + told.html
    town.writes(ANNA, "Nu är det två lampor som är trasiga.", "Sv: Ärende syn 2026-0090")
    assert len(town.cases()) == 2
    assert town.news() == [("information", BO), ("information", "anna.ek@example.org")]
    case = by_old_number(town, "SYN 2026-0090")
    town.writes(BO, "#SVAR\nLamporna byts i veckan.", f"[{case.number}]")
    assert town.letter("answer").to == "anna.ek@example.org"
    assert by_old_number(town, "SYN 2026-0090").status is Status.ANSWERED
    kinds = [(kind, text) for kind, text in town.journal() if kind in {"opened", "imported"}]
    assert kinds == [
        ("opened", "imported from arenden.csv row 2: SYN 2026-0090"),
        ("imported", "Notering: Ringt två gånger."),
        ("opened", "imported from arenden.csv row 3: SYN 2025-0001"),
    ]
    with town.database.reading() as s:
        assert proof.prove(s).faults == []


def test_nobody_else_gets_into_a_case_by_its_old_number(town: Town) -> None:
    imports(town, OPEN)
    town.writes("Ove Ask <ove@example.net>", "Hur går det?", "Ärende SYN 2026-0090")
    assert len(town.cases()) == 2
    assert "ove@example.net" not in [x.to for x in town.letters("answer")]


def test_a_second_import_takes_only_what_is_missing(town: Town) -> None:
    first = imports(town, OPEN)
    again = imports(town, OPEN, CLOSED)
    assert [(each.number == first[0].number, each.was_there) for each in again] == [(True, True), (False, False)]
    assert len(town.cases()) == 2
    assert len(town.letters("digest")) == 1


def test_open_cases_come_into_the_mornings_and_the_ladder_and_nobody_outside_hears(town: Town) -> None:
    imports(town, *({**OPEN, "Nr": f"SYN 2026-{n}"} for n in range(100, 130)))
    assert town.news() == [("digest", BO)]
    town.waits_until("2026-09-14 08:00")
    assert {to for kind, to in town.news() if kind in {"reminder", "escalation"}} >= {BO}
    assert not [x for x in town.sent if x.to.endswith("example.org")]


def test_whom_the_morning_mail_reaches_is_told_there_alone(town: Town) -> None:
    town.book = a_book(town.book, digest={"officers": True, "managers": True, "registrars": True, "at": "07:30"})
    town.__post_init__()
    imports(town, OPEN)
    assert town.news() == []
    town.waits_until("2026-09-08 07:31")
    assert by_old_number(town, "SYN 2026-0090").number in town.letters("digest", BO)[-1].text


def test_a_secret_row_stays_secret(town: Town) -> None:
    imports(town, SECRET)
    case = town.case()
    assert case.secrecy
    town.waits_until("2026-09-17 08:00")
    for letter in town.sent:
        assert "mamma" not in letter.text + letter.html + letter.subject
        assert "Kurt" not in letter.text + letter.html + letter.subject


def test_it_is_found_by_its_words_and_by_its_old_number(town: Town) -> None:
    imports(town, OPEN)
    for words in (("lampor",), ("SYN", "2026-0090")):
        with town.database.reading() as s:
            found = [each.case.number for each in register_reader.read(s, wanted.Wanted(words=words))]
        assert found == [town.case().number]
    assert REGISTRAR not in [x.to for x in town.sent]
