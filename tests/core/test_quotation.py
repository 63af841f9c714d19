"""A mail that answers a letter of ours: what is not in the letter was written by the person, wherever it stands."""

# ruff: noqa: E501 - the mails stand as programs write them

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.reading.history.quotes import DOUBTS
from service.core.speech.quotation import compared
from service.desk.writing.mailbytes import words_of
from tests.core.reading.programs import PROGRAMS, Program, answer
from tests.core.reading.test_pages import OLD, OWN, PAGES
from tests.desk.every_letter import CASE, LETTERS, html_of, write

FAITHFUL = {name: program for name, program in PROGRAMS.items() if name not in {"å ä ö lost", "Outlook, safe links"}}
KINDS = ("assignment", "ask-answer", "receipt", "question")
WRITTEN = {name: words_of(write(name).raw) for name in KINDS if name in LETTERS}
ASSIGNMENT = WRITTEN["assignment"]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def holds(text: str, sentence: str) -> bool:
    return " ".join(words(sentence)) in " ".join(words(text))


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_what_stands_above_the_letter_is_all(program: Program, letter: tuple[str, str]) -> None:
    found = compared(answer(program.reply("Jag tar det i morgon.", letter[0])), [letter])
    assert found.new_text == "Jag tar det i morgon."
    assert not DOUBTS.intersection(found.warnings)


@pytest.mark.parametrize("own", ["", "?"], ids=["nothing", "a question mark"])
@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_our_letter_alone_is_nobodys_words(program: Program, letter: tuple[str, str], own: str) -> None:
    found = compared(answer(program.reply(own, letter[0])), [letter])
    assert found.new_text == own


def put_in(letter: str, sentence: str, place: int, *, same_line: bool) -> str:
    lines = letter.split("\n")
    filled = [n for n, line in enumerate(lines) if line.strip()]
    at = filled[place % len(filled)]
    if same_line:
        lines[at] = f"{lines[at].rstrip()} {sentence}"
    else:
        lines.insert(at + 1, sentence)
    return "\n".join(lines)


VOCABULARY = sorted({*words(ASSIGNMENT[0]), *words("ja nej vi lagar lampan i morgon hej det är inte klart än")})
SENTENCE = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=9).map(lambda w: " ".join(w).capitalize() + ".")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(FAITHFUL.values())),
    st.sampled_from(list(WRITTEN.values())),
    st.lists(st.tuples(SENTENCE, st.integers(0, 200), st.booleans()), min_size=1, max_size=3),
    st.sampled_from(["", "Se mina svar.", "#SVAR\nHej Bengt! Gungan är lagad."]),
)
def test_no_sentence_is_dropped_in_silence(
    program: Program, letter: tuple[str, str], sentences: list[tuple[str, int, bool]], own: str
) -> None:
    text = letter[0]
    for sentence, place, same_line in sentences:
        text = put_in(text, sentence, place, same_line=same_line)
    found = compared(answer(program.reply(own, text)), [letter, (CASE.text,)])
    written = words(found.new_text)
    for sentence in [own, *(s for s, _, _ in sentences)]:
        lost = [w for w in words(sentence) if w not in written]
        assert not lost, (sentence, found.new_text)
        assert holds(found.new_text, sentence) or DOUBTS.intersection(found.warnings), (sentence, found.new_text)


CLEAR = {
    "on the line of a question": ("Vilken lampa? Den vid bron, nummer 14.", "Den vid bron, nummer 14."),
    "below a question": ("Vilken lampa?\nDen vid bron, nummer 14.", "Den vid bron, nummer 14."),
    "one word": ("Vilken lampa?\nBrolampan", "Brolampan"),
    "a number": ("Vilken lampa? 14", "14"),
    "a thumb": ("Vilken lampa?\n👍", "👍"),
    "a link": ("Vilken lampa?\nhttps://karta.example/lampa14", "https://karta.example/lampa14"),
}
ASKED = "Hej Gun!\n\nTack för ditt mejl om lampan.\n\n{}\n\nSedan när är den släckt?\n\nMed vänlig hälsning\nBo Ek\nEkviks kommun"


@pytest.mark.parametrize(("there", "written"), CLEAR.values(), ids=CLEAR)
@pytest.mark.parametrize("program", FAITHFUL.values(), ids=FAITHFUL)
def test_an_answer_within_the_letter_is_found(program: Program, there: str, written: str) -> None:
    letter = ASKED.format("Vilken lampa?")
    found = compared(answer(program.reply("Hej!", ASKED.format(there))), [(letter,)])
    assert found.new_text.split() == ["Hej!", *written.split()]


@pytest.mark.parametrize("name", ["assignment", "ask-answer", "receipt"])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_red_words_in_the_page_that_quotes_our_letter(page: str, name: str) -> None:
    mail = write(name)
    letter = words_of(mail.raw)
    found = re.search(r"<body[^>]*>(.*)</body>", html_of(mail), re.DOTALL)
    assert found
    ends = [end.start() for end in re.finditer(r"</(?:p|td|li)>", found[1])]
    at = ends[len(ends) // 2]
    red = f'{found[1][:at]} <span style="color:red">Klart på torsdag.</span>{found[1][at:]}'
    for old, written in ((found[1], ["Hej!"]), (red, ["Hej!", "Klart", "på", "torsdag."])):
        answered = compared(answer("", html=page.replace(OLD, old).replace(OWN, "Hej!")), [letter, (CASE.text,)])
        assert answered.new_text.split() == written
