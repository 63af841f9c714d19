"""The figures of reports: how promises went, the tables, comparisons, and what the public may know."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.core.calendar.periods import a_year_before, before, ended, spanning
from service.core.cases import Clock, Contact, Deadline, Status
from service.core.decide.reporting import Series, series
from service.core.figures import hiding
from service.core.figures.counted import Counted, Went, judge, went
from service.core.figures.in_mail import letter_facts
from service.core.figures.lateness import ReceiptsWay, why_late
from service.core.figures.report import Group, Report, Wanted, report
from service.core.figures.sheets import Shape, Sheet, shape
from service.core.rules.choices import Period as Every
from service.core.rules.choices import ReportContent
from service.core.rules.rulebook import RuleBook
from service.rulesfolder import load

BOOK: RuleBook = load(Path(__file__).parents[2] / "rules" / "ekvik")
MAY = spanning(date(2026, 5, 1), date(2026, 5, 31))
NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
ARRIVED = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)  # a Monday
DUE = datetime(2026, 5, 20, 21, 59, 59, tzinfo=UTC)  # ten working days later: two of them are free in Ekvik


def promise(met: int | None, kind: Clock = Clock.ANSWER, due: datetime = DUE) -> Deadline:
    """A promise that was kept so many days before it was due, or never."""
    return Deadline(kind, ARRIVED, due, None if met is None else due - timedelta(days=met))


_serial = itertools.count(1)


def case(**facts: object) -> Counted:
    given = {"received_at": ARRIVED, "answer": promise(3), "status": Status.CLOSED, "unit": "gata-park"} | facts
    return Counted(f"EKV-26-{next(_serial):05d}", **given)  # type: ignore[arg-type]


def counted(cases: Sequence[Counted], **wanted: object) -> Report:
    return report(cases, Wanted(MAY, about="hela kommunen", **wanted), BOOK, NOW)  # type: ignore[arg-type]


def sheet(of: Shape, key: str) -> Sheet:
    return next(s for s in of.sheets if s.key == key)


def values(of: Sheet) -> dict[str, list[object]]:
    return {line.key or line.name: [cell.value for cell in line.cells] for line in of.lines}


@pytest.mark.parametrize(
    ("deadline", "now", "how"),
    [
        (None, NOW, Went.NOT_PROMISED),
        (promise(0), NOW, Went.IN_TIME),
        (Deadline(Clock.ANSWER, ARRIVED, DUE, DUE + timedelta(seconds=1)), NOW, Went.LATE),
        (promise(None), DUE, Went.WAITING),
        (promise(None), DUE + timedelta(seconds=1), Went.LATE),
    ],
)
def test_how_a_promise_went(deadline: Deadline | None, now: datetime, how: Went) -> None:
    assert went(deadline, now) is how


def test_days_are_working_days_from_arrival_to_answer() -> None:
    assert judge(case(answer=promise(0)), BOOK.calendar, NOW).days == 10
    assert judge(case(answer=promise(None)), BOOK.calendar, NOW).days is None


def test_kop_03_kop_09_kop_33_kli_03_sheets_count_each_case_once() -> None:
    cases = [
        case(type="klagomål", measure="Åtgärdat", channel="telefon"),
        case(type="klagomål", answer=promise(-2), late_reason="Semester"),
        case(type="beröm", unit="forskola", anonymous=True, assigned=3),
        case(type="klagomål", secrecy=True, measure="Åtgärdat"),
        case(answer=promise(None), status=Status.ASSIGNED, reopened=1),
        case(received_at=ARRIVED - timedelta(days=30)),  # April
        case(received_at=ARRIVED - timedelta(days=365), answer=promise(-400)),  # May the year before
    ]
    made = shape(counted(cases))
    overview = values(made.overview)
    assert [column.title for column in made.overview.columns] == ["maj 2026", "april 2026", "maj 2025"]
    assert overview["received"] == [5, 1, 1]
    assert overview["in_time"] == [3, 1, 0]
    assert overview["late"] == [2, 0, 1]
    assert overview["share"] == [60, 100, 0]
    assert overview["anonymous"][0] == 1
    assert overview["handed_over"][0] == 1
    assert overview["reopened"][0] == 1
    assert overview["open_now"][0] == overview["late_now"][0] == 1
    types = values(sheet(made, "types"))
    assert types == {
        "klagomål": [2, 1, 1, 0, 50],
        "Sekretess": [1, 1, 0, 0, 100],
        "Utan typ": [1, 0, 1, 0, 0],
        "beröm": [1, 1, 0, 0, 100],
    }
    assert values(sheet(made, "units")) == {"Gata och park": [4, 2, 2, 0, 50], "Förskola": [1, 1, 0, 0, 100]}
    for key in ("types", "units", "categories", "channels", "processes", "languages", "departments", "within"):
        assert sum(line.cells[0].value for line in sheet(made, key).lines) == 5, key  # type: ignore[misc]
    assert [line.name for line in sheet(made, "late_now").lines] == [cases[4].number]


def test_every_figure_can_be_opened_to_its_cases() -> None:
    cases = [case(type="klagomål"), case(answer=promise(-1), type="klagomål")]
    made = shape(counted(cases))
    klagomal = sheet(made, "types").lines[0]
    assert klagomal.cells[0].numbers == tuple(c.number for c in cases)
    assert klagomal.cells[2].numbers == (cases[1].number,)
    for each in made.sheets:
        for line in each.lines:
            for column, cell in zip(each.columns, line.cells, strict=True):
                if isinstance(cell.value, int) and not column.unit and not line.unit and each.key != "late_now":
                    assert len(cell.numbers) == cell.value, (each.key, line.name)


def test_hjo_26_a_later_day_that_was_told_moves_no_figure() -> None:
    """The report counts by the first promise: it knows no other."""
    late = case(answer=Deadline(Clock.ANSWER, ARRIVED, DUE, DUE + timedelta(days=1)))
    assert counted([late]).whole.that(Went.LATE)


def test_median_and_nine_of_ten() -> None:
    group = Group("", tuple(judge(case(answer=promise(n)), BOOK.calendar, NOW) for n in (0, 1, 4, 5, 11)))
    assert group.days == [4, 7, 7, 9, 10]
    assert (group.median_days, group.ninth_days) == (7, 10)


def test_words_of_staff_stand_there_only_where_many_use_them() -> None:
    rare = [case(answer=promise(-1), late_reason="Anna Ek var sjuk") for _ in range(4)]
    common = [case(answer=promise(-1), late_reason="Semester") for _ in range(5)]
    made = shape(counted([*rare, *common, case(measure="Ringde Anna Ek")]))
    assert values(sheet(made, "late_reasons")) == {"Semester": [5], "Annan orsak": [4]}
    assert values(sheet(made, "measures"))["Annan åtgärd"][0] == 1
    assert "Anna Ek" not in str(made)


def test_the_same_cases_in_any_order_give_the_same_report() -> None:
    cases = [case(type=t) for t in ("beröm", "fråga", "fråga", "klagomål")]
    assert shape(counted(cases)) == shape(counted(cases[::-1]))


def test_the_cases_of_some_units_alone() -> None:
    cases = [case(), case(unit="forskola")]
    assert counted(cases, units=frozenset({"forskola"})).whole.total == 1


# --- what the public may know ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([10, 7], [10, 7]),
        ([10, 7, 3], [10, 10]),  # the small one together with the next larger
        ([10, 3, 3], [10, 6]),
        ([10, 6, 1, 1], [10, 8]),
        ([10, 3], []),  # the other would tell it
        ([10, 0], [10, 0]),
        ([3], []),
        ([4, 4], []),
        ([], []),
    ],
)
def test_small_groups_are_merged_so_that_none_can_be_counted(sizes: list[int], shown: list[int]) -> None:
    groups = [
        Group(str(n), tuple(judge(case(), BOOK.calendar, NOW) for _ in range(size))) for n, size in enumerate(sizes)
    ]
    assert [group.total for group in hiding.merged(groups)] == shown


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([50, 6, 5, 0], (50, 6, 5, 0)),
        ([50, 6, 2, 0], (50, None, None, 0)),
        ([50, 2, 2, 9], (50, None, None, None)),
        ([50, 3, 3, 0], (50, None, None, 0)),
        ([3, 0, 0, 0], (None, 0, 0, 0)),
    ],
)
def test_parts_of_a_known_whole(counts: list[int], shown: tuple[int | None, ...]) -> None:
    assert hiding.parts(counts) == shown


def test_kli_28_the_public_shape_has_no_number_of_a_case_and_no_small_group() -> None:
    cases = [case(type="klagomål") for _ in range(20)]
    cases += [case(type="beröm", unit="forskola") for _ in range(7)]
    cases += [case(type="fråga", answer=promise(-3), anonymous=True) for _ in range(3)]
    made = shape(counted(cases), public=True)
    assert "EKV-26" not in str(made)
    for each in made.sheets:
        for line in each.lines:
            for column, cell in zip(each.columns, line.cells, strict=True):
                if not (column.unit or line.unit):
                    assert cell.value is None or cell.value == 0 or cell.value >= 5, (each.key, line)  # type: ignore[operator]
    assert values(sheet(made, "types")) == {"klagomål": [20], hiding.OTHERS: [10]}
    assert "share" not in values(made.overview), "three late of thirty would be told by it"
    assert not any(each.key in {"departments", "late_now", "open_now"} for each in made.sheets)


def test_kli_28_two_public_tables_tell_together_no_more_than_each_of_them() -> None:
    """Of the answered ones those in time are known: the rest came late, and are few."""

    def made(late: int) -> Shape:
        on_the_same_day = promise(-2, due=DUE - timedelta(days=5))
        waiting = [case(answer=promise(None)) for _ in range(7)]
        answered = [case() for _ in range(30)] + [case(answer=on_the_same_day) for _ in range(late)]
        return shape(counted([*waiting, *answered]), public=True)

    assert values(made(6).overview)["in_time"][0] == 30
    assert sum(row[0] for row in values(sheet(made(6), "within")).values()) == 43  # type: ignore[misc]
    assert "within" not in {each.key for each in made(3).sheets}, "33 have an answer, 30 of them in time"


def test_kli_28_who_is_in_no_group_of_a_public_table_is_not_told_by_the_sum() -> None:
    measures = BOOK.municipality.measures
    cases = [case(measure=measure) for measure in measures[:2] for _ in range(10)]
    assert any(each.key == "measures" for each in shape(counted(cases), public=True).sheets)
    cases += [case() for _ in range(2)]
    assert not any(each.key == "measures" for each in shape(counted(cases), public=True).sheets)


# --- periods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "earlier", "a_year"),
    [
        ("2026-01-01", "2026-06-30", "halvår 2 2025", "halvår 1 2025"),
        ("2026-05-01", "2026-08-31", "tertial 1 2026", "tertial 2 2025"),
        ("2026-01-01", "2026-12-31", "2025", "2025"),
        ("2024-02-01", "2024-02-29", "januari 2024", "februari 2023"),
        ("2026-01-05", "2026-01-11", "2025-12-29 till 2026-01-04", "2025-01-05 till 2025-01-11"),
    ],
)
def test_what_a_period_is_compared_with(first: str, last: str, earlier: str, a_year: str) -> None:
    period = spanning(date.fromisoformat(first), date.fromisoformat(last))
    assert (before(period).name, a_year_before(period).name) == (earlier, a_year)


@pytest.mark.parametrize(
    ("months", "today", "name"),
    [
        (1, "2026-03-01", "februari 2026"),
        (4, "2026-08-31", "tertial 1 2026"),
        (4, "2026-09-01", "tertial 2 2026"),
        (6, "2026-12-31", "halvår 1 2026"),
        (12, "2027-01-01", "2026"),
    ],
)
def test_the_period_that_has_ended(months: int, today: str, name: str) -> None:
    assert ended(months, date.fromisoformat(today)).name == name


# --- which reports leave ---------------------------------------------------------------------------------------------


def a_series(period: Every) -> Series:
    return Series("x@ekvik.example", period, ReportContent.STATISTICS, None, "", "x")


@pytest.mark.parametrize(
    ("latest", "begun", "today", "names"),
    [
        (None, "2026-01-10", "2026-07-01", ["halvår 1 2026"]),
        (None, "2026-07-02", "2026-12-31", []),  # nothing of the service's own has ended yet
        (None, "2024-01-01", "2026-07-01", ["halvår 1 2026"]),  # the line may be new: no old ones
        ("2026-01-01", "2026-01-10", "2026-12-31", []),
        ("2026-01-01", "2026-01-10", "2027-08-01", ["halvår 2 2026", "halvår 1 2027"]),  # after a long standstill
    ],
)
def test_each_period_once(latest: str | None, begun: str, today: str, names: list[str]) -> None:
    seen = date.fromisoformat(latest) if latest else None
    due = a_series(Every.HALF_YEAR).due(seen, date.fromisoformat(begun), date.fromisoformat(today))
    assert [period.name for period in due] == names


def with_reports(*lines: dict[str, object]) -> RuleBook:
    town = BOOK.municipality.model_dump(by_alias=True, exclude_unset=True) | {"reports": lines}
    return BOOK.model_copy(update={"municipality": type(BOOK.municipality).model_validate(town)})


def test_who_gets_what() -> None:
    whole = series(with_reports({"period": "half_year", "to": ["controller@ekvik.example"]}))
    assert [(s.to, s.units) for s in whole] == [("controller@ekvik.example", None)]
    managers = series(with_reports({"period": "month", "to": ["manager"], "scope": "units"}))
    assert sorted(u for s in managers for u in s.units or ()) == sorted(u.id for u in BOOK.people.units)
    assert len({s.to for s in managers}) == len(managers), "one letter over all that is the person's own"
    heads = series(with_reports({"period": "year", "to": ["head"], "scope": "departments"}))
    assert {u for s in heads for u in s.units or ()} <= {u.id for u in BOOK.people.units}
    each = series(with_reports({"period": "year", "to": ["c@ekvik.example"], "scope": "units"}))
    assert len(each) == len(BOOK.people.units)


# --- why receipts were late ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"opened_at": DUE + timedelta(hours=1)}, "Togs in i registret först när dagen hade passerat"),
        ({"contact": Contact.LETTER}, "Skulle postas som brev"),
        ({"letters": ("refused",)}, "Mejlet kom inte fram till adressen"),
        ({"letters": ("sent",), "is_given": False}, "Mejlet kom inte fram till adressen"),
        ({"letters": ("sent",), "held": True}, "Hölls kvar av gränsen för automatiska mejl"),
        ({"letters": ("sent",), "tries": 2}, "Mejlservern tog inte emot mejlet i tid"),
        ({"letters": ("sent",)}, "Skickades efter sista dagen"),
        ({}, "Inget mejl har skickats"),
    ],
)
def test_why_a_receipt_was_late(facts: dict[str, object], why: str) -> None:
    way = {"contact": Contact.EMAIL, "blocked": False, "opened_at": ARRIVED, "due_at": DUE, "is_given": True} | facts
    assert why_late(ReceiptsWay(**way)) == why  # type: ignore[arg-type]


def test_the_letter_lists_late_cases_by_number_and_no_more_than_it_can_hold() -> None:
    cases = [case(answer=promise(None), status=Status.ASSIGNED) for _ in range(45)]
    facts = letter_facts(counted(cases))
    assert (facts["open"], len(facts["late"]), facts["more_late"]) == (45, 40, 5)


def test_kli_09_an_appeal_is_in_no_figure_but_its_own() -> None:
    appeal = {"appeal": True, "answer": None, "status": Status.TRIAGE}
    found = counted([case(), *(case(**appeal) for _ in range(4)), case(received_at=ARRIVED - timedelta(days=40))])
    assert (found.whole.total, found.earlier.total, found.unanswered.total, found.appeals.total) == (1, 0, 0, 4)
    assert [table.key for table in found.tables if sum(group.total for group in table.groups) != 1] == []
    assert values(sheet(shape(found), "overview"))["appeals"] == [4, None, None]
    assert "appeals" not in values(sheet(shape(found, public=True), "overview")), "four are persons"
