"""Commands as officers write them: all of a mail's orders are done or none, and in doubt the writer is asked first."""

from __future__ import annotations

import pytest

from service.core.cases import Publication, Status
from service.core.decide import answers
from tests.conversations.town import ANNA, BO, MARIA, REGISTRAR, Letter, Town

SARA = "sara.ask@ekvik.example"


def writes(town: Town, text: str, answers: Letter, sender: str = BO) -> Letter:
    """A colleague writes; returns the letter that answers."""
    town.writes(sender, text, answers=answers, authenticated=True)
    return town.letters(to=sender)[-1]


def untouched(town: Town) -> bool:
    """Whether nothing has reached Anna, and nothing of the case has changed."""
    case = town.case()
    facts = (case.status, case.officer, case.measure, case.late_reason, case.answer, case.publication)
    return facts == (Status.ASSIGNED, BO, "", "", "", Publication.UNDECIDED) and not [
        x for x in town.letters(to="anna.ek@example.org") if x.kind != "receipt"
    ]


# --- what is our own, and what is not filled in -----------------------------------------------------------------------


def test_the_example_sent_back_as_it_stands_does_nothing(town: Town, assigned: Letter) -> None:
    """One question names all that is not filled in."""
    example = "\n".join(line[4:] for line in assigned.text.splitlines() if line.startswith("    "))
    assert "#SVAR\n[skriv ditt svar här]\n#ÅTGÄRD ?\n#PUBLICERA ?\n#AVSLUTA" in example
    question = writes(town, example, assigned)
    assert question.kind == "question"
    for named in ("exempeltext", "#ÅTGÄRD är inte ifyllt", "#PUBLICERA JA eller"):
        assert named in question.text
    assert untouched(town)


@pytest.mark.parametrize(
    "text",
    [
        "#SVAR\n[skriv ditt svar här]",
        "#SVAR\nHej Anna!\n[skriv ditt svar här]\nMvh Bo",
        "#SVAR\n[SKRIV DITT SVAR\u00a0HÄR]",
        "#SVAR\nHär skriver du svaret till synpunktslämnaren.",
        "[skriv ditt svar här]",
        "Hej Anna! [Skriv ditt svar här] Hälsningar från oss alla.",
        "#INTERNT\n[skriv vad som har gjorts här]",
    ],
)
def test_our_own_placeholder_is_never_an_answer(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned)
    assert question.kind == "question"
    assert writes(town, "JA", question).kind == "question", "there is nothing to say yes to"
    assert untouched(town)


@pytest.mark.parametrize("text", ["#SVAR\n\u200b\u2060", "#SVAR\n?", "#SVAR\nJa tack", "#SVAR\nnej", "Lagat.\n\n#SVAR"])
def test_an_answer_that_says_nothing_is_asked_about(town: Town, assigned: Letter, text: str) -> None:
    assert writes(town, text, assigned).kind == "question"
    assert untouched(town)


# --- all or none ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("#FÖRSENAD 31 juni väntar på asfalt\n#ÅTGÄRD 1", ["”31 juni väntar på”"]),
        ("#ÅTGÄRD 1\n#AVSLUTA", ["inte fått något svar"]),
        ("#ÅTGÄRD 99\n#PUBLICERA kanske\n#ÖVERLÄMNA ingen\n#STATUS", ["”99”", "#PUBLICERA JA", "”ingen”", "#STATUS"]),
        ("#SVAR\nLagat.\n#PUBLICERA ?", ["#PUBLICERA JA"]),
        ("#INTERNT\nringt\n#Försenat 10 oktober", ["Menade du #FÖRSENAD?"]),
        ("#ÅTGÄRD 1\n#SAMMA EKV-26-00002-D", ["är inget ärendenummer"]),
    ],
)
def test_one_question_names_all_that_is_wrong_and_nothing_is_done(
    town: Town, assigned: Letter, text: str, named: list[str]
) -> None:
    question = writes(town, text, assigned)
    assert question.kind == "question"
    for words in named:
        assert words in question.text
    assert untouched(town)


def test_a_move_that_the_case_cannot_make_takes_the_rest_with_it(town: Town, assigned: Letter) -> None:
    writes(town, "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", assigned)
    question = writes(town, "#ÅTGÄRD 2\n#FEL HANDLÄGGARE", assigned)
    assert "nuvarande läge" in question.text
    assert (town.case().status, town.case().measure) == (Status.CLOSED, "Åtgärdat")


# --- commands where they should not stand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["#svar Hej Anna, det är lagat. #avsluta", "#SVAR\nHej Anna, det är lagat. #avsluta\n#PUBLICERA NEJ"]
)
def test_a_command_within_the_answer_is_asked_about_and_never_sent(town: Town, assigned: Letter, text: str) -> None:
    question = writes(town, text, assigned)
    assert "Ärendet avslutas." in question.text
    assert untouched(town)
    writes(town, "JA", question)
    answer = town.letter("answer")
    assert "det är lagat." in answer.text
    assert "#" not in answer.text


def test_a_hashtag_in_the_answer_is_shown_and_leaves_after_a_yes(town: Town, assigned: Letter) -> None:
    question = writes(town, "#SVAR\nHej Anna! Vi lagar.\n#trygghet", assigned)
    assert "”#trygghet”" in question.text
    assert untouched(town)
    writes(town, "Ja tack", question)
    assert "#trygghet" in town.letter("answer").text


def test_a_command_in_a_plain_reply_is_never_offered_as_the_answer(town: Town, assigned: Letter) -> None:
    question = writes(town, "Hej Anna, hålet är lagat. #avsluta", assigned)
    assert "kommando mitt i texten" in question.text
    writes(town, "JA", question)
    assert untouched(town)


@pytest.mark.parametrize(
    "text",
    [
        "- #INTERNT ringt entreprenören",
        "• #INTERNT ringt entreprenören",
        "1. #internt: ringt entreprenören",
        "＃INTERNT ringt entreprenören",
        "\u200b#\u00a0INTERNT\u00a0ringt entreprenören",
        "”#INTERNT” ringt entreprenören",
        "**#INTERNT** ringt entreprenören",
    ],
)
def test_commands_are_read_in_the_way_that_phones_write_them(town: Town, assigned: Letter, text: str) -> None:
    writes(town, text, assigned)
    assert ("note", "ringt entreprenören") in town.journal()


def test_a_list_of_commands_about_no_case_is_no_case(town: Town) -> None:
    """Nor is it the colleague's own feedback."""
    for text in ("- #AVSLUTA\n- #ÅTGÄRD 1", "#TYP klagomål\n#SVAR hej", "1. #överlämna Bo"):
        town.writes(MARIA, text, subject="Ett samtal", authenticated=True)
    assert town.cases() == []
    assert [x.kind for x in town.letters(to=MARIA)] == ["question"] * 3


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("#SVARA\nLagat.", "#SVAR"),
        ("#avlsuta", "#AVSLUTA"),
        ("#Försenat 10 oktober", "#FÖRSENAD"),
        ("#lämna över Sara", "#ÖVERLÄMNA"),
    ],
)
def test_an_unknown_command_gets_the_nearest_right_word(town: Town, assigned: Letter, written: str, hint: str) -> None:
    assert f"Menade du {hint}?" in writes(town, written, assigned).text


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "10 september",
        "10/9",
        "10.9.2026",
        "2026-09-10",
        "20260910",
        "den 10 september 2026",
        "torsdag",
        "på torsdag",
        "v 37 torsdag",
    ],
)
def test_a_delay_names_the_day_to_the_citizen_and_to_the_officer(town: Town, assigned: Letter, written: str) -> None:
    """Monday 7 September is today."""
    echo = writes(town, f"#FÖRSENAD {written}, vi väntar på asfalt.", assigned)
    assert "senast torsdag 10 september 2026" in echo.text
    delay = town.letter("delay")
    assert "senast torsdag 10 september 2026" in delay.text
    assert "vi väntar på asfalt." in delay.text
    assert town.case().late_reason == "vi väntar på asfalt."


def test_a_delay_without_a_day_says_that_the_citizen_knows_nothing(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#FÖRSENAD vi väntar på asfalt", assigned)
    assert "har inte fått något besked. Skriv #FÖRSENAD och ett datum." in echo.text
    assert town.letters("delay") == []
    echo = writes(town, "#FÖRSENAD vi väntade på asfalt\n#SVAR\nHej Anna!\nHålet är lagat.", assigned)
    assert "besked" not in echo.text, "she has the answer"


@pytest.mark.parametrize(
    "written",
    [
        "31 september",
        "1 september",
        "i dag",
        "om ett par veckor",
        "i slutet av september",
        "fredag 10 september",
        "v 54",
        "?",
    ],
)
def test_a_day_that_is_none_or_has_passed_is_asked_about(town: Town, assigned: Letter, written: str) -> None:
    assert writes(town, f"#FÖRSENAD {written}", assigned).kind == "question"
    assert untouched(town)


def test_a_day_at_the_end_is_asked_about(town: Town, assigned: Letter) -> None:
    question = writes(town, "#FÖRSENAD väntar på asfalt, svar kommer 10 september", assigned)
    assert "Menade du att svaret kommer torsdag 10 september 2026?" in question.text


def test_a_saturday_becomes_the_next_working_day_after_a_yes(town: Town, assigned: Letter) -> None:
    question = writes(town, "#FÖRSENAD 12 september väntar på asfalt", assigned)
    assert "Lördag 12 september 2026 är ingen arbetsdag. Beskedet blir måndag 14 september 2026." in question.text
    assert untouched(town)
    town.passes(days=1)
    writes(town, "ok", question)
    assert "senast måndag 14 september 2026" in town.letter("delay").text


# --- who gets the case ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "to"),
    [
        ("Sara Ask", SARA),
        ("sara", SARA),
        ("Sara Ask, VA-ingenjör", SARA),
        ("till Sara Ask", SARA),
        ("Vatten och avlopp", SARA),
        ("va", SARA),
        ("förskolan", "anna.kvist@ekvik.example"),
        ("<mailto:sara.ask@ekvik.example>", SARA),
    ],
)
def test_a_case_is_handed_to_a_name_or_a_unit(town: Town, assigned: Letter, written: str, to: str) -> None:
    writes(town, f"#ÖVERLÄMNA {written}", assigned)
    assert town.case().officer == to


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("Maria Lundh", "Maria Lund, enhetschef"),
        ("Eva", "1. Eva Berg"),
        ("sara.aks@ekvik.example", "Sara Ask"),
    ],
)
def test_a_name_that_is_not_clear_gets_the_nearest(town: Town, assigned: Letter, written: str, named: str) -> None:
    assert named in writes(town, f"#ÖVERLÄMNA {written}", assigned).text
    assert untouched(town)


# --- echoes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        (f"{'Vi lagar. ' * 8}Den är klar nu. Tack", "Vi lagar. Vi lagar. Den är …”"),
        (f"{'Vi lagar. ' * 9}Tack för allt", "Vi lagar. Vi lagar …”"),
        ("a" * 100, f"”{'a' * 90} …”"),
        ("Kort.", "”Kort.”"),
    ],
)
def test_a_long_beginning_of_an_answer_ends_after_a_word(answer: str, begins: str) -> None:
    assert answers.begins(answer).endswith(begins)


def test_the_echo_shows_how_the_answer_begins_and_what_is_missing(town: Town, assigned: Letter) -> None:
    echo = writes(town, "#SVAR\nHej Anna!\n\nHålet är lagat i dag.\nTack.", assigned)
    assert "Det börjar: ”Hålet är lagat i dag.”" in echo.text
    assert "Innan ärendet kan avslutas saknas åtgärd och publicering. Svara med #ÅTGÄRD och #PUBLICERA." in echo.text


def test_an_echo_of_nothing_does_not_say_done(town: Town, assigned: Letter) -> None:
    writes(town, "#SVAR\nHålet är lagat.", assigned)
    echo = writes(town, "#SVAR\nHålet är  lagat.", assigned)
    assert echo.subject.startswith("Inget är gjort")
    assert "Det här är gjort" not in echo.text


def test_what_staff_call_a_case_stays_among_them(town: Town, assigned: Letter) -> None:
    """Nor does a measure in free words reach the citizen."""
    writes(town, "#RUBRIK Rättshaveristen igen", assigned)
    writes(town, "#SVAR\nHålet är lagat.", assigned)
    assert town.case().title == "Hål i vägen"
    assert "Rättshaveristen" not in town.letter("answer").text
    assert "”Hål i vägen”" in town.letter("answer").text
    writes(town, "#ÖVERLÄMNA Sara Ask", assigned)
    assert "Rättshaveristen igen" in town.letter("assignment", SARA).text


def test_help_beside_an_order_is_answered_beside_it(town: Town, assigned: Letter) -> None:
    town.writes(BO, "#INTERNT ringt\n#HJÄLP", answers=assigned, authenticated=True)
    assert "sparad internt" in town.letter("echo", BO).text
    assert "Inget är ändrat" not in town.letter("question", BO).text


def test_the_registrar_cannot_be_asked_by_anybody_else(town: Town, assigned: Letter) -> None:
    """A yes counts from whom it was asked of, in answer to the letter that asked."""
    question = writes(town, "#SVAR\nVi lagar.\n#trygghet", assigned)
    town.writes(MARIA, "Ja", answers=question, authenticated=True)
    town.writes(REGISTRAR, "Ja", answers=assigned, authenticated=True)
    assert untouched(town)


def test_no_other_command_goes_to_the_citizen_with_the_reason_for_a_delay(town: Town, assigned: Letter) -> None:
    question = writes(town, "#FÖRSENAD 9 oktober Vi väntar på asfalt #INTERNT Firman är i konkurs", assigned)
    assert "Orsaken står med: ”Vi väntar på asfalt”" in question.text
    assert untouched(town)
    writes(town, "JA", question)
    assert "Vi väntar på asfalt" in town.letter("delay").text
    assert not [x for x in town.letters(to="anna.ek@example.org") if "konkurs" in x.text or "#" in x.text]


def test_a_note_without_its_mark_stays_inside(town: Town, assigned: Letter) -> None:
    question = writes(town, "#SVAR\nHej Anna, det är lagat.\n\nINTERNT:\nHon är besvärlig.", assigned)
    assert untouched(town)
    writes(town, "JA", question)
    assert "det är lagat" in town.letter("answer").text
    assert "besvärlig" not in town.letter("answer").text


def test_what_is_called_secret_is_not_repeated_in_the_question(town: Town, assigned: Letter) -> None:
    """Nothing is done where a mail cannot be obeyed whole, but its writer has said that the words are secret."""
    question = writes(town, "#INTERNT\nSonen Kalle vårdas.\n#SEKRETES 26:1 Kalle\n#AVSLUTA", assigned)
    assert question.kind == "question"
    assert "Kalle" not in question.text + question.html
    assert "Menade du #SEKRETESS?" in question.text


def test_a_paper_letter_is_shown_before_a_yes_to_it(town: Town, assigned: Letter) -> None:
    """A yes to a letter means its words: they are shown, as an answer's are."""
    question = writes(town, "#BREV\nHej Maria!\nHålet är lagat.\n#ÅTGÄRD 1", assigned)
    assert "> Hålet är lagat." in question.text


def test_words_beside_a_hand_over_reach_whoever_gets_the_case(town: Town, assigned: Letter) -> None:
    """Mail is all that the next officer reads: a note beside the command is meant for them."""
    writes(town, "#ÖVERLÄMNA Maria\nAnna ringde mig om det här i går.\n/Bo", assigned)
    assert "> Anna ringde mig om det här i går." in town.letter("assignment", to=MARIA).text
    writes(town, "#FEL HANDLÄGGARE\nDet är Trafikverkets väg.", town.letter("assignment", to=MARIA), sender=MARIA)
    assert "Det är Trafikverkets väg." in town.letters("assignment", to=REGISTRAR)[-1].text
    assert not any("Anna ringde" in letter.text for letter in town.letters(to=ANNA))


def test_a_note_beside_a_hand_over_of_a_secret_case_stays_inside(town: Town, assigned: Letter) -> None:
    """Not a word of a secret case in any letter."""
    writes(town, "#SEKRETESS\nSonen vårdas.", assigned)
    writes(town, "#ÖVERLÄMNA Maria\nSonen vårdas på sjukhus.", town.letters("assignment")[-1], sender=REGISTRAR)
    assert not any("vårdas" in letter.text for letter in town.letters())
