"""An answer waits before it leaves where the municipality wants that, and what the last mail did can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from service.core.cases import Clock, Publication, Status
from tests.conversations.test_orders import SARA, writes
from tests.conversations.town import BO, MARIA, REGISTRAR, STOCKHOLM, Letter, Town
from tests.core.values import a_book

WHOLE = "#SVAR\nHej Anna!\nHålet är lagat i dag.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
SENT = "#SVAR\nHej Anna!\nHålet är lagat i dag."


def answers_wait(town: Town, **answer: str) -> None:
    answer = {"mode": "relay", "plain_reply": "ask", "undo": "10 minutes"} | answer
    town.book = a_book(town.book, answer=answer)
    town.desk = replace(town.desk, book=town.book)


# --- the ten minutes --------------------------------------------------------------------------------------------------


def test_an_answer_waits_ten_minutes_with_all_that_was_ordered_beside_it(town: Town, assigned: Letter) -> None:
    """Contract section 6, `answer.undo`. The echo says when it leaves and how to stop it; nothing is done before."""
    answers_wait(town)
    echo = writes(town, WHOLE, assigned)
    assert echo.subject.startswith("Svaret skickas kl. 09.22")
    for words in ("Svaret skickas till Anna Ek.", "”Hålet är lagat i dag.”", "Åtgärd: Åtgärdat.", "#ÅNGRA"):
        assert words in echo.text
    assert (town.letters("answer"), town.case().status, town.case().measure) == ([], Status.ASSIGNED, "")
    town.passes(minutes=9)
    assert town.letters("answer") == []
    town.passes(minutes=1)
    assert "Hålet är lagat i dag." in town.letter("answer").text
    case = town.case()
    assert (case.status, case.measure, case.leaving) == (Status.CLOSED, "Åtgärdat", None)
    town.passes(minutes=30)
    assert len(town.letters("answer")) == 1
    assert len(town.letters("echo")) == 1, "that all went as the first echo said needs no second"


@pytest.mark.parametrize("stop", ["#ÅNGRA", "#angra", "Stopp!", "vänta", "Nej, skicka inte", "#ÅNGRA\n\nMvh\nBo Ek"])
def test_one_word_stops_the_answer(town: Town, assigned: Letter, stop: str) -> None:
    answers_wait(town)
    writes(town, WHOLE, assigned)
    town.passes(minutes=8)
    echo = writes(town, stop, town.letters(to=BO)[-1])
    assert "Svaret är stoppat. Inget har skickats till Anna Ek" in echo.text
    town.passes(hours=3)
    assert (town.letters("answer"), town.case().status, town.case().measure) == ([], Status.ASSIGNED, "")


def test_a_word_that_comes_just_before_the_clock_looks_is_in_time(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, SENT, assigned)
    town.now = town.now.replace(minute=40)
    writes(town, "#ÅNGRA", assigned)
    town.looks_at_the_clock()
    assert town.letters("answer") == []


def test_a_new_text_takes_the_place_of_the_one_that_waits(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, WHOLE, assigned)
    town.passes(minutes=5)
    echo = writes(town, "#SVAR\nHej Anna!\nHålet lagas i morgon.", assigned)
    assert "Den text som väntade skickas inte" in echo.text
    town.passes(minutes=10)
    assert "lagas i morgon" in town.letter("answer").text
    assert town.case().status is Status.CLOSED, "what was ordered beside the first text still holds"


def test_the_same_mail_twice_moves_nothing(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, SENT, assigned)
    town.passes(minutes=5)
    assert "kl. 09.22" in writes(town, SENT, assigned).subject
    town.passes(minutes=5)
    assert len(town.letters("answer")) == 1


def test_taken_back_and_written_anew_in_one_mail(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, WHOLE, assigned)
    writes(town, "#ÅNGRA\n#SVAR\nHej Anna!\nHålet lagas i morgon.", assigned)
    town.passes(minutes=10)
    assert "lagas i morgon" in town.letter("answer").text
    assert town.case().status is Status.ANSWERED


def test_a_plain_reply_waits_after_its_yes(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    question = writes(town, "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig.", assigned)
    echo = writes(town, "Ja tack", question)
    assert "Svaret skickas" in echo.subject
    assert town.letters("answer") == []
    town.passes(minutes=10)
    assert "lagat i dag" in town.letter("answer").text


def test_kli_20_an_answer_that_the_registrar_releases_waits_too(town: Town, assigned: Letter) -> None:
    answers_wait(town, mode="central_release")
    writes(town, SENT, assigned)
    writes(town, "JA", town.letters("question", REGISTRAR)[-1], REGISTRAR)
    assert town.letters("answer") == []
    town.passes(minutes=10)
    assert "lagat i dag" in town.letter("answer").text


def test_no_answer_is_made_late_by_waiting(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    town.now = datetime(2026, 9, 21, 23, 55, tzinfo=STOCKHOLM)
    assert "kl. 23.59" in writes(town, SENT, assigned).subject
    town.passes(minutes=4, seconds=59)
    case = town.case()
    assert case.answered_at is not None
    assert case.deadline(Clock.ANSWER).missed_at is None  # type: ignore[union-attr]


def test_nobody_is_reminded_of_an_answer_that_is_about_to_leave(town: Town, assigned: Letter) -> None:
    answers_wait(town, undo="2 hours")
    town.waits_until("2026-09-16 07:00")
    writes(town, SENT, assigned)
    town.news()
    town.now = town.now.replace(hour=7, minute=30)
    town.looks_at_the_clock()
    assert town.news() == []


def test_what_is_closed_or_answered_meanwhile(town: Town, assigned: Letter) -> None:
    """A close waits for the answer; an answer past the service stops the one that waits."""
    answers_wait(town)
    writes(town, SENT, assigned)
    assert "avslutas när svaret har skickats" in writes(town, "#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", assigned).text
    town.writes(BO, "Hej Anna, hålet är lagat.", answers=assigned, cc="anna.ek@example.org", authenticated=True)
    assert "är stoppat" in town.letters("echo", BO)[-1].text
    town.passes(minutes=10)
    assert (town.letters("answer"), town.case().status) == ([], Status.CLOSED)


def test_a_mail_that_only_a_letter_of_ours_proves_may_stop_an_answer(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, SENT, assigned)
    town.writes(BO, "#ÅNGRA", answers=town.letters("echo", BO)[-1], authenticated=False)
    assert town.case().leaving is None


# --- taking back what was done ---------------------------------------------------------------------------------------


def test_facts_are_taken_back_together(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#TYP fråga\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#RUBRIK Hål", assigned)
    assert "#ÅNGRA" in echo.text
    echo = writes(town, "#ÅNGRA", echo)
    assert "Typen är som förut." in echo.text, echo.text
    case = town.case()
    assert (case.type, case.measure, case.publication, case.staff_title) == (
        "klagomål", "", Publication.UNDECIDED, "",
    )  # fmt: skip
    assert "inget i ärendet att ångra" in writes(town, "#ÅNGRA", echo).text


def test_a_hand_over_is_taken_back_and_everybody_who_heard_of_it_hears_that(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#ÖVERLÄMNA Sara Ask", assigned)
    town.news()
    writes(town, "#ÅNGRA", echo)
    assert town.case().officer == BO
    assert sorted(town.news()) == [("echo", BO), ("handover", "anna.ek@example.org"), ("information", SARA)]


def test_a_close_is_taken_back_but_not_the_answer_that_has_left(town: Town, assigned: Letter) -> None:
    echo = writes(town, WHOLE, assigned)
    assert town.case().status is Status.CLOSED
    echo = writes(town, "#ÅNGRA", echo)
    assert "Svaret till Anna Ek har redan skickats och går inte att ta tillbaka." in echo.text
    assert "Ärendet är öppet igen." in echo.text
    case = town.case()
    assert (case.status, case.measure, bool(case.answered_at), case.closed_at) == (Status.ANSWERED, "", True, None)


def test_a_delay_that_the_citizen_has_been_told_of_stays(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#FÖRSENAD 10 september Vi väntar på asfalt", assigned)
    echo = writes(town, "#ÅNGRA", echo)
    assert echo.subject.startswith("Inget är gjort")
    assert "redan skickats" in echo.text
    assert town.case().late_reason == "Vi väntar på asfalt"


def test_a_note_stays(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#INTERNT ringt Peab", assigned)
    assert "Anteckningen finns kvar" in writes(town, "#ÅNGRA", echo).text


def test_only_who_did_it_or_a_registrar_takes_it_back(town: Town, assigned: Letter) -> None:
    writes(town, "#TYP fråga", assigned)
    assert "Det senaste i ärendet har Bo Ek gjort." in writes(town, "#ÅNGRA", assigned, MARIA).text
    assert town.case().type == "fråga"
    writes(town, "#ÅNGRA", assigned, REGISTRAR)
    assert town.case().type == "klagomål"


def test_what_somebody_has_changed_since_stays(town: Town, assigned: Letter) -> None:
    writes(town, "#TYP fråga", assigned)
    answers_wait(town)
    writes(town, SENT, assigned)
    town.passes(minutes=10)
    echo = writes(town, "#ÅNGRA", assigned)
    assert "redan skickats" in echo.text
    assert town.case().type == "fråga", "that was another mail"


# --- echoes -----------------------------------------------------------------------------------------------------------


def test_the_echo_names_all_that_is_missing_at_once(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#TYP fråga", assigned)
    assert "saknas ett svar, åtgärd och publicering. Svara med #SVAR, #ÅTGÄRD och #PUBLICERA." in echo.text


def test_echoes_of_plain_success_can_be_switched_off(town: Town, assigned: Letter) -> None:
    """What is left to do, what waits and what is asked is always told."""
    town.desk = replace(town.desk, book=a_book(town.book, echo="when_needed"))
    town.news()
    town.writes(BO, "#TYP fråga", answers=assigned, authenticated=True)
    assert town.news() == []
    assert town.case().type == "fråga"
    town.writes(BO, "#AVSLUTA", answers=assigned, authenticated=True)
    assert [kind for kind, _ in town.news()] == ["question"]
    town.writes(BO, SENT, answers=assigned, authenticated=True)
    assert [kind for kind, _ in town.news()] == ["answer", "echo"], "measure and publication are missing"
    town.writes(BO, "#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned, authenticated=True)
    assert [kind for kind, to in town.news() if to == BO] == []
    assert town.case().status is Status.CLOSED


def test_what_cannot_be_taken_back_hides_no_older_mail(town: Town, assigned: Letter) -> None:
    """The last obeyed mail is the last one, whatever it did."""
    writes(town, "#TYP fråga", assigned)
    writes(town, "#HJÄLP", assigned)
    assert town.case().obeyed is not None, "help is no order that anybody takes back"
    writes(town, "#FÖR KÄNNEDOM sara.ask@ekvik.example", assigned)
    assert "inget i ärendet att ångra" in writes(town, "#ÅNGRA", assigned).text
    assert town.case().type == "fråga"


def test_files_leave_with_the_answer_that_has_waited(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    photo = [("hålet.jpg", b"\xff\xd8\xff\xe0" + b"0" * 200)]
    town.receives(town.mail(BO, SENT, answers=assigned, files=photo))
    town.passes(minutes=10)
    assert town.letter("answer").files == ["hålet.jpg"]


def test_whoever_hands_the_case_over_hears_that_the_answer_still_leaves(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, SENT, assigned)
    echo = writes(town, "#ÖVERLÄMNA Sara Ask", assigned)
    assert "Svaret som väntar skickas kl. 09.22, som förut." in " ".join(echo.text.split())
    town.passes(minutes=10)
    assert "Bo Ek" in town.letter("answer").text, "whoever wrote it signs it"


def test_one_answer_reaches_both_after_it_has_waited(town: Town, assigned: Letter) -> None:
    town.writes("Olle Berg <olle.berg@example.org>", "Asfalten är trasig vid Storgatan 14.", subject="Asfalt")
    first, second = town.cases()
    writes(town, f"#SAMMA {second.number}", assigned)
    answers_wait(town)
    writes(town, SENT, assigned)
    assert town.letters("answer") == []
    town.passes(minutes=10)
    assert sorted(x.to for x in town.letters("answer")) == ["anna.ek@example.org", "olle.berg@example.org"]
    assert first.number != second.number


def test_what_stands_beside_undo_is_no_no(town: Town, assigned: Letter) -> None:
    """`#ÅNGRA` above a short new answer: the new one waits in place of the old, no word of it is lost."""
    answers_wait(town)
    first = writes(town, WHOLE, assigned)
    echo = writes(town, "#ÅNGRA\n#SVAR\nHej Anna, lagas på fredag.", first)
    assert "Hej Anna, lagas på fredag." in echo.text
    town.passes(minutes=11)
    assert "Hej Anna, lagas på fredag." in town.letter("answer").text


@pytest.mark.parametrize("command", ["#ÅNGRA", "#SEKRETESS", "#SVAR\nHej Anna!\nVi lagar det på fredag."])
def test_whose_answer_a_colleague_has_stopped_hears_it(town: Town, assigned: Letter, command: str) -> None:
    """The echo has promised that the answer leaves: whoever wrote it must not go on believing that."""
    answers_wait(town)
    echo = writes(town, WHOLE, assigned)
    writes(town, command, echo, sender=MARIA)
    stopped = [letter for letter in town.letters("information", to=BO) if "stoppat" in letter.subject]
    assert len(stopped) == 1
    assert "Maria Lund har stoppat ditt svar" in stopped[0].text
    assert ("Hålet är lagat i dag." in stopped[0].text) == (command != "#SEKRETESS")


@pytest.mark.parametrize("command", ["#SEKRETESS", "#SPÄRRA hot"])
def test_no_echo_offers_an_undo_that_would_be_refused(town: Town, assigned: Letter, command: str) -> None:
    """Secrecy and blocks have a way of their own to be taken back."""
    assert "#ÅNGRA" not in writes(town, command, assigned).text


# --- answers that somebody else releases ------------------------------------------------------------------------------


def to_be_released(town: Town, assigned: Letter) -> tuple[Letter, Letter]:
    """Bo's answer lies with the registrar: his echo, and the letter that asks her."""
    answers_wait(town, mode="central_release", undo="0 minutes")
    echo = writes(town, f"{SENT}\n#AVSLUTA", assigned)
    return echo, town.letter("question", to=REGISTRAR)


def test_kli_20_what_its_writer_has_taken_back_is_not_released(town: Town, assigned: Letter) -> None:
    """The registrar's yes to the older letter sends nothing, and she has been told so."""
    echo, question = to_be_released(town, assigned)
    assert "#ÅNGRA" in echo.text
    assert "saknas ett svar" not in echo.text
    done = writes(town, "#ÅNGRA", echo)
    assert "Svaret är stoppat." in done.text
    assert town.letter("information", to=REGISTRAR).subject.startswith("Skicka inte svaret")
    writes(town, "JA", question, sender=REGISTRAR)
    assert town.letters("answer") == []
    assert not town.case().close_wanted


@pytest.mark.parametrize(
    ("word", "subject", "quoted"),
    [
        ("NEJ", "Ditt svar är stoppat", "> Hålet är lagat i dag."),
        ("#SVAR\nHej Anna!\nVi svarar så här i stället.", "Ett ärende är besvarat", "> Vi svarar så här i stället."),
    ],
)
def test_kli_20_whose_answer_is_not_released_hears_it(
    town: Town, assigned: Letter, word: str, subject: str, quoted: str
) -> None:
    """Its writer was promised that it is sent, and still owes an answer where nobody else has given one."""
    _, question = to_be_released(town, assigned)
    writes(town, word, question, sender=REGISTRAR)
    told = [letter for letter in town.letters("information", to=BO) if letter.subject.startswith(subject)]
    assert len(told) == 1
    assert quoted in told[0].text


def test_kli_20_a_released_answer_is_stopped_for_nobody(town: Town, assigned: Letter) -> None:
    """A yes stops nothing, and whoever wrote the answer hears of it: a no before it may have said otherwise."""
    _, question = to_be_released(town, assigned)
    writes(town, "JA", question, sender=REGISTRAR)
    assert "har godkänt ditt svar till Anna Ek" in town.letter("information", to=BO).text
    assert len(town.letters("answer")) == 1
    assert not any("stoppat" in letter.subject for letter in town.letters())


def test_the_echo_offers_to_take_back_only_what_can_be_taken_back(town: Town, assigned: Letter) -> None:
    """An answer that has left stays: nobody is to rely on a word that comes too late."""
    echo = writes(town, WHOLE, assigned)
    assert "skriv #ÅNGRA överst, så tar vi tillbaka det som går. Svaret går inte att ta tillbaka" in echo.text
    echo = writes(town, "#SVAR\nHej igen Anna!\nOckså kanten är lagad.", assigned)
    assert "#ÅNGRA" not in echo.text
    assert "Blev något fel i svaret? Det går inte att ta tillbaka. Skriv #SVAR och en rättelse." in echo.text
    echo = writes(town, "#RUBRIK Hål", assigned)
    assert "skriv #ÅNGRA överst, så tar vi tillbaka det." in echo.text
