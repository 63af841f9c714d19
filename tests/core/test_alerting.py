"""Who hears at once of what may be more than feedback, and what the letter shows of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from service.core.cases import Case, Clock, Deadline
from service.core.decide import alerting
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import SendLetter, SetFields, StartClock
from service.core.people.absence import Absent, Away
from service.core.people.origin import Arrival
from service.core.rules.choices import Road
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, EVA, MARIA, NOW, NUMBER, REGISTRAR, a_book, a_case, a_mail

DUTY = "jour@ekvik.example"
OWN = "vakt@ekvik.example"
UNSAID: dict[str, Any] = {"roads": {}}
NO_DUTY: dict[str, Any] = UNSAID | {"contact": {"duty_email": None}}
MARIA_IS_AWAY = Away.of_all([Absent(MARIA, NOW, None)])


def a_plan(book: RuleBook, away: Away = Away.of_all([]), rules: dict[str, Any] | None = None, **case: Any) -> Plan:  # noqa: B008
    return Plan(a_case(**case), a_book(book, **rules or {}), NOW, away=away)


@pytest.mark.parametrize(
    ("road", "rules", "text", "to"),
    [
        (Road.APPEAL, UNSAID, "", [REGISTRAR]),
        (Road.APPEAL, {"roads": {"appeal": {"to": [OWN]}}}, "", [OWN, REGISTRAR]),
        (Road.RECORDS, {"roads": {"records": {"to": [OWN]}}}, "", [OWN, REGISTRAR]),
        (Road.PRESS, {"roads": {"press": {"to": [OWN]}}}, "", [OWN, REGISTRAR]),
        (Road.PRESS, {"roads": {"press": {"to": [REGISTRAR]}}}, "", [REGISTRAR]),
        (Road.DATA_PROTECTION, UNSAID, "", [REGISTRAR]),
        (Road.DATA_PROTECTION, {"roads": {"data_protection": {"to": [OWN]}}}, "", [OWN]),
        (Road.DAMAGES, {"roads": {"damages": {"to": [OWN, MARIA]}}}, "", [OWN, MARIA]),
        (Road.WORRY, UNSAID, "", [DUTY]),
        (Road.WORRY, {"roads": {"worry": {"to": [OWN]}}}, "", [OWN]),
        (Road.WORRY, NO_DUTY, "", [MARIA]),
        (Road.DANGER, UNSAID, "", []),
        (Road.DANGER, {"roads": {"danger": {"to": [OWN]}}}, "", []),
        (Road.WHISTLEBLOWING, UNSAID, "", [REGISTRAR]),
        (Road.THREAT, UNSAID, "Du ska få ångra det.", [MARIA, REGISTRAR]),
        (Road.THREAT, UNSAID, "Maria Lund ska få ångra det.", [EVA, REGISTRAR]),
        (Road.THREAT, UNSAID, "Maria Lund och Eva Berg ska få ångra det.", [REGISTRAR]),
        (Road.THREAT, {"roads": {"threat": {"to": [OWN]}}}, "Du ska få ångra det.", [OWN, MARIA, REGISTRAR]),
    ],
)
def test_who_hears_of_it(ekvik: RuleBook, road: Road, rules: dict[str, Any], text: str, to: list[str]) -> None:
    assert alerting.alerted(a_plan(ekvik, rules=rules), [road], text) == dict.fromkeys(to, (road,))


def test_s28_whom_the_title_names_hears_of_no_threat(ekvik: RuleBook) -> None:
    plan = a_plan(ekvik, rules=UNSAID, title="Till Maria Lund")
    assert list(alerting.alerted(plan, [Road.THREAT], "Du ska få ångra det.")) == [EVA, REGISTRAR]


def test_of_several_things_each_hears_once(ekvik: RuleBook) -> None:
    rules = {"roads": {"press": {"to": [REGISTRAR.upper(), OWN]}, "damages": {"to": [OWN]}}}
    told = alerting.alerted(a_plan(ekvik, rules=rules), [Road.RECORDS, Road.PRESS, Road.DAMAGES], "")
    assert told == {REGISTRAR: (Road.RECORDS, Road.PRESS), OWN: (Road.PRESS, Road.DAMAGES)}


@pytest.mark.parametrize(
    ("rules", "away", "case", "to"),
    [
        pytest.param({}, Away.of_all([]), {}, DUTY, id="the duty address"),
        pytest.param(NO_DUTY, Away.of_all([]), {}, MARIA, id="else the manager"),
        pytest.param(NO_DUTY, MARIA_IS_AWAY, {}, EVA, id="or who stands in"),
        pytest.param({}, MARIA_IS_AWAY, {}, DUTY, id="the duty address, whoever is away"),
        pytest.param(NO_DUTY, Away.of_all([]), {"unit": "", "officer": ""}, REGISTRAR, id="else the registrar"),
    ],
)
def test_who_is_alerted_to_danger(
    ekvik: RuleBook, rules: dict[str, Any], away: Away, case: dict[str, Any], to: str
) -> None:
    assert alerting.duty_address(a_plan(ekvik, away, rules, **case)) == to


def later(book: RuleBook, text: str, **case: Any) -> tuple[list[SendLetter], list[object]]:
    """The letters about what Anna writes in her case, and what it changes there."""
    plan = a_plan(book, **case)
    ctx = Context(case=plan.case, match=Match(NUMBER, "token"))
    arrival = Arrival(NOW - timedelta(minutes=3), "")
    mail = Incoming(a_mail(ANNA, text), Verdict(Role.SUBMITTER, ""), ctx, book, arrival, NOW, date(2026, 9, 7))
    alerting.on_later_mail(plan, mail)
    letters = [e for e in plan.effects if isinstance(e, SendLetter)]
    return letters, [e.changes for e in plan.effects if isinstance(e, SetFields)]


@pytest.mark.parametrize(
    ("text", "case", "told", "changes"),
    [
        pytest.param("Har ni hunnit titta?", {}, [], [], id="nothing of the sort"),
        pytest.param(
            "Du ska få ångra det.",
            {},
            ["sakerhet@ekvik.example", MARIA, REGISTRAR],
            [{"roads": (Road.THREAT,)}],
            id="a threat",
        ),
        pytest.param(
            "Du ska få ångra det.",
            {"roads": (Road.THREAT,)},
            ["sakerhet@ekvik.example", MARIA, REGISTRAR],
            [],
            id="another one",
        ),
        pytest.param("Jag begär ersättning.", {}, ["forsakring@ekvik.example"], [], id="a claim"),
        pytest.param("Elledningen är strömförande!", {}, [DUTY], [], id="danger"),
        pytest.param("Det brinner, och jag begär ersättning.", {}, [DUTY, "forsakring@ekvik.example"], [], id="both"),
    ],
)
def test_a_later_mail_may_be_more_than_feedback(
    ekvik: RuleBook, text: str, case: dict[str, Any], told: list[str], changes: list[object]
) -> None:
    letters, changed = later(ekvik, text, **case)
    assert ([letter.to for letter in letters], changed) == (told, changes)
    assert {letter.template_name for letter in letters} <= {"road"}


@pytest.mark.parametrize(
    ("text", "case", "hidden", "shows_files", "as_it_came"),
    [
        pytest.param("Jag begär ersättning.", {}, False, True, False, id="a claim"),
        pytest.param("Jag överklagar.", {}, False, True, True, id="an appeal goes along as it came"),
        pytest.param("Jag överklagar.", {"secrecy": True}, True, False, False, id="in a secret case nothing does"),
        pytest.param("Pappan slår barnen.", {}, True, False, False, id="of a child nothing is shown"),
        pytest.param("Detta är visselblåsning.", {}, True, False, False, id="nor of what a whistle-blower writes"),
        pytest.param("Jag överklagar. Pappan slår barnen.", {}, True, False, False, id="nor of what stands beside"),
        pytest.param("Det brinner!", {}, False, False, False, id="danger is told without files"),
    ],
)
def test_what_a_letter_about_it_shows(
    ekvik: RuleBook, text: str, case: dict[str, Any], hidden: bool, shows_files: bool, as_it_came: bool
) -> None:
    letters, _ = later(ekvik, text, **case)
    assert letters
    for letter in letters:
        said = {name: letter.facts[name] for name in ("new_text", "hidden", "later", "again", "arrived")}
        assert said == {
            "new_text": "" if hidden else text,
            "hidden": hidden,
            "later": True,
            "again": False,
            "arrived": NOW - timedelta(minutes=3),
        }
        assert letter.files_of == ("d" * 64 if shows_files else "")
        assert letter.original is as_it_came


def test_what_a_letter_says_of_a_case_where_nothing_else_is_told(ekvik: RuleBook) -> None:
    plan = a_plan(ekvik, secrecy=True)
    alerting.alert(plan, REGISTRAR, iter([Road.APPEAL, Road.PRESS]), "why", {"reason": "x"}, "case", "nonce")
    [letter] = [e for e in plan.effects if isinstance(e, SendLetter)]
    assert letter.facts == {
        "roads": ("appeal", "press"),
        "names": ("överklagande", "fråga från medierna"),
        "distributes": False,
        "hidden": True,
        "later": False,
        "again": False,
        "new_text": "",
        "arrived": NOW,
        "reason": "x",
    }
    assert (letter.to, letter.because, letter.files_of, letter.nonce) == (REGISTRAR, "why", "case", "nonce")


def test_kli_09_a_later_appeal_is_known(ekvik: RuleBook) -> None:
    for text, is_one in (("Jag överklagar.", True), ("Jag begär ersättning.", False), ("Tack!", False)):
        mail = Incoming(
            a_mail(ANNA, text), Verdict(Role.SUBMITTER, ""), Context(), ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)
        )
        assert alerting.is_later_appeal(mail) is is_one


OWED = Deadline(Clock.ANSWER, NOW, NOW + timedelta(days=14))
APPEAL = (Road.APPEAL, Road.PRESS)


@pytest.mark.parametrize(
    ("case", "roads", "is_promised"),
    [
        pytest.param({"roads": APPEAL}, [{"roads": (Road.PRESS,)}], True, id="an appeal"),
        pytest.param({"roads": APPEAL, "deadlines": (OWED,)}, [{"roads": (Road.PRESS,)}], False, id="promised already"),
        pytest.param({"roads": (Road.PRESS,)}, [], False, id="no appeal"),
    ],
)
def test_kli_09_what_was_no_appeal_is_promised_an_answer_from_its_arrival(
    ekvik: RuleBook, case: dict[str, Any], roads: list[object], is_promised: bool
) -> None:
    plan = a_plan(ekvik, received_at=NOW - timedelta(days=3), **case)
    alerting.feedback_after_all(plan)
    assert [e.changes for e in plan.effects if isinstance(e, SetFields)] == roads
    started = [(e.kind, e.started_at, e.due_at) for e in plan.effects if isinstance(e, StartClock)]
    due = plan.book.calendar.day_ends(date(2026, 9, 18))
    assert started == ([(Clock.ANSWER, NOW - timedelta(days=3), due)] if is_promised else [])


def test_s28_whoever_may_threaten_reads_no_name(ekvik: RuleBook) -> None:
    calm: Case = a_case(roads=(Road.PRESS,))
    assert alerting.unnamed(calm).officer == BO
    assert alerting.unnamed(a_case(roads=(Road.THREAT,))).officer == ""
