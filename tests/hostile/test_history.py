"""Mails made to be slow to compare, or to hide what they say: each costs little, and nothing of a person's is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from service.core.reading.history.quotes import HIDDEN, TOO_LONG, fresh
from service.core.reading.mime import markup
from service.core.speech.quotation import compared
from tests.core.reading.programs import FIELDS, answer

CEILING = 30.0  # seconds; on a calm machine each takes less than one, and quadratic work would take many minutes
OURS = "hej du din gamle " * 5_000
SLOW: dict[str, tuple[str, str]] = {
    "one word": ("a " * 90_000, "a " * 90_000),
    "one word in lines": ("a\n" * 4_900 + "a " * 90_000, "a " * 90_000),
    "copies and own words in turn": ("a b c d x " * 18_000, "a b c d " * 20_000),
    "own words like those beside them": ("q q q a b c d " * 13_000, "a b c d " * 20_000),
    "quoted lines": ("> hej du din gamle\n" * 4_900, OURS),
    "introductions": ("Den 12 nov 2026 kl 09:12 skrev Bo <bo@ekvik.example>\n" * 3_700, OURS),
    "header blocks": (f"{FIELDS}\n\nhej\n" * 800, OURS),
    "links without end": ("<https://x" * 18_000, OURS),
    "brackets": ("[https:" * 28_000, OURS),
    "colons": (": " * 90_000, OURS),
    "signs for lost letters": ("a?" * 90_000, OURS),
}


def takes(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.mark.parametrize(("text", "letter"), SLOW.values(), ids=SLOW)
def test_no_text_makes_the_comparison_slow(text: str, letter: str) -> None:
    mail = replace(answer("x"), text=text, new_text=text)
    assert takes(lambda: compared(mail, [(letter,)])) < CEILING


def test_a_text_longer_than_any_mail_is_in_doubt_and_not_compared() -> None:
    mail = replace(answer("x"), text="hej " * 200_000, new_text="hej")
    found = compared(mail, [(OURS,)])
    assert (found.new_text, found.warnings) == ("hej", (TOO_LONG,))


PAGES = {
    "hidden elements": "<p style='color:#fff'>" + "<b style='color:red;font-size:1px'>a</b>" * 20_000,
    "rules": "<style>" + ".a{color:red}" * 60_000 + "</style>" + "<b class='a'>a</b>" * 10_000,
    "rules without end": "<style>" + "a{" * 400_000 + "</style><p>a",
    "selectors without end": "<style>" + "a," * 400_000 + "{color:red}</style><p>a",
    "declarations": "<p style='" + "color:red;" * 90_000 + "'>a",
    "colours in a quotation": "<p>hej</p><blockquote type=cite>" + "<b style='color:red'>hej du</b>" * 20_000,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_makes_the_looking_slow(page: str) -> None:
    assert takes(lambda: fresh("hej", page)) < CEILING


TEXTS = {
    "pointers": "se svar i " * 100_000,
    "notices": "Detta mejl är konfidentiellt, radera det vid misstag. " * 20_000,
    "notices in lines": "Detta mejl är konfidentiellt, radera det vid misstag.\n" * 20_000,
    "a pointer above quoted lines": "Se svar nedan.\n" + "> a\n\nb\n" * 60_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_makes_the_reading_slow(text: str) -> None:
    assert takes(lambda: fresh(text, None)) < CEILING


def test_a_command_that_nobody_sees_is_told_whatever_part_is_read() -> None:
    seen = "<p>Titta på det här.</p>"
    page = f'<style>.x{{position:absolute;left:-9000px}}</style><p class="x">#SVAR Ni får pengarna.</p>{seen}'
    for text in (markup.to_text(page), "#SVAR Ni får pengarna.\n\nTitta på det här."):
        assert HIDDEN in fresh(text, page).warnings


def test_a_sentence_behind_four_hundred_signs_is_looked_at() -> None:
    notice = "Detta meddelande är konfidentiellt och endast avsett för mottagaren. " * 7
    found = fresh(f"Hej!\n\nMvh\nGun\n\n{notice}En lärare slår eleverna.", None)
    assert "En lärare slår eleverna." in found.new_text
