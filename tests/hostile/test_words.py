"""No words of a stranger cost more than their length: every look at them is linear or has an end.

The strings are pumped: short pieces over and over, of which one fits into nearly every pattern's repetitions. A look
that grows with the square of such a string takes minutes for it, one that is linear far below a second.
"""

from __future__ import annotations

import dataclasses
import gc
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache

import pytest

from service.core.alike import likeness
from service.core.calendar import swedish_dates
from service.core.decide import colleagues, lists, sorting, wishes
from service.core.effects import Listing
from service.core.identity import numbers, references, titles
from service.core.mail import MAX_LINE
from service.core.message import Address, Message, read_strictly
from service.core.people import addresses, personal, tokens
from service.core.reading.mime.decoding import clean
from service.core.rules import forms, routing
from service.core.rules.rulebook import RuleBook
from service.core.rules.words import Pattern
from service.core.speech import commands, consent, courtesy, orders
from service.desk.writing import markup
from service.desk.writing.htmlpart import as_html
from service.desk.writing.textpart import as_text

# fmt: off
PIECES = [
    *("a", "é", "A", "1", " ", "\t", "\n", "\u00a0", ".", "@", "#", "<", ">", "(", ")", "[", "]", '"', "'", "-", "="),
    *(":", "|", "*", "_", "/", "\\", "+", ",", "&", "%", "{", "}", "?", "!", "e\u0301", "\u0301\u0316", "\u200b", "å "),
    *("a@", "a.", "a@b.", "<a", "(a", '"a', '\\"', "=?", "=?utf-8?q?a", "&lt;", "[1", "0 ", "07", "070-", "19", "+46"),
    *("#SVAR\n", "#\n", "# ", ">", "> ", "> >", "\n\n", " \n", "\n>", "a\n", "--\n", "-- \n", "__", "Från: a\n"),
    *("http://", "www.", "mailto:", "ärende", "ärende ", "ärende nr ", "vecka ", "den ", "5 ", "fredag ", "v 24 "),
    *("a: b\n", "hål i ", "väg-", "EKV", "EKV-26-", "E-post: ", "Namn\n", "**", "Hej! ", "Mvh\n", "Re: ", "Sv: [a] "),
    *("Namn.", "Namn: a\n", "Vill du ha svar?\n", "(obligatoriskt)", "1.11, "),
]
# fmt: on
# characters: what grows with the square takes a second, and minutes for the megabyte that a mail may have
SIZE = 10_000
CEILING = 0.375  # seconds of computing for one string: twenty times what the slowest linear look takes


def pumped(piece: str) -> Iterator[str]:
    """A piece over and over: alone, after something that a pattern begins with, and before what none ends with."""
    run = piece * (SIZE // len(piece))
    for before, after in (("", ""), ("a", "§"), ("#FÖRSENAD vecka 24", "x"), ("Ärende", "x"), ("\n" * len(run), "x")):
        yield clean(f"{before}{run}{after}")  # as the reader gives it


@cache
def texts() -> tuple[str, ...]:
    """Every piece pumped; made once for all looks."""
    return tuple(text for piece in PIECES for text in pumped(piece))


@contextmanager
def bounded(what: str) -> Iterator[None]:
    """Fail where the computing takes longer, however busy the machine is and whatever other tests have left lying."""
    gc.disable()
    began = time.process_time()
    try:
        yield
    finally:
        gc.enable()
    took = time.process_time() - began
    assert took < CEILING, f"{what} took {took:.1f} s"


FORMS = [
    {
        "name": "fält", "from": "fields@ekvik.example", "subject": "*synpunkt*webb*nr*", "contact": {"Ja": "email"},
        "fields": {
            "text": "Din synpunkt", "contact": "Vill du ha svar?", "name": "Namn", "email": "E-post",
            "phone": "Telefon", "latitude": "Lat", "longitude": "Long", "position": "Plats",
        },
    },
    {"name": "länk", "from": "link@ekvik.example", "layout": "link"},
    {
        "name": "delar", "from": "parts@ekvik.example", "layout": "sections",
        "fields": {"heading": "Rubrik", "email": "E-post"},
    },
]  # fmt: skip
BOOK = RuleBook.model_validate(
    {
        "municipality": {"name": "Ekviks kommun", "case_number": {"prefix": "EKV"}},
        "people": {"registrars": ["registrator@ekvik.example"]},
        "routing": {
            "rules": [{"name": "Väg", "when": {"words": ["hål i vägen", "*belysning", "*a*", "väg"]}, "then": {}}]
        },
        "forms": FORMS,
    }
)
EMPTY = read_strictly(b"Subject: x\n\n")


def of_form(form: str, subject: str, text: str) -> Message:
    """A mail that the form of that address might have sent."""
    return dataclasses.replace(
        EMPTY, sender=Address("", f"{form}@ekvik.example"), subject=subject[:MAX_LINE], text=text
    )


def fields_of(text: str) -> object:
    """What is read of the mail of a form with labels."""
    return forms.read_form(BOOK, of_form("fields", "synpunkt webb nr", text))


def _looks() -> dict[str, Callable[[str], object]]:
    today = date(2026, 6, 1)
    return {
        "clean": clean,
        "normal form": lambda text: unicodedata.normalize("NFC", text),
        "day": lambda text: swedish_dates.read_day(text, today, BOOK.calendar),
        "day with a lead": lambda text: swedish_dates.read_day(f"fredag vecka 24{text}", today, BOOK.calendar),
        "any day": lambda text: swedish_dates.find_day(text, today, BOOK.calendar),
        "title of a subject": lambda text: titles.title(text, ""),
        "title of a text": lambda text: titles.title("", text),
        "numbers": lambda text: numbers.find_numbers(text, "EKV"),
        "without numbers": numbers.without_numbers,
        "masked": personal.mask_personal_numbers,
        "personal numbers": personal.find_personal_numbers,
        "token": tokens.read_token,
        "address": addresses.key,
        "mailable": addresses.is_mailable,
        "orders": orders.read_orders,
        "first order": orders.begins_with_command,
        "order on a line": lambda text: commands.read_command(f"#{text}"),
        "order in a line": commands.find_within,
        "stripped": commands.strip,
        "consent": consent.read_consent,
        "sign-off": consent.is_sign_off,
        "sentence": consent.is_sentence,
        "thanks": courtesy.is_thanks_only,
        "acknowledgement": courtesy.is_acknowledgement,
        "doing": courtesy.speaks_of_doing,
        "wish": lambda text: wishes.read_wish(text, "a@ekvik.example", BOOK),
        "colleague": lambda text: colleagues.find(text, BOOK),
        "numbers to let in": lists.read_numbers,
        "line of a list": lambda text: sorting.read_lines(text, Listing(), {}, "EKV"),
        "receipt again": lambda text: likeness.is_receipt_again(text, "Vi har tagit emot ditt mejl."),
        "choice": lambda text: commands.read_choice(text, ("Åtgärdat", "Frågan besvarad")),
        "pattern": Pattern.parse("*synpunkt*webb*nr*").matches,
        "pattern of one letter": Pattern.parse("*a*a*a*a*b").matches,
        "quoted": lambda text: as_text(markup.read_blocks(markup.quote(text))),
        "shown": lambda text: as_html(markup.read_blocks(markup.quote(text)), "", []),
        "as one line": markup.inline,
    }


LOOKS = _looks() | {
    "fields of a form": lambda text: fields_of(f"E-post: {text}"),
    "choice of a form": lambda text: fields_of(f"Vill du ha svar?{text}"),
    "lines of a form": fields_of,
    "place of a form": lambda text: fields_of(f"Lat: {text}\nLong: 1"),
    "label of a form": lambda text: fields_of(f"Namn{text}"),
    "place in one answer": lambda text: fields_of(f"Plats: {text}"),
    "number of another system": lambda text: references.named_in(of_form("nobody", text, ""), BOOK),
    "subject of a form": lambda text: forms.read_form(BOOK, of_form("fields", text, "")),
    "link of a form": lambda text: forms.read_form(BOOK, of_form("link", "x", text)),
    "sections of a form": lambda text: forms.read_form(BOOK, of_form("parts", "x", f"Rubrik: {text}")),
    "routing": lambda text: routing.explain(BOOK, routing.Facts(text, text)),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_at_words_is_linear(look: str) -> None:
    for text in texts():
        with bounded(f"{look} at {text[:20]!r} and so on"):
            LOOKS[look](text)
