"""A staff reply without a command: a yes, a no, an answer to be shown first, or words between colleagues."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.core.cases import Pending, Status
from service.core.decide import Incoming, on_mail
from service.core.decide.incoming import Plan
from service.core.effects import Ask, SendLetter
from service.core.message import Address
from service.core.people.origin import Arrival
from service.core.people.proof import Proof, Strength
from service.core.people.tokens import make_message_id
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.test_deeds_done import LEAVING, letters_of
from tests.core.test_deeds_settled import SARA
from tests.core.values import BO, MARIA, NOW, NUMBER, REGISTRAR, SECRET, a_book, a_case, a_mail

NONCE = "0123456789ab"
LETTER = "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig."
SENDS = {"answer": {"mode": "relay", "plain_reply": "send"}}


def waits(*orders: Command, **changes: Any) -> Pending:
    return replace(Pending(orders, BO, "d" * 64, (NONCE,), BO), **changes)


ANSWER = waits(Command(Word.ANSWER, "Hålet är lagat."))
RELEASE = replace(ANSWER, asked=REGISTRAR)
CLOSE = waits(Command(Word.CLOSE))
WHICH = waits(Command(Word.TYPE, "beröm"), Command(Word.CATEGORY), choices=("Fysisk miljö", "Övrigt", "Taxor/avgifter"))
TO_WHOM = waits(Command(Word.HAND_OVER), choices=(SARA, MARIA))


def reply(
    book: RuleBook,
    text: str,
    sender: str = BO,
    *,
    to_question: bool = True,
    seen: bool = False,
    rules: dict[str, Any] | None = None,
    mail: dict[str, Any] | None = None,
    **case: Any,
) -> Plan:
    """What comes of it, as a plan. to_question: it answers the letter that asks; seen: which outsiders have seen."""
    asked = make_message_id(SECRET, "question", NUMBER, NONCE, sender, "ekvik.example")
    message = a_mail(sender, text, in_reply_to=asked if to_question else None, subject="Sv: Hål")
    message = replace(message, **mail or {})
    exposed = frozenset({asked}) if seen else frozenset()
    ctx = Context(case=a_case(**case), match=Match(NUMBER, "token"), secret=SECRET, exposed=exposed)
    verdict = Verdict(Role.OFFICER, "by its token", proof=Proof(Strength.CERTAIN))
    came = Incoming(message, verdict, ctx, a_book(book, **rules or {}), Arrival(NOW, ""), NOW, date(2026, 9, 7))
    plan = Plan(a_case(**case), came.book, NOW, sender)
    plan.effects = on_mail(came)
    return plan


def waiting_after(plan: Plan, before: Pending | None) -> tuple[Command, ...]:
    """The orders that wait for a yes when the mail is handled."""
    asks = [e.pending for e in plan.effects if isinstance(e, Ask)]
    last = asks[-1] if asks else before
    return last.orders if last else ()


def words_of(plan: Plan) -> str:
    letters = [e for e in plan.effects if isinstance(e, SendLetter)]
    return repr([dict(e.facts) for e in letters])


@pytest.mark.parametrize(
    ("text", "case", "letters", "waits", "said"),
    [
        pytest.param("Ja", {"pending": ANSWER}, "answer Anna, echo Bo", (), "", id="yes"),
        pytest.param("Nej", {"pending": ANSWER}, "echo Bo", ANSWER.orders, "Texten ligger kvar", id="no"),
        pytest.param("Nej", {"pending": CLOSE}, "echo Bo", CLOSE.orders, "Förslaget ligger kvar",
            id="no to a proposal"),
        pytest.param("Ja\n\nBosse", {"pending": ANSWER, "mail": {"sender": Address("Bosse", BO)}},
            "answer Anna, echo Bo", (), "", id="yes, signed with the name of the program"),
        pytest.param("#SVAR ja", {"pending": ANSWER}, "answer Anna, echo Bo", (), "", id="yes, as an order"),
        pytest.param("#JA", {"pending": ANSWER}, "answer Anna, echo Bo", (), "", id="yes, with a mark"),
        pytest.param("#SVAR ja", {"pending": ANSWER, "to_question": False}, "question Bo", ANSWER.orders, "",
            id="yes, as an order, elsewhere"),
        pytest.param("Ja", {"pending": ANSWER, "to_question": False}, "ask-which Bo", ANSWER.orders, "ett annat mejl",
            id="yes elsewhere"),
        pytest.param("Ja", {"pending": ANSWER, "seen": True}, "ask-which Bo", ANSWER.orders, "ett annat mejl",
            id="yes to a letter that others have seen"),
        pytest.param("Ja", {"pending": replace(ANSWER, questions=("x" * 12,))}, "ask-which Bo", ANSWER.orders,
            "ett annat mejl", id="yes to an older question"),
        pytest.param("Ja", {}, "question Bo", (), "inget förslag som väntar", id="yes to nothing"),
        pytest.param("Ja", {"pending": ANSWER, "sender": MARIA, "to_question": False}, "question Maria",
            ANSWER.orders, "inget förslag", id="somebody else's yes"),
        pytest.param("Ja", {"pending": RELEASE, "sender": REGISTRAR}, "answer Anna, echo Rut, answer-released Bo", (),
            "", id="a registrar's yes"),
        pytest.param("Nej", {"pending": RELEASE, "sender": REGISTRAR}, "answer-stopped Bo, echo Rut", RELEASE.orders,
            "", id="a registrar's no"),
        pytest.param("Nej", {"leaving": LEAVING}, "echo Bo", (), "Svaret är stoppat",
            id="a no before the answer has left"),
        pytest.param("1", {"pending": WHICH}, "echo Bo", (), "Typ: beröm.', 'Kategori: Fysisk miljö.", id="a number"),
        pytest.param("Jag väljer nr 2, tack", {"pending": WHICH}, "echo Bo", (), "Kategori: Övrigt.",
            id="a number in words"),
        pytest.param("4", {"pending": WHICH}, "ask-choice Bo", WHICH.orders, "vilket nummer du menar",
            id="no number of the list"),
        pytest.param("0", {"pending": WHICH}, "ask-choice Bo", WHICH.orders, "vilket nummer du menar",
            id="no number either"),
        pytest.param("1\nEller 2", {"pending": WHICH}, "ask-choice Bo", WHICH.orders, "vilket nummer",
            id="two numbers"),
        pytest.param("Taxor", {"pending": WHICH}, "echo Bo", (), "Kategori: Taxor/avgifter.", id="its beginning"),
        pytest.param("Nej", {"pending": WHICH}, "echo Bo", WHICH.orders, "Förslaget ligger kvar", id="no choice"),
        pytest.param("Sara Ask", {"pending": TO_WHOM}, "assignment Sara, handover Anna, echo Bo", (), "",
            id="a name"),
        pytest.param("Eva Berg", {"pending": TO_WHOM}, "ask-choice Bo", TO_WHOM.orders, "vilket nummer",
            id="a name beside"),
        pytest.param(LETTER, {"pending": ANSWER}, "ask-answer Bo", (Command(Word.ANSWER, LETTER),),
            "Den ersätter den förra", id="another text"),
        pytest.param("Ja\nMen ring henne först.", {"pending": ANSWER}, "ask-which Bo", ANSWER.orders,
            "Under ditt ja står mer text", id="a yes and more"),
        pytest.param(LETTER, {"pending": RELEASE, "sender": REGISTRAR}, "ask-which Rut", RELEASE.orders, "",
            id="a registrar writes no answers"),
        pytest.param("Skicka den till Sara Ask", {"pending": CLOSE}, "ask-orders Bo",
            (Command(Word.HAND_OVER, SARA),), "", id="a wish instead"),
        pytest.param("Jag tar den", {}, "", (), "", id="whoever has it takes it"),
        pytest.param("Bo, tar du den här?", {"sender": MARIA}, "staff-note Bo", (), "Bo, tar du",
            id="turned to whoever has it"),
        pytest.param("Bo, tar du den här?", {"sender": REGISTRAR, "secrecy": True}, "follow-up-secret Bo", (),
            "'new_text': ''", id="turned to whoever has it, secret"),
        pytest.param("Skicka den till Sara Ask", {}, "ask-orders Bo", (Command(Word.HAND_OVER, SARA),), "",
            id="a wish"),
        pytest.param("Tack!", {}, "", (), "", id="thanks"),
        pytest.param("Okej", {"pending": ANSWER, "to_question": False}, "ask-which Bo", ANSWER.orders, "",
            id="okay, while something waits"),
        pytest.param("tisdag", {"pending": ANSWER, "to_question": False}, "ask-which Bo", ANSWER.orders, "tisdag",
            id="a word, while something waits"),
        pytest.param("?", {}, "question Bo", (), "", id="nothing"),
        pytest.param("Vad menar hon?", {}, "question Bo", (), "", id="a question to a colleague"),
        pytest.param("Hej Maria!\nVad tycker du om det här.", {}, "question Bo", (), "", id="to a colleague by name"),
        pytest.param(LETTER, {"sender": MARIA}, "question Maria", (), "", id="of somebody who does not have it"),
        pytest.param(LETTER, {"officer": "", "status": Status.TRIAGE, "sender": REGISTRAR}, "question Rut", (), "",
            id="nobody has it"),
        pytest.param(LETTER, {}, "ask-answer Bo", (Command(Word.ANSWER, LETTER),), "", id="an answer"),
        pytest.param(LETTER, {"secrecy": True}, "question Bo", (), "sekretess", id="an answer in a secret case"),
        pytest.param(LETTER, {"rules": SENDS}, "answer Anna, echo Bo", (), "", id="an answer that leaves at once"),
        pytest.param(LETTER, {"rules": SENDS, "mail": {"subject": "Läst: Hål"}}, "ask-answer Bo",
            (Command(Word.ANSWER, LETTER),), "e-postprogram", id="it may be a program's"),
        pytest.param("Hålet är lagat i dag och allt är bra.", {"rules": SENDS}, "ask-answer Bo",
            (Command(Word.ANSWER, "Hålet är lagat i dag och allt är bra."),), "", id="it does not read as a letter"),
    ],
)  # fmt: skip
def test_what_a_reply_is_taken_to_be(
    ekvik: RuleBook, text: str, case: dict[str, Any], letters: str, waits: tuple[Command, ...], said: str
) -> None:
    plan = reply(ekvik, text, **case)
    assert letters_of(plan) == letters
    assert waiting_after(plan, case.get("pending")) == waits
    assert said in words_of(plan)
