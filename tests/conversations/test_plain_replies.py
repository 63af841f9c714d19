"""Replies without a command: yes or no in any ordinary form, answers to be shown first, words between colleagues."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

import pytest

from service.core.cases import Status
from service.core.rules.choices import Triage
from tests.conversations.test_orders import SARA, untouched, writes
from tests.conversations.town import ANNA, BO, HOLE, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_book

SIGNED = "Ja\n\nBo Ek\nGatuingenjör\nGata och park, Tekniska förvaltningen\nEkviks kommun\n0980-319 222"
MENDED = "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig."


@pytest.mark.parametrize(
    "yes",
    ["JA", "Ja tack", "Ja, skicka", "OK", "Ok skicka", "japp", "Yes", "J", "Absolut!", "Ja\n\nMvh\nBo Ek", SIGNED],
)
def test_any_ordinary_yes_sends_exactly_what_was_shown(town: Town, assigned: Letter, yes: str) -> None:
    question = writes(town, MENDED, assigned)
    echo = writes(town, yes, question)
    assert "Hålet är lagat i dag." in town.letter("answer").text
    assert yes not in town.letter("answer").text or yes == "J"
    assert "Svaret är skickat" in echo.text


@pytest.mark.parametrize(("thumb", "sent"), [("👍", 1), ("👍🏽", 1), ("👎", 0)])
def test_a_thumb_is_an_answer(town: Town, assigned: Letter, thumb: str, sent: int) -> None:
    question = writes(town, MENDED, assigned)
    town.writes(BO, thumb, answers=question, authenticated=True)
    assert len(town.letters("answer")) == sent


@pytest.mark.parametrize("no", ["Nej", "vänta", "Stopp!", "Avbryt", "inte än", "Nej, skicka inte", "nej tack\n/Bo"])
def test_any_ordinary_no_sends_nothing_and_keeps_the_text(town: Town, assigned: Letter, no: str) -> None:
    question = writes(town, MENDED, assigned)
    echo = writes(town, no, question)
    assert "Inget skickades" in echo.text
    assert "Texten ligger kvar" in echo.text
    assert untouched(town)
    writes(town, "Ja", question)
    assert "Hålet är lagat i dag." in town.letter("answer").text


@pytest.mark.parametrize(
    "text",
    ["Vet ej", "Ringde honom", "Ja, men ändra sista meningen", "Ja, skicka på fredag", "Hmm?", "Ja\nVänta förresten"],
)
def test_what_is_neither_never_takes_the_place_of_the_proposal(town: Town, assigned: Letter, text: str) -> None:
    """Both texts are shown, and a yes still means the first."""
    question = writes(town, MENDED, assigned)
    again = writes(town, text, question)
    assert "Hålet är lagat i dag." in again.text
    assert text.splitlines()[0] in again.text
    assert untouched(town)
    writes(town, "Ja", again)
    assert "Hålet är lagat i dag." in town.letter("answer").text


def test_a_whole_new_text_is_a_new_proposal_and_voids_the_older(town: Town, assigned: Letter) -> None:
    first = writes(town, MENDED, assigned)
    second = writes(town, "Hej Anna!\n\nHålet lagas först i morgon. Vi beklagar dröjsmålet.", first)
    assert "lagas först i morgon" in second.text
    assert writes(town, "Ja", first).kind == "question"
    assert town.letters("answer") == []
    writes(town, "Ja", second)
    assert "lagas först i morgon" in town.letter("answer").text


def test_a_yes_to_another_letter_is_asked_for_again(town: Town, assigned: Letter) -> None:
    """Conversation views hide which mail is answered: the question comes once more, with its text."""
    writes(town, MENDED, assigned)
    again = writes(town, "Ja", assigned)
    assert "Hålet är lagat i dag." in again.text
    assert town.letters("answer") == []
    writes(town, "Ja", again)
    assert "Hålet är lagat i dag." in town.letter("answer").text


@pytest.mark.parametrize("text", ["Ja", "Ja tack, skicka"])
def test_a_yes_is_never_offered_as_an_answer(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned)
    assert "inget förslag som väntar" in question.text
    writes(town, "JA", question)
    assert untouched(town)


@pytest.mark.parametrize(
    "text", ["Ok", "Tack!", "Noterat", "Okej, tack", "👍", "❤️", "Tack, jag återkommer", "Tack så mycket!\n\nMvh\nBo Ek"]
)
def test_courtesy_is_filed_in_silence(town: Town, assigned: Letter, text: str) -> None:
    town.news()
    town.writes(BO, text, answers=assigned, authenticated=True)
    assert town.news() == []
    assert untouched(town)


@pytest.mark.parametrize("text", ["?", "", "...", "??"])
def test_nothing_above_our_own_letter_offers_nothing(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned)
    assert question.kind == "question"
    writes(town, "JA", question)
    assert untouched(town)


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("Fel person, skicka till Sara", SARA),
        ("Jag är inte rätt person, ta det med Sara Ask", SARA),
        ("Det här är inte mitt bord. Skicka vidare till Vatten och avlopp.", SARA),
        ("Sara, tar du detta?", SARA),
        ("Kan du ta det här, Sara?", SARA),
        ("Hör till Sara Ask på VA.", SARA),
        ("Detta ska till sara.ask@ekvik.example", SARA),
        ("Det ordnar Sara", SARA),
        ("Det här är väl Sara Asks ärende?", SARA),
    ],
)
def test_words_that_pass_the_case_on_are_offered_as_that(town: Town, assigned: Letter, text: str, to: str) -> None:
    question = writes(town, text, assigned)
    assert "Ärendet lämnas över till Sara Ask" in question.text
    assert untouched(town)
    writes(town, "Ja", question)
    assert town.case().officer == to
    assert town.letters("answer") == []


@pytest.mark.parametrize(
    "text",
    [
        "Det här är inte mitt",
        "Inte mitt ärende.",
        "Fel handläggare!",
        "Jag är inte rätt person för det här.",
        "Det här hör inte hemma hos oss.",
        "Det är inte vi som har hand om detta",
        "Ej mitt ansvarsområde",
        "Jag jobbar inte med det här längre",
    ],
)
def test_words_that_give_the_case_back_are_offered_as_that(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned)
    assert "Ärendet lämnas tillbaka till registratorn" in question.text
    writes(town, "Ja", question)
    assert (town.case().officer, town.case().status) == ("", Status.TRIAGE)
    assert town.letters("answer") == []
    assert text.split(",", maxsplit=1)[0].rstrip(".!") in town.letters("assignment", REGISTRAR)[-1].text


@pytest.mark.parametrize("text", ["Jag tar den", "Jag tar hand om det.", "Det tar jag!", "Jag tar över ärendet."])
def test_a_manager_who_takes_it_is_offered_the_case(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned, MARIA)
    writes(town, "Ja", question, MARIA)
    assert town.case().officer == MARIA


def test_whoever_has_the_case_takes_it_in_silence(town: Town, assigned: Letter) -> None:
    town.news()
    town.writes(BO, "Jag tar den.", answers=assigned, authenticated=True)
    assert town.news() == []
    assert untouched(town)


def test_a_question_to_a_colleague_is_no_answer(town: Town, assigned: Letter) -> None:
    question = writes(town, "Vem har hand om detta?", assigned)
    writes(town, "JA", question)
    assert untouched(town)


def test_an_answer_that_speaks_of_others_is_still_an_answer(town: Town, assigned: Letter) -> None:
    text = "Hej Anna!\n\nVägen är inte vår, utan Trafikverkets. Vi har skickat din synpunkt till dem."
    question = writes(town, text, assigned)
    assert "Det här skickas om du svarar ja" in question.text


def test_a_stray_yes_confirms_no_proposal_of_the_rules(town: Town) -> None:
    """The registrar was asked, by one letter: a yes to that letter hands the case over, and no other."""
    town.desk = replace(town.desk, book=a_book(town.book, triage=Triage.REGISTRAR_FIRST.value))
    town.writes(ANNA, HOLE)
    triage = town.letter("assignment", REGISTRAR)
    town.writes(MARIA, "Ja", subject=f"Sv: {triage.subject}", authenticated=True)
    town.writes(MARIA, "Ja", answers=triage, authenticated=True)
    town.writes(REGISTRAR, "Ja", subject=f"Sv: {triage.subject}", authenticated=True)
    assert town.case().officer == ""
    town.writes(REGISTRAR, "Ok, kör på det", answers=triage, authenticated=True)
    assert town.case().officer == BO


def test_the_registrar_answers_a_proposal_with_a_mere_name(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, triage=Triage.REGISTRAR_FIRST.value))
    town.writes(ANNA, HOLE)
    triage = town.letter("assignment", REGISTRAR)
    question = writes(town, "Sara Ask", triage, REGISTRAR)
    assert "lämnas över till Sara Ask" in question.text
    writes(town, "Ja", question, REGISTRAR)
    assert town.case().officer == SARA


def test_a_proposal_is_void_once_somebody_else_has_the_case(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, triage=Triage.REGISTRAR_FIRST.value))
    town.writes(ANNA, HOLE)
    triage = town.letter("assignment", REGISTRAR)
    writes(town, "#ÖVERLÄMNA Sara Ask", triage, REGISTRAR)
    writes(town, "Ja", triage, REGISTRAR)
    assert town.case().officer == SARA


@pytest.mark.parametrize(
    "text",
    [
        "Hej Maria!\n\nHon ringde igår också. Jag tycker att vi struntar i det. Vad säger du?\n\n/Bo",
        "Hej kollegor! Har någon av er varit på platsen och sett efter?",
        "Tja Nils, nu har hon skrivit igen. Vi låter det bero.",
    ],
)
def test_a_text_that_greets_a_colleague_is_never_offered_to_the_citizen(
    town: Town, assigned: Letter, text: str
) -> None:
    question = writes(town, text, assigned)
    assert question.kind == "question"
    writes(town, "JA", question)
    assert town.letters("answer") == []


def test_a_text_that_greets_a_colleague_is_not_sent_where_plain_replies_are(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": "send"}))
    town.writes(ANNA, HOLE)
    writes(town, "Hej Maria!\n\nHon ringde igår också. Jag tycker att vi struntar i det.", town.letter("assignment"))
    assert town.letters("answer") == []


def test_what_a_mail_program_wrote_is_asked_about_where_plain_replies_are_sent(town: Town) -> None:
    """It tells of a mail that was read or recalled, in the officer's name and thread and without a machine's mark."""
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": "send"}))
    town.writes(ANNA, HOLE)
    receipt = town.mail(BO, "Ditt meddelande till Bo Ek lästes i dag 10:15.", answers=town.letter("assignment"))
    town.receives(receipt.replace(b"Subject: Sv: ", "Subject: Läst: ".encode()))
    assert "e-postprogram" in town.letter("question", BO).text
    assert town.letters("answer") == []
    whole = "Hålet lagas i dag. Ni kan cykla där i morgon."
    town.writes(BO, whole, subject=f"Hålet [{town.case().number}]")
    assert len(town.letters("answer")) == 1


def titled(town: Town, text: str, subject: str, answers: Letter, *headers: tuple[str, str]) -> list[Letter]:
    """What leaves when Bo's reply comes under that subject, in which %s is the subject of our letter."""
    before = len(town.sent)
    raw = town.mail(BO, text, answers=answers, headers=headers)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    mail.replace_header("Subject", subject.replace("%s", answers.subject))
    town.receives(mail.as_bytes(policy=email.policy.SMTP))
    return town.sent[before:]


@pytest.mark.parametrize(
    "subject",
    ["Läst – %s", "Return Receipt (displayed) - %s", "已读：%s", "✔ Läst: %s", "\u200bLäst: %s", "Sv: Läst: %s"],
)
def test_a_machines_words_are_asked_about_however_it_names_them(town: Town, subject: str) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": "send"}))
    town.writes(ANNA, HOLE)
    letters = titled(town, "Ditt meddelande till Bo Ek lästes i dag 10:15.", subject, town.letter("assignment"))
    assert [(each.kind, each.to) for each in letters] == [("question", BO)]
    assert "e-postprogram" in letters[0].text


def test_our_own_subject_without_a_prefix_is_a_plain_reply(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": "send"}))
    town.writes(ANNA, HOLE)
    assert [each.kind for each in titled(town, MENDED, "%s", town.letter("assignment"))] == ["answer", "echo"]


@pytest.mark.parametrize("mode", ["ask", "send"])
@pytest.mark.parametrize("subject", ["Semester: %s", "Frånvaro: %s", "Kvittens: %s", "Automatiskt svar: %s"])
def test_a_persons_reply_under_a_machines_subject_is_asked_about(town: Town, subject: str, mode: str) -> None:
    """Nothing but its subject speaks for a machine: it was filed, and nobody heard."""
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "relay", "plain_reply": mode}))
    town.writes(ANNA, HOLE)
    [question] = titled(town, MENDED, subject, town.letter("assignment"))
    assert (question.kind, question.to) == ("question", BO)
    town.writes(BO, "Ja", answers=question, authenticated=True)
    assert "Hålet är lagat i dag." in town.letter("answer").text


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("Hej! Jag är på semester till 28 september.", ()),
        (MENDED, (("Auto-Submitted", "auto-replied"),)),
        (MENDED, (("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk"))),
    ],
)
def test_a_machines_own_mail_is_asked_about_by_nobody(
    town: Town, assigned: Letter, text: str, headers: tuple[tuple[str, str], ...]
) -> None:
    letters = titled(town, text, "Automatiskt svar: %s", assigned, *headers)
    assert [each for each in letters if each.to == BO] == []


def test_a_machine_without_marks_is_asked_once_and_then_shown_to_the_registrar(town: Town, assigned: Letter) -> None:
    """It answers our question as well: asked again, it would never end."""
    text = "Växeln har öppet vardagar 8 till 16."
    [question] = titled(town, text, "Automatiskt svar: %s", assigned)
    [shown] = titled(town, text, "Automatiskt svar: %s", question)
    assert (question.to, shown.kind, shown.to) == (BO, "information", REGISTRAR)
    assert text in shown.text


@pytest.mark.parametrize(
    "aside",
    ["PS till Maria: hon är hopplös.", "@Maria ring henne inte", "Mvh\nBo\n\nMaria, hon är hopplös, svara kort."],
)
def test_an_aside_to_a_colleague_below_the_answer_is_asked_about(town: Town, assigned: Letter, aside: str) -> None:
    question = writes(town, f"#SVAR\nHej Anna!\nHålet är lagat.\n\n{aside}", assigned)
    assert "Maria" in question.text
    assert untouched(town)


@pytest.mark.parametrize(
    "below", ["Mvh\nBo, gatuingenjör", "Vi har talat med Maria Lund, som är chef.", "Till dig igen: tack!"]
)
def test_a_signature_or_a_name_in_a_sentence_is_no_aside(town: Town, assigned: Letter, below: str) -> None:
    writes(town, f"#SVAR\nHej Anna!\nHålet är lagat.\n\n{below}", assigned)
    assert len(town.letters("answer")) == 1


def test_an_answer_under_its_command_that_greets_a_colleague_is_asked_about(town: Town, assigned: Letter) -> None:
    question = writes(town, "#SVAR\nHej Maria!\nStrunta i henne.", assigned)
    assert "I svaret står ”Hej Maria”" in question.text
    assert untouched(town)


@pytest.mark.parametrize(
    "aside", ["PS till registrator: lägg inte ut det här.", "Till registratorn: stäng ärendet.", "@diariet: kopia"]
)
def test_a_line_to_the_registrar_under_an_answer_is_asked_about(town: Town, assigned: Letter, aside: str) -> None:
    question = writes(town, f"#SVAR\nHej Anna!\nHålet är lagat.\n\n{aside}", assigned)
    assert "Det ser ut att vara skrivet till en kollega" in question.text
    assert untouched(town)


def test_a_colleague_of_the_citizens_own_name_is_the_citizen(town: Town) -> None:
    town.writes("M L <ml@example.org>", "Det är ett hål i asfalten vid Storgatan 14.\n\nMvh\nMaria")
    writes(town, "#SVAR\nHej Maria!\nHålet är lagat.", town.letter("assignment"))
    assert "Hålet är lagat." in town.letter("answer").text


def test_words_to_a_colleague_that_the_citizen_has_in_copy_are_asked_about(town: Town, assigned: Letter) -> None:
    """S31: reply to all is no answer where it turns to a colleague; the promise goes on."""
    town.writes(
        BO, "Maria, vet du något om det här hålet?", answers=assigned, authenticated=True, cc=f"{ANNA}, {MARIA}"
    )
    assert "skriven till en kollega" in town.letter("question", to=BO).text
    assert town.case().answered_at is None


def test_an_answer_of_such_words_is_no_yes_to_the_older_text(town: Town, assigned: Letter) -> None:
    """`#SVAR` and a text in answer to our question replaces the text, however many of its words mean yes."""
    question = writes(town, "Hej Anna!\nDet kan vi tyvärr inte göra något åt i år.", assigned)
    writes(town, "#SVAR\nHej!\nJa, det gör vi. Tack!", question)
    assert town.letters("answer") == []


def test_a_yes_after_the_case_went_to_somebody_else_is_not_met_with_silence(town: Town, assigned: Letter) -> None:
    """Nothing leaves by it, and whoever gave it would count on it."""
    question = writes(town, MENDED, assigned)
    town.writes(MARIA, f"#ÖVERLÄMNA {SARA}", answers=assigned, authenticated=True)
    known = len(town.sent)
    town.writes(BO, "JA", answers=question)
    assert sorted((x.kind, x.to) for x in town.sent[known:]) == [("information", SARA), ("question", BO)]
    assert not town.letters("answer")
