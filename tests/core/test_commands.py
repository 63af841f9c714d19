"""Staff commands in every spelling that is tolerated, and everything that must not act."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.commands import Command, Word, begins_with_yes, read_choice, read_orders, read_yes_no, says_yes
from service.core.message import read
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
        *(f"{mark}{word}" for mark in ("# ", "#\u00a0", "##", "  #", "\u00a0#", "\ufeff#", "\u200b#")),
        *(f"#{word}{end}" for end in (":", " :", ".", "  ", "\u00a0", "\t", "\u200b")),
        unicodedata.normalize("NFD", f"#{word}"),
    }


@pytest.mark.parametrize(
    ("word", "spelling"), [pytest.param(w, s, id=f"{w.name}-{s!a}") for w in Word for s in sorted(spellings(w))]
)
def test_every_command_in_every_spelling(word: Word, spelling: str) -> None:
    value = "" if word in {CLOSE, OPEN, HELP} else "uppgift"
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
        ("#SEKRETESS 26:1", None),
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
        pytest.param("Jag tycker #svar är ett bra kommando", id="within a line"),
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
        pytest.param("#ÅTGÄRD:\n1", "#ÅTGÄRD saknar uppgift", id="the value on the next line"),
        pytest.param("#TYP 1\n#TYP 2", "#TYP står flera gånger", id="twice and different"),
        pytest.param("#SVAR\nEtt\n#SVAR\nTvå", "#SVAR står flera gånger", id="two answers"),
        pytest.param("#AVSLUTA\n#HÅLL ÖPPET", "#AVSLUTA och #HÅLL ÖPPET", id="close and keep open"),
        pytest.param(f"#SVAR\nHej\n#ÖVERLÄMNA {BO}", "#SVAR och #ÖVERLÄMNA", id="answer and hand over"),
        pytest.param("#SVAR\nHej\n\n# Vad vi gör\nVi lagar.", "# Vad vi gör", id="a heading within the answer"),
        pytest.param("Hej,\n\n#SVAR\nHålet är lagat.", "#SVAR står under annan text", id="a command below prose"),
        pytest.param("Hej,\n#svar\nLagat.\n#avsluta", "#AVSLUTA står under annan text", id="two of them below prose"),
    ],
)
def test_what_is_incomplete_or_contradictory_is_a_fault(text: str, fault: str) -> None:
    assert any(fault in one for one in read_orders(text).faults), read_orders(text)


def test_the_same_command_twice_with_the_same_value_is_one_wish() -> None:
    assert read_orders("#TYP 1\n#AVSLUTA\n#TYP 1\n#AVSLUTA").faults == ()


@given(st.text(alphabet=st.sampled_from("#SVARsvar åÄ\n:.İ\u00a01²ja"), max_size=80))
def test_nothing_that_is_no_command_is_lost(text: str) -> None:
    orders = read_orders(text)
    kept = "\n".join((orders.text, *(c.value for c in orders.commands)))
    for line in text.splitlines():
        if not line.strip().startswith("#"):
            assert line.strip() in kept
    says_yes(text, text)
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


# --- the one word ----------------------------------------------------------------------------------------------------

WRITER = "Bo Ek gatuingenjör Ekviks kommun"
YES = [
    "Ja",
    "JA!",
    "ja.",
    "#JA",
    "*JA*",
    "”Ja”",
    "\n\n  Ja\u00a0\n",
    "\ufeffJa",
    "Ja\n\nMvh\nBo",
    "Ja\nMvh Bo Ek",
    "JA\n/Bo",
    "ja\n\nMed vänlig hälsning\n\nBo Ek\nGatuingenjör\nEkviks kommun\nTfn: 0980-319 222\nbo.ek@ekvik.example",
    "Ja\nHälsningar,\nBosse",
    "Ja\nBo Ek",
    "Ja\nBo Ek, gatuingenjör",
    "Ja\nSkickat från min iPhone",
    "Ja\n\nHämta Outlook för iOS<https://aka.ms/o0ukef>",
    "Ja\nSent from my Galaxy",
]
NO = [
    "",
    "Jag",
    "Ja tack",
    "ja, men ändra sista meningen",
    "Ja men",
    "Ja det är bra",
    "Nej",
    "JAJA",
    "Ja?",
    "Hej!\nJa",
    "Ja\nNej",
    "Ja\nVänta",
    "Ja\nStopp!",
    "Ja\nMaria Lund ska läsa den först",
    "Ja\nBo Ek\nMen ta bort sista meningen först.",
    "Ja\nMvh Bo\nPS. Ändra till fredag innan du skickar!",
    "Ja\nMvh\nBo\nVänta",
    "Ja\nVänligen ring mig först",
    "Ja\nRing 0980-319 222 först",
    "Ja\n/Bo, men vänta",
]


@pytest.mark.parametrize("text", YES)
def test_hjo_21_the_one_word_with_a_signature_is_a_yes(text: str) -> None:
    assert says_yes(text, WRITER)
    assert begins_with_yes(text)


@pytest.mark.parametrize("text", NO)
def test_hjo_21_anything_else_is_no_yes(text: str) -> None:
    assert not says_yes(text, WRITER)


def test_a_name_that_nobody_knows_is_no_signature_without_a_greeting() -> None:
    """One word alone may as well be a second thought."""
    assert not says_yes("Ja\nBo Ek")
    assert says_yes("Ja\nMvh Bo Ek")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "\n\nMvh\nBo Ek\ngatuingenjör\n0980-319 222",
        "\n\nSkickat från min iPhone",
        "\n\nHämta Outlook för Android<https://aka.ms/x>",
        "\n-- \nBo Ek\nGata och park",
        "\n\nMed vänliga hälsningar\n\nBo Ek\nGatuingenjör\nTekniska förvaltningen\n\nEkviks kommun\n123 45 Ekvik",
    ],
)
def test_the_yes_survives_the_way_through_the_reader(signature: str) -> None:
    """As a mail program sends it, over the quoted question."""
    mail = (
        "From: Bo Ek <bo.ek@ekvik.example>\r\nSubject: Sv: Ska svaret skickas?\r\nMessage-ID: <a@b>\r\n"
        "In-Reply-To: <c@d>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Ja{signature}\n\nFrån: Ekviks kommun <synpunkten@ekvik.example>\nSkickat: den 4 maj 2026 09:12\n"
        "Till: Bo Ek\nÄmne: Ska svaret skickas?\n\nSvara JA om det ska skickas.\n"
    )
    assert says_yes(read(mail.encode()).new_text, WRITER)
