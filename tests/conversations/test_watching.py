"""A mailbox that is only watched beside an older system: everything is decided, and registrars read about it."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from service.core.calendar.periods import spanning
from service.core.cases import Clock, Status
from service.core.decide.reporting import WHOLE
from service.core.figures.report import Wanted
from service.core.standby import Mode
from service.desk.lookup import counting
from service.desk.lookup.backlog import Backlog, backlogs
from service.desk.post import heldback
from service.desk.rounds import watching
from service.desk.tables import beginnings, messages, refiling
from service.desk.watched import Served, Watching
from tests.conversations.test_undo import answers_wait
from tests.conversations.town import ANNA, BO, HOLE, MARIA, REGISTRAR, Letter, Town
from tests.core.values import NOW, a_book

pytestmark = pytest.mark.databases("sqlite", "postgresql")

PER = "Per <per@example.org>"


@pytest.fixture
def watched(town: Town) -> Town:
    """Ekvik, where the service only watches since this morning."""
    switch(town, Mode.SHADOW)
    with town.database.transaction() as s:  # what the first poll writes down
        s.execute(insert(beginnings).values(mailbox="ekvik", at=town.now, uidvalidity=1, below=1, left=0))
    town.looks_at_the_clock()
    return town


def switch(town: Town, mode: Mode) -> None:
    town.desk = dataclasses.replace(town.desk, mode=mode)


def states(town: Town) -> set[str]:
    with town.database.reading() as s:
        return set(s.scalars(select(messages.c.state).where(messages.c.direction == "out")))


def test_everything_is_decided_and_nothing_leaves_but_the_registrars_summary(watched: Town) -> None:
    assert watched.writes(ANNA, HOLE) == "INBOX"  # where it lies
    watched.writes(PER, "Något konstigt händer med bidraget.", "Undran")
    watched.writes("Rea <rea@shop.example>", "Köp nu!", "Rea", headers=[("Precedence", "bulk")])
    assert watched.sent == []
    hole, wonder = watched.cases()
    assert (hole.officer, wonder.status) == (BO, Status.TRIAGE)
    watched.waits_until("2026-09-08 09:00")
    summary = watched.letter("digest", REGISTRAR)
    assert "2 bekräftelser" in summary.text
    assert f"{hole.number}, Hål i vägen" in summary.text
    assert "regeln ”Gator och vägar”" in summary.text.replace("Regeln", "regeln")
    assert "Registratorn, som fördelar" in summary.text
    assert "från rea@shop.example. Rea." in summary.text
    watched.waits_until("2026-10-20 09:00")  # and no reminder, escalation or alert leaves in weeks
    assert {(x.kind, x.to) for x in watched.sent} == {("digest", REGISTRAR)}
    assert len(watched.sent) == len({x.at.date() for x in watched.sent})
    assert "clock:missed" not in {kind for kind, text in watched.journal() if text.startswith("receipt")}
    kinds = {kind for kind, _ in watched.journal()}
    assert {"out:reminder", "out:escalation"} <= kinds


def test_what_comes_in_at_the_very_instant_of_a_summary_or_of_midnight_is_told_once(watched: Town) -> None:
    watched.waits_until("2026-09-07 23:59")
    watched.writes(ANNA, HOLE, "Lampa ett")
    watched.now += timedelta(minutes=1)
    watched.writes(PER, HOLE, "Lampa två")
    watched.waits_until("2026-09-08 07:30")
    watched.writes("Rea <rea@shop.example>", "Köp nu!", "Lampa tre", headers=[("Precedence", "bulk")])
    watched.looks_at_the_clock()
    watched.waits_until("2026-09-10 09:00")
    one, two, three = [letter.text for letter in watched.letters("digest", REGISTRAR)]
    assert ("Lampa ett" in one, "Lampa ett" in two + three) == (True, False)
    assert all((f"Lampa {n}" in one, f"Lampa {n}" in two, f"Lampa {n}" in three) == (0, 1, 0) for n in ("två", "tre"))
    assert "den 8 september. Den är på prov" in two
    assert not any("Skriv ditt svar" in text for text in (one, two, three))
    assert "Du behöver inte göra något." in three


def test_two_processes_that_watch_write_one_summary(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    watched.now += timedelta(days=1)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: watching.tell(watched.desk, watched.now), range(4)))
    with watched.database.reading() as s:
        written = s.scalars(select(messages.c.recipient).where(messages.c.kind == "digest")).all()
    assert written == [REGISTRAR]


def test_a_served_mailbox_beside_it_answers_nothing_watched_and_loses_no_answer_of_its_own(watched: Town) -> None:
    shadow = watched.desk
    served = dataclasses.replace(shadow, mailbox="trafik", address="trafik@ekvik.example", mode=Mode.LIVE)
    watched.writes(ANNA, HOLE)
    watched.desk = served
    watched.writes(PER, "Lampan på Ågatan är trasig.", "Lampan")
    own, others = watched.cases()
    assert watched.news() == [("receipt", "per@example.org"), ("assignment", BO)]
    watched.writes(BO, "#SVAR\nHej Anna, hålet är lagat.", f"Sv: [{own.number}]")
    watched.writes(ANNA, "Hålet är kvar.", f"Sv: [{own.number}]")  # she knows no number; a case of its own if she did
    assert "answer" not in {kind for kind, _ in watched.news()}
    watched.desk = shadow
    watched.writes(BO, "#SVAR\nHej Per, lampan är lagad.\n#AVSLUTA", f"Sv: [{others.number}]")
    watched.writes(PER, "Lampan är trasig igen.", f"Sv: [{others.number}]")
    assert [case.status for case in watched.cases()[:2]] == [Status.ASSIGNED, Status.ASSIGNED]
    assert watched.news() == []


def test_what_came_on_a_day_has_no_clock_and_no_command_is_named_that_is_not_obeyed_here(
    watched: Town,
) -> None:
    words = "#KANAL brev\n#INKOM 4 september\n#FRÅN Gun Ek, Storgatan 1, 123 45 Ekvik\nDet är hål i gatan."
    watched.receives(watched.mail(BO, words, subject="Brev"))
    watched.waits_until("2026-09-08 08:00")
    assert "Kom in: 4 september\n" in watched.letter("digest").text
    switch(watched, Mode.LIVE)
    watched.waits_until("2026-09-09 08:00")
    assert not watched.book.municipality.answer.oral
    assert "#MUNTLIGT" not in watched.letter("alert").text


def test_of_a_secret_case_the_summary_has_the_number_alone(watched: Town) -> None:
    watched.writes(ANNA, "Min orosanmälan om barnet på Storgatan har inte tagits om hand.", "Orosanmälan")
    assert watched.case().secrecy
    watched.waits_until("2026-09-08 09:00")
    summary = watched.letter("digest", REGISTRAR)
    assert f"{watched.case().number}, sekretess" in summary.text
    assert not any(word in summary.text for word in ("orosanmälan", "Orosanmälan", "Storgatan", "Regeln"))


def test_a_registrar_out_of_reach_has_no_deputy_for_the_summary(watched: Town) -> None:
    """The next person need not be a registrar, and nobody else is told anything."""
    watched.refuses[REGISTRAR] = "550 5.1.1 no such user"
    watched.writes(ANNA, HOLE)
    watched.waits_until("2026-09-11 09:00")
    assert watched.sent == []


def test_an_answer_to_the_summary_is_kept_and_nobody_hears_of_it(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    watched.waits_until("2026-09-08 09:00")
    summary = watched.letter("digest", REGISTRAR)
    watched.writes(REGISTRAR, "Tack, det ser bra ut.", answers=summary)
    assert watched.sent == [summary]
    assert len(watched.cases()) == 1


def test_an_order_in_the_meantime_reaches_no_citizen(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    number = watched.case().number
    watched.writes(BO, "#SVAR\nHålet lagas i morgon.", f"Sv: [{number}]")
    watched.waits_until("2026-09-08 09:00")
    assert {x.to for x in watched.sent} == {REGISTRAR}


def test_a_mail_whose_case_becomes_secret_stays_where_it_lies(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    number = watched.case().number
    watched.writes(REGISTRAR, "#SEKRETESS", f"Sv: [{number}]")
    assert watched.case().secrecy
    with watched.database.reading() as s:
        assert s.execute(select(refiling)).all() == []


def test_no_letter_of_that_time_leaves_when_the_mailbox_is_served_at_last(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    watched.writes(PER, "Något konstigt händer med bidraget.", "Undran")
    watched.waits_until("2026-09-20 12:00")
    switch(watched, Mode.LIVE)
    before = len(watched.sent)
    watched.waits_until("2026-09-21 08:00")
    assert {case.status for case in watched.cases()} == {Status.CLOSED}
    assert not any(d.running for case in watched.cases() for d in case.deadlines)
    watched.waits_until("2026-10-20 09:00")
    told = watched.sent[before:]
    assert [(x.kind, x.to) for x in told] == [("alert", REGISTRAR)]
    assert all(case.number in told[0].text for case in watched.cases())
    assert "Två ärenden från provet var inte avslutade." in told[0].text
    assert states(watched) == {"sent", "withheld"}
    with watched.database.transaction() as s:
        withheld = s.scalars(select(messages.c.id).where(messages.c.state == "withheld")).first()
        with pytest.raises(heldback.NotThere):
            heldback.retry(s, withheld, watched.now)
        assert heldback.retry(s, None, watched.now) == []
        assert heldback.listed(s) == []


def test_what_comes_in_afterwards_is_served_also_in_a_case_of_that_time(watched: Town) -> None:
    first = watched.mail(ANNA, HOLE)
    watched.receives(first)
    watched.waits_until("2026-09-20 12:00")
    switch(watched, Mode.LIVE)
    watched.waits_until("2026-09-21 08:00")
    watched.news()
    watched.receives(first)  # the very same mail, met again
    assert watched.news() == []
    watched.writes(PER, HOLE)
    assert watched.news() == [("receipt", "per@example.org"), ("assignment", BO)]
    watched.writes(ANNA, "Hålet är kvar!", "Sv: Hål i vägen", headers=[("In-Reply-To", "<1@example.org>")])
    told = watched.news()
    assert ("information", BO) in told or ("assignment", BO) in told
    assert len(watched.cases()) == 2
    reopened = watched.cases()[0]
    assert reopened.status is Status.ASSIGNED
    watched.waits_until("2026-10-20 09:00")
    assert ("reminder", BO) in {(x.kind, x.to) for x in watched.sent if reopened.number == x.number}


def in_the_report(town: Town) -> int:
    period = spanning(date(2026, 9, 1), date(2026, 9, 30))
    with town.database.reading() as s:
        return counting.reported(s, "ekvik", Wanted(period, None, WHOLE), town.book, town.now).whole.total


def test_what_was_only_watched_is_in_no_report_unless_it_is_taken_up_again(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    assert in_the_report(watched) == 0
    switch(watched, Mode.LIVE)
    watched.passes(days=1)
    thread = [("In-Reply-To", "<1@example.org>")]
    watched.writes(ANNA, "Tack så mycket!", "Sv: Hål i vägen", headers=thread)
    assert (watched.case().status, in_the_report(watched)) == (Status.CLOSED, 0)
    watched.writes(ANNA, "Hålet är kvar!", "Sv: Hål i vägen", headers=thread)
    assert (watched.case().status, in_the_report(watched)) == (Status.ASSIGNED, 1)


def one_receipt_an_hour(town: Town) -> None:
    town.desk = dataclasses.replace(town.desk, book=a_book(town.book, automatic_mail={"per_hour": 1}))


def receipts_owed(town: Town) -> list[bool]:
    promises = [case.deadline(Clock.RECEIPT) for case in town.cases()]
    return [bool(promise and promise.running) for promise in promises]


def test_a_receipt_that_has_to_wait_is_as_good_as_sent_when_its_time_has_come(watched: Town) -> None:
    one_receipt_an_hour(watched)
    for person in (ANNA, PER):
        watched.writes(person, HOLE)
    watched.passes(minutes=1)
    assert receipts_owed(watched) == [False, True]
    watched.passes(hours=1)
    assert receipts_owed(watched) == [False, False]


def test_no_budget_counts_the_letters_of_that_time_once_the_mailbox_is_served(watched: Town) -> None:
    one_receipt_an_hour(watched)
    watched.writes(ANNA, HOLE)
    switch(watched, Mode.LIVE)
    watched.passes(minutes=1)
    watched.writes(PER, HOLE)
    assert watched.letter("receipt", "per@example.org")


def test_a_process_that_watches_takes_nothing_in_once_another_one_serves_the_mailbox(watched: Town) -> None:
    """It would be written down as only watched, and nobody would see it."""
    watching.follow(dataclasses.replace(watched.desk, mode=Mode.LIVE), watched.now)
    with pytest.raises(Served):
        watched.writes(ANNA, HOLE)
    assert watched.cases() == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Watching(), "from the next start on, with 0 open cases"),
        (Watching(NOW, 1, 7), "since 2026-09-07, with 1 open case"),
        (Watching(NOW, 2), "since 2026-09-07, with 2 open cases"),
    ],
    ids=lambda value: str(value)[:8],
)
def test_an_administrator_reads_since_when_and_how_many(found: Watching, told: str) -> None:
    assert found.told == told


def test_what_waited_from_before_waits_until_the_mailbox_is_served_again(town: Town) -> None:
    town.refuses[BO] = "550 5.1.1 no such user"  # his letters are held, and tried each day
    town.writes(ANNA, HOLE)
    town.news()
    with town.database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox="ekvik", at=town.now, uidvalidity=1, below=1, left=0))
    switch(town, Mode.SHADOW)
    town.refuses.clear()
    town.waits_until("2026-10-05 09:00")
    assert {kind for kind, _ in town.news()} == {"digest"}
    case = town.case()
    assert case.status is Status.ASSIGNED
    switch(town, Mode.LIVE)
    town.waits_until("2026-10-07 09:00")
    assert town.case().status is Status.ASSIGNED  # it was never only watched
    fresh = town.news()
    assert ("assignment", BO) in fresh
    assert "escalation" in {kind for kind, _ in fresh}


def test_what_was_written_meanwhile_in_a_case_from_before_is_told_when_it_ends(town: Town) -> None:
    with town.database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox="ekvik", at=town.now, uidvalidity=1, below=1, left=0))
    town.writes(ANNA, HOLE)
    town.writes(PER, "Lampan vid Ekgatan är trasig.", "Lampan")
    assignment = town.letters("assignment", BO)[0]
    switch(town, Mode.SHADOW)
    town.passes(hours=1)
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.\n#ÅTGÄRD Åtgärdat\n#PUBLICERA NEJ\n#AVSLUTA", answers=assignment)
    assert town.letters("answer") == []
    switch(town, Mode.LIVE)
    town.passes(hours=1)
    told = [letter for letter in town.letters("alert", REGISTRAR) if "inte längre på prov" in letter.subject]
    assert [letter.text.count("EKV-26-0000") for letter in told] == [1]
    assert assignment.number in told[0].text
    town.passes(hours=1)
    assert len([letter for letter in town.letters("alert", REGISTRAR) if "inte längre på prov" in letter.subject]) == 1


def from_before(town: Town) -> Letter:
    """A case of a mailbox that is served, which is only watched from now on; its assignment."""
    with town.database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox="ekvik", at=town.now, uidvalidity=1, below=1, left=0))
    town.writes(ANNA, HOLE)
    return town.letter("assignment", BO)


def test_an_answer_that_is_withheld_in_a_served_case_is_owed_as_before(town: Town) -> None:
    assignment = from_before(town)
    due = town.case().running
    switch(town, Mode.SHADOW)
    town.passes(hours=1)
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assignment)
    assert town.case().status is Status.CLOSED
    town.passes(hours=1)
    case = town.case()
    assert (town.letters("answer"), case.status, case.closed_at) == ([], Status.ASSIGNED, None)
    assert due
    assert case.running
    assert case.running.due_at == due.due_at
    switch(town, Mode.LIVE)
    town.waits_until("2026-10-20 09:00")
    assert town.letters("answer") == []
    assert town.letters("escalation")
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.", answers=assignment)
    town.passes(minutes=1)
    assert "Hålet är lagat" in town.letter("answer").text


def test_an_answer_that_was_withheld_just_before_the_mailbox_is_served_again_is_owed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the case is closed for good, and nobody has been sent the answer. However many letters are withheld."""
    monkeypatch.setattr("service.desk.watched._AT_A_TIME", 1)
    assignment = from_before(town)
    switch(town, Mode.SHADOW)
    town.passes(hours=1)
    town.writes(BO, "#STATUS", answers=assignment)
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assignment)
    switch(town, Mode.LIVE)
    town.passes(seconds=20)
    assert (town.letters("answer"), town.case().status) == ([], Status.ASSIGNED)
    assert town.case().running


def test_an_answer_whose_time_came_while_the_mailbox_was_watched_leaves_only_when_asked_for_anew(town: Town) -> None:
    answers_wait(town)
    assignment = from_before(town)
    town.writes(BO, "#SVAR\nHej Anna! Hålet lagas i morgon.", answers=assignment)
    switch(town, Mode.SHADOW)
    town.passes(days=20)
    switch(town, Mode.LIVE)
    town.passes(days=1)
    assert (town.letters("answer"), town.case().leaving) == ([], None)
    told = town.letters("information", BO)[-1]
    assert told.subject.startswith("Ditt svar har inte skickats")
    assert "Hålet lagas i morgon." in told.text
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.", answers=told)
    town.passes(hours=1)
    assert "Hålet är lagat." in town.letter("answer").text


def test_two_rounds_that_find_the_mailbox_served_again_end_the_watching_once(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    switch(watched, Mode.LIVE)
    watched.now += timedelta(days=1)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: watching.follow(watched.desk, watched.now), range(4)))
    assert [kind for kind, _ in watched.journal()].count("status:close") == 1


def unread_since(town: Town) -> datetime | None:
    with town.database.reading() as s:
        return backlogs(s, town.now).get("ekvik", Backlog()).unread_since


def test_a_summary_that_reaches_no_registrar_is_trouble_until_one_does(watched: Town) -> None:
    watched.writes(ANNA, HOLE)
    watched.refuses[REGISTRAR] = "550 5.1.1 no such user"
    watched.waits_until("2026-09-09 09:00")
    assert watched.sent == []
    assert unread_since(watched)
    del watched.refuses[REGISTRAR]
    watched.waits_until("2026-09-11 12:00")
    assert {(x.kind, x.to) for x in watched.sent} == {("digest", REGISTRAR)}
    days = [next(day for day in ("7", "8", "9", "10") if f"den {day} september" in x.text) for x in watched.sent]
    assert sorted(set(days)) == ["10", "7", "8", "9"]
    assert unread_since(watched) is None


def test_a_summary_that_one_registrar_cannot_be_sent_reaches_the_other_and_says_so(watched: Town) -> None:
    people = watched.desk.book.people.model_copy(update={"registrars": (REGISTRAR, MARIA)})
    watched.desk = dataclasses.replace(watched.desk, book=a_book(watched.desk.book, people))
    watched.refuses[REGISTRAR] = "550 5.1.1 no such user"
    watched.waits_until("2026-09-08 12:00")
    summaries = watched.letters("digest", MARIA)
    assert len(summaries) == 2
    assert any(f"skulle till {REGISTRAR}" in letter.text for letter in summaries)
    assert unread_since(watched) is None
