"""An officer sees what the words did not say: the case becomes secret, or nobody may write to the submitter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from service.core.cases import Publication, Status
from service.desk import handling
from service.desk.database import Database
from service.desk.post import claims
from service.desk.rounds import refiling
from service.desk.tables import messages
from service.desk.turn import turn
from service.resources import shipped
from service.rulesfolder import load
from tests.conversations.conftest import MONDAY
from tests.conversations.test_orders import SARA, untouched, writes
from tests.conversations.town import ANNA, BO, HOLE, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_book

MOA = "moa.plog@hjo.example"
TO_ANNA = "anna.ek@example.org"
CONTENT = ("asfalten", "Storgatan 14", "Hål i vägen")


def reader(town: Town) -> str:
    """Who takes over secret cases of Bo's unit."""
    return str(town.book.people.departments[0].secretary)


def since(town: Town, known: int) -> list[Letter]:
    return town.sent[known:]


# --- secrecy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "provision"),
    [
        ("", "26 kap. 1 § OSL"),
        ("25 kap. 1 §", "25 kap. 1 § OSL"),
        ("23:2", "23 kap. 2 § OSL"),
        ("enligt 21 kap 3 a § OSL", "21 kap. 3 a § OSL"),
    ],
)
def test_hjo_57_from_here_on_the_case_is_secret(town: Town, assigned: Letter, written: str, provision: str) -> None:
    """Whoever takes it over by the municipality's road has it, and no word of it is in any letter (SPA-25, KLI-13)."""
    town.passes(hours=1)
    known = len(town.sent)
    echo = writes(town, f"#SEKRETESS {written}".strip(), assigned)
    case = town.case()
    assert (case.secrecy, case.secrecy_provision, case.officer, case.publication) == (
        True, provision, "", Publication.NO,
    )  # fmt: skip
    assert provision in echo.text
    assert "går inte att ta tillbaka" in echo.text
    assert sorted((x.kind, x.to) for x in since(town, known)) == [("assignment", reader(town)), ("echo", BO)]
    town.writes(ANNA, "Hålet i asfalten är större nu.", answers=town.letter("receipt"))
    town.waits_until("2026-09-30 08:00")
    told = since(town, known)
    assert {x.kind for x in told} >= {"information", "reminder", "escalation"}
    for letter in told:
        for word in CONTENT:
            assert word not in letter.subject + letter.text + letter.html, letter.text


def test_where_the_older_mail_lies_is_said(town: Town, assigned: Letter) -> None:
    town.passes(hours=1)
    writes(town, "#SEKRETESS", assigned)
    told = " ".join(town.letters("assignment", reader(town))[-1].text.split())
    assert "i mappen Sekretess. Leta efter det som kom in måndag 7 september 2026 kl. 09.12." in told
    assert "det kan dröja några minuter innan det har flyttats dit" in told


@pytest.mark.databases("sqlite", "postgresql")
def test_hjo_57_a_mail_that_is_nowhere_in_the_mailbox_is_told_of_once(town: Town, assigned: Letter) -> None:
    """Somebody has moved it to a folder of the own: after some tries whoever has the case is to look for it."""
    writes(town, "#SEKRETESS", assigned)
    town.news()
    tries = 0
    for _ in range(10):
        town.passes(hours=2)
        with town.database.reading() as s:
            sought = refiling.waiting(s, "ekvik", town.now)
        tries += any(mail.message_id == "<1@example.org>" for mail in sought)
        for mail in sought:
            with turn(town.desk, town.now) as work:
                refiling.settle(work, mail, is_there=mail.message_id != "<1@example.org>")
    town.delivers()
    told = [x for x in town.letters("alert", reader(town)) if "i fel mapp" in x.subject]
    assert (len(told), tries) == (1, 8)
    assert "not-moved" in dict(town.journal())
    assert "kom in måndag 7 september 2026 kl. 09.12, och flytta det till mappen Sekretess" in " ".join(
        told[0].text.split()
    )
    assert all(word not in told[0].text for word in CONTENT)


def in_own_folder(town: Town, folder: str) -> None:
    """The committee of Bo's unit has a folder of its own for secret cases."""
    people = town.book.people
    own = tuple(d.model_copy(update={"secrecy_folder": folder}) for d in people.departments)
    town.desk = replace(town.desk, book=a_book(town.book, people.model_copy(update={"departments": own})))


def test_kli_13_a_committee_may_have_a_folder_of_its_own(town: Town) -> None:
    in_own_folder(town, "Sekretess/Tekniska nämnden")
    town.writes(ANNA, "Det är hål i asfalten vid Storgatan 14.", subject="Hål")
    town.passes(hours=1)
    writes(town, "#SEKRETESS", town.letter("assignment", BO))
    assert "i mappen Sekretess/Tekniska nämnden." in " ".join(town.letters("assignment")[-1].text.split())
    assert town.writes(ANNA, "Hålet är större.", answers=town.letters("receipt")[-1]) == "Sekretess/Tekniska nämnden"


def test_a_note_is_found_by_when_it_was_mailed_in_whatever_day_it_tells_of(town: Town) -> None:
    """What was said on Friday lies in the mailbox among the mails of Monday."""
    town.writes(BO, "#KANAL telefon\n#INKOM 4 september\n#FRÅN Gun Ek, 0700-00 00 00\n\nHål i asfalten på Storgatan.")
    town.passes(hours=1)
    writes(town, "#SEKRETESS", town.letter("assignment", BO))
    assert "kom in måndag 7 september 2026 kl. 09.12" in " ".join(town.letters("assignment")[-1].text.split())


def test_why_it_is_secret_stays_inside(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#SEKRETESS 26 kap. 1 § hon är under utredning", assigned)
    assert "utredning" not in echo.text
    assert ("note", "hon är under utredning") in town.journal()


@pytest.mark.parametrize(
    "text", ["#SEKRETESS\n#SVAR\nHej Anna!", "#SEKRETESS\n#PUBLICERA JA", "#SEKRETESS\n#BREV\nHej!"]
)
def test_nothing_leaves_by_the_mail_that_makes_it_secret(town: Town, assigned: Letter, text: str) -> None:
    assert writes(town, text, assigned).kind == "question"
    assert untouched(town)
    assert not town.case().secrecy


def test_what_waits_to_leave_is_stopped(town: Town, assigned: Letter) -> None:
    """The answer of the last ten minutes, and letters that no server has taken yet."""
    town.desk = replace(town.desk, book=a_book(town.book, answer={"undo": "10 minutes"}))
    writes(town, "#SVAR\nHej Anna! Hålet är lagat.", assigned)
    town.refuses[SARA] = "550 5.1.1 no such user"
    writes(town, f"#ÖVERLÄMNA {SARA}", assigned)
    echo = writes(town, "#SEKRETESS", assigned, REGISTRAR)
    assert "är stoppat" in echo.text
    known = len(town.sent)
    del town.refuses[SARA]
    town.passes(days=3)
    assert town.letters("answer") == []
    assert all(word not in x.text for x in since(town, known) for word in CONTENT)


def test_a_letter_that_comes_back_after_that_goes_to_nobody_else(town: Town, assigned: Letter) -> None:
    writes(town, f"#ÖVERLÄMNA {SARA}", assigned)
    town.passes(minutes=5)
    writes(town, "#SEKRETESS", assigned, REGISTRAR)
    with town.database.transaction() as s:
        row = s.execute(select(messages).where(messages.c.recipient == SARA)).first()
    assert row is not None
    known = len(town.sent)
    late = claims.Waiting(row.id, row.case_id, row.kind, row.sender, row.recipient, bytes(row.raw))
    handling.handle_refused(town.desk, late, "550 5.1.1 no such user", town.now)
    town.passes(days=2)
    assert all(word not in x.text for x in since(town, known) for word in CONTENT)


def test_only_the_registrar_lifts_it_and_after_a_yes(town: Town, assigned: Letter) -> None:
    writes(town, "#SEKRETESS", assigned)
    assert "Sekretess tas inte bort med #ÅNGRA" in writes(town, "#ÅNGRA", assigned).text
    assert "Bara registratorn" in writes(town, "#SEKRETESS NEJ", assigned).text
    question = writes(town, "#SEKRETESS NEJ", assigned, REGISTRAR)
    assert town.case().secrecy
    writes(town, "JA", question, REGISTRAR)
    assert (town.case().secrecy, town.case().status) == (False, Status.TRIAGE)


# --- nobody may write to the submitter --------------------------------------------------------------------------------


def test_s28_no_automatic_mail_goes_to_whoever_threatens(town: Town, assigned: Letter) -> None:
    """What comes from there is still registered, and an answer that a person writes leaves."""
    town.news()
    echo = writes(town, "#SPÄRRA Hotar personalen", assigned)
    assert "registreras som vanligt" in echo.text
    assert sorted(town.news()) == [("alert", MARIA), ("alert", REGISTRAR), ("echo", BO)]
    assert "Hotar personalen" in town.letters("alert", MARIA)[-1].text
    town.writes(ANNA, "Nu är jag arg.", answers=town.letter("receipt"))
    town.writes(ANNA, "Lampan på Ekstigen är trasig.", subject="Lampa")
    assert len(town.cases()) == 2
    writes(town, "#FÖRSENAD 10 september Vi väntar", assigned)
    writes(town, "#ÖVERLÄMNA Sara", assigned)
    assert [x.kind for x in town.letters(to=TO_ANNA)] == ["receipt"]
    town.writes(SARA, "#SVAR\nHej!\nHålet är lagat.", answers=town.letters("assignment", SARA)[-1])
    assert [x.kind for x in town.letters(to=TO_ANNA)] == ["receipt", "answer"]


def test_a_delay_says_that_nobody_was_told(town: Town, assigned: Letter) -> None:
    writes(town, "#SPÄRRA Hotar", assigned)
    assert "inte fått något besked" in writes(town, "#FÖRSENAD 10 september Vi väntar", assigned).text


def test_a_block_is_lifted_by_hand_alone(town: Town, assigned: Letter) -> None:
    writes(town, "#SPÄRRA Hotar", assigned)
    assert "#SPÄRRA NEJ" in writes(town, "#ÅNGRA", assigned).text
    writes(town, "#SPÄRRA NEJ", assigned)
    writes(town, "#FÖRSENAD 10 september Vi väntar", assigned)
    assert len(town.letters("delay", TO_ANNA)) == 1


# --- what comes later -------------------------------------------------------------------------------------------------

SECRET = "Dessutom har socialtjänsten omhändertagit min son Zeb."


@pytest.fixture
def hjo(database: Database) -> Town:
    """Moa of the streets has a case; the rules call what is about the social services secret."""
    town = Town(database, load(shipped("rules") / "hjo"), MONDAY, address="synpunkten@hjo.example")
    town.writes(ANNA, "Det är halt på gatan.", subject="Halt")
    given = town.letter("assignment", "registrator@hjo.example")
    town.writes("registrator@hjo.example", "#ÖVERLÄMNA moa.plog@hjo.example", answers=given)
    return town


@pytest.mark.parametrize("way", ["submitter", "stranger", "machine", "closed"])
def test_what_the_rules_call_secret_is_so_in_a_later_mail_too(hjo: Town, way: str) -> None:
    """Nobody is mailed a word of it, and the officer of the streets has the case no longer."""
    moa = hjo.letter("assignment", "moa.plog@hjo.example")
    if way == "closed":
        hjo.writes(MOA, "#SVAR\nHej! Sandat.\n#TYP fråga\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=moa)
        assert hjo.case().status is Status.CLOSED
    known = len(hjo.sent)
    sender = "nils@example.org" if way == "stranger" else ANNA
    marks = [("Precedence", "bulk")] if way == "machine" else []
    hjo.passes(hours=2)
    folder = hjo.writes(sender, SECRET, f"Ang [{hjo.case().number}]", headers=marks)
    case = hjo.case()
    assert (folder, case.secrecy, case.publication) == ("Sekretess", True, Publication.NO)
    hjo.waits_until("2026-11-02 08:00")
    told = since(hjo, known)
    assert {x.to for x in told} >= {"registrator@hjo.example"}
    assert all("Zeb" not in x.text + x.html and "socialtjänst" not in x.text for x in told)
    assert case.officer == ""
    assert [x.subject.partition(" [")[0] for x in told if x.to == MOA] == ["Ärendet har fått sekretess"]


def test_what_somebody_has_opened_stays_open(hjo: Town) -> None:
    """A registrar has looked at a case of that kind and lifted the secrecy: its next mail does not bring it back."""
    hjo.writes("b@example.org", "Socialtjänsten har fina lokaler.", subject="Lokaler")
    given = hjo.letters("assignment", "registrator@hjo.example")[-1]
    asked = writes(hjo, "#SEKRETESS NEJ", given, "registrator@hjo.example")
    writes(hjo, "JA", asked, "registrator@hjo.example")
    hjo.writes("b@example.org", "Socialtjänsten borde ha öppet längre.", answers=hjo.letters("receipt")[-1])
    assert not hjo.cases()[-1].secrecy


@pytest.mark.parametrize(
    "again", [HOLE, f"Hej! Fick ni det här?\n\n{HOLE}\n\nJag har inte hört något."], ids=["as it was", "and more"]
)
def test_the_same_words_once_more_are_as_secret(town: Town, assigned: Letter, again: str) -> None:
    """Hours later it is new feedback, and a case of its own; an officer's word for the words stands."""
    writes(town, "#SEKRETESS", assigned)
    town.passes(hours=5)
    known = len(town.sent)
    assert town.writes(ANNA, again, "Hålet") == "Sekretess"
    assert [case.secrecy for case in town.cases()] == [True, True]
    assert BO not in [x.to for x in since(town, known)]
    assert not [word for x in since(town, known) for word in CONTENT if word in x.subject + x.text + x.html]
    assert town.writes(ANNA, "Lampan utanför Parkvägen 3 är trasig, kan ni byta den?", "Lampan") == "Ärenden"


def test_so_are_those_of_a_later_mail(town: Town, assigned: Letter) -> None:
    """What is secret was written in answer to the receipt; what anybody may ask anew is not."""
    asks = "Hej igen! Jag undrar bara hur det går med mitt ärende, när kan jag få ett svar av er?"
    added = "Jag föll i hålet och bröt benet, och sedan dess har jag varit inlagd på psykiatrin i Umeå."
    for said in (asks, added):
        town.writes(ANNA, said, answers=town.letter("receipt"))
    writes(town, "#SEKRETESS", assigned)
    town.passes(hours=5)
    known = len(town.sent)
    assert town.writes(ANNA, f"Hej! Så här är det:\n\n{added}", "Min skada") == "Sekretess"
    assert [case.secrecy for case in town.cases()] == [True, True]
    assert not [x for x in since(town, known) if "psykiatrin" in x.subject + x.text + x.html]
    assert town.writes(ANNA, "Lampan utanför Parkvägen 3 är trasig, kan ni byta den?", "Lampan") == "Ärenden"
    assert town.writes(ANNA, asks, f"Sv: [{town.cases()[-1].number}]") == "Ärenden"


def test_they_are_so_in_another_case_of_the_same_person(town: Town, assigned: Letter) -> None:
    town.passes(hours=5)
    town.writes(ANNA, "Lampan utanför Parkvägen 3 är trasig, kan ni byta den?", "Lampan")
    lamp = town.letters("assignment", BO)[-1]
    writes(town, "#SEKRETESS", assigned)
    known = len(town.sent)
    town.writes(ANNA, f"Och vad händer med det här?\n\n{HOLE}", answers=town.letters("receipt")[-1])
    assert [case.secrecy for case in town.cases()] == [True, True]
    assert not [word for x in since(town, known) for word in CONTENT if word in x.subject + x.text + x.html]
    assert town.letter("information", BO).number == lamp.number


def test_where_the_words_of_a_secret_part_stand_besides_is_told(town: Town, assigned: Letter) -> None:
    writes(town, "#DELA Lampan på Parkvägen\n#DELA Ett barn far illa", assigned)
    echo = town.letter("echo", BO)
    assert "hela texten finns kvar i det här ärendet" in " ".join(echo.text.split())
    lamp = next(x for x in town.letters("assignment", BO) if x.number == town.cases()[1].number)
    writes(town, "#SEKRETESS", lamp)
    told = " ".join(town.letters("echo", BO)[-1].text.split())
    assert f"Samma mejl finns också i {assigned.number}" in told
