"""What an order brings about: how the case is then, who is written to, and what its writer reads of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.core.cases import (
    Clock,
    Contact,
    Leaving,
    Pending,
    Publication,
    Status,
    Submitter,
)
from service.core.decide import deeds, obey
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.effects import Elsewhere, FreeAddress, Note, SendAgain, SendLetter, ShowFigures, SplitOff, StopAddress
from service.core.rules.choices import Road
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_settled import (
    BY_LETTER,
    BY_PHONE,
    OTHER,
    PROMISE,
    RECEIPT,
    RECEIPT_TO_POST,
    SARA,
    SECRETARY,
    SILENT,
    TO_POST,
    a_plan,
)
from tests.core.values import ANNA, BO, MARIA, NOW, REGISTRAR, a_case

TODAY = date(2026, 9, 7)
MAIL = "d" * 64
KEPT = replace(PROMISE, met_at=NOW)
ANSWERED: dict[str, Any] = {"status": Status.ANSWERED, "answered_at": NOW, "answer": "Lagat.", "deadlines": (KEPT,)}
CLOSED: dict[str, Any] = ANSWERED | {"status": Status.CLOSED, "closed_at": NOW}
WAITING = Pending((Command(Word.ANSWER, "Lagat."),), BO, MAIL, ("0123456789ab",), BO)
LEAVING = Leaving((Command(Word.ANSWER, "Lagat."),), BO, MAIL, NOW + timedelta(minutes=10))
REFUSED: dict[str, Any] = {"status": Status.REFUSED, "closed_at": NOW, "deadlines": (KEPT,)}
TWIN = a_case(number=OTHER, deadlines=(PROMISE,))


@pytest.mark.parametrize(
    ("word", "value", "told", "case"),
    [
        (Word.ANSWER, "Lagat.", "Svaret skickas till Anna Ek.", {}),
        (Word.ANSWER, "Lagat.", f"Svaret skickas till {ANNA}.",
            {"submitter": replace(SILENT, name="", contact=Contact.EMAIL)}),
        (Word.ANSWER, "Lagat.", "Svaret går med brev. Registratorn får det för att posta det.",
            {"submitter": BY_LETTER}),
        (Word.ANSWER, "Lagat.", "Svaret antecknas i ärendet.", {"submitter": BY_PHONE}),
        (Word.BLOCK, "GALLRING NEJ", "Ärendet gallras som andra igen.", {}),
        (Word.BLOCK, "GALLRING begärt", "Ingenting i ärendet gallras.", {}),
        (Word.BLOCK, "NEJ", "Synpunktslämnaren kan få automatiska mejl igen.", {}),
        (Word.BLOCK, "hot", "Synpunktslämnaren får inga automatiska mejl. Skälet antecknas.", {}),
        (Word.DELAYED, "2026-09-14 väntar", "senast måndag 14 september 2026. Orsaken står med: ”väntar”", {}),
        (Word.DELAYED, "2026-09-14 väntar", "får inget besked.", {"secrecy": True}),
        (Word.DELAYED, "2026-09-14 väntar", "får inget besked.", {"deadlines": (KEPT,)}),
        (Word.DELAYED, "2026-09-14 väntar", "får inget besked.", {"submitter": BY_LETTER, "deadlines": (KEPT,)}),
        (Word.DIVIDE, "Lampan.", "En del av ärendet blir ett nytt ärende. Synpunktslämnaren får veta numret.", {}),
        (Word.DIVIDE, "Lampan.", "En del av ärendet blir ett nytt ärende.", {"submitter": BY_PHONE}),
        (Word.DELAYED, "2026-09-14", "svaret kommer senast måndag 14 september 2026.", {}),
        (Word.DELAYED, "2026-09-14 väntar", "får brev om att svaret kommer senast måndag 14 september 2026.",
            {"submitter": BY_LETTER}),
        (Word.DELAYED, "2026-09-14 väntar", "får inget besked.", {"submitter": BY_LETTER, "blocked": True}),
        (Word.DELAYED, "2026-09-14 väntar", "får inget besked.", {"submitter": BY_PHONE}),
        (Word.DELAYED, "väntar", "Orsaken till förseningen antecknas.", {}),
        (Word.REFUSE, "Fel.", "Synpunktslämnaren får läsa varför: ”Fel.”", {}),
        (Word.REFUSE, "Fel.", "får ett brev om varför: ”Fel.”", {"submitter": BY_LETTER}),
        (Word.REFUSE, "Fel.", "Synpunktslämnaren får inget mejl.", {"submitter": BY_PHONE}),
        (Word.REFUSE, "Fel.", "Synpunktslämnaren får inget mejl.", {"secrecy": True}),
        (Word.REFUSE, "Fel.", "Synpunktslämnaren får inget mejl.", {"submitter": BY_LETTER, "secrecy": True}),
        (Word.TYPE, "klagomål", "Typ: klagomål.", {"secrecy": True}),
        (Word.TYPE, "mobbning", "Typen är sparad.", {"secrecy": True}),
        (Word.TYPE, "mobbning", "Typ: mobbning.", {}),
        (Word.TITLE, "Hål", "Rubriken ändras till ”Hål”.", {}),
        (Word.TITLE, "Hål", "Rubriken ändras.", {"secrecy": True}),
        (Word.PUBLISH, "fråga", "Registratorn får frågan", {}),
        (Word.PUBLISH, "ja", "Ärendet får publiceras.", {}),
        (Word.PUBLISH, "nej", "Ärendet publiceras inte.", {}),
        (Word.PUBLISH, "som ovan abc", "Ärendet publiceras med den text som visas i mejlet.", {}),
        (Word.REFER, "Trafikverket", "Synpunktslämnaren hänvisas till Trafikverket", {}),
        (Word.CAME_IN, NOW.isoformat(), "Ärendet kom in måndag 7 september 2026.", {}),
        (Word.FROM, "Anna Ek", "Synpunktslämnare: Anna Ek.", {}),
        (Word.FROM, "Anna Ek", "Uppgiften om vem som har skrivit ändras.", {"secrecy": True}),
        (Word.SECRECY, "NEJ", "Sekretessen tas bort.", {"secrecy": True}),
        (Word.SECRECY, "", "Ärendet får sekretess och lämnas till den som tar över det.", {}),
        (Word.HAND_OVER, SARA, "Ärendet lämnas över till Sara Ask, VA-ingenjör.", {}),
        (Word.BY_LETTER, "POSTAT 2026-09-07", "Brevet registreras som postat måndag 7 september 2026.", {}),
        (Word.BY_LETTER, "Lagat.", "Svaret går med brev. Registratorn får det för att posta det.", {}),
        (Word.BY_LETTER, "", "Svaret går med brev.", {}),
    ],
)  # fmt: skip
def test_what_a_question_says_of_an_order(
    ekvik: RuleBook, word: Word, value: str, told: str, case: dict[str, Any]
) -> None:
    [sentence] = deeds.told(a_plan(ekvik, **case), [Command(word, value)])
    assert told in sentence
    assert sentence.endswith(told[-10:]) or sentence.startswith(told[:10])


Then = Mapping[str, Any]


NAMES = {ANNA: "Anna", BO: "Bo", SARA: "Sara", MARIA: "Maria", REGISTRAR: "Rut", SECRETARY: "secretary"}


def letters_of(plan: Plan) -> str:
    """The letters of the case, and of another one that the order reaches."""
    effects = [each for e in plan.effects for each in (e.effects if isinstance(e, Elsewhere) else (e,))]
    return ", ".join(f"{e.template_name} {NAMES.get(e.to, e.to)}" for e in effects if isinstance(e, SendLetter))


def row(word: Word, value: str, then: Then, letters: str, said: str, what: str, **case: Any) -> Any:
    """One order. then: what it changes in the case. letters: each with the name of whom it is for.

    said: what the writer of the order reads, of what is done or of what is left.
    """
    return pytest.param(word, value, then, letters, said, case, id=f"{word.value}: {what}")


BLOCKED: dict[str, Any] = {"blocked": True, "hold": "spärrad: hot", "hold_since": NOW}
SECRET_NOW: dict[str, Any] = {
    "secrecy": True,
    "secrecy_provision": "26 kap. 1 § OSL",
    "secret_since": NOW,
    "officer": "",
}
SECRET_NOW |= {"publication": Publication.NO}
STILL = {"status": Status.ASSIGNED, "closed_at": None, "close_wanted": True}


@pytest.mark.parametrize(
    ("word", "value", "then", "letters", "said", "case"),
    [
        row(Word.BLOCK, "hot", BLOCKED, "blocked Rut, blocked Maria", "inga automatiska mejl", "by the officer"),
        row(Word.BLOCK, "hot", BLOCKED, "blocked Rut", "inga automatiska mejl", "by the manager", actor=MARIA),
        row(Word.BLOCK, "hot", {"hold": "begärt"}, "blocked Rut, blocked Maria", "", "held already", hold="begärt"),
        row(Word.BLOCK, "NEJ", {"blocked": False, "hold": ""}, "", "Spärren är borttagen", "lifted", **BLOCKED),
        row(Word.BLOCK, "NEJ", {"blocked": False, "hold": "begärt"}, "", "Spärren är borttagen",
            "lifted, held for more", blocked=True, hold="begärt"),
        row(Word.BLOCK, "GALLRING begärt", {"hold": "begärt", "blocked": False}, "", "Ingenting i ärendet gallras",
            "disposal"),
        row(Word.BLOCK, "GALLRING NEJ", {"hold": "", "hold_since": None}, "", "gallras som andra igen",
            "disposal, lifted", hold="begärt"),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": date(2026, 9, 14), "late_reason": "väntar"},
            "delay Anna", "får besked om att svaret kommer senast måndag 14 september 2026", "a day"),
        row(Word.DELAYED, "2026-09-14", {"delayed_to": date(2026, 9, 14), "late_reason": ""}, "delay Anna",
            "får besked", "a day alone"),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": None, "late_reason": "väntar"}, "",
            "har inte fått något besked med mejl.", "secret", secrecy=True),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": None}, "", "har inte fått något besked med mejl.",
            "blocked", blocked=True),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": date(2026, 9, 14)}, "to-post Rut", "Det finns som fil",
            "by letter", submitter=BY_LETTER),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": None}, "", "besked med mejl.", "by letter, blocked",
            submitter=BY_LETTER, blocked=True),
        row(Word.DELAYED, "väntar", {"delayed_to": None, "late_reason": "väntar"}, "",
            "Skriv #FÖRSENAD och ett datum.", "a reason"),
        row(Word.DELAYED, "2026-09-14 väntar", {"delayed_to": None, "late_reason": "väntar"}, "", "är antecknad.",
            "answered", **ANSWERED),
        row(Word.DELAYED, "väntar", {"late_reason": "väntar"}, "", "är antecknad.", "the answer leaves soon",
            leaving=LEAVING),
        row(Word.DELAYED, "väntar", {"late_reason": "väntar"}, "", "är antecknad.",
            "the answer lies with the registrar", pending=replace(WAITING, asked=REGISTRAR)),
        row(Word.DELAYED, "väntar", {"delayed_to": None}, "", "besked med mejl.", "a reason, by letter",
            submitter=BY_LETTER),
        row(Word.DIVIDE, "Lampan.", {"status": Status.ASSIGNED}, "receipt-parts Anna",
            "Ärendet är delat: ett nytt ärende.", "a part"),
        row(Word.DIVIDE, "Lampan.", {"status": Status.ASSIGNED}, "", "ett nytt ärende.", "a part, blocked",
            blocked=True),
        row(Word.REFUSE, "Fel.", {"status": Status.REFUSED, "closed_at": NOW, "pending": None}, "refusal Anna",
            "Anna Ek har fått besked om varför.", "by mail", pending=WAITING),
        row(Word.REFUSE, "Fel.", {"status": Status.REFUSED}, "to-post Rut", "Beskedet går med brev.", "by letter",
            submitter=BY_LETTER),
        row(Word.REFUSE, "Fel.", {"status": Status.REFUSED}, "", "Ge besked på annat sätt.", "by phone",
            submitter=BY_PHONE),
        row(Word.REFUSE, "Fel.", {"status": Status.REFUSED}, "", "Ge besked på annat sätt.", "secret", secrecy=True),
        row(Word.REFUSE, "Fel.", {"status": Status.REFUSED}, "", "Ärendet är avvisat.", "nobody waits",
            submitter=SILENT),
        row(Word.MEASURE, "Åtgärdat", {"measure": "Åtgärdat"}, "", "Åtgärd: Åtgärdat.", "one of the list"),
        row(Word.TYPE, "beröm", {"type": "beröm"}, "", "Typ: beröm.", "one of the list"),
        row(Word.CATEGORY, "Bemötande", {"category": "Bemötande"}, "", "Kategori: Bemötande.", "one of the list"),
        row(Word.PROCESS, "felanmälan", {"process": "felanmälan"}, "", "Process: felanmälan. Sista", "one of the list"),
        row(Word.REGISTRY_NUMBER, "KS 2026-1", {"registry_number": "KS 2026-1"}, "", "Diarienummer: KS 2026-1.", "one"),
        row(Word.TEXT, "Ett hål.", {"public_text": "Ett hål."}, "", "Originalet är kvar", "words"),
        row(Word.HAND_OVER, SARA, {"officer": SARA, "unit": "va"}, "assignment Sara, handover Anna",
            "överlämnat till Sara Ask. Sista svarsdag är densamma.", "a colleague"),
        row(Word.HAND_OVER, SARA, {"officer": SARA}, "assignment Sara", "överlämnat till Sara Ask", "of a threat",
            roads=(Road.THREAT,)),
        row(Word.HAND_OVER, SARA, {"officer": SARA}, "assignment-secret Sara", "överlämnat", "secret", secrecy=True),
        row(Word.HAND_OVER, SARA, {"officer": SARA}, "assignment-answered Sara", "överlämnat till Sara Ask.",
            "answered", **ANSWERED),
        row(Word.HAND_OVER, SARA, {"pending": None}, "answer-stopped Bo, assignment Sara, handover Anna",
            "skickas inte", "an answer lies with the registrar",
            pending=replace(WAITING, asked=REGISTRAR), actor=REGISTRAR),
        row(Word.HAND_OVER, SARA, {"officer": SARA}, "assignment Sara", "överlämnat till Sara Ask", "of who is blocked",
            blocked=True),
        row(Word.HAND_OVER, BO, {"officer": BO}, "", "Bo Ek har redan ärendet", "whoever has it"),
        row(Word.WRONG_OFFICER, "", {"officer": "", "status": Status.TRIAGE}, "triage Rut", "tillbaka till",
            "no reason"),
        row(Word.WRONG_OFFICER, "", {"officer": "", "guesses": ()}, "assignment-secret Rut", "tillbaka", "secret",
            secrecy=True, text="Det luktar avlopp i källaren och vattnet är brunt."),
        row(Word.KEEP_OPEN, "", {"keep_open": True, "close_wanted": False}, "", "hålls öppet tills", "open",
            close_wanted=True),
        row(Word.KEEP_OPEN, "", {"keep_open": False}, "", "var redan avslutat", "closed", **CLOSED),
        row(Word.CLOSE, "", STILL, "", "avslutas när svaret har skickats", "the answer leaves soon", leaving=LEAVING),
        row(Word.CLOSE, "", STILL, "", "avslutas när svaret har skickats", "the answer waits for a yes",
            pending=WAITING),
        row(Word.CLOSE, "", {"status": Status.CLOSED}, "", "var redan avslutat", "closed", **CLOSED),
        row(Word.TITLE, "å" * 200, {"staff_title": "å" * 120}, "", "Rubrik: ", "a long title"),
        row(Word.TITLE, "Hål", {"staff_title": "Hål"}, "", "Rubriken är ändrad.", "secret", secrecy=True),
        row(Word.KEYWORD, "Snö, is", {"keywords": ("snö", "is")}, "", "Nyckelord i ärendet: snö, is.", "one is there",
            keywords=("snö",)),
        row(Word.KEYWORD, "is", {"keywords": ("is",)}, "", "Nyckelord är sparade.", "secret", secrecy=True),
        row(Word.PUBLISH, "fråga", {"publication": Publication.UNDECIDED}, "ask-publication Rut",
            "Registratorn har fått frågan", "not sure"),
        row(Word.PUBLISH, "nej", {"publication": Publication.NO, "approved": ""}, "", "publiceras inte.", "no"),
        row(Word.PUBLISH, "som ovan x", {"publication": Publication.NO}, "", "", "an older yes, secret since",
            publication=Publication.NO, secrecy=True),
        row(Word.PUBLISH, "som ovan x", {"publication": Publication.NO}, "", "", "an older yes, internal since",
            publication=Publication.NO, internal=True),
        row(Word.PUBLISH, "som ovan x", {"publication": Publication.UNDECIDED},
            "ask-masked Bo, held-publication Rut", "Texten har ändrats",
            "an older yes, worded anew since"),
        row(Word.FOR_INFORMATION, SARA, {}, "for-information Sara", "Sara Ask har fått", "a colleague"),
        row(Word.FOR_INFORMATION, "x@y.example", {}, "for-information x@y.example", "x@y.example har fått",
            "outside"),
        row(Word.ADDRESS, "Storgatan 3",
            {"submitter": Submitter("Anna Ek", ANNA, address="Storgatan 3", contact=Contact.EMAIL)}, "",
            "postadress är ändrad", "by post"),
        row(Word.ADDRESS, "ny@y.example", {"submitter": Submitter("Anna Ek", "ny@y.example", contact=Contact.EMAIL)},
            "receipt ny@y.example", "Bekräftelsen är skickad på nytt.", "the receipt was lost", deadlines=(RECEIPT,)),
        row(Word.ADDRESS, "ny@y.example", {}, "receipt-neutral ny@y.example", "Bekräftelsen",
            "the receipt of a secret case", deadlines=(RECEIPT,), secrecy=True),
        row(Word.ADDRESS, "ny@y.example", {}, "", "adress är ändrad", "nothing was lost"),
        row(Word.ADDRESS, "ny@y.example", {}, "", "adress är ändrad", "by phone", submitter=BY_PHONE,
            deadlines=(RECEIPT,)),
        row(Word.ADDRESS, ANNA, {"submitter": Submitter("Anna Ek", ANNA, contact=Contact.EMAIL)}, "",
            "adress är ändrad", "mail after all", submitter=SILENT),
        row(Word.ADDRESS, "ny@y.example", {"submitter": Submitter("", "ny@y.example", contact=Contact.EMAIL)}, "",
            "adress är ändrad", "there was no way", submitter=Submitter()),
        row(Word.ADDRESS, "ny@y.example", {"status": Status.ANSWERED, "running": None}, "",
            "Svaret är skickat på nytt.", "the answer was lost", answer="Lagat.", answered_at=NOW),
        row(Word.ADDRESS, "ny@y.example", {"running": PROMISE}, "", "adress är ändrad", "an answer to an older mail",
            answer="Lagat.", answered_at=NOW - timedelta(days=1)),
        row(Word.REFER, "Trafikverket",
            {"status": Status.CLOSED, "measure": "Hänvisad till annan myndighet", "closed_at": NOW, "running": None},
            "referral Anna", "är hänvisad till Trafikverket", "by mail"),
        row(Word.REFER, "Trafikverket", {"status": Status.CLOSED}, "to-post Rut", "Hänvisningen går med brev.",
            "by letter", submitter=BY_LETTER),
        row(Word.CHANNEL, "sociala medier", {"submitter": Submitter(contact=Contact.EDITOR)}, "",
            "Kanal: sociala medier. Sista svarsdag: ", "an editor took it in", submitter=Submitter(),
            received_by=MARIA),
        row(Word.CHANNEL, "sociala medier", {"submitter": Submitter()}, "", "Kanal: sociala medier.",
            "nobody took it in", submitter=Submitter()),
        row(Word.CHANNEL, "telefon", {"submitter": Submitter()}, "", "Kanal: telefon.", "no social road",
            submitter=Submitter(), received_by=MARIA),
        row(Word.FROM, f"Anna Ek, {ANNA}", {"submitter": Submitter("Anna Ek", ANNA, contact=Contact.EMAIL)},
            "receipt Anna", "har fått en bekräftelse", "can be reached now", submitter=Submitter(),
            deadlines=(PROMISE,)),
        row(Word.FROM, f"Anna Ek, {ANNA}", {}, "receipt-neutral Anna", "Uppgiften om vem som har skrivit är ändrad.",
            "can be reached now, secret", submitter=Submitter(), secrecy=True),
        row(Word.FROM, f"Anna Ek, {ANNA}", {}, "", "Synpunktslämnare: Anna Ek", "has had a receipt",
            submitter=Submitter(), receipt_sent_at=NOW),
        row(Word.FROM, f"Anna Ek, {ANNA}", {}, "", "Synpunktslämnare: Anna Ek", "answered",
            **ANSWERED | {"submitter": Submitter()}),
        row(Word.FROM, "Anna Ek, 070-123 45 67",
            {"submitter": Submitter("Anna Ek", ANNA, "070-123 45 67", contact=Contact.EMAIL), "thread": ("<1@x>",)},
            "", "Synpunktslämnare", "a number more", thread=("<1@x>",), receipt_sent_at=NOW),
        row(Word.FROM, ANNA, {"submitter": Submitter("Anna Ek", ANNA, "070-1", contact=Contact.EMAIL)}, "receipt Anna",
            "Synpunktslämnare", "an address more", submitter=BY_PHONE),
        row(Word.FROM, "Petra Holm", {"submitter": Submitter("Petra Holm"), "thread": ()}, "",
            "Synpunktslämnare: Petra Holm", "somebody else", thread=("<1@x>",)),
        row(Word.FROM, "anonym", {"submitter": Submitter(), "anonymous": True}, "", "Synpunktslämnare", "nobody"),
        row(Word.FROM, "Petra", {"submitter": Submitter("Petra", contact=Contact.EDITOR)}, "", "Synpunktslämnare",
            "in social media", submitter=Submitter(contact=Contact.EDITOR), channel="sociala medier",
            received_by=MARIA),
        row(Word.SECRECY, "26:1 far illa",
            SECRET_NOW,
            "assignment-secret secretary", "går inte att ta tillbaka", "a section and why"),
        row(Word.SECRECY, "21 kap 7 §", {"secrecy_provision": "21 kap. 7 § OSL", "secret_since": None}, "",
            "Sekretess enligt 21 kap. 7 § OSL är antecknad.", "another section", secrecy=True, officer=""),
        row(Word.SECRECY, "NEJ", {"secrecy": False, "secrecy_provision": "", "secret_since": None}, "",
            "Sekretessen är borttagen.", "lifted", secrecy=True, secret_since=NOW,
            secrecy_provision="26 kap. 1 § OSL"),
        row(Word.SECRECY, "", {"secrecy_provision": "26 kap. 1 § OSL", "leaving": None, "pending": None},
            "assignment-secret secretary", "är stoppat", "an answer waits", leaving=LEAVING, pending=WAITING),
        row(Word.SECRECY, "", {"secrecy": True}, "receipt-neutral Anna, assignment-secret secretary", "har sekretess",
            "the receipt has not left", deadlines=(PROMISE, RECEIPT)),
        row(Word.SECRECY, "", {"secrecy": True}, "assignment-secret secretary", "har sekretess", "no mail is wished",
            deadlines=(PROMISE, RECEIPT), submitter=SILENT),
        row(Word.SECRECY, "", {"secrecy": True, "status": Status.ANSWERED}, "", "Ärendet är redan besvarat. Prata med",
            "answered", **ANSWERED),
        row(Word.ORAL, "2026-09-07 Ringde.", {"answered_at": NOW, "answer": "Ringde."}, "",
            "Ditt muntliga svar måndag 7 september 2026 är registrerat som svaret. Det börjar: ”Ringde.”", "today"),
        row(Word.ORAL, "2026-09-06 Ringde.", {"answered_at": datetime(2026, 9, 6, 10, tzinfo=UTC)}, "",
            "söndag 6 september", "another day", received_at=NOW - timedelta(days=9)),
        row(Word.ORAL, "2026-09-06 Ringde.", {"answered_at": datetime(2026, 9, 6, 13, tzinfo=UTC)}, "",
            "söndag 6 september", "the day of arrival", received_at=datetime(2026, 9, 6, 13, tzinfo=UTC)),
        row(Word.ORAL, "2026-09-07 Ringde.", {"answer": "Ringde."}, "", "är registrerat som svaret.", "secret",
            secrecy=True),
        row(Word.BY_LETTER, "", {"submitter": Submitter("Anna Ek", ANNA, contact=Contact.LETTER)}, "",
            "Svaret går med brev.", "the way alone"),
        row(Word.BY_LETTER, "Lagat.", {"to_post_since": NOW, "letter_by": BO, "status": Status.WAITING},
            "to-post Rut", "#BREV POSTAT", "words"),
        row(Word.BY_LETTER, "POSTAT 2026-09-07",
            {"answered_at": NOW, "answer": "Lagat.", "to_post_since": None, "letter_by": ""}, "",
            "har fått sitt svar.", "the answer", **TO_POST | {"answer": "Lagat.", "letter_by": MARIA}),
        row(Word.BY_LETTER, "POSTAT 2026-09-07", {"receipt_sent_at": NOW, "answered_at": None,
            "deadlines": (PROMISE, replace(RECEIPT, met_at=NOW))}, "",
            "Bekräftelsen är registrerad som postad", "the receipt", **RECEIPT_TO_POST),
        row(Word.BY_LETTER, "POSTAT 2026-09-07 delay", {"answered_at": None}, "",
            "Brevet om att svaret dröjer är registrerat som postat", "a notice", **TO_POST),
        row(Word.BY_LETTER, "POSTAT 2026-09-07",
            {"answered_at": NOW, "answer": "Svaret lämnades med ett brev som inte är skrivet i tjänsten."}, "",
            "har fått sitt svar.", "one's own letter", submitter=BY_LETTER),
        row(Word.BY_LETTER, "POSTAT 2026-09-07", {"answered_at": NOW, "receipt_sent_at": NOW}, "",
            "har fått sitt svar.",
            "the answer, with which the receipt went", **TO_POST | RECEIPT_TO_POST),
        row(Word.BY_LETTER, "POSTAT 2026-09-07 receipt", {"answered_at": None, "receipt_sent_at": NOW}, "",
            "Bekräftelsen är registrerad", "the receipt, while an answer lies there", **TO_POST | RECEIPT_TO_POST),
    ],
)  # fmt: skip
def test_what_an_order_brings_about(
    ekvik: RuleBook,
    word: Word,
    value: str,
    then: Then,
    letters: str,
    said: str,
    case: dict[str, Any],
) -> None:
    plan = a_plan(ekvik, **case)
    obey.carry_out(plan, (Command(word, value),), Job(plan.actor, MAIL, TODAY))
    assert {name: getattr(plan.case, name) for name in then} == dict(then)
    assert letters_of(plan) == letters
    assert said in " ".join((*plan.done, *plan.left))


def carried_out(book: RuleBook, *orders: Command, **case: Any) -> Plan:
    plan = a_plan(book, **case)
    obey.carry_out(plan, orders, Job(plan.actor, MAIL, TODAY))
    return plan


def test_whoever_is_told_of_a_new_day_is_not_said_to_know_nothing(ekvik: RuleBook) -> None:
    assert carried_out(ekvik, Command(Word.DELAYED, "2026-09-14 väntar")).left == []


def test_s09_one_letter_names_the_numbers_of_all_parts(ekvik: RuleBook) -> None:
    plan = carried_out(
        ekvik, Command(Word.DIVIDE, "Lampan."), Command(Word.DIVIDE, "Bänken."), Command(Word.TYPE, "beröm")
    )
    assert letters_of(plan) == "receipt-parts Anna"
    assert plan.done == ["Typ: beröm.", "Ärendet är delat: två nya ärenden. Numren står i det här mejlet."]


def test_a_refusal_is_a_persons_words_and_passes_no_gate(ekvik: RuleBook) -> None:
    plan = carried_out(ekvik, Command(Word.REFUSE, "Fel kommun."))
    [letter] = [e for e in plan.effects if isinstance(e, SendLetter)]
    assert not letter.automatic
    assert letter.facts == {"reason": "Fel kommun.", "officer_address": BO}


@pytest.mark.parametrize(("value", "effect"), [("hot", StopAddress), ("NEJ", FreeAddress)])
def test_a_block_holds_for_each_address_of_the_submitter(ekvik: RuleBook, value: str, effect: type) -> None:
    who = Submitter("Anna Ek", ANNA, reply_to="ny@y.example", contact=Contact.EMAIL)
    plan = carried_out(ekvik, Command(Word.BLOCK, value), submitter=who, blocked=value == "NEJ", deadlines=(RECEIPT,))
    found = [e for e in plan.effects if isinstance(e, effect)]
    assert [getattr(e, "email", "") for e in found] == [ANNA, "ny@y.example"]
    assert all(getattr(e, "lasting", True) for e in found)
    promise = plan.case.deadline(Clock.RECEIPT)
    assert promise
    assert promise.running is (value == "NEJ"), "a receipt that may not leave is promised no longer"


@pytest.mark.parametrize("secrecy", [False, True])
def test_why_somebody_is_blocked_stands_in_no_mail_of_a_secret_case(ekvik: RuleBook, secrecy: bool) -> None:
    plan = carried_out(ekvik, Command(Word.BLOCK, "hot"), secrecy=secrecy)
    told = [dict(e.facts) for e in plan.effects if isinstance(e, SendLetter)]
    assert told == [{"by": BO, "reason": "" if secrecy else "hot"}] * len(told)


def test_the_journal_tells_which_notice_was_posted(ekvik: RuleBook) -> None:
    plan = carried_out(ekvik, Command(Word.BY_LETTER, "POSTAT 2026-09-07 delay"), **TO_POST)
    assert Note("posted", "delay: 2026-09-07", BO) in plan.effects


def test_what_was_lost_is_sent_again_to_the_new_address(ekvik: RuleBook) -> None:
    plan = carried_out(ekvik, Command(Word.ADDRESS, "ny@y.example"), answer="Lagat.", answered_at=NOW)
    assert [(e.kind, e.to) for e in plan.effects if isinstance(e, SendAgain)] == [("answer", "ny@y.example")]


@pytest.mark.parametrize(
    ("value", "actor", "units", "about"),
    [
        ("maj", BO, {"gata-park"}, "dina enheter"),
        ("maj", REGISTRAR, None, "hela kommunen"),
        ("maj Gata och park", BO, {"gata-park"}, "Gata och park"),
    ],
)
def test_whose_figures_are_shown(ekvik: RuleBook, value: str, actor: str, units: set[str] | None, about: str) -> None:
    plan = carried_out(ekvik, Command(Word.STATISTICS, value), actor=actor)
    [shown] = [e for e in plan.effects if isinstance(e, ShowFigures)]
    assert (shown.to, shown.units, shown.about, shown.kind) == (actor, units, about, "report")


def test_nobody_outside_gets_the_files_of_a_case(ekvik: RuleBook) -> None:
    letters = [carried_out(ekvik, Command(Word.FOR_INFORMATION, to)).effects[0] for to in (SARA, "x@y.example")]
    assert [letter.files_of for letter in letters if isinstance(letter, SendLetter)] == ["case", ""]


SALT = "När ska ni salta riksväg 63?"


@pytest.mark.parametrize(
    ("text", "case", "letters"),
    [
        ("Lampan på Storgatan är trasig.", {}, "assignment Bo"),
        (SALT, {}, "referral Anna"),
        (SALT, {"submitter": BY_LETTER}, "to-post Rut"),
        (SALT, {"submitter": SILENT}, "triage Rut"),
        (SALT, {"secrecy": True}, "assignment-secret Rut"),
        (f"{SALT} Det gäller LVU.", {}, "assignment-secret Rut"),
    ],
)
def test_s09_a_part_goes_where_a_mail_of_its_own_would_go(
    ekvik: RuleBook, text: str, case: dict[str, Any], letters: str
) -> None:
    plan = carried_out(ekvik, Command(Word.DIVIDE, text), **case)
    [part] = [e for e in plan.effects if isinstance(e, SplitOff)]
    plan.effects = list(part.effects)
    assert letters_of(plan) == letters


def test_why_a_case_is_secret_stays_inside(ekvik: RuleBook) -> None:
    plan = carried_out(ekvik, Command(Word.SECRECY, "26:1 far illa"))
    assert [e.text for e in plan.effects if isinstance(e, Note) and e.kind == "note"] == ["far illa"]
    assert "far illa" not in repr([e for e in plan.effects if isinstance(e, SendLetter)])


@pytest.mark.parametrize("officer", ["", BO])
def test_the_submitter_is_told_whether_somebody_had_the_case_before(ekvik: RuleBook, officer: str) -> None:
    plan = carried_out(ekvik, Command(Word.HAND_OVER, SARA), officer=officer, actor=REGISTRAR)
    assert [e.facts for e in plan.effects if isinstance(e, SendLetter) and e.to == ANNA] == [{"first": not officer}]
