"""Mails that nobody can read, mails wrongly taken for a machine's, and what a person decides about them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from service.core.cases import Clock, Contact, Status
from service.core.mail import Message, Unreadable
from service.core.message import contents, read
from service.core.people.tokens import make_message_id, nonce_of_the_service
from service.core.rules.rulebook import RuleBook
from service.desk import quarantine
from service.desk.handling import Delivered, handle_mail
from service.desk.journal import Journal
from service.desk.post import release
from service.desk.rounds import trouble
from service.desk.tables import journal, messages, stopped
from tests.conversations.test_odd_mail import bounce
from tests.conversations.town import ADDRESS, ANNA, BO, REGISTRAR, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLE = "Det är ett stort hål i asfalten på Storgatan."
SECRET = "Min son misshandlas hemma. Socialtjänsten gör ingenting."
BOMB = "BOMB"
TOO_LONG = "reading it took longer than 20 s"


def wary(raw: bytes) -> Message:
    """A reader that no mail with a bomb in it gets through."""
    if BOMB.encode() in raw:
        raise Unreadable(TOO_LONG)
    return read(raw)


@pytest.fixture
def town(town: Town) -> Town:
    """Its mails are read by a wary reader, as in a cage."""
    town.desk = dataclasses.replace(town.desk, reader=wary)
    return town


def mended(town: Town) -> None:
    """The next version of the service can read what this one could not."""
    town.desk = dataclasses.replace(town.desk, reader=read)


def held(town: Town) -> list[dict[str, object]]:
    with town.database.reading() as s:
        return quarantine.listed(s)


def releases(town: Town, number: int = 1) -> str:
    case = release.release(town.desk, number, town.now)
    town.delivers()
    return case


# --- mails that cannot be read ------------------------------------------------------------------------------------


def test_kop_10_a_mail_that_cannot_be_read_has_a_case_and_a_receipt(town: Town) -> None:
    """KOP-10: who wrote and when is enough for the promise; the registrar gets the original."""
    raw = town.mail(ANNA, f"{HOLE} {BOMB}")
    assert town.receives(raw) == "Karantän"
    case = town.case()
    assert (case.submitter.email, case.submitter.contact) == ("anna.ek@example.org", Contact.EMAIL)
    assert (case.received_at, case.receipt_sent_at) == (town.now, town.now)
    assert case.status is Status.TRIAGE
    answer = case.deadline(Clock.ANSWER)
    assert answer
    assert answer.running
    receipt = town.letter("receipt")
    assert (receipt.to, receipt.number) == ("anna.ek@example.org", case.number)
    triage = town.letter("assignment", REGISTRAR)
    assert triage.files == ["original.eml"]
    enclosed = next(triage.mail.iter_attachments())
    assert enclosed.get_payload(decode=True) == raw
    assert "Karantän" in triage.text
    assert "det tog mer än 20 sekunder att läsa mejlet" in triage.text


def test_the_next_mail_is_handled_at_once(town: Town) -> None:
    town.writes(ANNA, BOMB)
    assert town.writes("Petra Holm <petra@example.org>", HOLE) == "Ärenden"
    assert [case.submitter.email for case in town.cases()] == ["anna.ek@example.org", "petra@example.org"]


def test_it_stands_in_quarantine_with_its_reason(town: Town) -> None:
    town.writes(ANNA, BOMB)
    (entry,) = held(town)
    assert (entry["from"], entry["subject"]) == ("anna.ek@example.org", "Hål i vägen")
    assert (entry["case"], entry["reason"], entry["state"]) == (town.case().number, TOO_LONG, "held")


def test_the_same_mail_once_more_is_the_same_case(town: Town) -> None:
    raw = town.mail(ANNA, BOMB)
    town.receives(raw)
    assert town.receives(raw) == "Ärenden"
    assert len(town.cases()) == len(held(town)) == 1


def test_the_registrar_hands_it_over_and_the_original_goes_with_it(town: Town) -> None:
    """The case is like any other, and nobody tries to read the mail again."""
    read_so_far: list[bytes] = []

    def counting(raw: bytes) -> Message:
        read_so_far.append(raw)
        return wary(raw)

    town.desk = dataclasses.replace(town.desk, reader=counting)
    town.writes(ANNA, BOMB)
    town.writes(REGISTRAR, f"#ÖVERLÄMNA {BO}", answers=town.letter("assignment", REGISTRAR))
    assert town.letter("assignment", BO).files == ["original.eml"]
    assert town.case().officer == BO
    assert sum(BOMB.encode() in raw for raw in read_so_far) == 1


def test_a_mail_too_large_for_a_letter_stays_in_the_mailbox(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.desk.post.files.LARGEST_ENCLOSURE", 1000)
    town.writes(ANNA, BOMB + "x" * 2000)
    triage = town.letter("assignment", REGISTRAR)
    assert triage.files == []
    assert "Karantän" in triage.text


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("Auto-Submitted", "auto-replied")], id="auto-submitted"),
        pytest.param([("Return-Path", "<>")], id="null return path"),
        pytest.param([("Precedence", "bulk")], id="bulk"),
    ],
)
def test_an_unreadable_mail_of_a_machine_gets_neither_case_nor_receipt(
    town: Town, headers: list[tuple[str, str]]
) -> None:
    assert town.writes(ANNA, BOMB, headers=headers) == "Karantän"
    assert town.cases() == town.sent == []
    (entry,) = held(town)
    assert (entry["case"], entry["reason"]) == (None, TOO_LONG)
    assert [kind for kind, _ in town.journal()] == ["no-case:unreadable"]


@pytest.mark.parametrize("sender", ["mailer-daemon@example.org", "no-reply@example.org", ADDRESS])
def test_nor_does_one_from_an_address_that_nobody_reads(town: Town, sender: str) -> None:
    assert town.writes(sender, BOMB) == "Karantän"
    assert town.cases() == town.sent == []


def test_an_unreadable_form_is_somebodys_feedback(town: Town) -> None:
    """Only the form knows who it was: a case without a receipt, until the form can be read."""
    form = (
        "Vad gäller det?\nFörskola\nDin synpunkt\nGrinden går inte att stänga.\nVill du ha svar?\nJa, via e-post\n"
        f"Namn\nPetra Holm\nE-post\npetra@example.org\nSidans adress: https://www.ekvik.example/{BOMB}\n"
    )
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål")
    assert town.letters("receipt") == []
    assert town.case().status is Status.TRIAGE
    mended(town)
    releases(town)
    case = town.case()
    assert (case.submitter.name, case.submitter.email) == ("Petra Holm", "petra@example.org")
    assert case.text == "Grinden går inte att stänga."
    assert town.letter("receipt").to == "petra@example.org"
    assert not case.anonymous
    assert sorted(deadline.kind for deadline in case.deadlines) == [Clock.ANSWER, Clock.RECEIPT]


def test_a_sender_who_cannot_be_seen_has_a_case(town: Town) -> None:
    raw = town.mail(ANNA, BOMB).replace(b"From: Anna Ek <anna.ek@example.org>\r\n", b"")
    assert town.receives(raw) == "Karantän"
    assert town.case().submitter.email == ""
    assert [(x.kind, x.to) for x in town.sent] == [("assignment", REGISTRAR)]


# --- in a known case ----------------------------------------------------------------------------------------------


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Bo has a case of Anna's."""
    town.writes(ANNA, HOLE)
    town.news()
    return town.letter("assignment", BO)


def test_a_follow_up_that_cannot_be_read_reaches_officer_and_registrar(town: Town, assigned: Letter) -> None:
    assert town.writes(ANNA, BOMB, answers=town.letter("receipt")) == "Karantän"
    assert town.news() == [("information", BO), ("information", REGISTRAR)]
    assert town.letter("information", BO).files == ["original.eml"]
    assert town.case().status is Status.ASSIGNED
    (entry,) = held(town)
    assert entry["case"] == assigned.number


def test_a_follow_up_that_cannot_be_read_reopens_an_answered_case(town: Town, assigned: Letter) -> None:
    """In doubt somebody is owed an answer."""
    town.writes(BO, "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned)
    assert town.case().status is Status.CLOSED
    town.writes(ANNA, BOMB, answers=town.letter("answer"))
    assert town.case().status is Status.ASSIGNED
    assert town.case().deadline(Clock.SECOND_ANSWER)


def test_nothing_is_obeyed_in_a_mail_that_cannot_be_read(town: Town, assigned: Letter) -> None:
    town.writes(BO, f"#SVAR\nHålet är lagat. {BOMB}", answers=assigned)
    assert town.letters("answer") == []
    assert "#SVAR" not in town.letter("information", BO).text
    mended(town)
    releases(town)
    assert town.letters("answer") == []
    assert "Hålet är lagat." in town.letters("information", BO)[1].text


def test_a_stranger_with_an_unreadable_mail_hears_no_more_than_that_it_came(town: Town, assigned: Letter) -> None:
    town.writes("eva@example.net", BOMB, subject=f"Ang. {assigned.number}")
    assert sorted((x.kind, x.to) for x in town.sent[-3:]) == [
        ("information", BO),
        ("information", REGISTRAR),
        ("receipt", "eva@example.net"),
    ]
    assert "anna.ek" not in town.letter("receipt", "eva@example.net").text


def test_an_unreadable_mail_in_a_secret_case_stays_in_the_folder_for_secrecy(town: Town) -> None:
    town.writes(ANNA, SECRET)
    before = len(town.sent)
    assert town.writes(ANNA, BOMB, answers=town.letter("receipt")) == "Sekretess"
    (told,) = town.sent[before:]
    assert told.kind == "information"
    assert told.files == []
    assert "anna.ek" not in told.text


# --- mails that break the handling --------------------------------------------------------------------------------


def crash(*_: object) -> None:
    raise ValueError("Anna Ek")


@pytest.fixture
def poison(town: Town) -> Callable[[], str | None]:
    """A mail that is tried once more at each call."""
    raw = town.mail(ANNA, HOLE)

    def again() -> str | None:
        return trouble.hold(
            town.desk, Delivered(raw, town.now, ("INBOX", 1, 99)), "ValueError while handling", town.now
        )

    return again


def test_after_three_tries_a_mail_that_breaks_the_handling_has_its_case(
    town: Town, poison: Callable[[], str | None]
) -> None:
    assert [poison(), poison(), poison()] == [None, None, "Karantän"]
    town.delivers()
    assert town.letter("receipt").to == "anna.ek@example.org"
    (entry,) = held(town)
    assert entry["case"] == town.case().number
    assert "3 tries" in str(entry["reason"])


def test_where_no_case_can_be_opened_the_registrar_gets_the_original(
    town: Town, poison: Callable[[], str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left of the failed attempt but what the second road makes."""
    monkeypatch.setattr("service.core.decide.unreadable.on_unreadable", crash)
    assert [poison(), poison(), poison()] == [None, None, "Karantän"]
    town.delivers()
    assert town.cases() == []
    assert town.letter("alert", REGISTRAR).files == ["original.eml"]
    assert town.letters() == town.letters("alert")
    monkeypatch.undo()
    number = releases(town)
    assert town.case().number == number
    assert town.letter("receipt").to == "anna.ek@example.org"


# --- what a person decides ----------------------------------------------------------------------------------------


def test_release_fills_the_case_once_the_mail_can_be_read(town: Town) -> None:
    raw = town.mail(ANNA, f"{HOLE} {BOMB}", subject="Hej", files=[("hål.jpg", b"\xff\xd8 photo")])
    town.receives(raw)
    before = town.case()
    town.now += timedelta(days=3)
    with pytest.raises(Unreadable):
        releases(town)
    mended(town)
    assert releases(town) == before.number
    case = town.case()
    assert case.text == f"{HOLE} {BOMB}"
    assert case.title != before.title
    assert (case.received_at, case.deadlines[0].due_at) == (before.received_at, before.deadlines[0].due_at)
    told = town.letter("information", REGISTRAR)
    assert HOLE in told.text
    assert told.files == ["hål.jpg"]
    assert len(town.letters("receipt")) == 1
    assert held(town) == []
    assert ("released", "number 1 in quarantine") in town.journal()
    with town.database.reading() as s:
        noted = s.execute(select(journal).where(journal.c.kind == "released")).one()
        kept = quarantine.original(s, 1)
    assert kept
    assert (noted.case_id, noted.message, noted.document) == (1, kept.id, hashlib.sha256(raw).hexdigest())


def test_a_released_mail_is_an_ordinary_one(town: Town) -> None:
    """Its files go with the next assignment, and its copy is known."""
    raw = town.mail(ANNA, f"{HOLE} {BOMB}", files=[("hål.jpg", b"\xff\xd8 photo")])
    town.receives(raw)
    mended(town)
    releases(town)
    town.writes(REGISTRAR, f"#ÖVERLÄMNA {BO}", answers=town.letter("assignment", REGISTRAR))
    assert town.letter("assignment", BO).files == ["hål.jpg"]
    town.receives(b"Received: from elsewhere\r\n" + raw)
    assert len(town.cases()) == 1


def test_release_does_not_write_over_what_a_person_has_written(town: Town) -> None:
    town.writes(ANNA, BOMB)
    town.writes(ANNA, f"Jag menar gatlyset. {BOMB}", answers=town.letter("receipt"))
    mended(town)
    before = town.case().text
    releases(town, 2)
    assert town.case().text == before
    releases(town, 1)
    assert town.case().text == BOMB


def test_release_finds_secrecy(town: Town) -> None:
    """What could not be read may be secret: then its words go to nobody by mail."""
    town.writes(ANNA, f"{SECRET} {BOMB}")
    mended(town)
    releases(town)
    assert town.case().secrecy
    assert all("misshandlas" not in letter.text for letter in town.sent)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("Precedence", "bulk"), ("List-Id", "<x.example.org>")], id="newsletter"),
        pytest.param([("Auto-Submitted", "auto-replied")], id="automatic reply"),
    ],
)
def test_a_machines_mail_that_was_none_becomes_a_case_with_its_own_arrival(
    town: Town, headers: list[tuple[str, str]]
) -> None:
    """The promise runs from the day on which it came, and its sender gets a receipt."""
    came = town.now
    assert town.writes(ANNA, HOLE, headers=headers) == "Karantän"
    assert town.sent == town.cases() == []
    (entry,) = held(town)
    assert entry["case"] is None
    town.now += timedelta(days=1)
    number = releases(town)
    case = town.case()
    assert (case.number, case.received_at, case.receipt_sent_at) == (number, came, town.now)
    assert case.officer == BO
    assert town.letter("receipt").to == "anna.ek@example.org"
    with town.database.reading() as s:
        kept = s.execute(select(messages.c.kind, messages.c.case_id).where(messages.c.direction == "in")).one()
    assert (kept.kind, kept.case_id) == ("feedback", 1)


def test_what_claims_to_be_an_officers_is_let_in_unproven_where_its_case_is_known_by_then(town: Town) -> None:
    """A person says that somebody wrote it, and not who: it opens no case of its own, and Bo is asked."""
    first = town.mail(ANNA, HOLE, headers=[("Precedence", "bulk")])
    town.receives(first)
    thread = [("In-Reply-To", str(Letter.read(first, town.now).mail["Message-ID"]))]
    town.writes(BO, "Hålet är lagat.", headers=thread, authenticated=False)
    releases(town, 1)
    town.news()
    assert releases(town, 2) == town.case().number
    assert town.case().status is Status.ASSIGNED
    assert sorted(town.news()) == [("alert", REGISTRAR), ("question", BO)]


def test_a_form_that_the_rules_know_by_the_time_it_is_let_in_is_one(town: Town) -> None:
    form = "Vad gäller det?\nFörskola\nDin synpunkt\nGrinden är trasig.\nNamn\nPetra Holm\nE-post\npetra@example.org\n"
    known = town.desk.book
    unknown = RuleBook(municipality=known.municipality, people=known.people, routing=known.routing)
    town.desk = dataclasses.replace(town.desk, book=unknown)
    town.writes("noreply@ekvik.example", form, "Synpunkter och klagomål", headers=[("Auto-Submitted", "auto-replied")])
    assert town.cases() == []
    town.desk = dataclasses.replace(town.desk, book=known)
    releases(town)
    case = town.case()
    assert (case.submitter.email, case.text) == ("petra@example.org", "Grinden är trasig.")


def test_a_mail_from_the_own_address_can_be_let_in(town: Town) -> None:
    """A form that the rules do not know yet, sent from the mailbox itself: a case, and no letter to ourselves."""
    assert town.writes(ADDRESS, HOLE) == "Karantän"
    releases(town)
    assert town.case().officer == BO
    assert town.letters(to=ADDRESS) == []


def test_a_report_that_was_none_is_let_in_as_a_mail(town: Town) -> None:
    about = make_message_id(town.desk.secret, "alert", "", nonce_of_the_service(), REGISTRAR, "ekvik.example")
    assert town.receives(bounce(about)) == "Karantän"
    assert town.cases() == []
    assert releases(town) == town.case().number


def test_whoever_is_let_in_can_be_written_to_again(town: Town) -> None:
    """Mail to the address once bounced; now somebody writes from it. A machine's mail does not show that."""
    many = select(func.count()).select_from(stopped)
    with town.database.transaction() as s:
        s.execute(insert(stopped).values(email="anna.ek@example.org", since=town.now, because="bounced"))
    town.writes(ANNA, HOLE, headers=[("Precedence", "bulk")])
    with town.database.reading() as s:
        assert s.scalar(many) == 1
    releases(town)
    with town.database.reading() as s:
        assert s.scalar(many) == 0


def test_a_machines_real_address_gets_no_receipt_even_then(town: Town) -> None:
    town.writes("no-reply@example.org", HOLE, headers=[("Precedence", "bulk")])
    releases(town)
    assert town.case()
    assert town.letters("receipt") == []


def test_dropping_keeps_the_mail_and_the_reason(town: Town) -> None:
    town.writes(ANNA, BOMB)
    release.drop(town.desk, 1, "reklam", town.now)
    assert held(town) == []
    with town.database.reading() as s:
        entry = quarantine.shown(s, 1)
        kept = quarantine.original(s, 1)
    assert entry
    assert (entry["state"], entry["decided_because"]) == ("dropped", "reklam")
    assert kept
    assert BOMB.encode() in kept.raw
    assert ("dropped", "number 1 in quarantine: reklam") in town.journal()


@pytest.mark.parametrize("decide", [releases, lambda town: release.drop(town.desk, 1, "x", town.now)])
def test_a_mail_is_decided_about_once(town: Town, decide: Callable[[Town], object]) -> None:
    town.writes(ANNA, HOLE, headers=[("Precedence", "bulk")])
    releases(town)
    with pytest.raises(release.NotHeld):
        decide(town)
    assert len(town.cases()) == len(town.letters("receipt")) == 1


def test_an_unknown_mail_is_not_held(town: Town) -> None:
    with pytest.raises(release.NotHeld):
        release.release(town.desk, 7, town.now)
    with pytest.raises(release.NotHeld):
        release.drop(town.desk, 7, "x", town.now)


def test_release_is_all_or_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.writes(ANNA, HOLE, headers=[("Precedence", "bulk")])
    monkeypatch.setattr(Journal, "write", crash)
    with pytest.raises(ValueError, match="Anna"):
        releases(town)
    monkeypatch.undo()
    assert len(held(town)) == 1
    assert town.cases() == []


# --- files --------------------------------------------------------------------------------------------------------


def test_files_that_cannot_be_taken_out_go_as_the_whole_mail(town: Town) -> None:
    def stuck(raw: bytes) -> tuple[bytes, ...]:
        raise Unreadable(TOO_LONG)

    town.desk = dataclasses.replace(town.desk, contents=stuck)
    town.writes(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8 photo")])
    assert town.letter("assignment", BO).files == ["original.eml"]


def test_a_stored_mail_that_can_no_longer_be_read_goes_as_it_is(town: Town) -> None:
    """A new version may fail where the old one did not: the work goes on."""
    town.desk = dataclasses.replace(town.desk, contents=contents)
    town.writes(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8 photo")])

    def reader(raw: bytes) -> Message:
        if b"photo" in raw or b"/9gg" in raw:
            raise Unreadable(TOO_LONG)
        return read(raw)

    town.desk = dataclasses.replace(town.desk, reader=reader)
    town.writes(BO, "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=town.letter("assignment", BO))
    assert town.letter("assignment", "jonas.vik@ekvik.example").files == ["original.eml"]


def test_one_transaction_takes_an_unreadable_mail_in_whole_or_not_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "write", crash)
    with pytest.raises(ValueError, match="Anna"):
        handle_mail(town.desk, Delivered(town.mail(ANNA, BOMB), town.now, ("INBOX", 1, 1)), town.now)
    monkeypatch.undo()
    town.delivers()
    assert town.cases() == held(town) == town.sent == []
