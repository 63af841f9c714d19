"""The citizen writes again: to add, to ask, to thank, to take it back, from elsewhere; and how to be reached."""

from __future__ import annotations

from datetime import date

import pytest

from service.core.cases import Contact, Status
from tests.conversations.test_citizen_and_officer import ANSWER, HOLE
from tests.conversations.town import ANNA, BO, REGISTRAR, Letter, Town

TO_ANNA = "anna.ek@example.org"


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written and Bo has the case; his assignment letter. Nothing is news."""
    town.writes(ANNA, HOLE)
    town.news()
    return town.letter("assignment")


def test_an_addition_is_shown_at_once_and_acknowledged_once_a_day(town: Town, assigned: Letter) -> None:
    """The day that holds is told, once a day and case: several mails in a row are one hearing."""
    town.writes(ANNA, "Nu har hålet blivit ännu större.", answers=town.letter("receipt"))
    assert town.news() == [("information", BO), ("information", TO_ANNA)]
    told = town.letter("information", TO_ANNA)
    assert "Vi har fått ditt nya mejl. Svaret kommer fortfarande senast måndag 21 september 2026." in told.text
    assert "större" not in told.text
    assert told.mail["Auto-Submitted"] == "auto-replied"
    assert told.mail["X-Auto-Response-Suppress"] == "All"
    town.writes(ANNA, "Och nu har en cyklist kört omkull.", answers=told)
    assert town.news() == [("information", BO)], "one a day"
    town.passes(days=1)
    town.writes(ANNA, "Ingen har varit här i dag heller.", answers=told)
    assert town.news() == [("information", BO), ("information", TO_ANNA)]


def test_the_acknowledgement_names_the_day_that_the_citizen_was_told_last(town: Town, assigned: Letter) -> None:
    """HJO-26: after a notice of delay its day holds, not the first promise."""
    town.writes(BO, "#FÖRSENAD 5 oktober Vi väntar på asfalt.", answers=assigned)
    town.writes(ANNA, "Nu har hålet blivit ännu större.", answers=town.letter("delay"))
    assert "måndag 5 oktober 2026" in town.letter("information", TO_ANNA).text


def test_a_late_case_does_not_promise_a_day_that_has_passed(town: Town, assigned: Letter) -> None:
    town.waits_until("2026-09-25 10:00")
    town.writes(ANNA, "Nu har hålet blivit ännu större.", answers=town.letter("receipt"))
    text = town.letter("information", TO_ANNA).text
    assert "fortfarande" not in text
    assert "beklagar att det dröjer" in text


def test_s10_a_reply_on_the_answer_is_acknowledged_with_its_own_day(town: Town, assigned: Letter) -> None:
    town.writes(BO, ANSWER, answers=assigned)
    town.news()
    town.writes(ANNA, "Men när lagas det andra hålet, vid Parkgatan?", answers=town.letter("answer"))
    assert town.news() == [("information", BO), ("information", TO_ANNA)]
    due = town.case().running
    assert due
    assert "Du får svar senast måndag 21 september 2026." in town.letter("information", TO_ANNA).text


@pytest.mark.parametrize("text", ["Tack!", "Tack så mycket för snabbt svar! 😊\n\nSkickat från min iPhone"])
def test_s27_thanks_bother_nobody_before_the_answer_either(town: Town, assigned: Letter, text: str) -> None:
    town.writes(ANNA, text, answers=town.letter("receipt"))
    assert town.news() == []


def test_s27_thanks_with_a_photo_are_shown(town: Town, assigned: Letter) -> None:
    """What a person sends is seen by a person."""
    town.writes(ANNA, "Tack!", answers=town.letter("receipt"), files=[("hål.jpg", b"\xff\xd8\xff" + b"p" * 20_000)])
    assert ("information", BO) in town.news()


def test_s27_thanks_and_still_broken_reopens(town: Town, assigned: Letter) -> None:
    town.writes(BO, ANSWER, answers=assigned)
    town.writes(ANNA, "Tack, men det är fortfarande trasigt", answers=town.letter("answer"))
    assert town.case().status is Status.ASSIGNED
    assert town.letter("information", BO)


def test_what_happens_to_my_case_is_answered_with_the_state(town: Town, assigned: Letter) -> None:
    """Who has it, and the date; the officer sees the mail too, and the second question that day is not answered."""
    town.writes(ANNA, "Hej! Vad händer med mitt ärende?\nAnna", answers=town.letter("receipt"))
    assert town.news() == [("information", BO), ("information", TO_ANNA)]
    state = town.letter("information", TO_ANNA)
    for said in ("Gata och park", "måndag 21 september 2026", "Vi arbetar med svaret", "0980-319 200"):
        assert said in state.text
    assert "Storgatan" not in state.text
    town.writes(ANNA, "Hallå, vad händer?", answers=state)
    assert town.news() == [("information", BO)]


def test_the_state_is_told_without_a_number_where_only_one_case_is_open(town: Town, assigned: Letter) -> None:
    town.writes(ANNA, "Vad händer med mitt ärende?", subject="Fråga")
    assert len(town.cases()) == 1
    assert "21 september" in town.letter("information", TO_ANNA).text


def test_with_two_open_cases_a_question_without_a_number_is_a_new_one(town: Town, assigned: Letter) -> None:
    """Nobody can know which is meant."""
    town.writes(ANNA, "Lampan vid Parkgatan är trasig.", subject="Lampa")
    town.writes(ANNA, "Vad händer med mitt ärende?", subject="Fråga")
    assert len(town.cases()) == 3


def test_s38_a_stranger_who_asks_learns_nothing_and_is_answered_once_a_day(town: Town, assigned: Letter) -> None:
    number = town.case().number
    for _ in range(3):
        town.writes("okand@example.net", "Vad händer med mitt ärende? Skicka svaret hit.", subject=number)
    assert len(town.letters("receipt", "okand@example.net")) == 1
    assert town.letters("acknowledgement") == []
    assert len(town.letters("information", BO)) == 3
    assert "21 september" not in town.letter("receipt", "okand@example.net").text


@pytest.mark.parametrize("text", ["Vad händer med mitt ärende?", "Hon har slagit sig igen.", "Glöm det jag skrev."])
def test_a_secret_case_is_acknowledged_in_neutral_words(town: Town, text: str) -> None:
    town.writes(ANNA, "Min son är placerad på HVB och har självskadat igen.", subject="Klagomål på handläggare Karin")
    assert town.case().secrecy
    town.writes(ANNA, text, answers=town.letter("receipt"))
    told = town.letter("information", TO_ANNA)
    for secret in ("HVB", "Karin", "slagit", "socialt", "Läget", "Hos", "senast", "ta bort"):
        assert secret not in told.text.replace("får vi inte ta bort dem", "")
    assert "Vi har fått ditt nya mejl." in told.text


def test_s40_a_withdrawal_is_kept_explained_and_closed_with_one_word(town: Town, assigned: Letter) -> None:
    """S40: not deleted; the officer decides with one word; the citizen gets a kind explanation."""
    town.writes(ANNA, "Glöm det jag skrev, det löste sig. Ta bort mejlet.", answers=town.letter("receipt"))
    assert town.news() == [("question", BO), ("information", TO_ANNA)]
    kind = town.letter("information", TO_ANNA).text
    assert "allmänna handlingar" in kind
    assert "Har du ångrat dig" in kind
    question = town.letter("question", BO)
    assert "det löste sig" in question.text
    assert town.case().is_open
    town.writes(BO, "JA", answers=question)
    case = town.case()
    assert (case.status, case.measure, case.publication.value) == (Status.CLOSED, "Återkallad", "no")
    assert town.letters("answer") == []
    assert case.running is None


def test_s40_a_case_that_is_taken_back_may_be_closed_by_command_too(town: Town, assigned: Letter) -> None:
    town.writes(ANNA, "Jag drar tillbaka min synpunkt.", answers=town.letter("receipt"))
    town.writes(BO, "#AVSLUTA", answers=assigned)
    assert town.case().status is Status.CLOSED


def test_s40_whoever_thinks_better_of_it_is_owed_an_answer_again(town: Town, assigned: Letter) -> None:
    town.writes(ANNA, "Jag drar tillbaka min synpunkt.", answers=town.letter("receipt"))
    town.writes(ANNA, "Jag har ångrat mig: hålet är kvar och måste lagas.", answers=town.letter("information", TO_ANNA))
    town.writes(BO, "#AVSLUTA", answers=assigned)
    assert town.case().is_open
    assert "inte fått något svar" in town.letters("question", BO)[-1].text


def test_s23_who_wanted_no_contact_may_ask_for_an_answer_later(town: Town) -> None:
    town.writes(ANNA, "Det är ett hål i asfalten vid ån. Jag vill inte bli kontaktad.")
    number = town.case().number
    town.writes(ANNA, "Hålet är större i dag.", subject=f"Hål [{number}]")
    assert town.case().submitter.contact is Contact.NONE
    town.news()
    town.writes(ANNA, "Svara mig gärna ändå, jag vill veta när det lagas.", subject=f"Hål [{number}]")
    assert town.case().submitter.contact is Contact.EMAIL
    assert town.news() == [("information", BO), ("information", TO_ANNA)]


def test_s40_whoever_takes_the_withdrawal_back_is_not_closed_by_an_older_yes(town: Town, assigned: Letter) -> None:
    town.writes(ANNA, "Jag drar tillbaka min synpunkt.", answers=town.letter("receipt"))
    question = town.letter("question", BO)
    town.passes(days=1)
    town.writes(ANNA, "Nej förresten, hålet är där igen. Svara mig ändå.", answers=town.letter("receipt"))
    assert town.case().pending is None
    town.writes(BO, "JA", answers=question)
    assert town.case().is_open


def test_s32_a_ticket_system_that_numbers_its_receipts_gets_one_of_ours(town: Town) -> None:
    """Two responders without any mark that face each other stop at once, also when they are slow."""
    for number, minutes in ((4400, 2), (4401, 2), (4402, 90), (4403, 90)):
        text = f"Tack för ditt mejl till Alm Bygg AB. Ditt ärende har nummer {number}. Vi återkommer inom kort."
        town.writes("Alm Bygg <info@alm.example>", text, subject=f"Ärende {number} mottaget")
        town.passes(minutes=minutes)
    assert len(town.letters("receipt")) == 1
    assert len(town.cases()) == 1


def test_s40_a_withdrawal_leaves_the_clock_running(town: Town, assigned: Letter) -> None:
    """A deadline is not forgotten because somebody else should have said a word."""
    town.writes(ANNA, "Jag drar tillbaka min synpunkt.", answers=town.letter("receipt"))
    town.news()
    town.waits_until("2026-09-17 08:00")
    assert ("reminder", BO) in town.news()


def test_s23_who_wants_no_contact_gets_none(town: Town) -> None:
    """S23: no receipt, no answer, no closing mail; the assignment says so; the case may be closed."""
    town.writes(ANNA, "Bara så ni vet: det är ett hål i asfalten vid ån. Jag vill inte bli kontaktad.")
    assert town.news() == [("assignment", BO)]
    assert "vill inte bli kontaktad" in town.letter("assignment").text
    town.writes(ANNA, "Hålet är större i dag.", answers=town.letter("assignment"), subject=town.case().number)
    town.writes(BO, "#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=town.letter("assignment"))
    assert town.case().status is Status.CLOSED
    assert town.letters(to=TO_ANNA) == []


def test_s23_a_misunderstood_wish_is_put_right_with_one_command(town: Town) -> None:
    town.writes(ANNA, "Det är ett hål i asfalten vid ån. Jag vill inte bli kontaktad.")
    assert "#ADRESS anna.ek@example.org" in town.letter("assignment").text
    town.writes(BO, "#ADRESS anna.ek@example.org", answers=town.letter("assignment"))
    if town.letters("question", BO):
        town.writes(BO, "JA", answers=town.letter("question", BO))
    town.writes(BO, "#SVAR\nHålet är lagat.", answers=town.letter("assignment"))
    assert town.letter("answer", TO_ANNA)


def test_s22_a_letter_is_wished_and_no_mail_goes_to_the_neighbour(town: Town) -> None:
    """S22: contact by letter to the address in the text; the registrar gets the answer to post."""
    town.writes(
        ANNA,
        "Det är ett hål i asfalten vid Storgatan. Jag har lånat min grannes mejl. Skicka svaret med posten: "
        "Elsa Nyman, Norra vägen 3, 123 45 Ekvik. Svara inte hit.",
    )
    who = town.case().submitter
    assert (who.contact, who.address) == (Contact.LETTER, "Elsa Nyman, Norra vägen 3, 123 45 Ekvik")
    town.writes(BO, "#SVAR\nHej!\nHålet är lagat.", answers=town.letter("assignment"))
    assert "Norra vägen 3" in town.letters("letter", REGISTRAR)[-1].text
    assert town.letters(to=TO_ANNA) == []


def test_ring_me_is_honoured_and_the_mail_is_still_receipted(town: Town) -> None:
    """The answer goes by telephone; that the mail has come is said where it came from."""
    town.writes(ANNA, "Det är ett hål i asfalten vid Storgatan. Ring mig på 070-174 06 05.")
    who = town.case().submitter
    assert (who.contact, who.phone) == (Contact.PHONE, "070-174 06 05")
    assert town.letter("receipt", TO_ANNA)
    assignment = town.letter("assignment").text
    assert "vill bli uppringd" in assignment
    assert "#SVAR går ordagrant till registratorn, som ringer" in " ".join(assignment.split())
    assert "filer du bifogar" not in assignment
    town.writes(BO, "#SVAR\nHej!\nHålet är lagat.", answers=town.letter("assignment"))
    assert "070-174 06 05" in town.letter("alert", REGISTRAR).text
    assert town.letters("answer") == []


def test_a_later_mail_may_change_how_its_writer_is_reached(town: Town, assigned: Letter) -> None:
    town.writes(ANNA, "Ring mig i stället, på 070-174 06 05.", answers=town.letter("receipt"))
    assert town.case().submitter.contact is Contact.PHONE
    assert "070-174" not in " ".join(text for kind, text in town.journal() if kind != "note")


def test_a_responder_without_any_mark_that_repeats_itself_gets_no_acknowledgement(town: Town) -> None:
    """Two autoresponders facing each other stop after at most three mails."""
    town.writes("Alm Bygg <info@almbygg.example>", "Tack för ditt mejl. Vi hör av oss.", subject="Vi har läst ert mejl")
    for _ in range(3):
        last = town.letters(to="info@almbygg.example")[-1]
        town.writes("Alm Bygg <info@almbygg.example>", "Tack för ditt mejl. Vi hör av oss.", answers=last, quote=False)
    assert [(x.kind, x.number) for x in town.letters(to="info@almbygg.example")] == [("receipt", town.case().number)]


def test_s32_an_autoreply_that_nothing_marks_stops_after_three_mails(town: Town, assigned: Letter) -> None:
    for day in range(3):
        last = town.letters(to=TO_ANNA)[-1]
        for _ in range(5):
            town.writes(ANNA, "Tack för ditt mejl! Vi läser det så snart vi kan.", answers=last, quote=False)
        assert len(town.letters(to=TO_ANNA)) <= 3, day


def test_the_promised_day_is_forgotten_with_the_answer(town: Town, assigned: Letter) -> None:
    town.writes(BO, "#FÖRSENAD 5 oktober Vi väntar på asfalt.", answers=assigned)
    assert town.case().delayed_to == date(2026, 10, 5)
    town.writes(BO, ANSWER, answers=assigned)
    assert town.case().delayed_to is None


@pytest.mark.parametrize(
    "text", ["Jag drar tillbaka min synpunkt.", "Svara med brev: Per Ek, Nygatan 1, 123 45 Ekvik."]
)
def test_in_a_forged_mail_nothing_is_taken_back_or_moved(town: Town, assigned: Letter, text: str) -> None:
    """The own server says that somebody else has written it: it is shown, and not answered."""
    raw = town.mail(ANNA, text, answers=town.letter("receipt"))
    stamp = b"Authentication-Results: mx.ekvik.example; dmarc=fail header.from=example.org\r\n"
    received = f"Received: from x.example by mx.ekvik.example; {town.now:%a, %d %b %Y %H:%M:%S %z}\r\n".encode()
    town.receives(stamp + received + raw)
    assert town.news() == [("information", BO)]
    assert town.case().withdrawn_at is None
    assert town.case().submitter.contact is Contact.EMAIL
