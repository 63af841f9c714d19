"""What a staff mail may bring about, by what proves its sender."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.cases import Case, Clock, Deadline, Guess, How, Leaving, Obeyed, Pending, Related, Status
from service.core.decide import Incoming, deeds, obey, on_mail
from service.core.decide.deeds import ending
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.effects import (
    AddMessage,
    Ask,
    Assign,
    ChangeStatus,
    Effect,
    Elsewhere,
    LetGoLater,
    Letter,
    Note,
    SendLetter,
    SetFields,
)
from service.core.mail import Attachment
from service.core.message import Address
from service.core.people.origin import Arrival
from service.core.people.proof import Proof, Strength
from service.core.people.tokens import make_message_id
from service.core.reading.history.quotes import HIDDEN, STRUCK
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, NOW, NUMBER, REGISTRAR, SECRET, a_case, a_mail

JONAS = "jonas.vik@ekvik.example"
LEAVING = Leaving((Command(Word.ANSWER, "Lagat."),), BO, "d" * 64, NOW + timedelta(minutes=10))
TOKEN, CERTAIN = Proof(Strength.TOKEN), Proof(Strength.CERTAIN)


def effects_of(
    ekvik: RuleBook, text: str, proof: Proof = TOKEN, doubt: str = "", case: Case | None = None, **mail: Any
) -> list[Effect]:
    """What Bo's mail in his case brings about."""
    verdict = Verdict(Role.OFFICER, "by its token", proof=proof)
    ctx = Context(case=case or a_case(), match=Match(NUMBER, "token", doubt), secret=SECRET)
    message = replace(a_mail(BO, text), **mail)
    return on_mail(Incoming(message, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))


def only_asks(effects: list[Effect]) -> Ask:
    """Nothing happens but that the mail is filed and its writer asked, in one letter."""
    filed, asked, question = effects
    assert isinstance(filed, AddMessage)
    assert isinstance(asked, Ask)
    assert isinstance(question, SendLetter)
    assert (question.kind, question.to) == ("question", BO)
    assert asked.pending
    assert asked.pending.questions == (question.nonce,)
    return asked


@pytest.mark.parametrize(
    "text",
    [
        "#SVAR\nHålet är lagat.",
        "#SVAR Lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA",
        "#ÖVERLÄMNA Sara Ask",
        "#FEL HANDLÄGGARE",
        "#FÖRSENAD 10 oktober väntar på asfalt",
        "#TYP 1",
        "#KATEGORI 1",
        "#PUBLICERA JA",
        "#ÅTGÄRD 1",
        "#RUBRIK Nytt namn",
        "#HÅLL ÖPPET",
        "#INTERNT ringt\n#SVAR Lagat.",
        "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig.",
        "Det här är inte mitt, skicka till Sara",
    ],
)
def test_a_token_alone_only_asks(ekvik: RuleBook, text: str) -> None:
    """Whoever was forwarded our letter has its id: what leaves, moves or closes waits for a yes to a fresh letter."""
    asked = only_asks(effects_of(ekvik, text))
    assert asked.pending
    assert asked.pending.asked == BO


def test_a_whole_mail_waits_with_its_words_settled(ekvik: RuleBook) -> None:
    """ "I morgon" means the day after the mail, not the day after the yes."""
    asked = only_asks(effects_of(ekvik, "#FÖRSENAD i morgon väntar\n#ÅTGÄRD 1\n#ÖVERLÄMNA Sara\nRing henne."))
    assert asked.pending
    assert asked.pending.orders == (
        Command(Word.DELAYED, "2026-09-08 väntar"),
        Command(Word.MEASURE, "Åtgärdat"),
        Command(Word.HAND_OVER, "sara.ask@ekvik.example"),
        Command(Word.INTERNAL, "Ring henne."),
    )


@pytest.mark.parametrize("proof", [TOKEN, CERTAIN])
def test_what_stays_inside_is_done(ekvik: RuleBook, proof: Proof) -> None:
    effects = effects_of(ekvik, "#INTERNT\nRingt entreprenören.", proof)
    assert Note("note", "Ringt entreprenören.", BO) in effects
    assert not any(isinstance(e, Ask) for e in effects)
    assert [e.template_name for e in effects_of(ekvik, "#HJÄLP", proof) if isinstance(e, SendLetter)] == ["help"]


def test_whoever_is_certain_is_obeyed(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "#SVAR\nHålet är lagat.", CERTAIN)
    assert [e.to for e in effects if isinstance(e, SendLetter)] == [ANNA, BO]


def test_words_past_the_service_are_registered_where_their_writer_is_certain(ekvik: RuleBook) -> None:
    """S31: a forged copy must stop no clock."""
    to = a_mail(ANNA).sender
    assert to
    asked = only_asks(effects_of(ekvik, "Hej Anna, nu är det lagat.", to=(to,)))
    assert asked.pending
    assert asked.pending.orders == (Command(Word.ANSWERED, "Hej Anna, nu är det lagat."),)
    effects = effects_of(ekvik, "Hej Anna, nu är det lagat.", CERTAIN, to=(to,))
    assert any(isinstance(e, ChangeStatus) for e in effects)
    assert [e.kind for e in effects if isinstance(e, SendLetter)] == ["echo"]


@pytest.mark.parametrize("text", ["#SVAR\nHålet är lagat.", "#INTERNT ringt", "#AVSLUTA"])
def test_signs_that_disagree_are_asked_about_and_named(ekvik: RuleBook, text: str) -> None:
    """The thread is one case's, the number another's (decision by a person)."""
    other = "EKV-26-00002-D"
    effects = effects_of(
        ekvik, text, CERTAIN, f"the mail names several cases: {NUMBER}, {other}", case_numbers=(other,)
    )
    assert not any(isinstance(e, Assign | SetFields | Note | Ask) for e in effects)
    [question] = [e for e in effects if isinstance(e, SendLetter)]
    assert (question.kind, question.to) == ("question", BO)
    assert NUMBER in question.facts["faults"][0]
    assert other in question.facts["faults"][0]


@pytest.mark.parametrize("text", ["#SVAR\nHålet är lagat.", "#INTERNT ringt", "#ÖVERLÄMNA Sara"])
def test_words_that_nobody_sees_are_shown_first(ekvik: RuleBook, text: str) -> None:
    only_asks(effects_of(ekvik, text, CERTAIN, warnings=(HIDDEN,)))


def test_struck_words_in_what_a_citizen_would_read_are_asked_about(ekvik: RuleBook) -> None:
    only_asks(effects_of(ekvik, "#SVAR\nVi lagar hålet på fredag på måndag.", CERTAIN, warnings=(STRUCK,)))


def test_a_number_that_is_a_yes_to_an_answer_too_is_given_with_the_doubts_in_sight(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "#SVAR Vi lagar det på fredag på måndag.\n#KATEGORI zebra", CERTAIN, warnings=(STRUCK,))
    asked = question(effects)
    assert asked.template_name == "ask-choice"
    [reason] = asked.facts["reasons"]
    assert "överstrukna ord" in reason


@pytest.mark.parametrize(
    ("file", "doubt"),
    [
        pytest.param(
            {"traces": ("changes",)}, "Filen ”plan.docx” har spårade ändringar.", id="what was written before"
        ),
        pytest.param({"content_type": "message/rfc822"}, "Det finns ett bifogat mejl (plan.docx).", id="a mail"),
        pytest.param({"traces": ("changes",), "technical": True}, "", id="what nobody opens"),
        pytest.param({}, "", id="a file"),
    ],
)
def test_a_file_that_shows_more_than_its_sender_sees_is_asked_about(
    ekvik: RuleBook, file: dict[str, Any], doubt: str
) -> None:
    attached = replace(Attachment("plan.docx", "application/msword", 9, "a" * 64, inline=False), **file)
    for text in ("#SVAR\nHålet är lagat.", "#TYP 1"):
        effects = effects_of(ekvik, text, CERTAIN, attachments=(attached,))
        asks = bool(doubt) and "#SVAR" in text
        assert any(isinstance(e, Ask) for e in effects) is asks
        if asks:
            [reason] = question(effects).facts["reasons"]
            assert reason.startswith(doubt)


def test_kop_27_what_an_officer_says_of_a_case_in_the_mail_to_the_submitter_is_done(ekvik: RuleBook) -> None:
    text = "Hej Anna, nu är det lagat.\n\n#TYP 1"
    effects = effects_of(ekvik, text, CERTAIN, to=(Address("", ANNA),))
    changed = {name: value for e in effects if isinstance(e, SetFields) for name, value in e.changes.items()}
    assert (changed["answer"], changed["type"]) == ("Hej Anna, nu är det lagat.", "beröm")
    assert any(isinstance(e, ChangeStatus) for e in effects)


def test_an_answer_in_plain_words_is_shown_with_its_doubts(ekvik: RuleBook) -> None:
    asked = question(effects_of(ekvik, "Hej Anna! Hålet är lagat i dag.", CERTAIN, warnings=(STRUCK,)))
    assert asked.template_name == "ask-answer"
    [reason] = asked.facts["reasons"]
    assert "överstrukna ord" in reason


@pytest.mark.parametrize(
    ("case", "told"),
    [
        pytest.param({"leaving": LEAVING}, "echo", id="an answer that waits is stopped at once"),
        pytest.param({"obeyed": Obeyed(BO, {}, {}, noted=True)}, "question", id="what was done is asked about"),
    ],
)
def test_a_token_alone_stops_what_is_about_to_leave(ekvik: RuleBook, case: dict[str, Any], told: str) -> None:
    effects = effects_of(ekvik, "#ÅNGRA", case=a_case(**case))
    assert [e.kind for e in effects if isinstance(e, SendLetter)] == [told]
    assert ("leaving" in case) is any(isinstance(e, LetGoLater) for e in effects)


def test_a_name_inside_an_order_sorts_no_case(ekvik: RuleBook) -> None:
    unsorted, registrar = a_case(status=Status.TRIAGE, officer=""), Address("", REGISTRAR)
    effects = effects_of(ekvik, "#INTERNT sara.ask@ekvik.example", CERTAIN, case=unsorted, sender=registrar)
    assert [e.text for e in effects if isinstance(e, Note)] == ["sara.ask@ekvik.example"]
    assert not any(isinstance(e, Assign) for e in effects)
    named = effects_of(ekvik, "Sara Ask", CERTAIN, case=unsorted, sender=registrar)
    assert [e.officer for e in named if isinstance(e, Assign)] == ["sara.ask@ekvik.example"]


OWED = (
    Deadline(Clock.RECEIPT, NOW, NOW + timedelta(days=2)),
    Deadline(Clock.ANSWER, NOW, NOW + timedelta(days=14)),
)
UNTOLD = "Synpunktslämnaren har inte fått"
NO_MAIL_THERE = "det går inte att skicka mejl dit. Ge besked på annat sätt."


@pytest.mark.parametrize(
    ("order", "promise", "left"),
    [
        (
            Command(Word.DELAYED, "10 oktober väntar på asfalt"),
            "får besked om att svaret kommer senast",
            f"{UNTOLD} beskedet om att svaret dröjer: {NO_MAIL_THERE}",
        ),
        (Command(Word.DELAYED, "väntar på asfalt"), "", f"{UNTOLD} något besked med mejl. Ge besked på annat sätt."),
        (Command(Word.REFER, "Trafikverket"), "är hänvisad till", f"{UNTOLD} hänvisningen: {NO_MAIL_THERE}"),
        (
            Command(Word.REFUSE, "Det är ingen synpunkt."),
            "har fått besked om varför",
            f"Beskedet om varför är skickat.{ending.DOUBTED} Ge besked på annat sätt också.",
        ),
        (Command(Word.FROM, "Anna Ek, anna.ek@example.org"), "har fått en bekräftelse", ""),
    ],
)
def test_an_echo_promises_nothing_that_nobody_can_write(
    ekvik: RuleBook, order: Command, promise: str, left: str
) -> None:
    """The address failed before: whoever ordered it hears that the submitter does not know."""
    plans = []
    for unwritable in (frozenset[str](), frozenset({ANNA})):
        plan = Plan(a_case(receipt_sent_at=None, deadlines=OWED), ekvik, NOW, BO, unwritable=unwritable)
        settled, faults, _doubts = obey.settle(plan, (order,), date(2026, 9, 7))
        assert not faults
        obey.carry_out(plan, settled, Job(BO, "digest", date(2026, 9, 7)))
        plans.append(plan)
    told, untold = plans
    assert promise in " ".join(told.done)
    assert not promise or promise not in " ".join(untold.done)
    assert [line for line in untold.left if line not in told.left] == ([left] if left else [])
    assert untold.case.delayed_to is None
    assert not {"delay", "referral"} & {e.kind for e in untold.effects if isinstance(e, SendLetter)}


def test_there_is_a_deed_to_every_word() -> None:
    assert set(deeds.DEEDS) == set(Word)


def question(effects: list[Effect]) -> SendLetter:
    [found] = [effect for effect in effects if isinstance(effect, SendLetter)]
    assert (found.kind, found.to) == ("question", BO)
    return found


def test_what_the_case_cannot_do_now_is_asked_about_before_anything_is_done(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "#TYP 1\n#FEL HANDLÄGGARE", CERTAIN, case=a_case(status=Status.CLOSED))
    assert question(effects).facts["faults"]
    assert not any(isinstance(effect, SetFields) for effect in effects)


def test_a_fault_beside_no_command_is_asked_about(ekvik: RuleBook) -> None:
    assert "Menade du" in question(effects_of(ekvik, "#avlsuta", CERTAIN)).facts["faults"][0]


@pytest.mark.parametrize("subject", ["VB: Hål i vägen", "Vidarebefordrat: Hål"])
def test_an_answer_under_a_forwards_subject_is_asked_about(ekvik: RuleBook, subject: str) -> None:
    only_asks(effects_of(ekvik, "#SVAR\nHålet är lagat.", CERTAIN, subject=subject))


def test_a_note_has_what_stands_outside_of_it_too(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "Vi hörs.\n#TYP 1\n#INTERNT Ringt.", CERTAIN)
    assert question(effects).facts["faults"], "a command below prose"
    notes = [e.text for e in effects_of(ekvik, "#INTERNT Ringt.\n#TYP 1\nVi hörs.", CERTAIN) if isinstance(e, Note)]
    assert "Ringt.\n\nVi hörs." in notes


@pytest.mark.parametrize(
    ("text", "has_pending", "hears"),
    [
        ("#AVSLUTA", False, True),
        ("Ja", True, True),
        ("Ja", False, False),
        ("Jag såg hålet i går.", True, False),
        ("Jag såg hålet i går.", False, False),
    ],
)
def test_kli_20_a_colleague_without_a_say_hears_that_nothing_was_done(
    ekvik: RuleBook, text: str, has_pending: bool, hears: bool
) -> None:
    waiting = Pending((Command(Word.CLOSE),), BO, "d" * 64, ("0123456789ab",), BO)
    ctx = Context(case=a_case(pending=waiting if has_pending else None), match=Match(NUMBER, "token"), secret=SECRET)
    verdict = Verdict(Role.OFFICER, "by its token", proof=CERTAIN)
    mail = Incoming(a_mail(JONAS, text), verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    letters = [(e.template_name, e.to) for e in on_mail(mail) if isinstance(e, SendLetter)]
    assert letters == [("staff-note", BO), *([("no-say", JONAS)] if hears else [])]


@pytest.mark.parametrize(
    ("text", "case", "obeyed"),
    [
        ("#ÅNGRA", {"obeyed": Obeyed(JONAS, {}, {}, noted=True)}, True),
        ("#ÅNGRA", {"obeyed": Obeyed(BO, {}, {}, noted=True)}, False),
        ("#ÅNGRA", {}, False),
        ("#AVSLUTA", {"obeyed": Obeyed(JONAS, {}, {}, noted=True)}, False),
        ("#KANAL telefon", {"received_by": JONAS}, True),
        ("#KANAL telefon\n#INKOM i dag", {"received_by": JONAS}, True),
        ("#KANAL telefon\n#AVSLUTA", {"received_by": JONAS}, False),
        ("#KANAL telefon", {"received_by": BO}, False),
        ("#KANAL telefon", {}, False),
        ("Hon ringde i dag.", {"received_by": JONAS}, False),
    ],
)
def test_somebody_without_a_say_regrets_the_own_deed_and_completes_the_own_note(
    ekvik: RuleBook, text: str, case: dict[str, Any], obeyed: bool
) -> None:
    effects = effects_of(ekvik, text, CERTAIN, case=a_case(**case), sender=Address("", JONAS))
    assert ("echo" in [e.kind for e in effects if isinstance(e, SendLetter)]) is obeyed
    assert any(isinstance(e, AddMessage) and e.kind == "officer" for e in effects) is obeyed


ASKED, OWNER_TOLD = ["unproven", "ask-orders"], ["unproven", "unproven-sender"]
LETTER = "<que.EKV-26-00001-C.0123456789ab.aaaaaaaaaaaa@ekvik.example>"


@pytest.mark.parametrize(
    ("text", "mail", "case", "letters"),
    [
        pytest.param("#TYP 1", {}, {}, ASKED, id="an order in a fresh mail"),
        pytest.param("#TYP 1", {"in_reply_to": LETTER}, {}, OWNER_TOLD, id="in answer to a letter"),
        pytest.param(
            "Hej Anna! Nu är det lagat.",
            {"in_reply_to": LETTER, "to": (Address("", ANNA),)},
            {},
            ASKED,
            id="to the submitter, with the mailbox in copy (KOP-26)",
        ),
        pytest.param(
            "#TYP 1",
            {},
            {"pending": Pending((), BO, "d", ("n",), BO)},
            OWNER_TOLD,
            id="asked already",
        ),
        pytest.param("#TYP 1", {"sender": Address("", JONAS)}, {}, OWNER_TOLD, id="without a say"),
        pytest.param("#TYP zebra", {}, {}, OWNER_TOLD, id="an order that cannot be done"),
        pytest.param("#TYP 1", {}, {"doubt": "two cases"}, OWNER_TOLD, id="of one of two cases"),
        pytest.param("#HJÄLP", {}, {}, OWNER_TOLD, id="help alone"),
        pytest.param("Hålet är lagat.", {}, {}, OWNER_TOLD, id="no order"),
        pytest.param("#TYP 1", {"sender": Address("", REGISTRAR)}, {}, ASKED, id="a registrar"),
        pytest.param("Tack!", {"sender": Address("", REGISTRAR)}, {}, ["unproven"], id="a registrar hears it once"),
        pytest.param(
            "#TYP 1", {"sender": Address("", "gun.borta@ekvik.example")}, {}, ["unproven"], id="nobody to ask"
        ),
    ],
)
def test_s39_what_nothing_proves_is_told_to_the_registrar_and_its_owner_is_asked(
    ekvik: RuleBook, text: str, mail: dict[str, Any], case: dict[str, Any], letters: list[str]
) -> None:
    message = replace(a_mail(BO, text), **mail)
    doubt, case = case.get("doubt", ""), {name: value for name, value in case.items() if name != "doubt"}
    ctx = Context(case=a_case(**case), match=Match(NUMBER, "number", doubt), secret=SECRET)
    verdict = Verdict(Role.UNPROVEN_STAFF, "nothing proves it")
    effects = on_mail(Incoming(message, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))
    assert [e.template_name for e in effects if isinstance(e, SendLetter)] == letters
    assert not any(isinstance(e, SetFields) for e in effects), "nothing is obeyed"


@pytest.mark.parametrize(
    ("text", "to", "shown"),
    [
        pytest.param("#TYP 1", (), "", id="its orders are named"),
        pytest.param("Hej Anna! Nu är det lagat.", (Address("", ANNA),), "Hej Anna! Nu är det lagat.", id="its words"),
    ],
)
def test_s39_whoever_is_asked_whether_a_mail_is_genuine_reads_what_was_taken_for_an_order(
    ekvik: RuleBook, text: str, to: tuple[Address, ...], shown: str
) -> None:
    ctx = Context(case=a_case(), match=Match(NUMBER, "number"), secret=SECRET)
    verdict = Verdict(Role.UNPROVEN_STAFF, "nothing proves it")
    mail = Incoming(a_mail(BO, text, to=to), verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    [asked] = [e for e in on_mail(mail) if isinstance(e, SendLetter) and e.template_name == "ask-orders"]
    assert asked.facts["text"] == shown


@pytest.mark.parametrize(("below", "noted"), [("Mvh\nBo Ek", []), ("Ring henne.", ["Ring henne."])])
def test_a_signature_below_orders_is_no_note(ekvik: RuleBook, below: str, noted: list[str]) -> None:
    effects = effects_of(ekvik, f"#TYP 1\n\n{below}", CERTAIN)
    assert [e.text for e in effects if isinstance(e, Note)] == noted


def test_struck_words_are_of_no_weight_where_the_submitter_reads_nothing(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "#TYP 1", CERTAIN, warnings=(STRUCK,))
    assert any(isinstance(e, SetFields) for e in effects)
    assert [e.kind for e in effects if isinstance(e, SendLetter)] == ["echo"]


def test_kop_26_an_order_in_a_mail_to_the_submitter_too_is_an_order(ekvik: RuleBook) -> None:
    effects = effects_of(ekvik, "#ÖVERLÄMNA Sara Ask", CERTAIN, to=(Address("", ANNA),))
    assert [e.officer for e in effects if isinstance(e, Assign)] == ["sara.ask@ekvik.example"]
    assert not any(isinstance(e, SetFields) for e in effects), "it is no answer"


NONCE = "0123456789ab"
HAND_OVER_TO_SARA = Command(Word.HAND_OVER, "sara.ask@ekvik.example")


def letter_to(who: str, kind: Letter = Letter.QUESTION) -> str:
    """The Message-ID of a letter of ours in the case."""
    return make_message_id(SECRET, kind, NUMBER, NONCE, who, "ekvik.example")


def waits(who: str, *orders: Command) -> Pending:
    return Pending(orders, who, "d" * 64, (NONCE,), who)


@pytest.mark.parametrize(
    ("text", "answers", "is_yes"),
    [
        ("Ja", True, True),
        ("#JA", True, True),
        ("#SVAR ja", True, True),
        ("#SVAR ja tack", True, True),
        ("#SVAR ja det stämmer", True, False),
        ("#SVAR ja", False, False),
    ],
)
def test_a_yes_under_the_word_for_an_answer_is_one_while_it_says_nothing_else(
    ekvik: RuleBook, text: str, answers: bool, is_yes: bool
) -> None:
    asked = a_case(pending=waits(BO, Command(Word.TYPE, "beröm")))
    effects = effects_of(ekvik, text, CERTAIN, case=asked, in_reply_to=letter_to(BO) if answers else None)
    assert any(isinstance(e, SetFields) and e.changes.get("type") == "beröm" for e in effects) is is_yes


@pytest.mark.parametrize(
    ("orders", "assigned"),
    [
        pytest.param((HAND_OVER_TO_SARA,), ["ida.malm@ekvik.example"], id="to the letter that asks who is to have it"),
        pytest.param((Command(Word.TYPE, "beröm"),), [], id="to another question"),
    ],
)
def test_a_number_sorts_a_case_in_answer_to_the_letter_that_asks_for_it(
    ekvik: RuleBook, orders: tuple[Command, ...], assigned: list[str]
) -> None:
    guesses = tuple(Guess(officer=f"{who}@ekvik.example") for who in ("sara.ask", "ida.malm"))
    unsorted = a_case(
        status=Status.TRIAGE,
        officer="",
        guesses=guesses,
        proposal="sara.ask@ekvik.example",
        pending=waits(REGISTRAR, *orders),
    )
    mail = {"sender": Address("", REGISTRAR), "in_reply_to": letter_to(REGISTRAR)}
    effects = effects_of(ekvik, "2", CERTAIN, case=unsorted, **mail)
    assert [e.officer for e in effects if isinstance(e, Assign)] == assigned


@pytest.mark.parametrize(("kind", "hears"), [(Letter.QUESTION, True), (Letter.ASSIGNMENT, False)])
def test_kli_20_a_yes_to_a_question_of_before_is_not_met_with_silence(
    ekvik: RuleBook, kind: Letter, hears: bool
) -> None:
    effects = effects_of(ekvik, "Ja", CERTAIN, sender=Address("", JONAS), in_reply_to=letter_to(JONAS, kind))
    assert ("no-say" in [e.template_name for e in effects if isinstance(e, SendLetter)]) is hears


def test_an_answer_reaches_the_joined_matter_too(ekvik: RuleBook) -> None:
    other = "EKV-26-00002-E"
    theirs = a_case(number=other, deadlines=OWED, related=(Related(NUMBER, How.SAME),))
    ctx = Context(
        case=a_case(deadlines=OWED, related=(Related(other, How.SAME),)), match=Match(NUMBER, "token"), secret=SECRET
    )
    verdict = Verdict(Role.OFFICER, "by its token", proof=CERTAIN)
    mail = Incoming(a_mail(BO, "#SVAR\nHålet är lagat."), verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    found = on_mail(replace(mail, joined={other: theirs}))
    [elsewhere] = [e for e in found if isinstance(e, Elsewhere)]
    assert [e.to for e in elsewhere.effects if isinstance(e, SendLetter)] == [ANNA]
