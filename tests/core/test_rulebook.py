from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from service.core.calendar.durations import Duration, Reminder, Unit
from service.core.rules.rulebook import CloseMode, Publish, RuleBook
from service.core.rules.rulechecks import problems

LEAST: dict[str, Any] = {"name": "Ekviks kommun", "case_number": {"prefix": "EKV"}}
PEOPLE: dict[str, Any] = {
    "registrars": ["registrator@ekvik.example"],
    "departments": [
        {"id": "teknik", "name": "Teknik", "head": "eva@ekvik.example", "secretary": "sekr@ekvik.example"},
        {"id": "vård", "name": "Vård"},
    ],
    "units": [
        {
            "id": "gata",
            "name": "Gata",
            "department": "teknik",
            "manager": "maria@ekvik.example",
            "officers": ["bo@ekvik.example"],
        },
        {"id": "va", "name": "VA", "department": "vård", "manager": "maria@ekvik.example"},
    ],
    "people": [
        {"email": "bo@ekvik.example", "name": "Bo", "phone": "0500-123 45", "substitute": "Vikarie@ekvik.example"},
        {"email": "maria@ekvik.example", "name": "Maria"},
        {"email": "Vikarie@ekvik.example", "name": "Vik"},
    ],
}


A_FORM: dict[str, Any] = {"name": "f", "from": "a@b.example", "fields": {"text": "T"}}


def a_book(municipality: dict[str, Any] | None = None, people: dict[str, Any] | None = None, **files: Any) -> RuleBook:
    return RuleBook.model_validate(
        {"municipality": LEAST | (municipality or {}), "people": PEOPLE | (people or {}), **files}
    )


def test_what_may_be_left_out_has_a_sensible_value() -> None:
    own = RuleBook.model_validate(
        {"municipality": LEAST, "people": {"registrars": "registrator@ekvik.example"}}
    ).municipality
    assert own.sender == "Ekviks kommun – Synpunkten"
    assert (own.deadlines.answer, own.deadlines.receipt) == (
        Duration(10, Unit.WORKING_DAYS),
        Duration(2, Unit.WORKING_DAYS),
    )
    assert (own.close.mode, own.publish.default, own.disposal) == (CloseMode.ON_COMMAND, Publish.ASK, ())
    assert (own.office_hours.opens, own.office_hours.closes) == (time(7, 30), time(16, 30))


def test_values_are_read_from_their_written_form() -> None:
    book = a_book(
        {
            "calendar": {"extra_non_working": ["2026-05-15"]},
            "deadlines": {
                "answer": "14 days",
                "per_channel": {"sociala medier": "24 hours"},
                "roll": "next_working_day",
            },
            "reminders": ["3 working days before"],
            "escalation": [{"after": "14 days", "to": "head", "repeat": "7 days"}],
            "office_hours": "08:00-12:00",
        }
    )
    own = book.municipality
    assert own.deadlines.per_channel == {"sociala medier": Duration(24, Unit.HOURS)}
    assert own.deadlines.roll_to_working_day
    assert own.reminders == (Reminder(Duration(3, Unit.WORKING_DAYS)),)
    assert own.escalation[0].repeat == Duration(7, Unit.DAYS)
    assert not book.calendar.is_working_day(date(2026, 5, 15))
    assert own.office_hours.closes == time(12, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nam": "x"},
        {"case_number": {"prefix": "ek"}},
        {"time_zone": "Europe/Ekvik"},
        {"deadlines": {"answer": 10}},
        {"deadlines": {"answer": "none"}},
        {"reminders": ["3 days"]},
        {"office_hours": "16-07"},
        {"office_hours": "16:30-07:30"},
        {"publish": {"default": True}},
        {"answer": {"oral": "yes"}},
        {"calendar": {"extra_non_working": [20260515]}},
        {"contact": {"phone": 50010000}},
        {"automatic_mail": {"per_hour": 0}},
        {"escalation": [{"after": "1 day", "to": []}]},
        {"reports": [{"period": "year", "to": ["nobody"]}]},
        {"types": [1]},
    ],
)
def test_what_is_no_such_value_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_book(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"registrars": []},
        {"units": [{"id": "a", "name": "A", "department": "teknik"}]},
        {"people": [{"email": "bo", "name": "Bo"}]},
    ],
)
def test_people_need_an_address_a_manager_and_a_registrar(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_book(people=wrong)


def test_a_book_is_frozen() -> None:
    with pytest.raises(ValidationError):
        a_book().municipality.name = "Annan"  # type: ignore[misc]  # that is what is tried


def test_look_ups() -> None:
    book = a_book()
    person, unit, department = book.person("BO@ekvik.example"), book.unit("gata"), book.department_of("va")
    assert person is not None
    assert (person.name, person.phone) == ("Bo", "0500-123 45")
    assert book.person("vikarie@ekvik.example") is not None
    assert unit is not None
    assert unit.name == "Gata"
    assert department is not None
    assert department.name == "Vård"
    assert (book.manager_of("gata"), book.head_of("gata"), book.head_of("va")) == (
        "maria@ekvik.example",
        "eva@ekvik.example",
        None,
    )
    assert (book.unit_of("Maria@ekvik.example"), book.unit_of("bo@ekvik.example"), book.unit_of("x@y.example")) == (
        "gata",
        "gata",
        None,
    )
    assert (
        book.person("x@y.example"),
        book.unit("x"),
        book.department("x"),
        book.manager_of(""),
        book.department_of(""),
    ) == (None,) * 5
    assert book.registrars == ("registrator@ekvik.example",)


@pytest.mark.parametrize(
    ("address", "known", "staff"),
    [
        ("Bo@Ekvik.example", True, True),
        ("eva@ekvik.example", True, True),
        ("sekr@ekvik.example", True, True),
        ("registrator@ekvik.example", True, True),
        ("annan@ekvik.example", False, True),
        ("annan@sub.ekvik.example", False, False),
        ("annan@inteekvik.example", False, False),
        ("anna@example.org", False, False),
        ("", False, False),
    ],
)
def test_who_is_staff(address: str, known: bool, staff: bool) -> None:
    book = a_book({"staff_domains": ["Ekvik.example"]})
    assert (book.is_known_staff(address), book.is_staff(address)) == (known, staff)


def a_rule(then: dict[str, Any], when: dict[str, Any] | None = None, name: str = "en") -> dict[str, Any]:
    return {"name": name, "when": when or {"words": [name]}, "then": then}


@pytest.mark.parametrize(
    ("files", "at", "message"),
    [
        ({"routing": {"rules": [a_rule({"unit": "gatan"})]}}, ("rules", 0, "then", "unit"), 'unknown unit "gatan"'),
        (
            {"routing": {"rules": [a_rule({"unit": "gata", "officer": "b@ekvik.example"})]}},
            ("rules", 0, "then", "officer"),
            "unknown officer",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va", "officer": "bo@ekvik.example"})]}},
            ("rules", 0, "then", "officer"),
            "neither officer nor manager",
        ),
        (
            {"routing": {"rules": [a_rule({"officer": "bo@ekvik.example"})]}},
            ("rules", 0, "then", "officer"),
            "needs a unit",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va", "type": "klagomal"})]}},
            ("rules", 0, "then", "type"),
            "unknown type",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va", "category": "x"})]}},
            ("rules", 0, "then", "category"),
            "unknown category",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va", "process": "x"})]}},
            ("rules", 0, "then", "process"),
            "unknown process",
        ),
        ({"routing": {"rules": [a_rule({})]}}, ("rules", 0, "then"), "decides nothing"),
        (
            {"routing": {"rules": [a_rule({"unit": "va", "refer": {"to": "T", "how": "1"}})]}},
            ("rules", 0, "then", "refer"),
            "either",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va"}, {"channel": "fax"})]}},
            ("rules", 0, "when", "channel", 0),
            "unknown channel",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va"}), a_rule({"unit": "va"}, {"words": "x"})]}},
            ("rules", 1, "name"),
            "already the name",
        ),
        (
            {"routing": {"rules": [a_rule({"unit": "va"}), a_rule({"unit": "va"}, {"words": "en"}, "två")]}},
            ("rules", 1, "name"),
            "never decides",
        ),
        ({"routing": {"examples": [{"text": "x"}]}}, ("examples", 0), "expects nothing"),
        ({"routing": {"examples": [{"text": "x", "unit": "y"}]}}, ("examples", 0, "unit"), "unknown unit"),
        ({"routing": {"examples": [{"text": "x", "rule": "y"}]}}, ("examples", 0, "rule"), "unknown rule"),
        ({"forms": [{"name": "f", "from": "a@b.example"}]}, ("forms", 0, "fields"), "no label for text"),
        (
            {"forms": [{"name": "f", "from": "a@b.example", "fields": {"text": "T"}, "contact": {"Ja": "email"}}]},
            ("forms", 0, "contact"),
            "need a label",
        ),
        ({"forms": [A_FORM | {"channel": "fax"}]}, ("forms", 0, "channel"), "unknown channel"),
        ({"forms": [A_FORM | {"type": "gnäll"}]}, ("forms", 0, "type"), "unknown type"),
        ({"forms": [A_FORM | {"process": "fel"}]}, ("forms", 0, "process"), "unknown process"),
        ({"forms": [A_FORM | {"types": {"Gnäll": "gnäll"}}]}, ("forms", 0, "types", "Gnäll"), "unknown type"),
        ({"people": {"units": [*PEOPLE["units"], PEOPLE["units"][0]]}}, ("units", 2, "id"), "already the id"),
        (
            {"people": {"people": [*PEOPLE["people"], {"email": "BO@ekvik.example", "name": "Bo"}]}},
            ("people", 3, "email"),
            "already the email",
        ),
        (
            {"people": {"units": [{"id": "x", "name": "X", "department": "tek", "manager": "bo@ekvik.example"}]}},
            ("units", 0, "department"),
            "unknown department",
        ),
        (
            {"municipality": {"deadlines": {"per_channel": {"fax": "1 day"}}}},
            ("deadlines", "per_channel", "fax"),
            "unknown channel",
        ),
        (
            {"municipality": {"deadlines": {"per_process": {"fel": "1 day"}}}},
            ("deadlines", "per_process", "fel"),
            "unknown process",
        ),
        ({"municipality": {"types": ["a", "b", "a"]}}, ("types", 2), "already in the list"),
    ],
)
def test_what_does_not_fit_together_is_found(files: dict[str, Any], at: tuple[int | str, ...], message: str) -> None:
    found = [(problem.at, problem.message) for problem in problems(a_book(**files)) if not problem.warning]
    assert len(found) == 1
    assert found[0][0] == at
    assert message in found[0][1]


def test_a_rule_that_always_holds_shadows_all_that_follow() -> None:
    rules = [
        a_rule({"unit": "va"}),
        {"name": "alla", "when": {}, "then": {"unit": "va"}},
        a_rule({"unit": "va"}, name="sist"),
    ]
    assert [problem.at for problem in problems(a_book(routing={"rules": rules}))] == [("rules", 2, "name")]


@pytest.mark.parametrize(
    "people",
    [
        {"units": [{"id": "x", "name": "X", "department": "teknik", "manager": "okand@ekvik.example"}]},
        {"units": [{"id": "x", "name": "X", "department": "teknik", "manager": "Bo@ekvik.example"}]},
    ],
)
def test_an_unnamed_person_and_a_second_spelling_are_warnings(people: dict[str, Any]) -> None:
    assert [problem.warning for problem in problems(a_book(people=people))] == [True]


def test_a_book_that_fits_together_has_no_problems() -> None:
    assert list(problems(a_book(routing={"rules": [a_rule({"unit": "gata", "officer": "bo@ekvik.example"})]}))) == []
