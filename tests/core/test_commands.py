"""Staff commands in every spelling that is tolerated, and everything that must not act."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.speech.commands import (
    WRITTEN,
    Command,
    Takes,
    Word,
    find_unmarked,
    find_within,
    fold,
    holds_placeholder,
    is_left_open,
    nearest_word,
    plain,
    read_choice,
    read_yes_no,
    takes,
)
from service.core.speech.consent import read_consent
from service.core.speech.orders import begins_with_command, is_command, read_orders
from tests.core.values import BO

SVAR, NOTE, CLOSE, OPEN, HELP = Word.ANSWER, Word.INTERNAL, Word.CLOSE, Word.KEEP_OPEN, Word.HELP


def one(line: str) -> Command:
    """The only command of a mail that is understood whole."""
    orders = read_orders(line)
    assert orders.faults == ()
    assert orders.text == ""
    (command,) = orders.commands
    return command


def spellings(word: str) -> set[str]:
    bare = word.translate(str.maketrans("ÅÄÖ", "AAO"))
    tight = word.replace(" ", "")
    return {
        *(f"#{w}" for w in (word, word.lower(), word.title(), bare, bare.lower(), tight, word.replace(" ", "\u00a0"))),
        *(
            f"{mark}{word}"
            for mark in ("# ", "#\u00a0", "##", "  #", "\u00a0#", "\ufeff#", "\u200b#", "＃", "- #", "• #", "1. #")
        ),
        *(f"#{word}{end}" for end in (":", " :", ".", "  ", "\u00a0", "\t", "\u200b")),
        unicodedata.normalize("NFD", f"#{word}"),
    }


@pytest.mark.parametrize(
    ("word", "spelling"), [pytest.param(w, s, id=f"{w.name}-{s!a}") for w in WRITTEN for s in sorted(spellings(w))]
)
def test_every_command_in_every_spelling(word: Word, spelling: str) -> None:
    value = "" if takes(word) is Takes.NOTHING else "uppgift"
    assert one(f"{spelling} {value}".rstrip(" ") if value else spelling) == Command(word, value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#ÖVERLÄMNA jonas.vik@ekvik.example", Command(Word.HAND_OVER, "jonas.vik@ekvik.example")),
        ("#overlamna: jonas.vik@ekvik.example", Command(Word.HAND_OVER, "jonas.vik@ekvik.example")),
        ("#FEL HANDLÄGGARE", Command(Word.WRONG_OFFICER, "")),
        ("#Felhandlaggare – det är länsvägen", Command(Word.WRONG_OFFICER, "– det är länsvägen")),
        ("#ÅTGÄRD3", None),
        ("#ÅTGÄRD 3", Command(Word.MEASURE, "3")),
        ("#ÅTGÄRDER 3", None),
        ("#SVAR: Hej Anna!", Command(SVAR, "Hej Anna!")),
        ("#SVAR Hej İsmail!", Command(SVAR, "Hej İsmail!")),
        ("#TYP: klagomål", Command(Word.TYPE, "klagomål")),
        ("#RUBRIK Hål: Storgatan", Command(Word.TITLE, "Hål: Storgatan")),
        ("#FÖRSENAD 2026-12-10 väntar på asfalt", Command(Word.DELAYED, "2026-12-10 väntar på asfalt")),
        ("#SVARA", None),
        ("#AVLSUTA", None),
        ("#HÅLL", None),
        ("#SEKRETESS 26:1", Command(Word.SECRECY, "26:1")),
        ("#SEKRETESSEN 26:1", None),
    ],
    ids=str,
)
def test_a_word_is_a_command_whole_or_not_at_all(line: str, expected: Command | None) -> None:
    orders = read_orders(line)
    assert orders.commands == ((expected,) if expected else ())
    assert bool(orders.faults) is (expected is None)
    if expected is None:
        assert line in orders.faults[0]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(
            "#SVAR\nHej!\n\n\nNu är det lagat.\n\nBo", "Hej!\n\n\nNu är det lagat.\n\nBo", id="blank lines stay"
        ),
        pytest.param("#SVAR Hej!\nLagat.", "Hej!\nLagat.", id="begun on the command's line"),
        pytest.param("#SVAR\nHej!\n#ÅTGÄRD 1\nefter", "Hej!", id="up to the next command"),
        pytest.param("#ÅTGÄRD 1\n#SVAR\nHej!", "Hej!", id="after another command"),
        pytest.param("\n\n  #SVAR\n\nHej!\n\n", "Hej!", id="blank lines around are none of it"),
        pytest.param("#SVAR\n  - indraget\n\t- mer", "- indraget\n\t- mer", id="indents within stay"),
        pytest.param("#SVAR\nÄrende nr #4 och C# är lagade.", "Ärende nr #4 och C# är lagade.", id="# within a line"),
        pytest.param("#\n#SVAR\nHej!", "Hej!", id="a lone # is nothing"),
    ],
)
def test_the_answer_is_what_stands_below(text: str, answer: str) -> None:
    orders = read_orders(text)
    assert orders.faults == ()
    assert orders.value(SVAR) == answer


def test_everything_after_the_note_is_the_note_and_never_the_answer() -> None:
    """HJO-17: each text ends where the next command begins."""
    orders = read_orders("#INTERNT\nRing inte.\n#SVAR\nHej!\n#AVSLUTA\nMvh")
    assert [(c.word, c.value) for c in orders.commands] == [(NOTE, "Ring inte."), (SVAR, "Hej!"), (CLOSE, "")]
    assert orders.text == "Mvh"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hej!\n#nyckelfärdigt #ekvik", id="hashtags at the end"),
        pytest.param("Hej!\n\n# Vad vi gör\nVi lagar.", id="a markdown heading"),
        pytest.param("Ok.\n#1 på listan", id="number one"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_hashtag_in_prose_is_prose(text: str) -> None:
    orders = read_orders(text)
    assert (orders.commands, orders.faults, orders.text) == ((), (), text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("#SVAR", "ingen text under #SVAR", id="an empty answer"),
        pytest.param("#SVAR\n\n#AVSLUTA", "ingen text under #SVAR", id="nothing before the next command"),
        pytest.param("#INTERNT", "ingen text under #INTERNT", id="an empty note"),
        pytest.param("#ÅTGÄRD", "#ÅTGÄRD saknar uppgift", id="a measure without value"),
        pytest.param("#RUBRIK\n\nMvh\nBo", "#RUBRIK saknar uppgift", id="a greeting on the next line"),
        pytest.param("#ÅTGÄRD:\n\n#AVSLUTA", "#ÅTGÄRD saknar uppgift", id="another command on the next line"),
        pytest.param("#TYP 1\n#TYP 2", "#TYP står flera gånger", id="twice and different"),
        pytest.param("#SVAR\nEtt\n#SVAR\nTvå", "#SVAR står flera gånger", id="two answers"),
        pytest.param("#AVSLUTA\n#HÅLL ÖPPET", "#AVSLUTA och #HÅLL ÖPPET", id="close and keep open"),
        pytest.param(f"#FEL HANDLÄGGARE\n#ÖVERLÄMNA {BO}", "#ÖVERLÄMNA och #FEL", id="return and hand over"),
        pytest.param("#AVVISA\nDubblett\n#AVSLUTA", "#AVVISA och något", id="refuse and close"),
        pytest.param(f"#SVAR\nHej\n#ÖVERLÄMNA {BO}", "#SVAR och #ÖVERLÄMNA", id="answer and hand over"),
        pytest.param("Hålet är lagat. #avsluta", "ett kommando mitt i texten", id="within a plain reply"),
        pytest.param("#SVAR\nHej!\n#avlsuta", "Menade du #AVSLUTA?", id="misspelt below an answer"),
        pytest.param("#SVAR\n\u200b \u2060", "ingen text under #SVAR", id="only what nobody sees"),
        pytest.param("Hej,\n\n#SVAR\nHålet är lagat.", "#SVAR står under annan text", id="a command below prose"),
        pytest.param("Hej,\n#svar\nLagat.\n#avsluta", "#AVSLUTA står under annan text", id="two of them below prose"),
    ],
)
def test_what_is_incomplete_or_contradictory_is_a_fault(text: str, fault: str) -> None:
    assert any(fault in one for one in read_orders(text).faults), read_orders(text)


def test_the_same_command_twice_with_the_same_value_is_one_wish() -> None:
    assert read_orders("#TYP 1\n#AVSLUTA\n#TYP 1\n#AVSLUTA").faults == ()


def test_some_commands_may_stand_several_times() -> None:
    assert read_orders("#NYCKELORD grus\n#NYCKELORD sand").faults == ()


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("#LISTA", True),
        ("#LISTA tack, Bo", True),
        ("#SVAR", True),
        ("#TYP", True),
        ("", False),
        ("Lista", False),
        ("#LISSTA", False),
    ],
)
def test_a_subject_that_is_a_command(subject: str, expected: bool) -> None:
    assert is_command(subject) is expected


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("#TYP\nklagomål", "klagomål", ""),
        ("#TYP klagomål\nVi hörs.", "klagomål", "Vi hörs."),
        ("#TYP\nklagomål\nVi hörs.", "klagomål", "Vi hörs."),
        ("#TYP 'klagomål' ", "klagomål", ""),
        ("#TYP hål i “Myran”", "hål i “Myran”", ""),
    ],
)
def test_where_a_value_ends(text: str, value: str, rest: str) -> None:
    orders = read_orders(text)
    assert (orders.value(Word.TYPE), orders.text, orders.faults) == (value, rest, ())


@pytest.mark.parametrize(("value", "is_open"), [("?", True), ("", True), ("1", False)])
def test_a_value_that_nobody_has_filled_in(value: str, is_open: bool) -> None:
    assert is_left_open(value) is is_open


def test_what_stands_below_a_fault_is_no_answer() -> None:
    """A line that may be a command without its # is asked about in an answer alone."""
    orders = read_orders("#SVAR\nLagat.\n#avlsuta\nAVSLUTA")
    assert orders.commands == (Command(SVAR, "Lagat."),)
    assert orders.text == "AVSLUTA"
    orders = read_orders("#INTERNT\nringt\n#TYP 1\nAVSLUTA")
    assert Command(CLOSE) not in orders.commands


@given(st.text(alphabet=st.sampled_from("#SVARsvar åÄ\n:.İ\u00a01²ja"), max_size=80))
def test_nothing_that_is_no_command_is_lost(text: str) -> None:
    orders = read_orders(text)
    kept = "\n".join((orders.text, *(c.value for c in orders.commands)))
    for line in plain(text).splitlines():
        if "#" not in line and find_unmarked(line.strip(), in_answer=False) is None:
            assert line.strip() in kept
    read_consent(text, text)
    read_choice(text, MEASURES)


# --- lists -----------------------------------------------------------------------------------------------------------

MEASURES = ("Åtgärdat", "Kommer att åtgärdas", "Åtgärd bedöms inte nödvändig", "Frågan besvarad", "Fråga")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", "Åtgärdat"),
        ("5", "Fråga"),
        (" 2. ", "Kommer att åtgärdas"),
        ("01", "Åtgärdat"),
        ("0", None),
        ("6", None),
        ("-1", None),
        ("²", None),
        ("9" * 5000, None),
        ("åtgärdat", "Åtgärdat"),
        ("ATGARDAT", "Åtgärdat"),
        ("åtgärdat.", "Åtgärdat"),
        ("åtgärd", None),  # two begin so
        ("åtgärd b", "Åtgärd bedöms inte nödvändig"),
        ("kommer", "Kommer att åtgärdas"),
        ("fråga", "Fråga"),  # the whole word, though another begins so
        ("frågan", "Frågan besvarad"),
        ("fr", None),
        ("kom", "Kommer att åtgärdas"),
        ("ko", None),
        ("besvarad", None),
        ("", None),
    ],
)
def test_an_entry_by_number_words_or_beginning(value: str, expected: str | None) -> None:
    assert read_choice(value, MEASURES) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("JA", True), ("ja.", True), ("Nej!", False), (" nej ", False), ("kanske", None), ("", None), ("ja nej", None)],
)
def test_yes_or_no(value: str, expected: bool | None) -> None:
    assert read_yes_no(value) is expected


def test_a_letter_that_grows_in_lower_case_moves_no_position() -> None:
    assert fold("İÅb") == "İab"
    assert find_within("İİ #SVAR") == len("İİ ")


@pytest.mark.parametrize(
    ("line", "in_answer", "meant"),
    [
        ("Svar: lagat", False, Command(SVAR, "lagat")),
        ("Svar: lagat", True, None),
        ("Rubrik på mejlet", False, None),
        ("Internt: ringt", True, Command(NOTE, "ringt")),
        ("ÅTGÄRD 1", True, Command(Word.MEASURE, "1")),
        ("Åtgärd 1", True, None),
    ],
)
def test_a_command_whose_sign_is_missing(line: str, in_answer: bool, meant: Command | None) -> None:
    assert find_unmarked(line, in_answer=in_answer) == meant


# --- what is read as it was meant -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Försenat 10 juni", Word.DELAYED),
        ("SVARA", Word.ANSWER),
        ("avlsuta", Word.CLOSE),
        ("överlämmna Sara", Word.HAND_OVER),
        ("ÅTGÄRDER 3", Word.MEASURE),
        ("internt:a", Word.INTERNAL),
        ("hjelp", Word.HELP),
        ("skicka", Word.ANSWER),
        ("svra", Word.ANSWER),
        ("TPY klagomål", Word.TYPE),
        ("drn KS 2026-00123", Word.REGISTRY_NUMBER),
        ("sarv", None),
        ("typen", None),
        ("trygghet", None),
        ("nyckelfärdigt", None),
        ("Vad vi gör", None),
    ],
)
def test_the_nearest_right_word(written: str, meant: Word | None) -> None:
    assert nearest_word(written) is meant


@pytest.mark.parametrize("text", ["#SVAR Hej Anna, det är lagat. #avsluta", "#SVAR\nHej Anna, det är lagat. #avsluta"])
def test_a_command_within_an_answer_is_read_as_one_and_asked_about(text: str) -> None:
    """No citizen is ever sent the word #avsluta."""
    orders = read_orders(text)
    assert orders.faults == ()
    assert orders.commands == (Command(SVAR, "Hej Anna, det är lagat."), Command(CLOSE))
    assert "#AVSLUTA står mitt på en rad" in orders.doubts[0]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            "#FÖRSENAD 10 juni Vi väntar på asfalt #INTERNT Peab är i konkurs",
            [(Word.DELAYED, "10 juni Vi väntar på asfalt"), (NOTE, "Peab är i konkurs")],
        ),
        ("#RUBRIK Hål i vägen #AVSLUTA", [(Word.TITLE, "Hål i vägen"), (CLOSE, "")]),
        ("#INTERNT ring Peab #ÖVERLÄMNA Maria Lund", [(NOTE, "ring Peab"), (Word.HAND_OVER, "Maria Lund")]),
        ("#ÅTGÄRD 1, #PUBLICERA NEJ #AVSLUTA", [(Word.MEASURE, "1"), (Word.PUBLISH, "NEJ"), (CLOSE, "")]),
    ],
)
def test_commands_on_one_line_are_each_their_own_and_asked_about(line: str, read: list[tuple[Word, str]]) -> None:
    """A reason or a title goes to the citizen: no other command may stand in it."""
    orders = read_orders(line)
    assert orders.faults == ()
    assert [(c.word, c.value) for c in orders.commands] == read
    assert orders.doubts


@pytest.mark.parametrize("line", ["INTERNT: Anna är besvärlig.", "Intern anteckning: Anna är besvärlig."])
@pytest.mark.parametrize("first", ["#SVAR", "SVAR", "Svar:"])
def test_a_note_whose_mark_was_forgotten_is_no_part_of_the_answer(first: str, line: str) -> None:
    orders = read_orders(f"{first}\nHej Anna, det är lagat.\n\n{line}")
    assert orders.faults == ()
    assert orders.commands == (Command(SVAR, "Hej Anna, det är lagat."), Command(NOTE, "Anna är besvärlig."))
    assert orders.doubts


@pytest.mark.parametrize(
    "line", ["Svar:", "Åtgärd: vi lägger ny asfalt.", "Typ en månad till.", "Internt har vi pratat."]
)
def test_ordinary_words_in_an_answer_are_no_commands(line: str) -> None:
    orders = read_orders(f"#SVAR\nHej Anna!\n{line}")
    assert (orders.value(SVAR), orders.faults, orders.doubts) == (f"Hej Anna!\n{line}", (), ())


def test_a_command_without_its_mark_below_a_plain_answer_is_asked_about() -> None:
    assert read_orders("Hej Anna, det är lagat.\nAVSLUTA").faults


@pytest.mark.parametrize("word", ["AVSLUTA", "HÅLL ÖPPET", "HJÄLP"])
def test_words_behind_a_command_that_takes_none_are_kept(word: str) -> None:
    assert read_orders(f"#{word} Jag har ringt henne i dag.").text == "Jag har ringt henne i dag."
    assert read_orders(f"#{word} nu, tack!").text == ""


@pytest.mark.parametrize("line", ["＃ＳＶＡＲ", "#️⃣SVAR", "# SVAR #", "＃ SVAR"])
def test_a_mark_from_another_keyboard(line: str) -> None:
    assert read_orders(f"{line}\nHej Anna.").commands == (Command(SVAR, "Hej Anna."),)


@pytest.mark.parametrize("line", ["#trygghet", "# Vad vi gör", "#1 på listan"])
def test_a_line_with_a_mark_that_is_no_command_belongs_to_the_answer_after_a_yes(line: str) -> None:
    orders = read_orders(f"#SVAR\nHej!\n{line}\nVi lagar.\n#AVSLUTA")
    assert (orders.value(SVAR), orders.faults) == (f"Hej!\n{line}\nVi lagar.", ())
    assert line in orders.doubts[0]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("- #KANAL telefon", True),
        ("\n\u200b• #SVAR", True),
        ("1. #TYP klagomål", True),
        ("”#SVAR”", True),
        ("＃SVAR", True),
        ("#okänt", True),
        ("> #SVAR", False),
        ("Hej!\n#SVAR", False),
        ("", False),
    ],
)
def test_whether_a_mail_begins_with_commands(text: str, begins: bool) -> None:
    assert begins_with_command(text) is begins


@pytest.mark.parametrize(
    "text",
    [
        "[skriv ditt svar här]",
        "Hej Anna!\n[SKRIV  DITT\nSVAR HÄR]\nMvh",
        "skriv ditt svar har",
        "[Skriv ditt\u200b svar här]",
        "Här skriver du svaret till synpunktslämnaren.",
        "[skriv vad som har gjorts här]",
    ],
)
def test_our_own_example_is_known_wherever_it_stands(text: str) -> None:
    assert holds_placeholder(text)
    assert not holds_placeholder("Skriv gärna igen om det händer här.")


@pytest.mark.parametrize("between", [" ", "\n", " text "], ids=["line", "lines", "text"])
def test_a_mail_full_of_commands_is_a_fault_and_little_work(between: str) -> None:
    orders = read_orders(f"#SVAR Hej.{between}" * 100_000)
    assert len(orders.commands) < 100
    assert any("fler kommandon" in fault for fault in orders.faults)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("#S\u200dVAR", "#SVAR"),
        ("\u200d#SVAR", "#SVAR"),
        ("Hål\u200bet", "Hålet"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("#\ufe0f\u20e3SVAR", "#SVAR"),
    ],
)
def test_what_joins_letters_of_other_scripts_and_pictures_stays(written: str, kept: str) -> None:
    assert plain(written) == kept


@pytest.mark.parametrize("sent", [True, False])
def test_kop_27_commands_below_the_text_count_where_the_submitter_has_read_it(sent: bool) -> None:
    read = read_orders("Hej Anna, nu är det lagat.\n\n#AVSLUTA\n#TYP 1", sent=sent)
    assert read.words == ({Word.CLOSE, Word.TYPE} if sent else set())
    assert read.text.startswith("Hej Anna, nu är det lagat.")
    assert ("#TYP" in read.text) is not sent
    assert len(read.faults) == (0 if sent else 2)


@pytest.mark.parametrize(("text", "faults"), [("Avsluta", 0), ("#TYP 1\nAvsluta", 0), ("Hej!\nAvsluta", 1)])
def test_a_bare_word_below_orders_is_a_note_and_below_prose_a_fault(text: str, faults: int) -> None:
    assert len(read_orders(text).faults) == faults
