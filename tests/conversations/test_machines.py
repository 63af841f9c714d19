"""Mail that bears the marks of machines, and mail that only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conversations.town import ANNA, BO, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_book

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLE = "Det är ett stort hål i asfalten på Storgatan."
OPEN_GATE = "Vi kan inte acceptera förklaringen. Grinden stod öppen igen i går kväll."


@pytest.mark.parametrize(
    "headers",
    [
        [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")],
        [("List-Unsubscribe", "<mailto:nej@crm.example>"), ("Precedence", "bulk")],
        [("List-Id", "Styrelsen <styrelsen.brf.example>"), ("List-Post", "<mailto:styrelsen@brf.example>")],
    ],
    ids=["ticket system", "customer register", "association's list"],
)
def test_an_answer_through_a_ticket_system_or_a_list_reaches_the_officer(
    town: Town, headers: list[tuple[str, str]]
) -> None:
    """A company's people answer through systems that mark all their mail: it is shown like any other answer."""
    town.writes(ANNA, HOLE)
    town.writes(ANNA, OPEN_GATE, answers=town.letter("receipt"), headers=headers)
    assert any(OPEN_GATE in letter.text for letter in town.letters(to=BO))
    assert len(town.cases()) == 1


def test_a_ticket_systems_own_acknowledgement_is_answered_by_nobody(town: Town) -> None:
    """Two systems that acknowledge each other's acknowledgements would never end."""
    town.writes(ANNA, HOLE)
    receipt = town.letter("receipt")
    before = len(town.letters(to="anna.ek@example.org"))
    marks = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    town.writes(ANNA, "Ditt ärende har registrerats med nummer 48213.", answers=receipt, headers=marks)
    assert len(town.letters(to="anna.ek@example.org")) == before
    assert len(town.cases()) == 1


def test_a_strangers_ticket_system_is_not_answered(town: Town) -> None:
    """Its people's words are shown to the officer; an acknowledgement would be acknowledged in turn."""
    town.writes(ANNA, HOLE)
    firm = "support@bolag.example"
    town.writes(firm, OPEN_GATE, answers=town.letter("receipt"), headers=[("Precedence", "bulk")])
    assert any(OPEN_GATE in letter.text for letter in town.letters(to=BO))
    assert town.letters(to=firm) == []


def test_a_complaint_about_automatic_answers_is_a_case_with_a_receipt(town: Town) -> None:
    """What its subject begins with, and what is pasted into it, makes no machine of a person."""
    text = "Detta är ett automatiskt svar, står det i ert mejl. " + HOLE + " När lagar ni det?"
    town.writes(ANNA, text, subject="Autosvar: är det allt?", headers=[("X-Mailer", "iPhone Mail (22B83)")])
    assert "hål" in town.case().text
    assert town.letter("receipt")


def with_calendar(whole: bytes, text: str, calendar: str, kind: str = "alternative") -> bytes:
    """The mail with another text, and a calendar part with its own fields as an alternative of that or beside it."""
    head, _, _ = whole.partition(b"\r\n\r\n")
    kept = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime")))
    parts = (f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n", calendar)
    inside = "".join(f"--b\r\n{part}" for part in parts) + "--b--\r\n"
    return kept + f"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n{inside}".encode()


def calendar(declared: str, method: str = "", fields: str = "") -> str:
    before = "BEGIN:VCALENDAR\r\n" + "X-PAD:y\r\n" * 400
    events = f"{before}{method}BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return f"Content-Type: {declared}\r\n{fields}\r\n{events}"


def from_bo(town: Town, text: str, part: str, kind: str = "alternative") -> bytes:
    """Bo's mail in the case, as his mail program makes it when he answers with a meeting or answers one."""
    return with_calendar(town.mail(BO, "x", answers=town.letter("assignment"), quote=False), text, part, kind)


ANSWERS = [
    calendar("text/calendar; method=REQUEST", "METHOD:REQUEST\r\n"),
    calendar("text/calendar; charset=utf-8; method=REPLY"),
    calendar("text/calendar", "METH\r\n OD;X=1:REPLY\r\n"),
    "Content-Type: text/calendar; method=COUNTER\r\n\r\nRemoved by the mail filter.\r\n",
]


@pytest.mark.parametrize("part", ANSWERS, ids=["invitation", "header", "calendar", "removed"])
@pytest.mark.parametrize("plain_reply", ["ask", "send"])
@pytest.mark.parametrize("text", ["#SVAR\r\nHej Anna, vi ses vid hålet.", "Hej Anna, vi ses vid hålet i morgon."])
def test_what_a_colleague_writes_in_an_invitation_is_seen_and_not_done(
    town: Town, part: str, plain_reply: str, text: str
) -> None:
    """It is filed with the machines' mails, and whoever wrote a command in it would wait for ever."""
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": plain_reply}))
    town.writes(ANNA, HOLE)
    town.receives(from_bo(town, text, part))
    assert "vi ses vid hålet" in town.letter("information", BO).text
    assert town.letters("answer") == []
    assert town.letters("question") == []


@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "PUBLISH"])
def test_a_citizens_mail_with_a_calendar_file_is_a_case_with_a_receipt(town: Town, method: str) -> None:
    file = 'Content-Disposition: attachment; filename="möte.ics"\r\n'
    part = calendar(f"text/calendar; method={method}", f"METHOD:{method}\r\n", file)
    town.receives(with_calendar(town.mail(ANNA, "x"), HOLE, part, "mixed"))
    assert HOLE in town.case().text
    assert town.letter("receipt", "anna.ek@example.org")


def test_an_officers_command_with_a_calendar_file_is_obeyed(town: Town) -> None:
    town.writes(ANNA, HOLE)
    part = calendar("text/calendar; method=REQUEST; name=syn.ics", "METHOD:REQUEST\r\n")
    town.receives(from_bo(town, "#SVAR\r\nHej Anna, vi ses vid hålet i morgon.", part, "mixed"))
    assert "vi ses vid hålet" in town.letter("answer").text


AWAY = "Hej!\n\nJag jobbar halvtid i höst och läser mina mejl på torsdagar.\n\nMed vänlig hälsning\nBo Ek"


def answered_by_a_program(town: Town, text: str, turns: int = 30, *, threaded: bool = True) -> list[tuple[str, str]]:
    """Bo's mail program answers all that he gets, under the same subject and without a mark."""
    seen, told = 0, len(town.sent)
    for turn in range(turns):
        fresh, seen = [x for x in town.sent[seen:] if x.to == BO], len(town.sent)
        for letter in fresh:
            said, subject = text.format(turn=turn), f"Sv: {letter.subject}"
            town.writes(f"Bo Ek <{BO}>", said, subject, answers=letter if threaded else None, quote=False)
        town.now += timedelta(minutes=1)
    return [(x.kind, x.to) for x in town.sent[told:]]


@pytest.mark.parametrize("threaded", [True, False], ids=["in the thread", "by its subject"])
@pytest.mark.parametrize(
    ("text", "most"),
    [
        (AWAY, 5),
        ("Ditt mejl har lästs.", 5),
        (f"{AWAY}\nMejl {{turn}}", 11),
        ("Läst", 11),
        ("Läst {turn}", 11),
        ("JA", 12),
    ],
)
def test_a_program_that_answers_a_colleagues_mail_is_not_answered_for_ever(
    town: Town, assigned: Letter, text: str, most: int, threaded: bool
) -> None:
    """Nothing marks it as a machine's; a registrar is shown what it writes."""
    letters = answered_by_a_program(town, text, threaded=threaded)
    assert len([kind for kind, to in letters if to == BO]) <= most
    assert ("information", REGISTRAR) in letters
    assert not town.letters("answer")
    town.writes(BO, "#SVAR\nHålet är lagat.", answers=assigned)
    assert "Hålet är lagat." in town.letter("answer").text


def test_a_program_that_says_nothing_is_not_answered_for_ever(town: Town, assigned: Letter) -> None:
    assert len(answered_by_a_program(town, "")) == 10


@pytest.mark.parametrize(
    ("text", "most"), [(AWAY, 4), ("Ditt mejl har lästs.", 4), (f"{AWAY}\nMejl {{turn}}", 11), ("Läst", 11), ("", 11)]
)
def test_a_program_that_answers_lists_is_not_answered_for_ever(
    town: Town, assigned: Letter, text: str, most: int
) -> None:
    """What it writes is put aside, and a registrar finds it in the morning's list."""
    town.writes(BO, "#LISTA", "Mina ärenden")
    del town.sent[:-1]
    assert len(answered_by_a_program(town, text)) <= most
    town.waits_until("2026-09-08 08:00")
    assert any("a program seems" in line for _, line in town.journal())
    town.writes(BO, f"{assigned.number} #ÖVERLÄMNA Maria Lund", answers=town.sent[0])
    assert town.case().officer == MARIA


def test_nor_is_one_that_answers_the_morning_mail(town: Town) -> None:
    for day in range(8, 12):
        town.writes("per@example.org", "Lampan är trasig.", f"Lampa {day}", headers=[("List-Id", "<nytt.example>")])
        town.waits_until(f"2026-09-{day:02} 08:00")
        listed = town.letters("digest", REGISTRAR)[-1]
        town.writes(REGISTRAR, "Ditt mejl har lästs.", answers=listed, quote=False)
    assert len(town.letters("echo", REGISTRAR)) == 2
    town.writes(REGISTRAR, "SLÄPP IN 1", answers=listed, quote=False)
    town.looks_at_the_clock()
    assert town.case().text == "Lampan är trasig."


def test_a_person_answers_many_lists_in_the_same_words(town: Town, assigned: Letter) -> None:
    for _ in range(9):
        town.writes(BO, "#LISTA", "Mina ärenden")
        listed = town.letters("information", BO)[-1]
        town.writes(BO, f"{assigned.number} #INTERNT Jag har ringt.", answers=listed)
        town.now += timedelta(minutes=5)
    assert len(town.letters("echo", BO)) == 9


@pytest.mark.parametrize("said", ["JA", "2", "#INTERNT Jag ringer i morgon.", "Tack!"])
def test_what_a_person_says_often_is_heard_each_time(town: Town, assigned: Letter, said: str) -> None:
    answered_by_a_program(town, said, 10)
    assert not town.letters("information", REGISTRAR)


def test_a_colleague_may_ask_often_what_becomes_of_a_case_of_ones_own(town: Town) -> None:
    tove = "tove.rask@ekvik.example"
    town.writes(tove, HOLE)
    number = town.case().number
    for _ in range(4):
        town.now += timedelta(days=1)
        town.writes(tove, "Hålet är fortfarande kvar, när tänker ni laga det?", f"Hålet [{number}]")
    assert len([x for x in town.letters("information", BO) if "fortfarande kvar" in x.text]) == 4


def test_a_busy_person_gives_as_many_orders_as_there_are(town: Town, assigned: Letter) -> None:
    for turn in range(15):
        town.writes(BO, f"#INTERNT Jag har ringt {turn} gånger.", answers=assigned)
        assigned = town.letters("echo", BO)[-1]
    assert len(town.letters("echo", BO)) == 15
    assert not town.letters("information", REGISTRAR)


@pytest.mark.parametrize(
    "text",
    [
        "Hej!\n\nTack för ditt mejl. Vi återkommer så snart vi kan.\n\nMed vänlig hälsning\nBo Ek",
        "Hej!\n\nJag är på semester till den 21 september. Vid brådskande ärenden, ring växeln.\n\nMvh\nBo Ek",
    ],
)
def test_words_of_a_program_are_shown_before_they_are_an_answer(town: Town, text: str) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": "send"}))
    town.writes(ANNA, HOLE)
    town.writes(f"Bo Ek <{BO}>", text, answers=town.letter("assignment"), quote=False)
    assert not town.letters("answer")
    assert "liknar ett automatiskt svar" in town.letter("question", BO).text
