"""Reports leave by themselves: once for each period, to whom the rules say, and nobody's name is in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.core.calendar.periods import spanning
from service.core.figures.counted import Went
from service.core.figures.report import Wanted
from service.core.rules.rulebook import RuleBook
from service.desk import tables
from service.desk.database import Database
from service.desk.lookup.counting import reported
from service.rulesfolder import load
from tests.conversations.town import ANNA, BO, EVA, HOLE, MARIA, STOCKHOLM, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

CONTROLLER = "controller@ekvik.example"
JUNE = datetime(2026, 6, 1, 9, 12, tzinfo=STOCKHOLM)


def with_reports(book: RuleBook, *lines: dict[str, Any]) -> RuleBook:
    """The same rules with these reports alone."""
    town = book.municipality.model_dump(by_alias=True, exclude_unset=True) | {"reports": lines}
    return book.model_copy(update={"municipality": type(book.municipality).model_validate(town)})


def at(town: Town, local: str) -> list[tuple[str, str]]:
    """The daemon looks at the clock then; the reports that leave, by recipient and subject."""
    town.now = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)
    before = len(town.sent)
    town.looks_at_the_clock()
    return [(x.to, x.subject) for x in town.sent[before:] if x.kind == "report"]


def said(letter: Letter) -> str:
    return " ".join(letter.text.split())


def test_kop_18_two_reports_a_year_to_each_department_s_head(database: Database, ekvik: RuleBook) -> None:
    book = with_reports(ekvik, {"period": "half_year", "to": ["head"], "scope": "departments"})
    town = Town(database, book, JUNE)
    town.writes(ANNA, HOLE)
    assert at(town, "2026-06-30 15:00") == []
    assert at(town, "2026-07-01 06:00") == [], "before office hours"
    first = at(town, "2026-07-01 08:00")
    assert (EVA, "Statistik för halvår 1 2026") in first
    assert {subject for _, subject in first} == {"Statistik för halvår 1 2026"}
    assert at(town, "2026-07-01 08:01") == []
    assert at(town, "2026-12-31 12:00") == []
    assert at(town, "2027-01-04 08:00").count((EVA, "Statistik för halvår 2 2026")) == 1
    assert [x.kind for x in town.letters(to=EVA)].count("report") == 2
    assert "Kom in: 1" in said(town.letters("report", EVA)[0])


def test_after_a_long_standstill_each_period_is_told_of_once(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, with_reports(ekvik, {"period": "month", "to": [CONTROLLER]}), JUNE)
    town.writes(ANNA, HOLE)
    assert [s for _, s in at(town, "2026-07-01 08:00")] == ["Statistik för juni 2026"]
    late = at(town, "2026-10-05 08:00")
    assert [s for _, s in late] == [f"Statistik för {month} 2026" for month in ("juli", "augusti", "september")]
    assert at(town, "2026-10-05 08:00") == []


def test_a_manager_who_gets_one_more_unit_is_not_told_of_the_same_month_again(
    database: Database, ekvik: RuleBook
) -> None:
    book = with_reports(ekvik, {"period": "month", "to": ["manager"], "scope": "units"})
    town = Town(database, book, JUNE)
    town.writes(ANNA, HOLE)
    assert at(town, "2026-07-01 08:00").count((MARIA, "Statistik för juni 2026")) == 1
    hers = tuple(unit.model_copy(update={"manager": MARIA}) for unit in book.people.units)
    town.book = book.model_copy(update={"people": book.people.model_copy(update={"units": hers})})
    town.desk = replace(town.desk, book=town.book)
    assert at(town, "2026-07-20 08:00") == []
    assert at(town, "2026-08-03 08:00") == [(MARIA, "Statistik för juli 2026")]


def test_spa_28_spa_33_str_22_a_tertial_counts_its_own_months_and_the_year_all(
    database: Database, ekvik: RuleBook
) -> None:
    lines = [{"period": period, "to": [CONTROLLER]} for period in ("tertial", "year")]
    town = Town(database, with_reports(ekvik, *lines), datetime(2026, 4, 29, 9, 0, tzinfo=STOCKHOLM))
    town.writes(ANNA, HOLE)
    at(town, "2026-05-04 08:00")
    town.writes(ANNA, "Lampan vid Ekstigen är släckt.", subject="Släckt lampa")
    town.writes("Per <per@example.org>", HOLE)
    second = at(town, "2026-09-01 08:00")
    assert second == [(CONTROLLER, "Statistik för tertial 2 2026")]
    letter = town.letters("report", CONTROLLER)[-1]
    assert "Kom in: 2" in said(letter)
    assert "Jämför med tertial 1 2026: 1 kom in" in said(letter)
    assert (CONTROLLER, "Statistik för 2026") in at(town, "2027-01-04 08:00")
    assert "Kom in: 3" in said(town.letters("report", CONTROLLER)[-1])


def test_hjo_10_spa_27_hjo_11_a_meeting_gets_its_own_unit_s_figures_without_names(
    database: Database, ekvik: RuleBook
) -> None:
    line = {"period": "month", "to": ["manager"], "scope": "units", "content": "digest"}
    town = Town(database, with_reports(ekvik, line), JUNE)
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nHålet är lagat av Jonas Vik.\n#ÅTGÄRD 1", answers=town.letter("assignment", BO))
    secret = "Min son är placerad på HVB och Karin svarar inte."
    town.writes("Per <per@example.org>", secret, subject="Klagomål på Karin")
    subject = "Underlag till arbetsplatsträffen, juni 2026"
    assert at(town, "2026-07-01 08:00") == [(MARIA, subject), ("sofia.ros@ekvik.example", subject)]
    letter, of_secret = town.letters("report")
    assert "Kom in: 1" in said(letter), "of the own units alone"
    assert "Sekretess: 1" in said(of_secret), "counted, and not under what it is about"
    assert town.letters("report", "anna.kvist@ekvik.example") == [], "nothing came in there: nothing to talk about"
    whole = letter.text + letter.html + of_secret.text + of_secret.html
    numbers = [case.number for case in town.cases()]
    for name in ("Anna", "Bo Ek", "bo.ek", "Jonas", "Per", "Karin", "HVB", "Storgatan", *numbers):
        assert name not in whole, name


def test_a_late_receipt_is_told_with_its_reason(database: Database, ekvik: RuleBook) -> None:
    """The promise of two days is measured: whoever wants letters gets the receipt when somebody posts it."""
    town = Town(database, with_reports(ekvik, {"period": "month", "to": [CONTROLLER]}), JUNE)
    town.refuses = {"anna.ek@example.org": "550 5.1.1 no such user"}
    town.writes(ANNA, HOLE)
    town.writes("Per <per@example.org>", HOLE)
    at(town, "2026-07-01 08:00")
    told = said(town.letter("report", CONTROLLER))
    assert "Bekräftelser som var sena: 1" in told
    assert "Varför bekräftelser var sena ---------------------------- Mejlet kom inte fram till adressen: 1" in told


def test_bars_are_cells_that_say_nothing_aloud(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, with_reports(ekvik, {"period": "month", "to": [CONTROLLER]}), JUNE)
    town.writes(ANNA, HOLE)
    at(town, "2026-07-01 08:00")
    html = town.letter("report", CONTROLLER).html
    assert '<td width="120" height="12" bgcolor="#767676"' in html
    assert html.count('aria-hidden="true"') > 3
    assert "<img" not in html
    assert "<svg" not in html


def test_two_daemons_in_the_same_moment_send_one_report(
    database: Database, ekvik: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either has written: the database refuses the second."""
    town = Town(database, with_reports(ekvik, {"period": "month", "to": [CONTROLLER]}), JUNE)
    town.writes(ANNA, HOLE)
    monkeypatch.setattr("service.desk.rounds.reports._latest", lambda *_: {})
    assert len(at(town, "2026-07-01 08:00")) == 1
    assert at(town, "2026-07-01 08:00") == []


def test_a_new_register_tells_of_no_period_before_it(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, with_reports(ekvik, {"period": "month", "to": [CONTROLLER]}), JUNE)
    assert at(town, "2026-06-01 09:00") == [], "nothing has happened yet"
    town.writes(ANNA, HOLE)
    assert at(town, "2026-06-02 09:00") == []


@pytest.mark.parametrize(
    ("name", "when", "to", "subject"),
    [
        ("koping", "2026-07-01 08:00", "", "Statistik för halvår 1 2026"),
        ("spanga-tensta", "2026-09-01 08:00", "controller@spanga-tensta.example", "Statistik för tertial 2 2026"),
        ("stromstad", "2027-01-04 08:00", "", "Statistik för 2026"),
        ("hjo", "2026-07-01 08:00", "", "Statistik för halvår 1 2026"),
    ],
)
def test_str_22_the_profiles_send_what_their_routines_say(
    database: Database, name: str, when: str, to: str, subject: str
) -> None:
    folder = Path(__file__).parents[2] / "rules" / name
    town = Town(database, load(folder), JUNE, address=f"synpunkten@{name}.example", rules=folder)
    town.writes(ANNA, "Det är ett hål i gatan.")
    sent = at(town, when)
    assert subject in {s for t, s in sent if not to or t == to}


# --- the figures are those of the journal ----------------------------------------------------------------------------


def test_kli_03_a_recount_from_the_journal_equals_the_report(database: Database, ekvik: RuleBook) -> None:
    """The journal alone tells how many came in, where each lies and whether it was answered by the promised day."""
    town = Town(database, ekvik, JUNE)
    for n in range(6):
        town.writes(f"Person <p{n}@example.org>", HOLE if n % 2 else "Lekplatsen på förskolan är farlig.")
        town.passes(days=1)
    for n, letter in enumerate(town.letters("assignment")[:4]):
        town.passes(days=5 * n)
        town.writes(letter.to, "#SVAR\nDet är ordnat nu.", answers=letter)
    period = spanning(JUNE.date().replace(day=1), JUNE.date().replace(day=30))
    with database.reading() as s:
        report = reported(s, "ekvik", Wanted(period), ekvik, town.now)
        lines = s.execute(select(tables.journal).order_by(tables.journal.c.id)).all()
    due: dict[int, str] = {}
    answered: dict[int, str] = {}
    unit: dict[int, str] = {}
    for line in lines:
        at_local = line.at.astimezone(STOCKHOLM)
        if line.kind == "clock:start" and line.text.startswith("answer due "):
            due.setdefault(line.case_id, line.text[11:27])
        if line.kind == "clock:stop" and line.text.startswith("answer:"):
            answered.setdefault(line.case_id, f"{at_local:%Y-%m-%d %H:%M}")
        if line.kind == "assigned":
            unit[line.case_id] = line.text.partition(" / ")[0]
    now = f"{town.now:%Y-%m-%d %H:%M}"
    late = {case for case in due if answered.get(case, now) > due[case]}
    assert report.whole.total == len(due) == 6
    assert len(report.whole.that(Went.IN_TIME)) == len(answered.keys() - late)
    assert len(report.whole.that(Went.LATE)) == len(late) > 0
    by_unit = {group.name: group.total for table in report.tables if table.key == "units" for group in table.groups}
    names = [u.name if (u := ekvik.unit(found)) else "Inte fördelade än" for found in unit.values()]
    assert by_unit == {name: names.count(name) for name in names}
