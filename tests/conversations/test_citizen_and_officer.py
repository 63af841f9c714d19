"""The main job: a citizen writes, the officer answers, the citizen comes back, the case closes."""

from __future__ import annotations

from datetime import date

import pytest

from service.core.cases import Clock, Publication, Status
from tests.conversations.test_odd_mail import bounce
from tests.conversations.town import ANNA, BO, HOLE, MARIA, REGISTRAR, STOCKHOLM, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

ANSWER = """#SVAR
Hej Anna!

Hålet är lagat i dag. Tack för att du hörde av dig.

#ÅTGÄRD åtgärdat
#PUBLICERA ja
#AVSLUTA
"""


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written and Bo has the case; his assignment letter."""
    town.writes(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8\xff a photo")])
    return town.letter("assignment")


def test_kop_05_a_mail_is_a_case_with_a_receipt_and_an_officer(town: Town) -> None:
    """No human action: the row is there, the citizen has a receipt, the officer has the case and the photo."""
    folder = town.writes(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8\xff a photo")])
    case = town.case()
    assert folder == "Ärenden"
    assert (case.status, case.unit, case.officer) == (Status.ASSIGNED, "gata-park", BO)
    assert case.title == "Hål i vägen"
    assert [(x.kind, x.to) for x in town.sent] == [("receipt", "anna.ek@example.org"), ("assignment", BO)]
    assert town.letter("assignment").files == ["hål.jpg"]
    promise = case.deadline(Clock.ANSWER)
    assert promise
    assert promise.due_at.astimezone(STOCKHOLM).date() == date(2026, 9, 21)


def test_kop_07_kop_22_the_receipt_has_number_and_date_and_quotes_nothing(town: Town) -> None:
    """KOP-07, KLI-23: what the receipt says; contract section 7: no word of the citizen's."""
    town.writes(ANNA, HOLE)
    receipt, case = town.letter("receipt"), town.case()
    assert receipt.subject.endswith(f"[{case.number}]")
    for part in (receipt.text, receipt.html):
        assert part.count(f"[{case.number}]") == 1
        assert "måndag 21 september 2026" in part
        assert "asfalten" not in part
    assert receipt.mail["Auto-Submitted"] == "auto-replied"
    assert receipt.mail["In-Reply-To"] == "<1@example.org>"


def test_the_promise_of_a_receipt_is_kept_when_the_mail_server_has_it(town: Town) -> None:
    """Domain 3.5: the clock stops at the hand-over to the mail server."""
    town.writes(ANNA, HOLE)
    promise = town.case().deadline(Clock.RECEIPT)
    assert promise
    assert promise.met_at == town.now
    assert town.case().receipt_sent_at == town.now


def test_s19_hjo_06_hjo_20_an_answer_with_commands_reaches_the_citizen_clean(town: Town, assigned: Letter) -> None:
    """S19, HJO-20: the answer alone goes out, threaded, without automatic headers; the case is closed."""
    town.writes("Bo Ek <bo.ek@ekvik.example>", ANSWER, answers=assigned)
    answer, case = town.letter("answer"), town.case()
    assert answer.to == "anna.ek@example.org"
    assert str(answer.mail["From"]) == "Ekviks kommun – Synpunkten <synpunkten@ekvik.example>"
    assert "Hålet är lagat i dag." in answer.text
    for never in ("#", "Skickat:", "Storgatan 14", "bo.ek@ekvik.example\n>"):
        assert never not in answer.text.replace(f"[{case.number}]", "")
    assert answer.mail["Auto-Submitted"] is None
    assert answer.mail["In-Reply-To"] == "<1@example.org>"
    assert (case.status, case.measure, case.publication) == (Status.CLOSED, "Åtgärdat", Publication.YES)
    assert case.answer == "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig."
    promise = case.deadline(Clock.ANSWER)
    assert promise
    assert promise.met_at == town.now
    assert "avslutat" in town.letter("echo", BO).text


def test_hjo_07_hjo_08_hjo_50_a_close_with_facts_missing_tells_which_and_keeps_the_rest(
    town: Town, assigned: Letter
) -> None:
    """HJO-07, HJO-08, HJO-50: the second mail with only what was missing succeeds."""
    town.writes(BO, "#SVAR\nHålet är lagat.\n#AVSLUTA", answers=assigned)
    assert town.case().status is Status.ANSWERED
    echo = town.letter("echo", BO)
    assert "åtgärd" in echo.text
    assert "publicering" in echo.text
    town.writes(BO, "#åtgard: 1\n#Publicera nej", answers=echo)
    case = town.case()
    assert (case.status, case.measure, case.publication) == (Status.CLOSED, "Åtgärdat", Publication.NO)
    assert len(town.letters("answer")) == 1


def test_hjo_51_no_close_without_an_answer(town: Town, assigned: Letter) -> None:
    """A case may not be closed before the citizen has an answer."""
    town.writes(BO, "#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned)
    assert town.case().status is Status.ASSIGNED
    assert "inte fått något svar" in town.letter("question", BO).text
    assert town.case().measure == "", "all of a mail's orders or none"


def test_s20_a_thought_is_never_sent_without_a_yes(town: Town, assigned: Letter) -> None:
    """S20, HJO-21: a reply without a command is shown to its writer and asked about."""
    town.writes(BO, "Han igen… vi har väl svarat på det där? Kolla med Jonas.", answers=assigned)
    assert town.letters("answer") == []
    question = town.letter("question", BO)
    assert "Kolla med Jonas" in question.text
    assert town.case().status is Status.ASSIGNED


def test_a_plain_reply_and_the_one_word_yes_send_the_answer(town: Town, assigned: Letter) -> None:
    """Contract section 7: `plain_reply: ask`; the yes sends exactly the text that was shown."""
    town.writes(BO, "Hej Anna!\n\nHålet är lagat.\n\nMed vänlig hälsning\nBo Ek", answers=assigned)
    question = town.letter("question", BO)
    town.writes(BO, "Ja", answers=question)
    answer = town.letter("answer")
    assert "Hålet är lagat." in answer.text
    assert town.case().status is Status.ANSWERED
    town.writes(BO, "JA", answers=question)
    assert len(town.letters("answer")) == 1, "a second yes sends nothing"


def test_a_yes_to_an_old_question_sends_nothing(town: Town, assigned: Letter) -> None:
    """A newer proposal replaces the older; only the newest question can be answered with yes."""
    town.writes(BO, "Första svaret.", answers=assigned)
    first = town.letters("question", BO)[0]
    town.writes(BO, "Andra svaret.", answers=assigned)
    second = town.letters("question", BO)[1]
    town.writes(BO, "ja", answers=first)
    assert town.letters("answer") == []
    town.writes(BO, "ja", answers=second)
    assert "Andra svaret." in town.letter("answer").text


@pytest.mark.parametrize(
    "text", ["ja men ändra sista meningen", "Ja, skicka om en vecka", "Nja", "Ja\nVänta förresten!"]
)
def test_only_the_one_word_is_a_yes(town: Town, assigned: Letter, text: str) -> None:
    """Anything but the one word is not a yes."""
    town.writes(BO, "Hålet är lagat.", answers=assigned)
    town.writes(BO, text, answers=town.letter("question", BO))
    assert town.letters("answer") == []


def test_an_unknown_command_changes_nothing(town: Town, assigned: Letter) -> None:
    """Contract section 7: an unknown or ambiguous command changes nothing and gets a question."""
    town.writes(BO, "#SVAR\nHålet är lagat.\n#AVLSUTA", answers=assigned)
    assert town.letters("answer") == []
    assert town.case().status is Status.ASSIGNED
    assert "#AVLSUTA" in town.letter("question", BO).text


def test_hjo_17_hjo_22_an_internal_note_stays_inside(town: Town, assigned: Letter) -> None:
    """HJO-17, HJO-22: the note is in the journal and in no mail to the citizen."""
    town.writes(BO, "#INTERNT\nRingt entreprenören, hemligt pris 4711.\n#SVAR\nVi lagar i morgon.", answers=assigned)
    assert ("note", "Ringt entreprenören, hemligt pris 4711.") in town.journal()
    assert "4711" not in town.letter("answer").text


def test_kop_24_a_hand_over_moves_the_case_and_not_its_date(town: Town, assigned: Letter) -> None:
    """KOP-24, HJO-04: the new officer has it, the due date stays, the citizen is told."""
    before = town.case().deadline(Clock.ANSWER)
    town.now = town.now.replace(day=15)
    town.writes(BO, "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=assigned)
    case = town.case()
    assert (case.officer, case.unit) == ("jonas.vik@ekvik.example", "fastighet")
    assert case.deadline(Clock.ANSWER) == before
    assert "asfalten" in town.letter("assignment", "jonas.vik@ekvik.example").text
    assert "Jonas Vik" in town.letter("handover").text


def test_hjo_48_a_hand_over_to_nobody_known_is_not_done(town: Town, assigned: Letter) -> None:
    """HJO-48: only people whom the rules folder names."""
    town.writes(BO, "#ÖVERLÄMNA okand@example.net", answers=assigned)
    assert town.case().officer == BO
    assert town.letters(to="okand@example.net") == []
    assert "okand@example.net" in town.letter("question", BO).text


def test_s10_hjo_38_hjo_53_a_reply_reopens_the_case_and_reaches_the_officer(town: Town, assigned: Letter) -> None:
    """S10, HJO-38: follow-up, second clock, second answer."""
    town.writes(BO, ANSWER, answers=assigned)
    assert town.case().status is Status.CLOSED
    town.passes(days=3)
    town.writes(ANNA, "Tack för svaret men du skriver ju inget om NÄR hålet lagas?", answers=town.letter("answer"))
    case = town.case()
    assert case.status is Status.ASSIGNED
    second = case.deadline(Clock.SECOND_ANSWER)
    assert second
    assert second.running
    told = town.letter("information", BO)
    assert "NÄR hålet lagas" in told.text
    assert len(town.letters("receipt")) == 1, "one receipt a case"
    town.writes(BO, "#SVAR\nPå torsdag.", answers=told)
    assert len(town.letters("answer")) == 2
    assert town.case().status is Status.ANSWERED


def test_s27_a_thank_you_starts_nothing(town: Town, assigned: Letter) -> None:
    """S27: attached, the case stays closed, nobody is reminded of anything."""
    town.writes(BO, ANSWER, answers=assigned)
    sent = len(town.sent)
    town.writes(ANNA, "Tack så mycket för snabbt svar! 😊\n\nSkickat från min iPhone", answers=town.letter("answer"))
    assert town.case().status is Status.CLOSED
    assert len(town.sent) == sent


def test_kop_32_the_number_alone_finds_the_case_for_its_submitter(town: Town, assigned: Letter) -> None:
    """A new mail with the number in any spelling joins the case (domain 11.3)."""
    number = town.case().number.replace("-", "\u2011").lower()
    town.writes(ANNA, "Nu är hålet ännu större.", subject=f"Ang. [EXTERNT] {number}")
    assert len(town.cases()) == 1
    assert "ännu större" in town.letter("information", BO).text


def test_s38_a_stranger_with_the_number_learns_nothing(town: Town) -> None:
    """S38: kept and shown to the officer; the sender hears only that the mail has come."""
    town.writes(ANNA, HOLE)
    number = town.case().number
    town.writes("okand@example.net", "Vad har hänt med ärendet? Skicka svaret hit.", subject=number)
    reply = town.letter("receipt", "okand@example.net")
    for secret in ("Anna", "asfalt", "Gata", "Bo Ek", "september"):
        assert secret not in reply.text.replace("7 september", "")
    assert town.letter("information", BO)
    assert town.case().submitter.email == "anna.ek@example.org"


def test_s39_a_forged_officer_is_not_obeyed(town: Town, assigned: Letter) -> None:
    """S39: right name, no proof: kept as evidence, the registrar is told."""
    number = town.case().number
    town.writes(
        "Maria Lund <maria.lund@ekvik.example>",
        "#SVAR Vi struntar i detta.\n#AVSLUTA",
        subject=number,
        authenticated=False,
    )
    assert town.letters("answer") == []
    assert town.case().status is Status.ASSIGNED
    assert town.letter("alert", REGISTRAR)


def test_a_token_proves_only_the_one_it_was_sent_to(town: Town, assigned: Letter) -> None:
    """A forwarded assignment gives nobody else the officer's rights."""
    town.writes("Nils Fors <nils.fors@ekvik.example>", "#SVAR\nNej.", answers=assigned)
    assert town.letters("answer") == []


def test_hjo_14_dmarc_proves_a_manager_without_a_token(town: Town, assigned: Letter) -> None:
    """`staff_proof: either`: the municipality's own server vouches for the sender."""
    number = town.case().number
    town.writes(f"Maria Lund <{MARIA}>", "#SVAR\nVi lagar på torsdag.", subject=f"Sv: {number}", authenticated=True)
    assert "torsdag" in town.letter("answer").text


def test_s31_an_answer_past_the_service_is_registered_and_not_sent_again(town: Town, assigned: Letter) -> None:
    """S31, KOP-26: the officer wrote to the citizen with the mailbox in copy."""
    town.writes(BO, "Hej Anna, nu är det lagat.", answers=assigned, to=ANNA, cc=town.address)
    case = town.case()
    assert case.status is Status.ANSWERED
    assert "nu är det lagat" in case.answer
    assert town.letters("answer") == []


def test_hjo_54_the_officers_file_goes_with_the_answer_and_the_logo_does_not(town: Town, assigned: Letter) -> None:
    """HJO-54."""
    town.writes(BO, "#SVAR\nSe bilden.", answers=assigned, files=[("lagat.jpg", b"\xff\xd8\xff photo")])
    assert town.letter("answer").files == ["lagat.jpg"]


def test_a_forwarded_mail_is_never_an_answer_by_itself(town: Town, assigned: Letter) -> None:
    """FreeScout 4515: a forward may hold anybody's words; its writer sees the text before it leaves."""
    raw = town.mail(BO, "#SVAR\nLagat i dag.", answers=assigned, quote=False)
    town.receives(raw.replace(b"Subject: Sv:", b"Subject: VB:"))
    assert town.letters("answer") == []
    town.writes(BO, "JA", answers=town.letter("question", BO))
    assert "Lagat i dag." in town.letter("answer").text


def test_the_same_answer_in_a_second_mail_is_not_sent_again(town: Town, assigned: Letter) -> None:
    """A mail client that sends twice makes a new Message-ID: the citizen is answered once."""
    town.writes(BO, "#SVAR\nLagat i dag.", answers=assigned)
    town.writes(BO, "#SVAR\nLagat i  dag.", answers=assigned)
    assert len(town.letters("answer")) == 1


def test_work_for_a_dead_officer_address_reaches_the_next_person(town: Town) -> None:
    """The substitute has the cases of an officer whose address bounces, until mail comes from it again."""
    town.refuses[BO] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    assert BO in town.letter("assignment", MARIA).text
    assert BO in town.letter("question", REGISTRAR).text
    town.writes("Gun <gun@example.org>", "Ett hål i asfalten på Parkgatan.", subject="Hål")
    assert len(town.letters("assignment", MARIA)) == 2
    assert len(town.letters("question", REGISTRAR)) == 1
    town.writes(BO, "#INTERNT\nNu har jag min adress igen.", subject=town.cases()[0].number, authenticated=True)
    del town.refuses[BO]
    town.writes("Per <per@example.org>", "Ett hål i asfalten på Ringvägen.", subject="Hål")
    assert any(town.cases()[2].number in x.subject for x in town.letters("assignment", BO))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Lagat i dag.\n\nMvh\nBo Ek\ngatuingenjör", "Lagat i dag."),
        ("Lagat i dag.\n/Bo", "Lagat i dag."),
        ("Lagat i dag.\n\nMed vänlig hälsning", "Lagat i dag."),
        ("Ring Bo Ek.\nHälsningar från oss på gatan", "Ring Bo Ek.\nHälsningar från oss på gatan"),
        ("Bo Ek", "Bo Ek"),
    ],
    ids=["greeting", "slash", "no name", "a sentence stays", "nothing else"],
)
def test_the_letter_signs_for_the_officer_once(town: Town, assigned: Letter, written: str, sent: str) -> None:
    """HJO-20: the answer without signature noise; whole sentences always stay."""
    town.writes(BO, f"#SVAR\n{written}\n#PUBLICERA NEJ", answers=assigned)
    assert town.case().answer == sent


def test_an_officer_who_answers_many_cases_in_a_day_is_asked_about_each(town: Town) -> None:
    """Contract `automatic_mail`: the budget of an address is no limit to a day's work."""
    for number in range(7):
        town.writes(f"Anna {number} <anna{number}@example.org>", HOLE)
    for assignment in town.letters("assignment", BO):
        town.writes(BO, "Hålet är lagat.", answers=assignment)
    questions = town.letters("question", BO)
    assert len(questions) == 7
    for question in questions:
        town.writes(BO, "JA", answers=question)
    assert len(town.letters("answer")) == 7
    assert len(town.letters("echo", BO)) == 7


def test_a_yes_with_a_second_thought_sends_nothing_and_may_be_said_again(town: Town, assigned: Letter) -> None:
    """HJO-21: what stands below the word is asked about; the proposal waits on."""
    town.writes(BO, "Hålet är lagat.", answers=assigned)
    question = town.letter("question", BO)
    town.writes(BO, "Ja\n\nMen vänta till fredag", answers=question)
    assert town.letters("answer") == []
    assert "står mer text" in town.letters("question", BO)[-1].text
    town.writes(BO, "Ja\n\nMvh\nBo Ek", answers=question)
    assert "Hålet är lagat." in town.letter("answer").text


def test_a_command_below_a_greeting_is_asked_about(town: Town, assigned: Letter) -> None:
    """Contract section 7: commands stand at the top; no citizen is ever sent the word #SVAR."""
    town.writes(BO, "Hej!\n\n#SVAR\nHålet är lagat.", answers=assigned)
    assert town.case().pending is None
    assert "Skriv det överst" in town.letter("question", BO).text


def test_the_citizen_is_greeted_once(town: Town, assigned: Letter) -> None:
    """HJO-52: greeted by the officer where the officer greets, else by the letter."""
    town.writes(BO, "#SVAR\nHej Anna!\nLagat.", answers=assigned)
    assert town.letters("answer")[0].text.count("Hej") == 1
    town.writes(BO, "#SVAR\nLagat på Parkgatan med.", answers=assigned)
    assert town.letters("answer")[1].text.startswith("Hej Anna Ek,")


def test_a_closed_case_that_is_answered_once_more_can_be_closed_again(town: Town, assigned: Letter) -> None:
    """A later answer takes the case up; it has no day of closing until it is closed anew."""
    town.writes(BO, ANSWER, answers=assigned)
    town.writes(BO, "#SVAR\nEn sak till: även trottoaren är lagad.", answers=assigned)
    assert (town.case().status, town.case().closed_at) == (Status.ANSWERED, None)
    town.passes(hours=1)
    town.writes(BO, "#AVSLUTA", answers=assigned)
    assert (town.case().status, town.case().closed_at) == (Status.CLOSED, town.now)


@pytest.mark.parametrize("before", ["#SVAR\nLagat.", ANSWER], ids=["answered", "closed"])
def test_an_answered_case_is_nobodys_mistake_any_more(town: Town, assigned: Letter, before: str) -> None:
    """#FEL HANDLÄGGARE would leave a case that nobody owes an answer in, and no clock runs for."""
    town.writes(BO, before, answers=assigned)
    status = town.case().status
    town.writes(BO, "#FEL HANDLÄGGARE", answers=assigned)
    assert town.case().status is status
    assert "nuvarande läge" in town.letter("question", BO).text


def test_an_answer_that_bounced_may_be_sent_again_and_is_reminded_of(town: Town, assigned: Letter) -> None:
    """S21: the promise runs again with its ladder; the same words are no mistake now."""
    town.writes(BO, "#SVAR\nHålet är lagat.", answers=assigned)
    message_id = str(town.letter("answer").mail["Message-ID"])
    town.receives(bounce(message_id, status="5.2.2"))
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.running
    town.news()
    town.waits_until("2026-09-15 08:00")
    assert town.news() == [("reminder", BO)]
    town.writes(BO, "#SVAR\nHålet är lagat.", answers=assigned)
    assert len(town.letters("answer")) == 2
    town.news()
    town.waits_until("2026-09-30 08:00")
    assert town.news() == []


def test_a_follow_up_that_begins_with_thanks_reaches_the_officer(town: Town, assigned: Letter) -> None:
    """S27: only what is known to be thanks starts nothing."""
    town.writes(BO, ANSWER, answers=assigned)
    town.writes(ANNA, "Tack för svaret! Nu har det blivit ett nytt hål bredvid.", answers=town.letter("answer"))
    assert town.case().status is Status.ASSIGNED
    assert "ett nytt hål" in town.letter("information", BO).text


def test_a_letter_quoted_without_any_mark_gives_no_commands(town: Town, assigned: Letter) -> None:
    """Some clients put our text below the reply as if the officer had written it."""
    town.writes(BO, f"#ÅTGÄRD 2\n\n{assigned.text}", answers=assigned, quote=False)
    assert town.letters("answer") == []
    assert town.case().measure == "Kommer att åtgärdas"
    assert town.case().status is Status.ASSIGNED


def test_an_id_that_the_citizen_has_seen_proves_no_officer(town: Town, assigned: Letter) -> None:
    """An officer's direct mail shows our Message-ID to the citizen, who must not be obeyed with it as the officer."""
    town.writes(BO, "Hej Anna, nu är det lagat.", answers=assigned, to=ANNA, cc=town.address)
    echo = town.letter("echo", BO)
    town.writes(f"Bo Ek <{BO}>", "#SVAR\nDu får hundra kronor.", answers=assigned, authenticated=False)
    assert town.letters("answer") == []
    assert town.letter("alert", REGISTRAR)
    town.writes(BO, "#SVAR\nDet är lagat på Parkgatan med.", answers=echo)
    assert town.letter("answer"), "what Bo alone has seen still proves him"
