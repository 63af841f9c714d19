"""Answers that go another way than by mail: given orally, or on paper, which somebody has to post."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace

import pytest

from service.core.cases import Clock, Status
from service.core.publicity.published import entry_of
from service.desk.lookup.catalogue import shown
from tests import papers
from tests.conversations.test_orders import untouched, writes
from tests.conversations.town import ANNA, BO, REGISTRAR, Letter, Town
from tests.core.values import a_book

ELSA = (
    "Det är ett hål i asfalten vid Storgatan. Skicka svaret med posten: Elsa Nyman, Norra vägen 3, 123 45 Ekvik. "
    "Svara inte hit."
)


def file_of(letter: Letter) -> str:
    mail = email.message_from_bytes(letter.raw, policy=email.policy.default)
    [part] = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    assert re.fullmatch("brev .*[.]pdf", part.get_filename() or "")
    return papers.text(bytes(part.get_payload(decode=True)))  # type: ignore[arg-type]


# --- orally -----------------------------------------------------------------------------------------------------------


def orally(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"oral": True}))


@pytest.mark.parametrize(
    ("written", "day"),
    [("9 september", 9), ("i går", 9), ("onsdag", 9), ("2026-09-09:", 9), ("", 10), ("i dag", 10)],
)
def test_spa_22_an_oral_answer_is_registered_as_the_answer(
    town: Town, assigned: Letter, written: str, day: int
) -> None:
    orally(town)
    town.passes(days=3)
    town.news()
    echo = writes(town, f"#MUNTLIGT {written} Ringde Anna: hålet lagas i veckan.", assigned)
    case = town.case()
    assert (case.status, case.answer) == (Status.ANSWERED, "Ringde Anna: hålet lagas i veckan.")
    assert case.answered_at is not None
    assert case.answered_at.astimezone(town.now.tzinfo).day == day
    assert not case.deadline(Clock.ANSWER).running  # type: ignore[union-attr]
    assert f"{day} september 2026" in echo.text
    assert town.news() == [("echo", BO)], "nothing goes to Anna"


def test_hjo_05_where_answers_are_written_an_oral_one_is_asked_about(town: Town, assigned: Letter) -> None:
    question = writes(town, "#MUNTLIGT i dag Ringde Anna: hålet lagas i veckan.\n#ÅTGÄRD 1", assigned)
    assert "Här ska svaret vara skriftligt" in question.text
    assert untouched(town)


def test_where_answers_are_written_a_secret_one_is_given_orally_all_the_same(town: Town) -> None:
    town.writes(ANNA, "Min son far illa: en orosanmälan.", subject="Oro")
    assigned = town.letters("assignment")[-1]
    assert "#MUNTLIGT" in writes(town, "#SVAR\nVi har pratat med honom.", assigned, sender=assigned.to).text
    writes(town, "#MUNTLIGT i dag Ringde.", assigned, sender=assigned.to)
    assert (town.case().secrecy, town.case().status) == (True, Status.ANSWERED)


@pytest.mark.parametrize("text", ["#MUNTLIGT i morgon Ringer Anna.", "#MUNTLIGT 31 juni ringde", "#MUNTLIGT i dag"])
def test_an_oral_answer_needs_a_day_that_has_been_and_what_was_said(town: Town, assigned: Letter, text: str) -> None:
    orally(town)
    assert writes(town, text, assigned).kind == "question"
    assert untouched(town)


def test_an_oral_answer_closes_with_what_the_routine_wants(town: Town, assigned: Letter) -> None:
    orally(town)
    writes(town, "#MUNTLIGT i dag Ringde Anna.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", assigned)
    assert town.case().status is Status.CLOSED
    writes(town, "#ÅNGRA", assigned)
    case = town.case()
    assert (case.status, case.answered_at, case.answer) == (Status.ASSIGNED, None, "")
    assert case.running is not None


@pytest.mark.parametrize("notify", [False, True])
def test_an_answer_that_was_none_is_owed_again_though_the_case_has_closed_since(
    town: Town, assigned: Letter, notify: bool
) -> None:
    orally(town)
    town.desk = replace(
        town.desk, book=a_book(town.desk.book, close={"mode": "quiet", "quiet": "5 days", "notify": notify})
    )
    writes(town, "#MUNTLIGT i dag Ringde Anna.", assigned)
    town.passes(hours=24 * 10)
    assert town.case().status is Status.CLOSED
    echo = writes(town, "#ÅNGRA", town.letters(to=BO)[-1])
    promise, case = town.case().deadline(Clock.ANSWER), town.case()
    assert "Ärendet väntar på svar." in echo.text
    assert (case.status, case.answered_at, case.closed_at) == (Status.ASSIGNED, None, None)
    assert promise is not None
    assert promise.running


def test_s22_hjo_23_hjo_34_hjo_35_hjo_41_hjo_56_letters_are_printed_posted_and_only_then_count(town: Town) -> None:
    """Receipt and answer as files to the registrar; `#BREV POSTAT` fulfils (HJO-23, HJO-34, HJO-35, HJO-56)."""
    town.writes(ANNA, ELSA)
    assert town.letters(to="anna.ek@example.org") == []
    receipt = town.letter("letter", REGISTRAR)
    page = file_of(receipt)
    assert "Elsa Nyman\nNorra vägen 3\n123 45 Ekvik" in page
    assert "Vi har tagit emot din synpunkt" in page
    assert town.case().number in page
    writes(town, "#BREV POSTAT", receipt, REGISTRAR)
    assert town.case().receipt_sent_at is not None
    assert town.case().answered_at is None

    echo = writes(
        town, "#SVAR\nHej Elsa!\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", town.letter("assignment")
    )
    assert "avslutas när brevet är postat" in echo.text
    case = town.case()
    assert (case.status, case.answered_at) == (Status.WAITING, None)
    assert case.running is not None
    to_post = town.letters("letter", REGISTRAR)[-1]
    page = file_of(to_post)
    for words in ("Hålet är lagat.", "7 september 2026", "Bo Ek", case.number, "Norra vägen 3"):
        assert words in page
    town.passes(days=2)
    echo = writes(town, "#BREV POSTAT i går", to_post, REGISTRAR)
    assert "postat tisdag 8 september 2026" in echo.text
    case = town.case()
    assert case.status is Status.CLOSED
    assert case.answered_at is not None
    assert case.answered_at.day == 8
    assert case.answer == "Hej Elsa!\nHålet är lagat."


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("Elsa Nyman, Solbacken, 123 45 Ekvik", "Elsa Nyman\nSolbacken\n123 45 Ekvik"),
        ("Elsa Nyman, Norra Gården, Byn, 123 45 Ekvik", "Elsa Nyman\nNorra Gården\nByn\n123 45 Ekvik"),
        ("Elsa Nyman, c/o Bo Ask, Åvägen 3, 123 45 Ekvik", "Elsa Nyman\nc/o Bo Ask\nÅvägen 3\n123 45 Ekvik"),
        ("anonym, c/o Bo Ask, Åvägen 3, 123 45 Ekvik, vill ha brev", "c/o Bo Ask\nÅvägen 3\n123 45 Ekvik"),
    ],
)
def test_s22_an_address_needs_no_street(town: Town, written: str, window: str) -> None:
    """A house or an estate is not whom the letter is to, and neither is the one whom somebody lives with."""
    town.writes(BO, f"#KANAL brev\n#FRÅN {written}\n\nDet är ett hål i asfalten vid Storgatan.")
    page = file_of(town.letter("letter", REGISTRAR))
    assert window in page
    assert ("Hej Elsa Nyman," if "Elsa" in written else "Hej,") in page


def test_hjo_31_words_that_were_approved_with_a_letter_are_published_when_it_is_posted(
    town: Town, assigned: Letter
) -> None:
    writes(town, "#BREV\nHålet är lagat i dag.\n#ÅTGÄRD 1\n#PUBLICERA JA\n#TEXT Ett hål i vägen.\n#AVSLUTA", assigned)
    assert entry_of(town.case(), town.book) is None, "nobody has posted the answer"
    echo = writes(town, "#BREV POSTAT", town.letter("letter", REGISTRAR), REGISTRAR)
    assert "#PUBLICERA" not in echo.text
    published = entry_of(town.case(), town.book)
    assert published
    assert (published.text, published.answer) == ("Ett hål i vägen.", "Hålet är lagat i dag.")


def test_an_officer_may_choose_paper(town: Town, assigned: Letter) -> None:
    writes(town, "#BREV\nHej Anna!\nHålet är lagat i dag.", assigned)
    assert town.letters("answer") == []
    assert town.case().status is Status.WAITING
    assert "[skriv postadressen här]" in file_of(town.letter("letter", REGISTRAR))
    writes(town, "#ÅNGRA", assigned)
    assert (town.case().status, town.case().to_post_since) == (Status.ASSIGNED, None)
    assert town.letter("information", REGISTRAR).subject.startswith("Posta inte brevet")


def test_kli_20_a_letter_is_released_before_it_is_posted(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, answer={"mode": "central_release"}))
    town.writes(ANNA, ELSA)
    writes(town, "#SVAR\nHej Elsa!\nHålet är lagat.", town.letter("assignment"))
    assert len(town.letters("letter")) == 1, "the receipt alone"
    writes(town, "JA", town.letters("question", REGISTRAR)[-1], REGISTRAR)
    assert "Hålet är lagat." in file_of(town.letters("letter", REGISTRAR)[-1])


def test_a_letter_that_we_did_not_write_is_registered_after_a_yes(town: Town, assigned: Letter) -> None:
    question = writes(town, "#BREV POSTAT", assigned)
    assert "ett eget brev" in question.text
    assert untouched(town)
    writes(town, "JA", question)
    assert town.case().status is Status.ANSWERED


@pytest.mark.parametrize("text", ["#BREV POSTAT i morgon", "#BREV POSTAT 31 juni", "#BREV POSTAT kanske"])
def test_a_day_on_which_nothing_can_have_been_posted_is_asked_about(town: Town, assigned: Letter, text: str) -> None:
    assert writes(town, text, assigned).kind == "question"
    assert untouched(town)


def test_while_the_letter_lies_there_the_promise_runs(town: Town) -> None:
    town.writes(ANNA, ELSA)
    writes(town, "#SVAR\nHej Elsa!\nHålet är lagat.", town.letter("assignment"))
    town.waits_until("2026-09-16 08:00")
    assert "#BREV POSTAT när det är postat" in town.letters("reminder", BO)[-1].text


def test_what_was_posted_is_told_by_the_letter_that_is_answered(town: Town) -> None:
    """Receipt and answer lie there: whoever posts the receipt has answered nobody yet."""
    town.writes(ANNA, ELSA)
    receipt = town.letter("letter", REGISTRAR)
    writes(town, "#SVAR\nHej Elsa!\nHålet är lagat.", town.letter("assignment"))
    answer = town.letters("letter", REGISTRAR)[-1]
    echo = writes(town, "#BREV POSTAT", receipt, REGISTRAR)
    assert "Bekräftelsen är registrerad som postad" in echo.text
    case = town.case()
    assert (case.answered_at, case.receipt_sent_at is not None) == (None, True)
    assert case.running is not None
    assert writes(town, "#BREV POSTAT", receipt, REGISTRAR).kind == "echo", "twice: the answer lies there still"
    writes(town, "#BREV POSTAT", answer, REGISTRAR)
    assert town.case().status is Status.ANSWERED


def test_a_delay_and_the_end_are_told_on_paper_and_keep_no_promise(town: Town) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, close={"mode": "on_command", "notify": True}))
    town.writes(ANNA, ELSA)
    writes(town, "#BREV POSTAT", town.letter("letter", REGISTRAR), REGISTRAR)
    echo = writes(town, "#FÖRSENAD 12 oktober Vi väntar på asfalt.", town.letter("assignment"))
    assert "får brev om att svaret kommer senast måndag 12 oktober 2026" in " ".join(echo.text.split())
    delay = town.letters("letter", REGISTRAR)[-1]
    page = " ".join(file_of(delay).split())
    for words in ("postat senast måndag 12 oktober 2026", "Vi väntar på asfalt.", "Elsa Nyman"):
        assert words in page
    echo = writes(town, "#BREV POSTAT", delay, REGISTRAR)
    assert "Brevet om att svaret dröjer är registrerat som postat" in echo.text
    assert town.case().answered_at is None
    writes(town, "#SVAR\nHej Elsa!\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ", town.letter("assignment"))
    writes(town, "#BREV POSTAT", town.letters("letter", REGISTRAR)[-1], REGISTRAR)
    writes(town, "#AVSLUTA", town.letter("assignment"))
    assert town.case().status is Status.CLOSED
    assert "Ditt ärende är avslutat" in file_of(town.letters("letter", REGISTRAR)[-1])


def test_a_letter_about_a_delay_is_stopped(town: Town) -> None:
    town.writes(ANNA, ELSA)
    writes(town, "#FÖRSENAD 12 oktober Vi väntar på asfalt.", town.letter("assignment"))
    writes(town, "#ÅNGRA", town.letter("assignment"))
    assert town.case().delayed_to is None
    assert town.letter("information", REGISTRAR).subject.startswith("Posta inte brevet")


# --- keywords ---------------------------------------------------------------------------------------------------------


def test_hjo_27_keywords_are_gathered_and_found(town: Town, assigned: Letter) -> None:
    writes(town, "#NYCKELORD asfalt, Storgatan\n#NYCKELORD hål", assigned)
    echo = writes(town, "#nyckelord Asfalt, barnvagn", assigned)
    assert "asfalt, Storgatan, hål, barnvagn" in echo.text
    with town.database.reading() as s:
        found = shown(s, town.case().number)
    assert found is not None
    assert found["keywords"] == ["asfalt", "Storgatan", "hål", "barnvagn"]


# --- refused on paper -------------------------------------------------------------------------------------------------


def test_hjo_36_a_refusal_is_told_on_paper_to_whoever_wants_letters(town: Town) -> None:
    town.writes(ANNA, ELSA)
    asked = writes(town, "#AVVISA Det är en annan kommuns gata.", town.letter("assignment"), REGISTRAR)
    assert "får ett brev om varför" in " ".join(asked.text.split())
    writes(town, "JA", asked, REGISTRAR)
    assert "Beskedet går med brev" in " ".join(town.letter("echo", REGISTRAR).text.split())
    page = file_of(town.letters("letter", REGISTRAR)[-1])
    assert "Det är en annan kommuns gata." in page
    assert "Elsa Nyman" in page
    assert town.case().status is Status.REFUSED
    writes(town, "#ÅNGRA", town.letter("assignment"), REGISTRAR)
    case = town.case()
    assert (case.status, case.officer) == (Status.ASSIGNED, BO)
    assert case.running is not None


def test_a_letter_in_a_case_that_had_ended_is_reminded_of_until_it_is_posted(town: Town, assigned: Letter) -> None:
    """No promise ran any longer: nobody would have missed it."""
    writes(town, "#SVAR\nHej Anna! Hålet lagas i morgon.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", assigned)
    assert (town.case().status, town.case().running) == (Status.CLOSED, None)
    writes(town, "#BREV\nHej Anna!\nHålet är lagat i dag.", assigned)
    assert (town.case().status, town.case().running is not None) == (Status.WAITING, True)
    known = len(town.sent)
    town.passes(days=60)
    assert {"reminder", "escalation"} & {letter.kind for letter in town.sent[known:]}
    writes(town, "#BREV POSTAT", town.letters("letter", REGISTRAR)[-1], REGISTRAR)
    assert town.case().running is None
