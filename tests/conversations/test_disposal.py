"""What the rules name is disposed of when its time is out; the rest, what is held and the chain stay."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.core.calendar.durations import Duration
from service.core.cases import Status
from service.core.rules.choices import Anonymous, Disposable
from service.core.rules.municipality import Disposal
from service.core.rules.rulebook import RuleBook
from service.desk import binder, disposal, documents
from service.desk.database import Database
from service.desk.disposal import Due, Office
from service.desk.lookup import catalogue
from service.desk.lookup.proof import prove
from service.desk.rounds import removal
from service.desk.tables import journal, messages
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, HOLE, REGISTRAR, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

SECRETS = ("Anna Ek", "anna.ek@example.org", "asfalten", "bo.ek@ekvik.example", "lagat")


def with_disposal(ekvik: RuleBook, *what: Disposable, **more: object) -> RuleBook:
    lines = tuple(Disposal(what=each, after=Duration.parse("365 days")) for each in what)
    town = ekvik.municipality.model_copy(update={"disposal": lines, **more})
    return ekvik.model_copy(update={"municipality": town})


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    return Town(database, with_disposal(ekvik, Disposable.CASES), MONDAY)


def office(town: Town, days: float) -> Office:
    return Office(town.database, "ekvik", town.book, town.now + timedelta(days=days), "arkivarien")


def disposed(town: Town, days: float) -> list[str]:
    """What goes when so many days have passed."""
    place = office(town, days)
    gone = [one.name for one in disposal.due(place) if disposal.dispose(place, one)]
    if gone:
        town.database.forget_freed()
    with town.database.reading() as s:
        assert prove(s).faults == [], "the chain is unbroken"
    return gone


def close(town: Town, assigned: Letter) -> str:
    town.writes(BO, "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned)
    assert town.case().status is Status.CLOSED
    return town.case().number


def test_c17_a_closed_case_goes_when_its_time_is_out_and_its_number_stays(town: Town, assigned: Letter) -> None:
    number = close(town, assigned)
    assert disposed(town, 364) == []
    assert disposed(town, 366) == [number]
    assert disposed(town, 366) == [], "once"
    with town.database.reading() as s:
        shown = catalogue.shown(s, number)
        lines = s.execute(select(journal)).all()
    assert shown
    assert (shown["status"], shown["type"], shown["text"], shown["submitter"]["email"]) == (
        "closed",
        "klagomål",
        None,
        None,
    )
    assert shown["closed_at"]
    assert shown["disposed_at"].startswith("2027-")
    assert (shown["hold"], shown["published"]) == (None, False)
    protocol = shown["events"][-1]
    assert (protocol["kind"], protocol["actor"]) == ("disposed", "arkivarien")
    assert "by the rule cases after 365 days, from 2026-09-07" in protocol["text"]
    assert {m["sha256"] != "" and m["subject"] for m in shown["messages"]} == {None}
    assert not [line for line in lines if line.case_id and line.kind != "disposed" and (line.actor or line.text)]
    with town.database.reading() as s:
        assert documents.latest_headers(s, "ekvik") == [], "what doctor looks at has no empty mails"
    if town.database.file:
        whole = town.database.file.read_bytes().lower()
        assert [word for word in SECRETS if word.lower().encode() in whole] == [], "free pages too"


def test_an_open_case_and_one_that_is_held_stay(town: Town, assigned: Letter) -> None:
    assert disposed(town, 4000) == []
    number = close(town, assigned)
    due = disposal.due(office(town, 400))
    town.writes(BO, "#SPÄRRA GALLRING begäran om utlämnande", answers=assigned)
    assert "Ingenting i ärendet gallras" in town.letters("echo", BO)[-1].text
    assert not town.case().blocked
    assert (disposed(town, 400), disposal.held(office(town, 400))) == ([], [(number, "begäran om utlämnande")])
    with town.database.reading() as s:
        held = catalogue.shown(s, number)
    assert held
    assert held["hold"] == {"why": "begäran om utlämnande", "since": catalogue.plain(town.now)}
    assert [disposal.dispose(office(town, 400), one) for one in due] == [False], "nor what was due just before"
    town.writes(BO, "#SPÄRRA GALLRING NEJ", answers=assigned)
    assert disposed(town, 400) == [number]


def test_who_is_blocked_keeps_the_case_and_a_hold_of_its_own_outlives_the_block(town: Town, assigned: Letter) -> None:
    number = close(town, assigned)
    town.writes(BO, "#SPÄRRA hot", answers=assigned)
    assert disposed(town, 400) == []
    town.writes(BO, "#SPÄRRA NEJ", answers=assigned)
    assert disposal.hold(office(town, 0), number, "polisen")
    town.writes(BO, "#SPÄRRA hot", answers=assigned)
    town.writes(BO, "#SPÄRRA NEJ", answers=assigned)
    assert town.case().hold == "polisen"
    assert disposal.hold(office(town, 0), number, "")
    assert disposed(town, 400) == [number]


def test_a_later_mail_about_what_is_gone_is_a_case_of_its_own(town: Town, assigned: Letter) -> None:
    number = close(town, assigned)
    answer = town.letter("answer")
    disposed(town, 400)
    town.now += timedelta(days=401)
    town.writes(ANNA, "Hålet är där igen!", answers=answer)
    assert [case.number == number for case in town.cases()] == [True, False]


def test_what_staff_answer_to_a_list_goes_with_the_cases_that_it_quotes(database: Database, ekvik: RuleBook) -> None:
    mornings = ekvik.municipality.digest.model_copy(update={"officers": True})
    town = Town(database, with_disposal(ekvik, Disposable.CASES, digest=mornings), MONDAY)
    town.writes(ANNA, HOLE, "Asfalten på Storgatan")
    town.waits_until("2026-09-22 08:00")
    for text in ("Vad menas?", "Tack"):
        town.writes(BO, text, answers=town.letters("digest", BO)[-1])
    close(town, town.letter("assignment"))
    disposed(town, 400)
    with database.reading() as s:
        kept = s.scalars(select(messages.c.raw)).all()
    assert [raw for raw in kept if b"Asfalten" in raw or b"asfalten" in raw] == []


def test_nothing_goes_without_a_rule(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, ekvik, MONDAY)
    town.writes(ANNA, HOLE)
    close(town, town.letter("assignment"))
    assert disposed(town, 10_000) == []


def test_str_21_a_leaf_of_the_binder_goes_after_a_year_and_its_line_stays(database: Database, ekvik: RuleBook) -> None:
    book = with_disposal(ekvik, Disposable.BINDER, anonymous=Anonymous.BINDER)
    town = Town(database, book, MONDAY)
    form = "Din synpunkt: Lampan vid Ekstigen är släckt.\nVill du ha svar?: Nej"
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål 1")
    with database.reading() as s:
        [leaf] = binder.listed(s)
    assert (disposed(town, 364), disposed(town, 366)) == ([], [f"leaf {leaf['id']}"])
    with database.reading() as s:
        [kept] = binder.listed(s)
        assert bytes(binder.original(s, leaf["id"]) or b"") == b""
    assert (kept["text"], kept["title"], kept["received_at"]) == (None, None, leaf["received_at"])
    assert [kind for kind, text in town.journal() if kind == "disposed" and "leaf 1" in text] != []
    for asked in ("blad 1", "pärmen"):
        town.writes(REGISTRAR, f"#LISTA {asked}", subject="")
        assert re.search(r"Blad 1, måndag 7 september 2026\b.*: innehållet är gallrat\n", town.sent[-1].text)
    if database.file:
        assert b"ekstigen" not in database.file.read_bytes().lower()


def test_automatic_mail_of_no_case_goes_and_what_is_undecided_stays(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, with_disposal(ekvik, Disposable.AUTOMATIC_MAIL), MONDAY)
    bulk = [("Precedence", "bulk"), ("List-Id", "<x.example.org>")]
    town.writes("nyheter@example.org", "Köp nu!", headers=bulk)
    town.writes(ANNA, HOLE)
    assert disposed(town, 366) == [], "nobody has decided about it yet"
    place = office(town, 366)
    gone = Due(Disposable.AUTOMATIC_MAIL, "mail 1", 1, "in:bulk", town.now, "365 days")
    assert not disposal.dispose(place, gone)


def test_the_mailbox_s_copies_go_alone_but_for_open_cases(database: Database, ekvik: RuleBook) -> None:
    """The register keeps the mail: only what lies in the mailbox besides is disposed of, once."""
    town = Town(database, with_disposal(ekvik, Disposable.MAILBOX), MONDAY)
    town.writes(ANNA, HOLE)
    assert disposed(town, 400) == []
    close(town, town.letter("assignment"))
    assert len(disposed(town, 400)) == 2, "hers and Bo's"
    with database.reading() as s:
        assert len(removal.waiting(s, "ekvik")) == 2
    assert disposed(town, 400) == []
    assert "asfalten" in town.case().text


def test_kli_09_what_was_an_appeal_is_counted_as_none_of_the_feedback_after_it_is_gone(town: Town) -> None:
    town.writes(ANNA, "Jag överklagar byggnadsnämndens beslut BN 2026-0417.", subject="Överklagar")
    alert = town.letters("alert")[0]
    town.writes(alert.to, "#AVSLUTA", answers=alert)
    assert town.case().status is Status.CLOSED
    assert disposed(town, 366) == [town.case().number]
    assert town.case().is_appeal
