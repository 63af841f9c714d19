"""Hostile hands on the brakes: floods, dead addresses, false reports, files that harm. No work is ever lost by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from service.core.cases import Status
from service.core.decide.lists import read_numbers
from service.desk import quarantine
from service.desk.post import heldback
from service.desk.post.states import State
from service.desk.tables import messages
from service.desk.turn import turn
from tests.conversations.town import ANNA, BO, EVA, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_book

HOLE = "Det är ett stort hål i asfalten på Storgatan."
FACTS = "#ÅTGÄRD 1\n#PUBLICERA NEJ\n#TYP klagomål\n#KATEGORI Fysisk miljö"


def assigned(town: Town) -> Letter:
    town.writes(ANNA, HOLE)
    return town.letter("assignment", BO)


def stuck(town: Town) -> list[tuple[str, str, str]]:
    with town.database.reading() as s:
        return [(e["state"], e["kind"], e["to"]) for e in heldback.listed(s)]


def bounce(
    town: Town, letter: Letter, status: str = "5.1.1", headers: tuple[tuple[str, str], ...] = (), to: str = ""
) -> None:
    """A delivery report as mail servers write them, about a letter of ours."""
    text = (
        "From: MAILER-DAEMON@{host}\r\nTo: {us}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <b{n}@{host}>\r\n{extra}MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {host}\r\n\r\n"
        "Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mid}\r\nSubject: x\r\n\r\n--b--\r\n"
    )
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
    values = {"us": town.address, "n": next(town._ids), "to": to or letter.to, "status": status, "extra": extra}
    town.receives(text.format(host="mx.ekvik.example", mid=letter.mail["Message-ID"], **values).encode())


# --- brakes delay and never drop -------------------------------------------------------------------------------------


def test_twelve_photos_in_twelve_mails_are_all_shown(town: Town) -> None:
    assigned(town)
    receipt = town.letter("receipt")
    for number in range(12):
        town.writes(ANNA, f"Bild {number}", answers=receipt, files=[(f"bild{number}.jpg", b"x" * 20_000)])
    seen = [name for x in town.letters("information", BO) for name in x.files]
    assert seen == [f"bild{number}.jpg" for number in range(12)]


def test_after_a_busy_day_in_a_case_the_new_officer_still_hears(town: Town) -> None:
    """After ten letters in the case the hand-over, its echo and the citizen's notice used to vanish."""
    assignment = assigned(town)
    for number in range(14):
        town.writes(ANNA, f"En sak till, nummer {number}.", answers=town.letter("receipt"))
    town.writes(BO, f"#ÖVERLÄMNA {MARIA}", answers=assignment)
    assert town.letter("assignment", MARIA)
    assert town.letters("echo", BO)
    assert town.letter("handover")


@pytest.mark.databases("sqlite", "postgresql")
def test_six_hundred_mails_of_one_sender_bury_nobody(town: Town) -> None:
    """Every mail is a case; the officer reads some of them today, the rest a few a day; nobody else waits."""
    many = 60
    for number in range(many):
        town.writes(
            f"Flod <flod+{number}@flood.example>", f"Hål {number} i asfalten på Storgatan.", subject=f"Hål {number}"
        )
    assert len(town.cases()) == many
    assert all(case.officer == BO for case in town.cases())
    assert len(town.letters("assignment", BO)) == 20
    assert len(town.letters("receipt")) == 5
    assert len(town.letters("alert", REGISTRAR)) == 1
    town.writes(ANNA, HOLE)
    assert town.letter("receipt", "anna.ek@example.org")
    assert len(town.letters("assignment", BO)) == 21, "another citizen's case waits for nobody"
    assert stuck(town).count(("held", "assignment", BO)) == many - 20
    town.passes(days=1)
    assert len(town.letters("assignment", BO)) == 41
    for _ in range(4):
        town.passes(days=1)
    told = {x.number for x in town.letters("assignment", BO)}
    assert told == {case.number for case in town.cases()}


def test_a_form_filled_in_over_and_over_is_braked_as_its_persons_mails_are(town: Town) -> None:
    """All forms come from one address; whoever fills them in is another one, and the next person waits for nobody."""
    book = a_book(town.book, automatic_mail={"per_sender_and_day": 2})
    town.desk = replace(town.desk, book=book)
    for number, name in enumerate(["petra", "petra", "petra", "olle"]):
        form = f"Din synpunkt: Grinden {number} är trasig.\nE-post: {name}@example.org\nVad gäller det?: Förskola\n"
        town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål")
    third = town.cases()[2].number
    assert {case.number for case in town.cases()} - {x.number for x in town.letters("assignment")} == {third}


def test_a_held_receipt_leaves_the_next_day(town: Town) -> None:
    for number in range(7):
        town.writes(ANNA, f"Hål nummer {number} i asfalten på Storgatan.", subject=f"Hål {number}")
    assert len(town.letters("receipt")) == 5
    assert [x[:2] for x in stuck(town)] == [("held", "receipt")] * 2
    town.passes(days=1)
    assert len(town.letters("receipt")) == 7
    assert stuck(town) == []


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("registrars", [False, True], ids=["a list of its own", "the morning mail"])
def test_the_registrar_hears_once_of_receipts_that_had_to_wait_until_midnight(town: Town, *, registrars: bool) -> None:
    """They leave before anybody is in office; what leaves at once is no news."""
    town.desk = replace(town.desk, book=a_book(town.book, digest={"registrars": registrars}))
    for number in range(7):
        town.writes(ANNA, f"Hål nummer {number} i asfalten på Storgatan.", subject=f"Hål {number}")
    town.writes("olle@example.org", "Grinden är trasig.")
    late = [case.number for case in town.cases()][5:7]
    for _ in range(6 * 24):
        town.passes(hours=1)
    assert len(town.letters("receipt")) == 8
    told = [x.text for x in town.letters("digest", REGISTRAR) if "fick vänta" in x.text]
    expected = (
        f"2 mejl till anna.ek@example.org om {late[0]} och {late[1]}: mottagaren har fått många automatiska mejl."
    )
    assert [expected in text for text in told] == [True]
    assert "olle@example.org" not in told[0].partition("fick vänta")[2]


@pytest.mark.databases("sqlite", "postgresql")
def test_a_person_lets_a_held_letter_go(town: Town) -> None:
    for number in range(6):
        town.writes(ANNA, f"Hål nummer {number} i asfalten på Storgatan.", subject=f"Hål {number}")
    with town.database.transaction() as s:
        (held,) = heldback.listed(s)
        assert "5 automatic mails" in str(held["reason"])
        assert heldback.retry(s, int(held["id"]), town.now) == [held["id"]]
    town.delivers()
    assert len(town.letters("receipt")) == 6


# --- a staff address is never given up -------------------------------------------------------------------------------


@pytest.mark.databases("sqlite", "postgresql")
def test_a_registrar_whose_address_fails_for_a_day_loses_nothing(town: Town) -> None:
    town.refuses[REGISTRAR] = "550 5.1.1 no such user"
    for number in range(3):
        town.writes(ANNA, f"Xyz abc {number}.", subject=f"Qwerty {number}")
    heads = [x for x in town.letters("assignment") if x.to != REGISTRAR]
    assert len(heads) == 3, "the next person has each of them at once"
    assert all(REGISTRAR in x.text for x in heads)
    town.passes(hours=25)
    assert town.letters("assignment", REGISTRAR) == []
    del town.refuses[REGISTRAR]
    town.passes(hours=25)
    town.passes(minutes=5)
    assert len(town.letters("assignment", REGISTRAR)) == 1, "one letter tries the address"
    town.passes(hours=2)
    town.looks_at_the_clock()
    assert len(town.letters("assignment", REGISTRAR)) == 3
    town.writes("Gun <gun@example.org>", "Abc xyz.", subject="Qwerty")
    assert len(town.letters("assignment", REGISTRAR)) == 4


def test_whoever_writes_from_an_address_that_failed_gets_what_waited(town: Town) -> None:
    town.refuses[REGISTRAR] = "550 5.1.1 no such user"
    town.writes(ANNA, "Xyz abc.", subject="Qwerty")
    town.refuses.clear()
    town.writes(REGISTRAR, "#HJÄLP", "Hjälp")
    assert town.letters("assignment", REGISTRAR) == []
    with town.database.reading() as s:
        assert quarantine.listed(s) == [], "what she wrote is about no case, and handled"
    town.looks_at_the_clock()
    assert len(town.letters("assignment", REGISTRAR)) == 1


def test_nobody_is_asked_twice_when_all_addresses_fail(town: Town) -> None:
    for address in (BO, MARIA, EVA, REGISTRAR):
        town.refuses[address] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    with town.database.reading() as s:
        rows = s.execute(select(messages.c.recipient, messages.c.state).where(messages.c.kind == "assignment")).all()
    assert len({r.recipient for r in rows}) == len(rows), "no loop"
    assert {r.state for r in rows if r.recipient in town.refuses} == {"held"}
    town.refuses.clear()
    town.passes(hours=25)
    assert town.letters("assignment", BO)


def test_a_false_report_stops_no_officer(town: Town) -> None:
    """Whoever was forwarded the assignment knows its id: a report that names it from outside is a note."""
    assignment = assigned(town)
    stamps = (("Received", "from evil.example by mx.elsewhere.example; Mon, 07 Sep 2026 09:13:00 +0200"),)
    bounce(town, assignment, headers=stamps)
    assert any("nothing shows that the report is true" in text for _, text in town.journal())
    assert stuck(town) == []
    town.writes("Gun <gun@example.org>", HOLE, subject="Hål")
    assert len(town.letters("assignment", BO)) == 2


def test_a_false_report_about_an_answer_that_was_answered_loses_nothing(town: Town) -> None:
    """The submitter's reply went to others as well: they know the answer's id, and the answer has arrived."""
    town.writes(BO, f"#SVAR\nDet är lagat nu.\n{FACTS}\n#AVSLUTA", answers=assigned(town))
    answer = town.letter("answer")
    town.writes(ANNA, "Tack!", answers=answer, cc="granne@evil.example")
    status, so_far = town.case().status, len(town.sent)
    stamps = (("Received", "from evil.example by mx.elsewhere.example; Mon, 07 Sep 2026 09:13:00 +0200"),)
    bounce(town, answer, headers=stamps)
    assert (town.case().status, len(town.sent)) == (status, so_far)
    town.writes(ANNA, "Lampan på torget är trasig.", subject="Lampa")
    assert len(town.letters("receipt", "anna.ek@example.org")) == 2


def test_an_outage_of_all_staff_addresses_makes_no_heap_of_alerts(town: Town) -> None:
    """Each person tried in vain hears of each matter once: the alerts do not multiply by those tried before."""
    everybody = [REGISTRAR, *town.book.registrars, *(p.email for p in town.book.people.people)]
    town.refuses = dict.fromkeys(everybody, "550 5.1.1 unknown")
    town.refuses |= dict.fromkeys((REGISTRAR, *town.book.registrars), "550 5.1.1 unknown")
    town.writes(ANNA, HOLE)
    letters = [to for _, kind, to in stuck(town) if kind == "alert"]
    assert max(letters.count(to) for to in letters) <= 2, letters


@pytest.mark.parametrize("status", ["5.1.1", "5.2.2"])
def test_the_own_servers_report_of_an_officers_letter_passes_it_on(town: Town, status: str) -> None:
    assignment = assigned(town)
    bounce(town, assignment, status)
    assert town.letter("assignment", MARIA)
    assert ("held", "assignment", BO) in stuck(town)


def test_work_for_an_address_out_of_reach_waits_while_another_has_it_and_the_mornings_list_says_so(town: Town) -> None:
    bounce(town, assigned(town))
    town.writes("Per <per@example.org>", f"{HOLE} Ett till på Nygatan.", subject="Gatan")
    new = town.cases()[-1].number
    assert [x.to for x in town.letters("assignment") if x.number == new] == [MARIA]
    assert stuck(town).count(("held", "assignment", BO)) == 2
    town.passes(days=1)
    told = " ".join(town.letters("digest", REGISTRAR)[-1].text.split())
    assert "adressen tar inte emot mejl, och någon annan har fått dem" in told


def test_the_registrars_full_mailbox_makes_no_heap_of_letters(town: Town) -> None:
    town.writes(ANNA, "Xyz abc.", subject="Qwerty")
    before = len(town.sent)
    for _ in range(5):
        for letter in town.sent[before:] or town.letters("assignment", REGISTRAR):
            if letter.to == REGISTRAR:
                bounce(town, letter, "5.2.2")
    assert len(town.sent) - before <= 1


# --- an answer that does not arrive ----------------------------------------------------------------------------------


def test_the_writer_of_an_answer_that_was_refused_hears_it(town: Town) -> None:
    """So far only the registrar heard the contrary of "Svaret är skickat"."""
    assignment = assigned(town)
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    town.writes(BO, f"#SVAR\nHålet är lagat.\n{FACTS}", answers=assignment)
    assert "Ditt svar kom inte fram" in town.letter("alert", BO).subject
    assert town.letter("alert", REGISTRAR)
    assert town.case().status is not Status.CLOSED


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.3.4 Message size exceeds fixed limit",
        "552 too large",
        "554 5.7.1 attachment type not allowed",
        "554 5.6.1 no",
    ],
)
def test_an_answer_refused_for_its_files_leaves_without_them(town: Town, reply: str) -> None:
    assignment = assigned(town)
    town.refuses["anna.ek@example.org"] = reply
    answer = town.mail(BO, f"#SVAR\nHålet är lagat.\n{FACTS}", answers=assignment, files=[("karta.jpg", b"x" * 20_000)])
    refused_once(town, answer)
    sent = town.letter("answer")
    assert sent.files == []
    assert "Hålet är lagat." in sent.text
    assert "karta.jpg" in sent.text
    told = town.letter("alert", BO)
    assert "Kontrollera adressen" not in told.text
    assert "utan bilagor" in told.subject
    assert town.letters("alert", REGISTRAR) == []


def refused_once(town: Town, raw: bytes) -> None:
    """The first letter to the citizen is refused, the next one is taken."""
    refuses = dict(town.refuses)
    town.refuses = _Once(refuses)
    town.receives(raw)
    town.refuses = {}


class _Once(dict[str, str]):
    def __contains__(self, key: object) -> bool:
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        return self.pop(key)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "faktura.exe", "Faktura.EXE ", "faktura.pdf.exe", "faktura\u202efdp.exe", "makro.docm", "sida.html",
        "skiva.iso", "skript.js", "genväg.lnk", "bild.jpg.scr", "arkiv.zip", "arkiv.7z", "bild.svg",
        "x.ps1", "x.vbs.txt.vbs",
    ],
)  # fmt: skip
def test_what_can_harm_stays_in_the_mailbox(town: Town, name: str) -> None:
    town.writes(ANNA, HOLE, files=[(name, b"MZ" + b"x" * 20_000), ("bild.jpg", b"y" * 20_000)])
    assignment = town.letter("assignment", BO)
    assert assignment.files == ["bild.jpg"]
    assert "\u202e" not in assignment.text
    assert "Ärenden" in assignment.text
    assert "följer inte med" in assignment.text


PROGRAM = ("faktura.exe", b"MZ\0\0" + bytes(100))
PICTURE = ("bild.jpg", b"\xff\xd8\xff" + bytes(100))


def enclosed(*files: tuple[str, bytes]) -> bytes:
    """A mail that has files."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "nils@example.org", "Hej"
    mail.set_content("Se bilagan.")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("name", "content", "goes"),
    [
        pytest.param("vidare.eml", enclosed(PICTURE), True, id="a mail with a picture"),
        pytest.param("vidare.eml", enclosed(("vidare.eml", enclosed(PICTURE))), True, id="in a mail in a mail"),
        pytest.param("vidare.eml", enclosed(PROGRAM), False, id="a mail with a program"),
        pytest.param("vidare.eml", enclosed(("a.dat", PROGRAM[1])), False, id="under another name"),
        pytest.param("vidare.eml", enclosed(("arkiv.zip", b"PK\x03\x04")), False, id="a mail with an archive"),
        pytest.param("vidare.eml", enclosed(PICTURE, ("vidare.eml", enclosed(PROGRAM))), False, id="two mails deep"),
        pytest.param(
            "vidare.eml", enclosed(*[("v.eml", enclosed(PICTURE))] * 60), False, id="more than can be looked at"
        ),
        pytest.param("brev.rtf", rb"{\rtf1{\object\objemb Package}}", False, id="an object in a text"),
        pytest.param("brev.rtf", rb"{\rtf1 Hej}", True, id="a text"),
        pytest.param(
            "brev.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Root Entry".encode("utf-16-le"), True, id="a document"
        ),
        pytest.param(
            "brev.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"),
            False,
            id="with macros",
        ),
        pytest.param("data.dqy", b"WEB\n1\nhttp://evil.example", False, id="a question to a database"),
    ],
)
def test_what_can_harm_stays_also_within_a_file(town: Town, name: str, content: bytes, goes: bool) -> None:
    town.writes(ANNA, HOLE, files=[(name, content), ("karta.jpg", b"y" * 20_000)])
    assignment = town.letter("assignment", BO)
    assert assignment.files == ([name] if goes else []) + ["karta.jpg"]
    assert ("följer inte med" in assignment.text) is not goes


def test_an_archive_under_another_name_goes_with_no_answer(town: Town) -> None:
    """Zip files are packed so that nobody can see whether a letter of ours is in them."""
    packed = [("bilder.dat", b"PK\x03\x04" + b"x" * 20_000), ("karta.jpg", b"z" * 20_000)]
    town.writes(BO, f"#SVAR\nHålet är lagat.\n{FACTS}", answers=assigned(town), files=packed)
    assert town.letter("answer").files == ["karta.jpg"]
    assert "bilder.dat är låst eller packad" in town.letter("answer").text


def test_a_personal_number_in_a_files_name_is_masked(town: Town) -> None:
    town.writes(ANNA, HOLE, files=[("intyg 19121212-1212.jpg", b"y" * 20_000)])
    assignment = town.letter("assignment", BO)
    assert assignment.files == ["intyg [personnummer].jpg"]
    assert b"1212-1212" not in assignment.raw


def test_the_assignment_never_leaves_as_a_file_of_the_answer(town: Town) -> None:
    """Outlook's setting "attach original message": the token and the internal text would reach the citizen."""
    assignment = assigned(town)
    raw = town.mail(BO, f"#SVAR\nHålet är lagat.\n{FACTS}", answers=assignment, files=[("karta.jpg", b"z" * 20_000)])
    with_mail = raw.replace(b"Content-Type: image/jpeg", b"Content-Type: message/rfc822", 1).replace(
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 8bit", 1
    )
    head, _, rest = with_mail.partition(b'filename="karta.jpg"\r\n')
    end = rest[rest.rindex(b"\r\n--") :]
    town.receives(head + b'filename="Nytt arende.eml"\r\nMIME-Version: 1.0\r\n\r\n' + assignment.raw + end)
    for answer in town.letters("answer"):
        assert answer.files == []
        assert str(assignment.mail["Message-ID"]) not in answer.raw.decode()


def test_the_place_of_a_signatures_picture_is_no_text(town: Town) -> None:
    assignment = assigned(town)
    text = f"#SVAR\nHålet är lagat.\n\n[cid:image001.png@01DB2F3A.7B0C1D20]\n{FACTS}"
    town.writes(BO, text, answers=assignment)
    assert "cid:" not in town.letter("answer").text


# --- marks of machines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "marks",
    [
        [("Precedence", "bulk")],
        [("List-Unsubscribe", "<https://x.example/u>"), ("List-Id", "<kund.bolaget.example>")],
        [("Auto-Submitted", "auto-generated")],
    ],
    ids=lambda marks: marks[0][0],
)
def test_a_companys_ticket_system_in_a_case_is_shown_and_not_answered(town: Town, marks: list[tuple[str, str]]) -> None:
    assigned(town)
    before = len(town.sent)
    town.writes(ANNA, "Grinden är trasig också.", answers=town.letter("receipt"), headers=marks)
    new = town.sent[before:]
    assert [x.to for x in new] == [BO]
    assert "Grinden är trasig också." in new[0].text


# --- nothing lies unseen ---------------------------------------------------------------------------------------------

BULK = [("Precedence", "bulk"), ("List-Unsubscribe", "<https://x.example/u>")]


def test_every_working_morning_one_list_tells_what_was_put_aside(town: Town) -> None:
    town.writes("Gun <gun@example.org>", HOLE, subject="Hål i vägen", headers=BULK)
    town.writes("Per <per@example.org>", "Lampan är trasig.", subject="Lampa", headers=BULK)
    assert town.letters("digest") == [], "not before the next morning"
    town.waits_until("2026-09-08 08:00")
    told = town.letter("digest", REGISTRAR)
    assert "gun@example.org" in told.text
    assert "per@example.org" in told.text
    assert "Det ser ut som ett massutskick" in " ".join(told.text.split())
    town.waits_until("2026-09-10 12:00")
    assert len(town.letters("digest")) == 1, "what has been told once is not told again"


def test_what_is_held_back_after_the_list_stands_in_the_next_mornings(town: Town) -> None:
    """Letters of yesterday are held back when the server refuses them this morning: one after the other."""
    for name in ("Gun", "Per", "Ulla"):
        town.writes(f"{name} <{name.lower()}@example.org>", HOLE, subject="Hål i vägen")
    late = [each.mail["Message-ID"] for each in town.letters("receipt")]
    town.writes("Siv <siv@example.org>", HOLE, subject="Hål i vägen", headers=BULK)
    town.waits_until("2026-09-08 08:00")
    assert len(town.letters("digest")) == 1
    for message_id in late[:2]:
        with turn(town.desk, town.now) as work:
            held = {"state": State.HELD, "told_at": None, "next_try_at": town.now + timedelta(days=3)}
            work.s.execute(update(messages).where(messages.c.message_id == message_id).values(held))
        town.passes(minutes=15)
    assert len(town.letters("digest")) == 1, "one list each working morning"
    town.waits_until("2026-09-09 12:00")
    assert len(town.letters("digest")) == 2
    assert "gun@example.org" in town.letters("digest")[-1].text
    assert "per@example.org" in town.letters("digest")[-1].text
    assert "siv@example.org" not in town.letters("digest")[-1].text


def test_after_a_weekend_of_standstill_the_list_comes_all_the_same(town: Town) -> None:
    town.now = town.now.replace(day=4, hour=18)  # a Friday evening
    town.writes("Gun <gun@example.org>", HOLE, subject="Hål i vägen", headers=BULK)
    town.now = town.now.replace(day=7, hour=10, minute=40)
    town.looks_at_the_clock()
    assert town.letter("digest", REGISTRAR)


def put_aside(town: Town) -> Letter:
    town.writes("Gun <gun@example.org>", HOLE, subject="Hål i vägen", headers=BULK)
    town.waits_until("2026-09-08 08:00")
    return town.letter("digest", REGISTRAR)


@pytest.mark.parametrize("order", ["SLÄPP IN 1", "#SLÄPP IN 1", "släpp in: 1", "Slapp in 1\n\nMvh\nRut"])
def test_one_word_lets_a_mail_in(town: Town, order: str) -> None:
    told = put_aside(town)
    town.writes(REGISTRAR, order, answers=told)
    assert town.cases() == []
    town.passes(minutes=1)
    assert town.case().submitter.email == "gun@example.org"
    assert town.letter("receipt", "gun@example.org")
    assert town.case().number in town.letter("echo", REGISTRAR).text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Släpp in 1, 2 och 3, tack.", (1, 2, 3)),
        ("SLÄPP IN 9–11", (9, 10, 11)),
        ("SLÄPP IN 3 till 5", (3, 4, 5)),
        ("SLÄPP IN 5-4", (5, 4)),
        ("SLÄPP IN 1-900000000", (1, 900000000)),
        ("#släppin 6", (6,)),
        ("Släppa in 4", (4,)),
        ("SLÄPP IN:\n5, 6 och 7\n\nMvh", (5, 6, 7)),
        ("SLÄPP IN 5\n0500-123 45", (5,)),
        ("SLÄPP IN\n\nMvh\n0500-123 45", ()),
        ("Släpp inte in 9", ()),
    ],
)
def test_the_numbers_of_the_order_are_read_as_people_write_them(text: str, numbers: tuple[int, ...]) -> None:
    assert read_numbers(text) == numbers


def test_each_order_about_the_list_is_echoed_however_many_they_are(town: Town) -> None:
    told = put_aside(town)
    for number in range(70, 78):
        town.writes(REGISTRAR, f"SLÄPP IN {number}", answers=told)
    assert len(town.letters("echo", REGISTRAR)) == 8


def test_a_subject_that_is_cut_in_the_list_shows_no_half_personal_number(town: Town) -> None:
    town.writes("Gun <gun@example.org>", HOLE, subject=f"{'Hål ' * 17}19811218-9876 i vägen", headers=BULK)
    town.waits_until("2026-09-08 08:00")
    assert "1981" not in town.letter("digest", REGISTRAR).text


@pytest.mark.parametrize(
    "how",
    [
        {"sender": "Mallory <mallory@evil.example>"},
        {"sender": BO},
        {"sender": REGISTRAR, "headers": [("Authentication-Results", "mx.ekvik.example; dmarc=fail")]},
    ],
    ids=["a stranger", "another colleague", "the own server says no"],
)
def test_nobody_else_lets_a_mail_in(town: Town, how: dict[str, object]) -> None:
    told = put_aside(town)
    stamps = b"Received: from a.example by mx.ekvik.example; Tue, 08 Sep 2026 08:01:00 +0200\r\n"
    raw = town.mail(str(how["sender"]), "SLÄPP IN 1", answers=told, headers=how.get("headers", ()))  # type: ignore[arg-type]
    marks = b"".join(line + b"\r\n" for line in raw.split(b"\r\n") if line.startswith(b"Authentication-Results"))
    town.receives(marks + stamps + raw)
    town.passes(minutes=1)
    assert all(case.submitter.email != "gun@example.org" for case in town.cases())


def test_where_the_own_servers_word_is_demanded_the_list_alone_lets_no_mail_in(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, staff_proof="dmarc", trusted_authserv=["mx.ekvik.example"]))
    told = put_aside(town)
    town.writes(REGISTRAR, "SLÄPP IN 1", answers=told, authenticated=False)
    town.passes(minutes=1)
    assert all(case.submitter.email != "gun@example.org" for case in town.cases())
    town.writes(REGISTRAR, "SLÄPP IN 1", answers=told, authenticated=True)
    town.passes(minutes=1)
    assert any(case.submitter.email == "gun@example.org" for case in town.cases())


def test_a_number_that_is_not_held_is_said(town: Town) -> None:
    told = put_aside(town)
    town.writes(REGISTRAR, "SLÄPP IN 77", answers=told)
    assert "77" in town.letter("echo", REGISTRAR).text


def test_what_is_held_back_is_told_in_the_morning(town: Town) -> None:
    for number in range(7):
        town.writes(ANNA, f"Hål nummer {number} i asfalten på Storgatan.", subject=f"Hål {number}")
    town.refuses[BO] = "550 5.2.2 mailbox full"
    town.writes("Gun <gun@example.org>", HOLE, subject="Hål")
    town.waits_until("2026-09-08 08:00")
    assert f"till {BO}" in town.letter("digest", REGISTRAR).text


# --- the same mail once more -----------------------------------------------------------------------------------------


def test_a_vacation_responder_without_any_mark_ends_with_one_case(town: Town) -> None:
    """It answers each of our letters with the same mail, without a thread: one receipt, one case, no loop."""
    for _ in range(6):
        town.writes("Vik <vik@example.org>", "Jag är tillbaka den 14. Hälsningar Vik", subject="Semestertider")
        town.passes(minutes=2)
    assert len(town.cases()) == 1
    assert len(town.letters("receipt")) == 1


def test_twelve_photos_in_twelve_new_mails_are_one_case_and_all_shown(town: Town) -> None:
    for number in range(12):
        town.writes(ANNA, "", subject="", files=[(f"bild{number}.jpg", b"x" * (20_000 + number))])
    assert len(town.cases()) == 1
    assert len(town.letters("receipt")) == 1
    seen = {name for x in town.sent for name in x.files}
    assert seen == {f"bild{number}.jpg" for number in range(12)}


def test_the_same_words_after_more_than_an_hour_are_a_new_matter(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.passes(minutes=61)
    town.writes(ANNA, HOLE)
    assert len(town.cases()) == 2


# --- senders that the own server fails -------------------------------------------------------------------------------


def test_whoever_is_named_in_a_forged_mail_gets_no_receipt(town: Town) -> None:
    raw = town.mail("Offer <offer@victim.example>", HOLE)
    stamp = b"Received: from a.example by mx.ekvik.example; Mon, 07 Sep 2026 09:12:00 +0200\r\n"
    town.receives(b"Authentication-Results: mx.ekvik.example; dmarc=fail header.from=victim.example\r\n" + stamp + raw)
    assert town.letters(to="offer@victim.example") == []
    assert town.letter("assignment", BO)
